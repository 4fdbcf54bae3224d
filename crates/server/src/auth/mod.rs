//! Who is calling: passwords, tokens, sessions, and the extractors that handlers name.

mod access;
mod caller;
#[allow(dead_code, reason = "what asks for codes comes next")]
mod one_time;
mod passwords;
mod sessions;
mod tokens;

pub(crate) use access::StaffToken;
pub(crate) use caller::Caller;
pub(crate) use caller::{Language, Person};
pub(crate) use passwords::{PASSWORD_MAX, PASSWORD_MIN};
pub(crate) use sessions::Pair;
pub(crate) use tokens::Claims;

use crate::clock::Clock;
use hmac::{Hmac, Mac as _};
use reda_domain::Timestamp;
use reda_store::Db;
use sha2::Sha256;
use tokens::Tokens;

/// Sign-in and everything that proves who someone is.
pub(crate) struct Auth {
    pub(crate) db: Db,
    clock: Clock,
    tokens: Tokens,
    passwords: passwords::Passwords,
    live: sessions::LiveCache,
    hash_secret: Vec<u8>,
}

impl Auth {
    pub(crate) fn new(db: Db, clock: Clock, token_secret: &str, hash_secret: &str) -> Self {
        Self {
            db,
            clock,
            tokens: Tokens::new(token_secret),
            passwords: passwords::Passwords::new(),
            live: sessions::LiveCache::default(),
            hash_secret: hash_secret.as_bytes().to_vec(),
        }
    }

    /// A keyed hash, for what must be compared but not kept: refresh tokens, credentials, bodies
    /// of operations.
    pub(crate) fn keyed_hash(&self, text: &str) -> String {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.hash_secret).expect("any length is fine");
        mac.update(text.as_bytes());
        data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes())
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
