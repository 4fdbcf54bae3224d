//! Who is calling: passwords, tokens, sessions, and the extractors that handlers name.

mod access;
mod acting;
mod attempts;
mod believed;
mod caller;
mod live;
pub(crate) mod one_time;
mod passwords;
mod places;
mod sealed;
mod sessions;
mod short_codes;
mod tills;
mod tokens;

pub(crate) use access::StaffToken;
pub(crate) use acting::Acting;
pub(crate) use attempts::{
    ANSWER_CODES_A_DAY, ANSWER_CODES_OF_SHOP, ANSWER_CODES_TO_ADDRESS, Allowance, CODES_A_DAY,
    CODES_FROM_NETWORK, CODES_TO_ADDRESS, PAIRING_FROM_NETWORK, PASSWORDS_TO_ADDRESS,
    WRONG_ANSWERS_BY_STAFF, WRONG_ANSWERS_TO_ADDRESS, WRONG_FROM_NETWORK, Wait,
};
pub(crate) use caller::Caller;
pub(crate) use caller::{Language, Person};
pub(crate) use one_time::{Bound, CODE_MS};
pub(crate) use passwords::{PASSWORD_MAX, PASSWORD_MIN};
pub(crate) use sessions::Pair;
pub(crate) use short_codes::Named;
pub(crate) use tills::{Presented, Tried};
pub(crate) use tokens::Claims;

use crate::clock::Clock;
use believed::Believed;
use hmac::{Hmac, Mac as _};
use reda_domain::address::{Address, AddressHash};
use reda_domain::business::Staff;
use reda_domain::{StaffId, Timestamp};
use reda_store::Db;
use sha2::Sha256;
use tokens::Tokens;
use uuid::Uuid;

/// Sign-in and everything that proves who someone is.
pub(crate) struct Auth {
    pub(crate) db: Db,
    clock: Clock,
    tokens: Tokens,
    passwords: passwords::Passwords,
    live: Believed<Uuid, live::Standing>,
    places: Believed<StaffId, Option<Staff>>,
    hash_secret: Vec<u8>,
}

impl Auth {
    pub(crate) fn new(db: Db, clock: Clock, token_secret: &str, hash_secret: &str) -> Self {
        Self {
            db,
            clock,
            tokens: Tokens::new(token_secret),
            passwords: passwords::Passwords::new(),
            live: Believed::default(),
            places: Believed::default(),
            hash_secret: hash_secret.as_bytes().to_vec(),
        }
    }

    /// A keyed hash of what an operation asks for. Half of one tells two bodies apart as well
    /// (RFC 2104, section 5), and is kept with each operation.
    pub(crate) fn operation_hash(&self, asked: &str) -> String {
        let mut hash = self.keyed_hash(asked);
        hash.truncate(hash.len() / 2);
        hash
    }

    /// A keyed hash, for what must be compared but not kept: refresh tokens, credentials.
    pub(crate) fn keyed_hash(&self, text: &str) -> String {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.hash_secret).expect("any length is fine");
        mac.update(text.as_bytes());
        data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes())
    }

    /// What stays of an address where it must not be known any more.
    pub(crate) fn address_hash(&self, address: &Address) -> AddressHash {
        AddressHash(self.keyed_hash(&format!("address {}", address.as_str())))
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
