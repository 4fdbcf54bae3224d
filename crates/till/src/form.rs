//! Fields as people type them, read with all that is wrong in them.

use crate::amount::{self, digits_of_groups};
use reda_domain::money::{Currency, Money};
use reda_domain::program::NAME_MAX;
use reda_protocol::rpc::{Why, Wrong};
use std::ops::RangeInclusive;

/// Reads a form's fields, and keeps what is wrong.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    wrong: Vec<Wrong>,
}

impl Fields {
    /// Notes that a field cannot be as it is.
    pub(crate) fn refuse(&mut self, field: &str, why: Why) {
        self.wrong.push(Wrong { field: field.to_owned(), why });
    }

    /// Words that are not empty, up to a name's length.
    pub(crate) fn name(&mut self, field: &str, text: &str) -> Option<String> {
        self.words(field, text, NAME_MAX)
    }

    /// Words that are not empty, up to so many letters.
    pub(crate) fn words(&mut self, field: &str, text: &str, max: usize) -> Option<String> {
        let text = text.trim();
        let letters = text.chars().filter(|c| !c.is_control()).count();
        match letters {
            0 => self.refuse(field, Why::Empty),
            1.. if letters <= max && letters == text.chars().count() => {
                return Some(text.to_owned());
            }
            _ => self.refuse(field, Why::TooLong { max: u32::try_from(max).unwrap_or(0) }),
        }
        None
    }

    /// A whole number within these bounds.
    pub(crate) fn whole(
        &mut self,
        field: &str,
        text: &str,
        within: RangeInclusive<i64>,
    ) -> Option<i64> {
        let text = text.trim();
        let (min, max) = (*within.start(), *within.end());
        if text.is_empty() {
            self.refuse(field, Why::Empty);
            return None;
        }
        let Some(digits) = digits_of_groups(text) else {
            self.refuse(field, Why::NotWhole);
            return None;
        };
        // More digits than a number has are too many.
        let number = digits.parse().ok().filter(|number| within.contains(number));
        if number.is_none() {
            self.refuse(field, Why::OutOfRange { min, max });
        }
        number
    }

    /// An amount of money above zero.
    pub(crate) fn money(&mut self, field: &str, text: &str, currency: Currency) -> Option<Money> {
        match amount::parse(text, currency) {
            Ok(Some(money)) => return Some(money),
            Ok(None) => self.refuse(field, Why::Empty),
            Err(_) => self.refuse(field, Why::NotMoney),
        }
        None
    }

    /// A number with at most two decimals, above zero and up to `max`; in hundredths.
    pub(crate) fn hundredths(&mut self, field: &str, text: &str, max: u32) -> Option<u32> {
        let text = text.trim();
        if text.is_empty() {
            self.refuse(field, Why::Empty);
            return None;
        }
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let sound = !whole.is_empty() && plain(whole) && plain(decimals) && decimals.len() <= 2;
        if !sound || text.ends_with('.') {
            self.refuse(field, Why::NotNumber);
            return None;
        }
        let number = format!("{whole}{decimals:0<2}").parse().ok();
        let number = number.filter(|number| (1..=max).contains(number));
        if number.is_none() {
            self.refuse(field, Why::NotUpTo { max: max / 100 });
        }
        number
    }

    /// Whether a field whose name begins so was refused.
    pub(crate) fn refused(&self, prefix: &str) -> bool {
        self.wrong.iter().any(|wrong| wrong.field.starts_with(prefix))
    }

    /// All that is wrong, in the order in which it was read.
    pub(crate) fn wrong(self) -> Vec<Wrong> {
        self.wrong
    }
}

/// Hundredths as people type them: "1.5".
pub(crate) fn decimal(hundredths: u32) -> String {
    let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// An amount as people type it: "100", "99.50".
pub(crate) fn plain(money: Money) -> String {
    let per_major = money.currency.minor_per_major();
    let (major, minor) = (money.amount / per_major, money.amount % per_major);
    let places = per_major.ilog10() as usize;
    if minor == 0 { major.to_string() } else { format!("{major}.{minor:0places$}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why<T: std::fmt::Debug>(read: impl FnOnce(&mut Fields) -> Option<T>) -> Vec<Why> {
        let mut fields = Fields::default();
        assert_eq!(read(&mut fields).is_none(), !fields.wrong.is_empty());
        fields.wrong().into_iter().map(|wrong| wrong.why).collect()
    }

    #[test]
    fn whole_numbers_say_what_is_wrong_with_them() {
        let out = Why::OutOfRange { min: 1, max: 500 };
        for (text, expected) in [
            (" 1,00 ", vec![Why::NotWhole]),
            ("1.5", vec![Why::NotWhole]),
            ("-1", vec![Why::NotWhole]),
            ("", vec![Why::Empty]),
            ("0", vec![out]),
            ("501", vec![out]),
            ("99999999999999999999999", vec![out]),
            ("500", vec![]),
        ] {
            assert_eq!(why(|it| it.whole("f", text, 1..=500)), expected, "{text:?}");
        }
    }

    #[test]
    fn hundredths_are_read_and_written_alike() {
        let read = |text: &str| Fields::default().hundredths("f", text, 1_000);
        for (text, number) in [("1", 100), ("1.5", 150), ("1.25", 125), ("10", 1_000), ("0.01", 1)]
        {
            assert_eq!(read(text), Some(number));
            assert_eq!(decimal(number), text);
        }
        for text in ["1.", ".5", "1.234", "x", "1,5", "-1"] {
            assert_eq!(why(|it| it.hundredths("f", text, 1_000)), [Why::NotNumber], "{text}");
        }
        let out = Why::NotUpTo { max: 10 };
        for text in ["0", "0.00", "10.01", "99999999999999"] {
            assert_eq!(why(|it| it.hundredths("f", text, 1_000)), [out], "{text}");
        }
    }

    #[test]
    fn names_and_money_say_what_is_wrong_with_them() {
        assert_eq!(why(|it| it.name("f", "  ")), [Why::Empty]);
        assert_eq!(why(|it| it.name("f", &"x".repeat(81))), [Why::TooLong { max: 80 }]);
        assert_eq!(Fields::default().name("f", " Tea "), Some("Tea".to_owned()));
        let money = |text: &str| why(|it| it.money("f", text, Currency::KES));
        assert_eq!((money(""), money("five")), (vec![Why::Empty], vec![Why::NotMoney]));
        for text in ["100", "99.50"] {
            let read = Fields::default().money("f", text, Currency::KES).unwrap();
            assert_eq!(plain(read), text);
        }
    }
}
