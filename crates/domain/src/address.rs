//! Phone numbers and e-mail addresses, parsed once at the edge.

use serde::{Deserialize, Serialize};

/// A phone number in E.164.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema), ts(type = "string"), schema(value_type = String))]
#[serde(transparent)]
pub struct Phone(String);

/// An e-mail address, in lower case.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema), ts(type = "string"), schema(value_type = String))]
#[serde(transparent)]
pub struct Email(String);

/// Why a text is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    #[error("this is not a phone number")]
    NotAPhone,
    #[error("this phone number is too short")]
    PhoneTooShort,
    #[error("this phone number is too long")]
    PhoneTooLong,
    #[error("no phone has this number in its country")]
    PhoneNotInUse,
    #[error("this is not an e-mail address")]
    NotAnEmail,
}

impl Phone {
    /// Reads a number as people of `country` (ISO 3166 alpha-2) write it. For Kenya these are
    /// `07…`, `01…`, `7…`, `1…`, `254…` and `+254…`, with spaces and dashes.
    pub fn parse(text: &str, country: &str) -> Result<Self, AddressError> {
        let compact: String = text.chars().filter(|c| !" -()./\u{a0}".contains(*c)).collect();
        let digits = compact.strip_prefix('+').unwrap_or(&compact);
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(AddressError::NotAPhone);
        }
        if digits.len() > 15 {
            return Err(AddressError::PhoneTooLong);
        }
        let country = country.parse().map_err(|_| AddressError::NotAPhone)?;
        let number = international(&compact, country)?;
        if !number.is_valid() {
            return Err(if digits.len() < 7 {
                AddressError::PhoneTooShort
            } else {
                AddressError::PhoneNotInUse
            });
        }
        Ok(Self(number.format().mode(phonenumber::Mode::E164).to_string()))
    }

    /// A number that was parsed before and kept in E.164.
    pub fn from_e164(text: String) -> Self {
        Self(text)
    }

    /// The number in E.164.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number in digits, in each of the ways in which people begin to type it:
    /// `254722000412`, `0722000412`, `722000412`.
    pub fn spellings(&self) -> Vec<String> {
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let mut all = vec![digits(&self.0)];
        if let Ok(number) = phonenumber::parse(None, &self.0) {
            let national = number.format().mode(phonenumber::Mode::National).to_string();
            all.push(digits(&national));
            all.push(number.national().value().to_string());
        }
        all.dedup();
        all
    }

    /// Whether the number is one of `country` (ISO 3166 alpha-2).
    pub fn is_of(&self, country: &str) -> bool {
        let number = phonenumber::parse(None, &self.0).ok();
        let of = number.and_then(|number| number.country().id());
        of.is_some_and(|of| of.as_ref().eq_ignore_ascii_case(country))
    }

    /// The number with its middle hidden, as screens and logs show it: `0722 ••• 412` at home,
    /// `+44 ••• 412` for a number of any other country than Kenya.
    pub fn masked(&self) -> String {
        let last = &self.0[self.0.len().saturating_sub(3)..];
        match self.0.strip_prefix("+254") {
            Some(national) if national.len() == 9 => format!("0{} ••• {last}", &national[..3]),
            _ => format!("{} ••• {last}", &self.0[..3.min(self.0.len())]),
        }
    }
}

/// The number as it stands, or with the plus that people leave off (`254722…`).
fn international(
    compact: &str,
    country: phonenumber::country::Id,
) -> Result<phonenumber::PhoneNumber, AddressError> {
    let read = |text: &str| phonenumber::parse(Some(country), text).ok();
    let with_plus = || read(&format!("+{compact}")).filter(phonenumber::PhoneNumber::is_valid);
    match read(compact) {
        Some(number) if number.is_valid() => Ok(number),
        other => with_plus().or(other).ok_or(AddressError::NotAPhone),
    }
}

/// RFC 5321 allows 254 octets for an address in a path.
const EMAIL_MAX: usize = 254;

impl Email {
    /// Reads an address. Whether it exists only a message can tell; this refuses what no mail
    /// server would take.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let Some((local, domain)) = text.rsplit_once('@') else {
            return Err(AddressError::NotAnEmail);
        };
        let plain = |s: &str| {
            s.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"@,;<>()[]\"\\".contains(c))
        };
        let labels = domain
            .split('.')
            .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
        let fits = text.len() <= EMAIL_MAX && !local.is_empty() && local.len() <= 64;
        if !(fits && plain(local) && plain(domain) && labels && domain.contains('.')) {
            return Err(AddressError::NotAnEmail);
        }
        Ok(Self(text.to_lowercase()))
    }

    /// An address that was parsed before and kept.
    pub fn from_kept(text: String) -> Self {
        Self(text)
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address with most of its local part hidden.
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or((&self.0, ""));
        let first: String = local.chars().take(1).collect();
        format!("{first}•••@{domain}")
    }

    /// A name derived from the local part (`amina.odhiambo@…` → "Amina Odhiambo"), or `None`
    /// where it holds no word.
    pub fn derived_name(&self) -> Option<String> {
        let local = self.0.split('@').next()?;
        let words: Vec<String> = local
            .split(|c: char| !c.is_alphabetic())
            .filter(|word| word.chars().count() >= 2)
            .map(capitalised)
            .collect();
        (!words.is_empty()).then(|| words.join(" "))
    }
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

macro_rules! never_whole_in_logs {
    ($($name:ident),*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.masked())
            }
        }
    )*};
}
never_whole_in_logs!(Phone, Email);

/// Where a person can be reached: the address a request goes to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Address {
    Phone(Phone),
    Email(Email),
}

impl Address {
    /// The address in full.
    pub fn as_str(&self) -> &str {
        match self {
            Address::Phone(phone) => phone.as_str(),
            Address::Email(email) => email.as_str(),
        }
    }

    /// The address with its middle hidden.
    pub fn masked(&self) -> String {
        match self {
            Address::Phone(phone) => phone.masked(),
            Address::Email(email) => email.masked(),
        }
    }

    /// An address that was parsed before and kept: e-mail addresses hold an `@`.
    pub fn from_kept(text: String) -> Self {
        if text.contains('@') { Address::Email(Email(text)) } else { Address::Phone(Phone(text)) }
    }
}

/// What is kept of an address once nobody may know it any more: enough to see that it is the same
/// one again. Made with the server's secret, so that it cannot be found by trying all numbers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AddressHash(pub String);

impl<'de> Deserialize<'de> for Phone {
    /// Only E.164 is read back: what people type goes through [`Phone::parse`].
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits = text.strip_prefix('+').unwrap_or_default();
        let sound = (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        sound.then_some(Self(text)).ok_or_else(|| serde::de::Error::custom("not E.164"))
    }
}

impl<'de> Deserialize<'de> for Email {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_spelled_as_people_begin_to_type_it() {
        let phone = Phone::parse("0722 000 412", "KE").unwrap();
        assert_eq!(phone.spellings(), ["254722000412", "0722000412", "722000412"]);
        let phone = Phone::parse("+44 20 7946 0018", "KE").unwrap();
        assert_eq!(phone.spellings(), ["442079460018", "02079460018", "2079460018"]);
    }

    #[test]
    fn kenyan_forms_all_become_the_same_number() {
        for text in ["0722000412", "722 000 412", "254722000412", "+254 722-000-412"] {
            assert_eq!(Phone::parse(text, "KE").unwrap().as_str(), "+254722000412", "{text}");
        }
        assert_eq!(Phone::parse("0110 000 412", "KE").unwrap().as_str(), "+254110000412");
    }

    #[test]
    fn a_bad_number_says_why() {
        assert_eq!(Phone::parse("hello", "KE"), Err(AddressError::NotAPhone));
        assert_eq!(Phone::parse("0722", "KE"), Err(AddressError::PhoneTooShort));
        assert_eq!(Phone::parse("07220004123", "KE"), Err(AddressError::PhoneNotInUse));
        assert_eq!(Phone::parse("1234567890123456", "KE"), Err(AddressError::PhoneTooLong));
    }

    #[test]
    fn a_number_is_of_its_country() {
        let home = Phone::parse("0722000412", "KE").unwrap();
        assert!(home.is_of("KE") && !home.is_of("UG"));
        let abroad = Phone::parse("+441632960961", "KE");
        assert!(abroad.is_err() || !abroad.unwrap().is_of("KE"));
        assert!(!Phone::parse("+256772123456", "KE").unwrap().is_of("KE"));
    }

    #[test]
    fn a_log_line_never_shows_a_whole_address() {
        let phone = Phone::parse("0722000412", "KE").unwrap();
        assert_eq!(format!("{phone:?}"), "0722 ••• 412");
        let email = Email::parse("Amina.Odhiambo@example.com").unwrap();
        assert_eq!(format!("{email:?}"), "a•••@example.com");
    }

    #[test]
    fn a_name_is_derived_from_an_email() {
        let name = |text| Email::parse(text).unwrap().derived_name();
        assert_eq!(name("amina.odhiambo@example.com").as_deref(), Some("Amina Odhiambo"));
        assert_eq!(name("0722000412@example.com"), None);
    }

    #[test]
    fn what_no_server_would_take_is_no_email() {
        for text in ["", "a", "a@b", "a b@c.de", "@c.de", "a@.de", "a@c..de", "a@-c.de", "a,b@c.de"]
        {
            assert_eq!(Email::parse(text), Err(AddressError::NotAnEmail), "{text}");
        }
    }
}
