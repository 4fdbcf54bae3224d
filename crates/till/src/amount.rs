//! Amounts as people type them.

use reda_domain::language::Language;
use reda_domain::money::{AMOUNT_MAX, Currency, Money};
use reda_domain::program::{EarnRule, NoEarning};
use reda_domain::tier::{AS_THE_RULE_SAYS, Tier};
use reda_protocol::error::WireError;
use reda_protocol::rpc::AmountView;

/// How people write a currency besides its code.
const WRITTEN: [(&str, Currency); 1] = [("ksh", Currency::KES)];

/// Reads an amount: an optional currency code before or after, whole units with blanks or commas
/// between groups of three, and at most as many decimals as the currency has. `None` for an
/// empty field; otherwise the code of what is wrong.
pub fn parse(text: &str, currency: Currency) -> Result<Option<Money>, &'static str> {
    let bare = without_currency(text.trim(), currency)?;
    if bare.is_empty() {
        return Ok(None);
    }
    let (whole, decimals) = bare.split_once('.').unwrap_or((bare, ""));
    let whole = digits_of_groups(whole).ok_or("bad_amount")?;
    let per_major = currency.minor_per_major();
    let places = per_major.ilog10() as usize;
    let sound = decimals.bytes().all(|byte| byte.is_ascii_digit());
    if !sound || bare.ends_with('.') {
        return Err("bad_amount");
    }
    if decimals.len() > places {
        return Err("bad_amount");
    }
    // Eighteen digits fit, and no amount has more.
    if whole.len() + places > 18 {
        return Err("amount_too_large");
    }
    let minor: i64 = format!("{whole}{decimals:0<places$}").parse().map_err(|_| "bad_amount")?;
    if minor > AMOUNT_MAX {
        return Err("amount_too_large");
    }
    if minor == 0 {
        return Err("earns_nothing");
    }
    Ok(Some(Money { amount: minor, currency }))
}

/// What an amount as typed comes to under a rule, for a card in this tier.
pub fn view(text: &str, earn: EarnRule, tier: Option<&Tier>, language: Language) -> AmountView {
    let percent = tier.map_or(AS_THE_RULE_SAYS, |tier| tier.multiplier_percent);
    let (amount, points) = match parse(text, earn.per.currency) {
        Ok(Some(amount)) => {
            (Some(amount), earn.points_times(amount, percent).map_err(code_of).map(Some))
        }
        Ok(None) => (None, Ok(None)),
        Err(code) => (None, Err(code)),
    };
    let error = points.err().map(|code| WireError::of(code, language));
    let tier = tier.filter(|_| percent != AS_THE_RULE_SAYS).cloned();
    AmountView { amount, points: points.ok().flatten(), tier, error }
}

fn code_of(why: NoEarning) -> &'static str {
    match why {
        NoEarning::OtherCurrency => "other_currency",
        NoEarning::TooSmall => "earns_nothing",
        NoEarning::TooLarge => "amount_too_large",
    }
}

/// The text without the currency's code; another currency's is refused.
fn without_currency(text: &str, currency: Currency) -> Result<&str, &'static str> {
    let is_letter = |c: char| c.is_alphabetic();
    let bare = text.trim_matches(is_letter);
    let letters = text.len() - bare.len();
    if letters == 0 {
        return Ok(bare);
    }
    let before = &text[..text.find(|c| !is_letter(c)).unwrap_or(text.len())];
    let after = &text[before.len() + bare.len()..];
    let code = if before.is_empty() { after } else { before };
    if code.len() != letters || bare.is_empty() {
        return Err("bad_amount");
    }
    let means = |(written, meant): &(&str, Currency)| {
        code.eq_ignore_ascii_case(written) && *meant == currency
    };
    let is_it = code.eq_ignore_ascii_case(currency.code()) || WRITTEN.iter().any(means);
    if is_it { Ok(bare.trim()) } else { Err("other_currency") }
}

/// The digits of a whole number, written plainly or in groups of three after the first.
pub(crate) fn digits_of_groups(text: &str) -> Option<String> {
    let is_blank = |c: char| c == ',' || c.is_whitespace();
    let groups: Vec<&str> = text.split(is_blank).collect();
    let plain = |group: &&str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
    let (first, rest) = groups.split_first()?;
    let grouped = rest.is_empty() || first.len() <= 3 && rest.iter().all(|group| group.len() == 3);
    if !groups.iter().all(plain) || !grouped {
        return None;
    }
    let digits = groups.concat();
    let significant = digits.trim_start_matches('0');
    Some(if significant.is_empty() { "0".to_owned() } else { significant.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use reda_domain::points::Points;
    use reda_domain::program::Rounding;

    fn read(text: &str) -> Result<Option<i64>, &'static str> {
        parse(text, Currency::KES).map(|money| money.map(|money| money.amount))
    }

    #[test]
    fn amounts_are_read_as_people_type_them() {
        for text in [
            "1700",
            "1,700",
            "1 700",
            "1\u{a0}700",
            "1700.00",
            "1,700.0",
            "KES 1700",
            "kes1,700.00",
            "KSh 1,700",
            "1700 KES",
            " 1700 ",
            "001700",
        ] {
            assert_eq!(read(text), Ok(Some(170_000)), "{text:?}");
        }
        assert_eq!(read("1700.5"), Ok(Some(170_050)));
        assert_eq!(read("0.05"), Ok(Some(5)));
        assert_eq!(read("12,345,678.90"), Ok(Some(1_234_567_890)));
    }

    #[test]
    fn an_empty_field_is_no_amount_and_no_error() {
        assert_eq!(read(""), Ok(None));
        assert_eq!(read("  "), Ok(None));
    }

    #[test]
    fn what_is_wrong_has_a_code() {
        for text in [
            "-5",
            "1.234",
            "1.",
            ".5",
            "1..5",
            "1,70",
            "1,7000",
            ",170",
            "170,",
            "12 34",
            "1.700,50",
            "five",
            "KES",
            "KES 5 KES",
            "1e3",
            "٣",
            "1_000",
            "1,700,",
        ] {
            assert_eq!(read(text), Err("bad_amount"), "{text:?}");
        }
        assert_eq!(read("0"), Err("earns_nothing"));
        assert_eq!(read("0.00"), Err("earns_nothing"));
        assert_eq!(read("USD 5"), Err("other_currency"));
        assert_eq!(read("100000000"), Ok(Some(AMOUNT_MAX)));
        assert_eq!(read("100000000.01"), Err("amount_too_large"));
        assert_eq!(read(&"9".repeat(400)), Err("amount_too_large"));
    }

    #[test]
    fn decimals_are_the_currencys() {
        let read = |text, code| {
            let currency = Currency::parse(code).unwrap();
            parse(text, currency).map(|money| money.unwrap().amount)
        };
        assert_eq!(read("1,700", "UGX"), Ok(1_700));
        assert_eq!(read("1700.5", "UGX"), Err("bad_amount"));
        assert_eq!(read("1.234", "KWD"), Ok(1_234));
    }

    #[test]
    fn points_follow_the_rule() {
        let per = Money { amount: 10_000, currency: Currency::KES };
        let earn = EarnRule { points: Points(1), per, rounding: Rounding::Down };
        let see = |text| view(text, earn, None, Language::En);
        assert_eq!(see("1,700").points, Some(Points(17)));
        assert_eq!(see("").error, None);
        let small = see("50");
        assert_eq!((small.amount.unwrap().amount, small.points), (5_000, None));
        assert_eq!(small.error.unwrap().code, "earns_nothing");
        assert_eq!(see("x").error.unwrap().code, "bad_amount");
        let tier = |multiplier_percent| Tier {
            name: "Gold".into(),
            from: Points(500),
            multiplier_percent,
        };
        let gold = view("1,700", earn, Some(&tier(150)), Language::En);
        assert_eq!((gold.points, gold.tier), (Some(Points(25)), Some(tier(150))));
        let silver = view("1,700", earn, Some(&tier(100)), Language::En);
        assert_eq!((silver.points, silver.tier), (Some(Points(17)), None), "it changes nothing");
    }
}
