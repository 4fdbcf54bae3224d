//! Access tokens: JWTs that say who, for how long, and by which session or device.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use reda_domain::language::Language;
use reda_domain::{BusinessId, DeviceId, SessionId, StaffId, Timestamp, UserId};
use reda_protocol::error::WireError;
use serde::{Deserialize, Serialize};

/// Seconds that a person's or a device's token lasts (SPEC ID-1).
pub(crate) const ACCESS_SECS: i64 = 15 * 60;
/// Seconds that a staff token lasts (API, "Identity").
pub(crate) const STAFF_SECS: i64 = 12 * 60 * 60;

/// What a token says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Claims {
    User {
        sub: UserId,
        sid: SessionId,
        exp: i64,
    },
    Device {
        sub: DeviceId,
        business: BusinessId,
        exp: i64,
    },
    /// Who is switched on at a till; worth nothing without the till's own token.
    Staff {
        sub: StaffId,
        business: BusinessId,
        device: DeviceId,
        exp: i64,
    },
}

impl Claims {
    /// When it runs out, in seconds since the epoch.
    pub(crate) fn exp(&self) -> i64 {
        match self {
            Claims::User { exp, .. } | Claims::Device { exp, .. } | Claims::Staff { exp, .. } => {
                *exp
            }
        }
    }
}

pub(super) struct Tokens {
    signing: EncodingKey,
    checking: DecodingKey,
    validation: Validation,
}

impl Tokens {
    pub(super) fn new(secret: &str) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 0;
        // The server's own clock decides, in `read`.
        validation.validate_exp = false;
        validation.set_required_spec_claims::<&str>(&[]);
        Self {
            signing: EncodingKey::from_secret(secret.as_bytes()),
            checking: DecodingKey::from_secret(secret.as_bytes()),
            validation,
        }
    }

    pub(super) fn issue(&self, claims: &Claims) -> String {
        let header = Header::new(Algorithm::HS256);
        jsonwebtoken::encode(&header, claims, &self.signing).expect("plain claims encode")
    }

    pub(super) fn read(&self, token: &str, now: Timestamp) -> Result<Claims, WireError> {
        let read = jsonwebtoken::decode::<Claims>(token, &self.checking, &self.validation);
        let claims = read.map_err(|_| WireError::of("unauthorized", Language::En))?.claims;
        if claims.exp() * 1000 <= now.0 {
            return Err(WireError::of("token_expired", Language::En));
        }
        Ok(claims)
    }
}
