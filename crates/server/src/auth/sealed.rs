//! Secrets that are handed out and come back: refresh tokens and tills' credentials. Each is random
//! and carries a seal, so that an old one, which means that somebody copied it, can be told from
//! one that somebody made up, which means nothing.

use super::Auth;
use crate::clock;
use data_encoding::BASE64URL_NOPAD;
use serde_json::json;
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

/// The longest text that is looked at.
const LENGTH_MAX: usize = 200;

impl Auth {
    /// A fresh secret of one purpose and owner: random text, a dot, the seal.
    pub(super) fn sealed(&self, purpose: &str, of: Uuid) -> String {
        self.with_seal(purpose, of, &BASE64URL_NOPAD.encode(&clock::random::<32>()))
    }

    /// The secret that comes after another: always the same one, and nobody else can tell it.
    pub(super) fn sealed_after(&self, purpose: &str, of: Uuid, before: &str) -> String {
        let next = self.keyed_hash(&json!(["after", purpose, of, before]).to_string());
        self.with_seal(purpose, of, &next)
    }

    fn with_seal(&self, purpose: &str, of: Uuid, text: &str) -> String {
        let seal = self.seal(purpose, of, text);
        format!("{text}.{seal}")
    }

    /// Whether this server made a secret, at whatever time.
    pub(super) fn has_sealed(&self, purpose: &str, of: Uuid, secret: &str) -> bool {
        let parts = secret.split_once('.').filter(|_| secret.len() <= LENGTH_MAX);
        parts.is_some_and(|(random, seal)| same(&self.seal(purpose, of, random), seal))
    }

    fn seal(&self, purpose: &str, of: Uuid, random: &str) -> String {
        self.keyed_hash(&json!(["seal", purpose, of, random]).to_string())
    }
}

/// Whether two texts are the same, in a time that does not tell where they differ.
pub(super) fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}
