//! Turns notices into the sentences that people read, in their language.
//!
//! Only the in-app channel: its text is rendered once, when the notification is stored.

pub mod codes;
mod templates;

use minijinja::Environment;
use reda_domain::language::Language;
use reda_domain::notice::NoticeKind;
use std::sync::LazyLock;

/// What a person reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// At most 40 characters, if the names in it allow.
    pub title: String,
    pub message: String,
}

/// The built-in templates, compiled; a template that does not parse fails the tests.
static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    environment.add_filter("whole", |n: i64| whole(n));
    for template in templates::IN_APP {
        for (part, text) in [("title", template.title), ("message", template.message)] {
            let name = name(template.kind, template.language, part);
            environment.add_template_owned(name, text).expect("a built-in template parses");
        }
    }
    environment
});

fn name(kind: &str, language: Language, part: &str) -> String {
    format!("{kind}.{}.{part}", language.tag())
}

/// A whole number with separators, as the screens show it: 1,240.
fn whole(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).expect("digits"))
        .collect();
    format!("{}{}", if n < 0 { "−" } else { "" }, groups.join(","))
}

/// The in-app text of a notice. Names go in as they are: the screens escape what they show.
pub fn in_app(kind: &NoticeKind, language: Language) -> Text {
    let facts = kind.facts();
    let render = |part: &str| {
        let template = TEMPLATES.get_template(&name(kind.template(), language, part));
        template.and_then(|template| template.render(&facts)).expect("tested for every notice")
    };
    Text { title: render("title"), message: render("message") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reda_domain::points::Points;
    use reda_domain::{CardId, HandleId, RequestId};
    use uuid::Uuid;

    fn notices() -> Vec<NoticeKind> {
        let (shop, program) = ("Baraka Mini-Mart".to_owned(), "Baraka Points".to_owned());
        let (person, id) = ("Amina Hassan".to_owned(), Uuid::nil());
        let (request, card, handle) = (RequestId(id), CardId(id), HandleId(id));
        let points = Points(1234);
        let (other, someone) = (shop.clone(), person.clone());
        vec![
            NoticeKind::Test("points_added"),
            NoticeKind::QrScanned { shop: shop.clone() },
            NoticeKind::CardsMerged { shop: shop.clone() },
            NoticeKind::KeyAdded { label: "Firefox on Android".to_owned() },
            NoticeKind::PasswordChanged,
            NoticeKind::EnrollmentRequest { shop: shop.clone(), program: program.clone(), request },
            NoticeKind::CardCreated { shop: shop.clone(), program: program.clone(), card },
            NoticeKind::PointsAdded { shop: shop.clone(), points, balance: points, card },
            NoticeKind::PointsAdded { shop, points: Points(1), balance: Points(1), card },
            NoticeKind::EnrollmentAccepted {
                person: person.clone(),
                program: program.clone(),
                points,
                request,
                handle,
            },
            NoticeKind::EnrollmentAccepted {
                person,
                program: program.clone(),
                points: Points(0),
                request,
                handle,
            },
            NoticeKind::EnrollmentDeclined { program: program.clone(), points, request },
            NoticeKind::EnrollmentDeclined { program: program.clone(), points: Points(0), request },
            NoticeKind::EnrollmentCancelled { program: program.clone(), points, request },
            NoticeKind::EnrollmentExpired { program: program.clone(), points, request },
            NoticeKind::RequestCancelled { shop: other.clone(), program: program.clone(), request },
            NoticeKind::RequestExpired { shop: other.clone(), program, request },
            NoticeKind::PointsRequest {
                shop: other.clone(),
                points,
                reason: "50 shillings off".to_owned(),
                request,
            },
            NoticeKind::PointsExpired { shop: other.clone(), points, balance: points, card },
            NoticeKind::PointsExpiring {
                shop: other.clone(),
                points,
                on: "21/12/2026".to_owned(),
                card,
            },
            NoticeKind::TierChanged {
                shop: other.clone(),
                program: "Baraka Points".to_owned(),
                tier: Some("Gold".to_owned()),
                card,
            },
            NoticeKind::TierChanged {
                shop: other.clone(),
                program: "Baraka Points".to_owned(),
                tier: None,
                card,
            },
            NoticeKind::RewardAvailable {
                shop: other.clone(),
                reward: "Free coffee".to_owned(),
                cost: Points(1200),
                balance: points,
                card,
            },
            NoticeKind::PointsDeducted { shop: other.clone(), points, balance: points, card },
            NoticeKind::PointsAdjusted {
                shop: other.clone(),
                points: Points(-1234),
                balance: points,
                reason: "Typed twice".to_owned(),
                card,
            },
            NoticeKind::PointsReversed {
                shop: other.clone(),
                points: Points(-40),
                balance: Points(-10),
                card,
            },
            NoticeKind::PointsRequestClosed { shop: other, points, request },
            NoticeKind::PointsRequestApproved { person: someone.clone(), points, request },
            NoticeKind::PointsRequestDeclined { person: someone, points, request },
            NoticeKind::PointsRequestExpired { points, request },
            NoticeKind::PointsRequestCancelled { points, request },
        ]
    }

    #[test]
    fn every_notice_reads_in_both_languages() {
        let read = |language| {
            let texts = notices().into_iter().map(move |kind| in_app(&kind, language));
            texts.map(|it| format!("{} | {}", it.title, it.message)).collect::<Vec<_>>().join("\n")
        };
        insta::assert_snapshot!("english", read(Language::En));
        insta::assert_snapshot!("swahili", read(Language::Sw));
    }

    #[test]
    fn a_name_is_never_read_as_a_template() {
        let kind = NoticeKind::QrScanned { shop: "{{ 7 * 7 }}".into() };
        assert!(in_app(&kind, Language::En).message.contains("{{ 7 * 7 }}"));
    }
}
