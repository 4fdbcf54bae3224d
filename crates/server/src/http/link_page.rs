//! The page behind a one-time link, as text: plain HTML for any phone, without script, and whole by
//! itself. Everything that people wrote is escaped.

use data_encoding::BASE64;
use reda_domain::language::Language;
use reda_domain::request::RequestStatus;
use reda_domain::wording::ConsentText;
use reda_protocol::entity::RequestBody;
use sha2::{Digest as _, Sha256};
use std::sync::LazyLock;

/// The design's tokens, without the font that a plain page does without, and the page's own rules.
static STYLE: LazyLock<String> = LazyLock::new(|| {
    const TOKENS: &str = include_str!("../../../../ui/shared/src/styles/tokens.css");
    const PAGE: &str = include_str!("link_page.css");
    let roles = TOKENS.find(":root").map_or(TOKENS, |at| &TOKENS[at..]);
    format!("{roles}\n{PAGE}")
});

/// Nothing is loaded, and no style counts but the page's own.
pub(super) static CSP: LazyLock<String> = LazyLock::new(|| {
    let style = BASE64.encode(&Sha256::digest(STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    )
});

/// The sentences of this page alone; those of the question are the consent's.
struct Words {
    other_language: (&'static str, &'static str),
    accepted: &'static str,
    card_ready: &'static str,
    declined: &'static str,
    nothing_shared: &'static str,
    closed: &'static str,
    closed_why: &'static str,
    nothing: &'static str,
    nothing_why: &'static str,
}

const EN: Words = Words {
    other_language: ("sw", "Kiswahili"),
    accepted: "You joined {program}",
    card_ready: "Your card at {shop} is ready.",
    declined: "You declined {program}",
    nothing_shared: "Nothing was shared with {shop}.",
    closed: "This request is no longer open",
    closed_why: "It ran out, or {shop} took it back. Nothing was shared.",
    nothing: "There is nothing here",
    nothing_why: "This link is not whole, or its time is over. Ask the shop to send it again.",
};

const SW: Words = Words {
    other_language: ("en", "English"),
    accepted: "Umejiunga na {program}",
    card_ready: "Kadi yako ya {shop} iko tayari.",
    declined: "Umekataa {program}",
    nothing_shared: "Hakuna kilichoshirikiwa na {shop}.",
    closed: "Ombi hili halipo wazi tena",
    closed_why: "Muda wake umekwisha, au {shop} wameliondoa. Hakuna kilichoshirikiwa.",
    nothing: "Hakuna kitu hapa",
    nothing_why: "Kiungo hiki si kamili, au muda wake umekwisha. Omba duka litume tena.",
};

fn words(language: Language) -> &'static Words {
    match language {
        Language::En => &EN,
        Language::Sw => &SW,
    }
}

/// The page of a request: the question while it is open, else what became of it.
pub(super) fn of(request: &RequestBody, language: Language) -> String {
    let words = words(language);
    let (shop, program) = (escaped(&request.business_name), escaped(&request.program_name));
    let told = |title: &str, text: &str| {
        outcome(&title.replace("{program}", &program), &text.replace("{shop}", &shop), language)
    };
    match (request.status, &request.text) {
        (RequestStatus::Pending, Some(texts)) => asked(texts.in_language(language), language),
        (RequestStatus::Accepted, _) => told(words.accepted, words.card_ready),
        (RequestStatus::Declined, _) => told(words.declined, words.nothing_shared),
        (RequestStatus::Pending | RequestStatus::Expired | RequestStatus::Cancelled, _) => {
            told(words.closed, words.closed_why)
        }
    }
}

/// The page of a link that leads nowhere.
pub(super) fn nothing(language: Language) -> String {
    let words = words(language);
    outcome(words.nothing, words.nothing_why, language)
}

/// The page of an answer that failed.
pub(super) fn trouble(message: &str, language: Language) -> String {
    outcome(&escaped(message), "", language)
}

fn asked(text: &ConsentText, language: Language) -> String {
    let question = escaped(&text.question);
    let button = |answer: &str, word: &str| {
        format!("<button name=\"answer\" value=\"{answer}\">{}</button>", escaped(word))
    };
    let body = format!(
        "<h1>{question}</h1>\n<section>{}{}</section>\n<p>{}</p>\n<p>{}</p>\n<form method=\"post\">\
         <input type=\"hidden\" name=\"lang\" value=\"{}\">{}{}</form>",
        list(&text.sees, &text.shares),
        list(&text.never_sees, &text.never_shares),
        escaped(&text.purpose),
        escaped(&text.freedom),
        language.tag(),
        button("decline", &text.decline),
        button("accept", &text.accept),
    );
    document(&question, &body, language)
}

fn list(heading: &str, items: &[String]) -> String {
    if items.is_empty() {
        return String::new();
    }
    let items: String = items.iter().map(|it| format!("<li>{}</li>", escaped(it))).collect();
    format!("<h2>{}</h2><ul>{items}</ul>", escaped(heading))
}

/// A page that only says something; both texts are HTML already.
fn outcome(title: &str, text: &str, language: Language) -> String {
    document(title, &format!("<h1>{title}</h1>\n<p>{text}</p>"), language)
}

fn document(title: &str, body: &str, language: Language) -> String {
    let (other, name) = words(language).other_language;
    let tag = language.tag();
    format!(
        "<!doctype html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>{title}</title>\n\
         <style>{}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n\
         <nav><a href=\"?lang={other}\" lang=\"{other}\">{name}</a></nav>\n</body>\n</html>\n",
        STYLE.as_str()
    )
}

/// Text that stands in HTML, in an attribute too.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
