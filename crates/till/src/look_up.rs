//! What a cashier types to find a customer.

use reda_domain::address::{Email, Phone};
use reda_domain::card::parse_card_number;
use reda_domain::code::Code;
use reda_protocol::operation::FindCustomer;

/// A short code has this many digits, fewer than any phone number.
const SHORT_CODE_LEN: usize = 6;

/// A look-up, parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookUp {
    /// A code, from a scanner that types.
    Code(String),
    Phone(Phone),
    Email(Email),
    Card(String),
    /// Six digits that the customer reads out.
    ShortCode(String),
}

impl LookUp {
    /// Reads what was typed in a shop of `country`. Twelve digits may be a card's number and a
    /// phone's (`254…`): they are the card's if `is_known_card`, or if no phone has them. The
    /// error is a code of the protocol's table.
    pub fn parse(text: &str, country: &str, is_known_card: bool) -> Result<Self, &'static str> {
        let text = text.trim();
        if Code::parse(text).is_ok() {
            return Ok(LookUp::Code(text.to_owned()));
        }
        if text.contains('@') {
            return Email::parse(text).map(LookUp::Email).map_err(|_| "bad_email");
        }
        let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if digits.len() == SHORT_CODE_LEN && digits.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(LookUp::ShortCode(digits));
        }
        let card = parse_card_number(text);
        match (Phone::parse(text, country), card) {
            (_, Some(card)) if is_known_card => Ok(LookUp::Card(card)),
            (Ok(phone), _) => Ok(LookUp::Phone(phone)),
            (Err(_), Some(card)) => Ok(LookUp::Card(card)),
            (Err(_), None) => Err("bad_phone"),
        }
    }

    /// What is shown while it is looked up, masked; nothing for a code.
    pub(crate) fn masked(&self) -> Option<String> {
        match self {
            LookUp::Code(_) | LookUp::ShortCode(_) => None,
            LookUp::Phone(phone) => Some(phone.masked()),
            LookUp::Email(email) => Some(email.masked()),
            LookUp::Card(number) => Some(format!("••• {}", &number[number.len() - 4..])),
        }
    }
}

/// The body of the operation that looks up what is no code.
pub(crate) fn find(look_up: &LookUp) -> FindCustomer {
    let mut find = FindCustomer { phone: None, email: None, card: None, short_code: None };
    match look_up {
        LookUp::Code(_) => {}
        LookUp::Phone(phone) => find.phone = Some(phone.as_str().to_owned()),
        LookUp::Email(email) => find.email = Some(email.as_str().to_owned()),
        LookUp::Card(number) => find.card = Some(number.clone()),
        LookUp::ShortCode(code) => find.short_code = Some(code.clone()),
    }
    find
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<LookUp, &'static str> {
        LookUp::parse(text, "KE", false)
    }

    #[test]
    fn phones_emails_and_cards_are_told_apart() {
        let phone = Phone::parse("0722000412", "KE").unwrap();
        assert_eq!(parse(" 0722 000 412 "), Ok(LookUp::Phone(phone)));
        let email = Email::parse("amina@example.com").unwrap();
        assert_eq!(parse("Amina@example.com"), Ok(LookUp::Email(email)));
        assert_eq!(parse("0799 2739 8713"), Ok(LookUp::Card("079927398713".into())));
        assert_eq!(parse("482 913"), Ok(LookUp::ShortCode("482913".into())));
    }

    #[test]
    fn twelve_digits_that_a_card_and_a_phone_could_have_go_by_the_shops_cards() {
        let text = (0..10).map(|n| format!("25472200041{n}"));
        let text = text.into_iter().find(|text| parse_card_number(text).is_some()).unwrap();
        assert!(matches!(parse(&text), Ok(LookUp::Phone(_))));
        assert_eq!(LookUp::parse(&text, "KE", true), Ok(LookUp::Card(text)));
    }

    #[test]
    fn anything_else_says_what_is_wrong() {
        for (text, code) in [("", "bad_phone"), ("hello", "bad_phone"), ("a@b", "bad_email")] {
            assert_eq!(parse(text), Err(code), "{text}");
        }
    }

    #[test]
    fn what_is_shown_is_masked() {
        assert_eq!(parse("0722000412").unwrap().masked().unwrap(), "0722 ••• 412");
        assert_eq!(parse("079927398713").unwrap().masked().unwrap(), "••• 8713");
    }
}
