//! The words of a consent: who asks, what they would see, what for. One text for the customer's
//! page, for the page behind a link and for the till that is turned to the customer.
//!
//! A version never changes once people have answered it: the consent record names the version, and
//! [`question`] says years later what stood on the screen. New words are a new version.

use crate::address::Address;
use crate::language::Language;
use crate::request::{RequestKind, Shared};
use crate::user::User;
use serde::{Deserialize, Serialize};

/// The version that is shown now.
pub const CURRENT: &str = "enrollment-1";
/// What pages show about points: shop, points, reason, what is left.
const POINTS: &str = "points-1";

/// The version that an answer to this kind of question is kept with.
pub fn of(kind: RequestKind) -> &'static str {
    match kind {
        RequestKind::Enrollment => CURRENT,
        RequestKind::PointsDeduction => POINTS,
    }
}

/// The whole question in one language, ready to be shown. Plain text: names go in as they are, and
/// whoever shows them escapes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct ConsentText {
    /// "Join Baraka Points at Baraka Mini-Mart?"
    pub question: String,
    /// The heading of what would be shared, which names with whom.
    pub sees: String,
    pub shares: Vec<String>,
    /// The heading of what never is.
    pub never_sees: String,
    pub never_shares: Vec<String>,
    /// What the shop uses it for.
    pub purpose: String,
    /// That saying yes is free, and can be taken back.
    pub freedom: String,
    pub accept: String,
    pub decline: String,
}

/// The question in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct ConsentTexts {
    pub en: ConsentText,
    pub sw: ConsentText,
}

/// What accepting shares of somebody, and what it never shares (SPEC CU-5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sharing {
    pub shares: Vec<Shared>,
    pub never_shares: Vec<Shared>,
}

impl Sharing {
    /// Of an account, to the person themselves.
    pub fn of(user: &User) -> Self {
        Self::with(user.shared_address().as_ref())
    }

    /// Of whoever has the address that was asked.
    pub fn to_address(address: &Address) -> Self {
        Self::with(Some(address))
    }

    /// As the shop may know it of someone it met by a code: not even which address they have.
    pub fn unknown() -> Self {
        Self::of_all(Some(Shared::PhoneOrEmail), vec![])
    }

    fn with(address: Option<&Address>) -> Self {
        match address {
            Some(Address::Phone(_)) => Self::of_all(Some(Shared::Phone), vec![Shared::Email]),
            Some(Address::Email(_)) => Self::of_all(Some(Shared::Email), vec![Shared::Phone]),
            None => Self::of_all(None, vec![Shared::Phone, Shared::Email]),
        }
    }

    fn of_all(address: Option<Shared>, never_shares: Vec<Shared>) -> Self {
        let rest = [Shared::Purchases, Shared::Visits, Shared::Points];
        let shares = std::iter::once(Shared::Name).chain(address).chain(rest).collect();
        Self { shares, never_shares }
    }
}

/// The words of one version in one language; `{shop}` and `{program}` are put in.
struct Words {
    question: &'static str,
    sees: &'static str,
    never_sees: &'static str,
    name: &'static str,
    phone: &'static str,
    email: &'static str,
    phone_or_email: &'static str,
    purchases: &'static str,
    visits: &'static str,
    points: &'static str,
    purpose: &'static str,
    freedom: &'static str,
    accept: &'static str,
    decline: &'static str,
}

const ENROLLMENT_1_EN: Words = Words {
    question: "Join {program} at {shop}?",
    sees: "If you accept, {shop} sees",
    never_sees: "They never see",
    name: "Your name",
    phone: "Your phone number",
    email: "Your e-mail address",
    phone_or_email: "Your phone number or e-mail address",
    purchases: "What you buy at this shop",
    visits: "When you visit this shop",
    points: "Your points at this shop",
    purpose: "It is used to count your points and to give you rewards.",
    freedom: "Nothing is shared unless you accept. You can leave at any time.",
    accept: "Accept",
    decline: "Decline",
};

const ENROLLMENT_1_SW: Words = Words {
    question: "Ujiunge na {program} ya {shop}?",
    sees: "Ukikubali, {shop} wataona",
    never_sees: "Hawataona kamwe",
    name: "Jina lako",
    phone: "Namba yako ya simu",
    email: "Anwani yako ya barua pepe",
    phone_or_email: "Namba yako ya simu au anwani yako ya barua pepe",
    purchases: "Unachonunua kwenye duka hili",
    visits: "Unapotembelea duka hili",
    points: "Pointi zako kwenye duka hili",
    purpose: "Hutumika kuhesabu pointi zako na kukupa zawadi.",
    freedom: "Hakuna kinachoshirikiwa usipokubali. Unaweza kujiondoa wakati wowote.",
    accept: "Kubali",
    decline: "Kataa",
};

/// Every version that people were ever shown.
const VERSIONS: &[(&str, Words, Words)] = &[(CURRENT, ENROLLMENT_1_EN, ENROLLMENT_1_SW)];

/// The question as `version` puts it; `None` for a version that never was.
pub fn question(
    version: &str,
    language: Language,
    shop: &str,
    program: &str,
    sharing: &Sharing,
) -> Option<ConsentText> {
    let (_, en, sw) = VERSIONS.iter().find(|(it, _, _)| *it == version)?;
    let words = match language {
        Language::En => en,
        Language::Sw => sw,
    };
    let items = |shared: &[Shared]| shared.iter().map(|it| words.of(*it).to_owned()).collect();
    Some(ConsentText {
        question: fill(words.question, shop, program),
        sees: fill(words.sees, shop, program),
        shares: items(&sharing.shares),
        never_sees: words.never_sees.to_owned(),
        never_shares: items(&sharing.never_shares),
        purpose: words.purpose.to_owned(),
        freedom: words.freedom.to_owned(),
        accept: words.accept.to_owned(),
        decline: words.decline.to_owned(),
    })
}

/// The question as it is put now, in both languages.
pub fn now(shop: &str, program: &str, sharing: &Sharing) -> ConsentTexts {
    let text = |language| question(CURRENT, language, shop, program, sharing).expect("it is there");
    ConsentTexts { en: text(Language::En), sw: text(Language::Sw) }
}

impl ConsentTexts {
    /// The question in one language.
    pub fn in_language(&self, language: Language) -> &ConsentText {
        match language {
            Language::En => &self.en,
            Language::Sw => &self.sw,
        }
    }
}

impl Words {
    fn of(&self, shared: Shared) -> &'static str {
        match shared {
            Shared::Name => self.name,
            Shared::Phone => self.phone,
            Shared::Email => self.email,
            Shared::PhoneOrEmail => self.phone_or_email,
            Shared::Purchases => self.purchases,
            Shared::Visits => self.visits,
            Shared::Points => self.points,
        }
    }
}

/// Puts names into a sentence, once each and in one pass: a shop called "{program}" stays that.
fn fill(template: &str, shop: &str, program: &str) -> String {
    let mut out = String::with_capacity(template.len() + shop.len() + program.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}').expect("our own templates close their braces");
        out.push_str(before);
        out.push_str(if name == "shop" { shop } else { program });
        rest = behind;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Phone;

    fn asked(language: Language, sharing: &Sharing) -> ConsentText {
        question(CURRENT, language, "Baraka Mini-Mart", "Baraka Points", sharing).unwrap()
    }

    fn read(text: &ConsentText) -> String {
        let lists = [&text.sees, &text.shares.join(", "), &text.never_sees];
        let lists = lists.map(String::as_str).join(": ");
        let never = text.never_shares.join(", ");
        format!("{} {lists}: {never}. {} {}", text.question, text.purpose, text.freedom)
    }

    #[test]
    fn the_first_version_reads_as_people_answered_it() {
        let by_phone = Sharing::to_address(&Address::Phone(Phone::from_e164("+254722".into())));
        assert_eq!(
            read(&asked(Language::En, &by_phone)),
            "Join Baraka Points at Baraka Mini-Mart? If you accept, Baraka Mini-Mart sees: \
             Your name, Your phone number, What you buy at this shop, When you visit this shop, \
             Your points at this shop: They never see: Your e-mail address. It is used to count \
             your points and to give you rewards. Nothing is shared unless you accept. You can \
             leave at any time."
        );
        assert_eq!(
            read(&asked(Language::Sw, &by_phone)),
            "Ujiunge na Baraka Points ya Baraka Mini-Mart? Ukikubali, Baraka Mini-Mart wataona: \
             Jina lako, Namba yako ya simu, Unachonunua kwenye duka hili, Unapotembelea duka hili, \
             Pointi zako kwenye duka hili: Hawataona kamwe: Anwani yako ya barua pepe. Hutumika \
             kuhesabu pointi zako na kukupa zawadi. Hakuna kinachoshirikiwa usipokubali. Unaweza \
             kujiondoa wakati wowote."
        );
    }

    #[test]
    fn of_someone_met_by_a_code_the_shop_does_not_learn_which_address_they_have() {
        let text = asked(Language::En, &Sharing::unknown());
        assert_eq!(text.shares[1], "Your phone number or e-mail address");
        assert_eq!(text.never_shares, Vec::<String>::new());
    }

    #[test]
    fn a_name_is_never_read_as_a_placeholder() {
        let text = question(CURRENT, Language::En, "{program}", "{shop} {", &Sharing::unknown());
        assert_eq!(text.unwrap().question, "Join {shop} { at {program}?");
    }

    #[test]
    fn a_version_that_never_was_has_no_words() {
        assert_eq!(question("enrollment-0", Language::En, "a", "b", &Sharing::unknown()), None);
    }
}
