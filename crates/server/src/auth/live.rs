//! Whether the session or till behind a token still counts: its row, re-read at least once a
//! second, on every node.

use super::Auth;
use super::tokens::Claims;
use reda_domain::DeviceId;
use reda_domain::language::Language;
use reda_protocol::error::WireError;
use reda_store::StoreError;
use reda_store::tables::{devices, sessions};
use std::time::Instant;
use uuid::Uuid;

/// What became of a session or till.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Live,
    SignedOut,
    /// A till that was taken out of the business.
    Revoked,
    /// A till of which a copy was seen.
    Cloned,
}

impl Standing {
    /// The code of the error that callers get.
    pub(crate) fn refusal(self) -> Option<&'static str> {
        match self {
            Standing::Live => None,
            Standing::SignedOut => Some("unauthorized"),
            Standing::Revoked => Some("device_revoked"),
            Standing::Cloned => Some("device_cloned"),
        }
    }
}

impl Auth {
    /// What a token says, if it is ours, in time, and its session or device still lives.
    pub(crate) async fn read_token(
        &self,
        token: &str,
    ) -> Result<Result<Claims, WireError>, StoreError> {
        let claims = match self.tokens.read(token, self.now()) {
            Ok(claims) => claims,
            Err(error) => return Ok(Err(error)),
        };
        let refusal = self.standing(&claims).await?.refusal();
        Ok(refusal.map_or(Ok(claims), |code| Err(WireError::of(code, Language::En))))
    }

    /// What became of the session or device behind a token, as of a second ago at most.
    pub(crate) async fn standing(&self, claims: &Claims) -> Result<Standing, StoreError> {
        let id = match claims {
            Claims::User { sid, .. } => sid.0,
            Claims::Device { sub, .. } => sub.0,
            Claims::Staff { device, .. } => device.0,
        };
        if let Some(standing) = self.live.get(&id) {
            return Ok(standing);
        }
        let asked = Instant::now();
        let mut tx = self.db.snapshot().await?;
        let standing = match claims {
            Claims::User { sid, .. } => match sessions::find(&mut tx, *sid).await? {
                Some(session) if session.revoked_at.is_none() => Standing::Live,
                Some(_) | None => Standing::SignedOut,
            },
            Claims::Device { .. } | Claims::Staff { .. } => {
                match devices::find(&mut tx, DeviceId(id)).await? {
                    Some(device) if device.revoked_at.is_some() => Standing::Revoked,
                    Some(device) if device.locked_at.is_some() => Standing::Cloned,
                    Some(_) => Standing::Live,
                    None => Standing::Revoked,
                }
            }
        };
        self.live.set(id, standing, asked);
        Ok(standing)
    }

    /// Lets a change of a session or till count here at once.
    pub(crate) fn recheck(&self, id: Uuid) {
        self.live.forget(&id);
    }
}
