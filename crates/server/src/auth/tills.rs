//! How tills prove themselves: an invitation to join with, then a credential that changes at each
//! call for a token. Whoever comes with an old one has a copy of the till, or is the till beside
//! its copy; which of them, nobody can tell, so both are locked out.

use super::Auth;
use super::sealed::same;
use crate::clock;
use reda_domain::business::StaffPin;
use reda_domain::invitation::PairingCode;
use reda_domain::{BusinessId, DeviceId, StaffId, Timestamp};
use reda_store::StoreError;
use reda_store::tables::device_credentials::{self, Credential};
use reda_store::tables::invitations::{self, Invitation};
use serde_json::json;

/// How long an invitation counts, in milliseconds, and how often it may be tried (SPEC ID-3).
const INVITATION_MS: i64 = 10 * 60 * 1000;
const INVITATION_TRIES: i64 = 5;
/// Tags that are tried before giving up; all of them taken means thousands of invitations.
const TAGS_TRIED: usize = 20;
/// What a credential is sealed as.
const CREDENTIAL: &str = "credential";

/// An invitation as its inviter gets it.
pub(crate) struct Invited {
    pub(crate) code: PairingCode,
    pub(crate) expires_at: Timestamp,
}

/// What came of trying an invitation.
pub(crate) enum Tried {
    Accepted(Invitation),
    /// Wrong, or used up.
    Unknown,
    Expired,
    /// Wrong ones were tried too often.
    Void,
}

/// What a credential turned out to be.
pub(crate) enum Presented {
    /// Right; this is the next one.
    Next(String),
    /// Made here, and replaced since.
    Old,
    Wrong,
}

impl Auth {
    /// Makes an invitation of a new till, or of one that is to be paired anew. `None`: there are
    /// too many already.
    pub(crate) async fn invite_till(
        &self,
        business: BusinessId,
        staff: StaffId,
        device: Option<DeviceId>,
    ) -> Result<Option<Invited>, StoreError> {
        let now = self.now();
        let mut tx = self.db.begin().await?;
        for _ in 0..TAGS_TRIED {
            let code = PairingCode::of(clock::random());
            let invitation = Invitation {
                tag: code.tag().to_owned(),
                business,
                device,
                staff,
                code_hash: self.invitation_hash(&code),
                tries_left: INVITATION_TRIES,
                expires_at: now.plus_ms(INVITATION_MS),
            };
            if invitations::add(&mut tx, &invitation, now).await? {
                tx.commit().await?;
                return Ok(Some(Invited { code, expires_at: invitation.expires_at }));
            }
        }
        Ok(None)
    }

    /// Uses an invitation up, if this is its code; a wrong one uses up a try of it.
    pub(crate) async fn accept_invitation(&self, code: &str) -> Result<Tried, StoreError> {
        let Some(code) = PairingCode::parse(code) else { return Ok(Tried::Unknown) };
        let now = self.now();
        let is_its = |it: &Invitation| same(&it.code_hash, &self.invitation_hash(&code));
        let mut tx = self.db.begin().await?;
        let tried = match invitations::take_try(&mut tx, code.tag(), now).await? {
            Some(invitation) => match is_its(&invitation) {
                true if invitations::remove(&mut tx, &invitation).await? => {
                    Tried::Accepted(invitation)
                }
                true | false => Tried::Unknown,
            },
            // Whoever has the whole code is told what became of it; a guesser learns nothing.
            None => match invitations::find(&mut tx, code.tag()).await?.filter(is_its) {
                Some(invitation) if invitation.expires_at <= now => Tried::Expired,
                Some(_) => Tried::Void,
                None => Tried::Unknown,
            },
        };
        tx.commit().await?;
        Ok(tried)
    }

    /// A till's first credential; whatever it had counts no more.
    pub(crate) async fn first_credential(&self, device: DeviceId) -> Result<String, StoreError> {
        let secret = self.sealed(CREDENTIAL, device.0);
        let credential = Credential {
            device,
            current_hash: self.keyed_hash(&secret),
            previous_hash: None,
            used_at: self.now(),
        };
        let mut tx = self.db.begin().await?;
        device_credentials::put(&mut tx, &credential).await?;
        tx.commit().await?;
        self.recheck(device.0);
        Ok(secret)
    }

    /// Takes a credential in exchange for the next. The one before stays good until the next has
    /// been used, for the answer that got lost.
    pub(crate) async fn exchange_credential(
        &self,
        device: DeviceId,
        secret: &str,
    ) -> Result<Presented, StoreError> {
        if !self.has_sealed(CREDENTIAL, device.0, secret) {
            return Ok(Presented::Wrong);
        }
        let hash = self.keyed_hash(secret);
        let mut tx = self.db.begin().await?;
        loop {
            let Some(seen) = device_credentials::find(&mut tx, device).await? else {
                return Ok(Presented::Wrong);
            };
            let is_previous = seen.previous_hash.as_deref().is_some_and(|it| same(it, &hash));
            if !same(&seen.current_hash, &hash) && !is_previous {
                return Ok(Presented::Old);
            }
            let fresh = self.sealed(CREDENTIAL, device.0);
            let next = Credential {
                device,
                current_hash: self.keyed_hash(&fresh),
                previous_hash: Some(hash.clone()),
                used_at: self.now(),
            };
            // Another call may have come between: then it is looked at once more.
            if device_credentials::rotate(&mut tx, &seen, &next).await? {
                tx.commit().await?;
                return Ok(Presented::Next(fresh));
            }
        }
    }

    /// Whether this is the PIN; as much work where none is kept.
    pub(crate) async fn is_pin(&self, pin: String, kept: Option<StaffPin>) -> bool {
        self.has_hash(pin, kept.map(|kept| kept.hash)).await
    }

    fn invitation_hash(&self, code: &PairingCode) -> String {
        self.keyed_hash(&json!(["invitation", code.as_str()]).to_string())
    }
}
