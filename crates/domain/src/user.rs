//! People with accounts.

use crate::address::{Address, AddressHash, Email, Phone};
use crate::code::CodeId;
use crate::language::Language;
use crate::{KeyId, Timestamp, UserId};

/// A person with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    pub name: Option<String>,
    pub phone: Option<Phone>,
    /// An address counts for nothing until a code proved it (SPEC ID-1).
    pub phone_verified: bool,
    pub email: Option<Email>,
    pub email_verified: bool,
    pub language: Language,
    /// Argon2id, in PHC form.
    pub password_hash: Option<String>,
    pub created_at: Timestamp,
}

impl User {
    /// What people read: the name given, else one derived from the e-mail address, else
    /// "Customer" and the last four characters of the id (SPEC CU-3). Never a bare number.
    pub fn display_name(&self) -> String {
        let given = self.name.clone().filter(|name| !name.trim().is_empty());
        let derived = || self.email.as_ref().and_then(Email::derived_name);
        given.or_else(derived).unwrap_or_else(|| {
            let id = self.id.to_string();
            format!("Customer {}", &id[id.len() - 4..])
        })
    }

    /// The one proven address that a shop gets on consent: the phone, else the e-mail. Nobody is
    /// shown an address that may be somebody else's.
    pub fn shared_address(&self) -> Option<Address> {
        self.proven_addresses().next()
    }

    /// The addresses that are proven to be the user's, the phone before the e-mail.
    pub fn proven_addresses(&self) -> impl Iterator<Item = Address> {
        let phone = self.phone.clone().filter(|_| self.phone_verified).map(Address::Phone);
        let email = self.email.clone().filter(|_| self.email_verified).map(Address::Email);
        phone.into_iter().chain(email)
    }

    /// Whether `address` is this user's and proven.
    pub fn owns(&self, address: &Address) -> bool {
        match address {
            Address::Phone(phone) => self.phone_verified && self.phone.as_ref() == Some(phone),
            Address::Email(email) => self.email_verified && self.email.as_ref() == Some(email),
        }
    }
}

impl User {
    /// Whether this user gave `address` with a password of theirs, and has not proven it. An
    /// account that a shop made has no password, and claims nothing.
    pub fn claims(&self, address: &Address) -> bool {
        let given = match address {
            Address::Phone(phone) => self.phone.as_ref() == Some(phone),
            Address::Email(email) => self.email.as_ref() == Some(email),
        };
        given && !self.owns(address) && self.password_hash.is_some()
    }

    /// This user without an address of the same kind.
    pub fn without(&self, address: &Address) -> Self {
        match address {
            Address::Phone(_) => Self { phone: None, phone_verified: false, ..self.clone() },
            Address::Email(_) => Self { email: None, email_verified: false, ..self.clone() },
        }
    }

    /// This user with an address that was proven to be theirs, in place of the one of its kind.
    pub fn owning(&self, address: &Address) -> Self {
        match address.clone() {
            Address::Phone(phone) => {
                Self { phone: Some(phone), phone_verified: true, ..self.clone() }
            }
            Address::Email(email) => {
                Self { email: Some(email), email_verified: true, ..self.clone() }
            }
        }
    }

    /// Whether nothing says who this is, and nothing signs in: an account that was deleted.
    pub fn is_nobody(&self) -> bool {
        let is_named = self.name.is_some() || self.phone.is_some() || self.email.is_some();
        !is_named && self.password_hash.is_none()
    }

    /// Whether this is nobody's account: a person whom a shop wrote down, and who has proven
    /// nothing and chosen no password.
    pub fn is_profile(&self) -> bool {
        self.password_hash.is_none() && !self.phone_verified && !self.email_verified
    }

    /// Whether this is such a person, with `address`.
    pub fn is_profile_at(&self, address: &Address) -> bool {
        self.is_profile() && self.profile_address().as_ref() == Some(address)
    }

    /// The address that the shop wrote down; of people with accounts none.
    pub fn profile_address(&self) -> Option<Address> {
        if !self.is_profile() {
            return None;
        }
        let email = || self.email.clone().map(Address::Email);
        self.phone.clone().map(Address::Phone).or_else(email)
    }
}

/// An account is deleted: what is beyond its row goes too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    pub id: UserId,
    /// Of those that were proven to be theirs.
    pub addresses: Vec<AddressHash>,
    pub at: Timestamp,
}

/// At most this many live keys a customer: one for each phone and browser they really use.
pub const KEYS_MAX: usize = 5;

/// A customer's signing key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerKey {
    pub id: KeyId,
    pub user: UserId,
    pub code_id: CodeId,
    /// SPKI in base64.
    pub public_key: String,
    pub label: String,
    pub created_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
}

/// A key beside, or soon after, another approves points only after this long: time for its owner
/// to notice one that a thief registered, of which they are told.
pub const NEW_KEY_WAITS_MS: i64 = 24 * 60 * 60 * 1000;

impl CustomerKey {
    /// Whether the key is live, or was less than a day ago: so long whoever could take it away does
    /// not pass for its owner.
    pub fn counts_at(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none_or(|at| at.plus_ms(NEW_KEY_WAITS_MS) > now)
    }

    /// From when on the key may approve points. A first key may at once. One that was registered
    /// while another of `all` was live, or less than a day after that one's revocation, waits.
    pub fn approves_from<'a>(&self, all: impl IntoIterator<Item = &'a CustomerKey>) -> Timestamp {
        let before = |other: &CustomerKey| {
            other.id != self.id
                && other.created_at <= self.created_at
                && other.counts_at(self.created_at)
        };
        match all.into_iter().any(before) {
            true => self.created_at.plus_ms(NEW_KEY_WAITS_MS),
            false => self.created_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn user(name: Option<&str>, email: Option<&str>) -> User {
        User {
            id: UserId(Uuid::from_u128(0xabcd)),
            name: name.map(str::to_owned),
            phone: Some(Phone::parse("0722000412", "KE").unwrap()),
            phone_verified: true,
            email: email.map(|text| Email::parse(text).unwrap()),
            email_verified: false,
            language: Language::En,
            password_hash: None,
            created_at: Timestamp(0),
        }
    }

    #[test]
    fn a_missing_name_is_derived_and_never_a_number() {
        assert_eq!(user(Some("Amina"), None).display_name(), "Amina");
        assert_eq!(user(None, Some("amina.odhiambo@example.com")).display_name(), "Amina Odhiambo");
        assert_eq!(user(Some("  "), None).display_name(), "Customer abcd");
    }

    fn key(n: u128, created_at: i64, revoked_at: Option<i64>) -> CustomerKey {
        CustomerKey {
            id: KeyId(Uuid::from_u128(n)),
            user: UserId(Uuid::from_u128(1)),
            code_id: CodeId([0; 8]),
            public_key: String::new(),
            label: String::new(),
            created_at: Timestamp(created_at),
            revoked_at: revoked_at.map(Timestamp),
        }
    }

    #[test]
    fn a_first_key_approves_at_once_and_one_beside_it_a_day_later() {
        const DAY: i64 = NEW_KEY_WAITS_MS;
        let new = key(2, 10 * DAY, None);
        let from = |other: CustomerKey| new.approves_from([&other, &new]).0;
        assert_eq!(new.approves_from([&new]), new.created_at);
        assert_eq!(from(key(1, 0, None)), 11 * DAY, "beside a live one");
        assert_eq!(from(key(1, 0, Some(10 * DAY + 5))), 11 * DAY, "live at the time");
        assert_eq!(from(key(1, 0, Some(9 * DAY + 1))), 11 * DAY, "revoked within a day");
        assert_eq!(from(key(1, 0, Some(9 * DAY))), 10 * DAY, "revoked a day before");
        assert_eq!(from(key(1, 11 * DAY, None)), 10 * DAY, "a later one does not count");
    }

    #[test]
    fn an_unproven_address_is_nobodys() {
        let amina = user(None, Some("amina@example.com"));
        assert!(amina.owns(&Address::Phone(Phone::parse("0722000412", "KE").unwrap())));
        assert!(!amina.owns(&Address::Email(Email::parse("amina@example.com").unwrap())));
    }
}
