//! How tills prove themselves: an invitation to join with, then a credential that changes at each
//! call for a token. Whoever comes with an old one has a copy of the till, or is the till beside
//! its copy; which of them, nobody can tell, so both are locked out.

use super::Auth;
use super::sealed::same;
use crate::clock;
use reda_domain::business::StaffPin;
use reda_domain::{BusinessId, DeviceId, StaffId, Timestamp};
use reda_store::StoreError;
use reda_store::tables::device_credentials::{self, Credential};
use reda_store::tables::invitations::{self, Invitation};
use serde_json::json;

/// How long an invitation counts, in milliseconds, and how often it may be tried (SPEC ID-3).
const INVITATION_MS: i64 = 10 * 60 * 1000;
const INVITATION_TRIES: i64 = 5;
/// Capitals and digits without those that are taken for one another: O and 0, I and 1.
const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// Letters of a code; the first of them name the invitation.
const CODE_LENGTH: usize = 8;
const TAG_LENGTH: usize = 3;
/// Tags that are tried before giving up; all of them taken means thousands of invitations.
const TAGS_TRIED: usize = 20;
/// What a credential is sealed as.
const CREDENTIAL: &str = "credential";

/// An invitation as its inviter gets it.
pub(crate) struct Invited {
    pub(crate) code: String,
    pub(crate) expires_at: Timestamp,
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
            let code = fresh_code();
            let invitation = Invitation {
                tag: code[..TAG_LENGTH].to_owned(),
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
    pub(crate) async fn accept_invitation(
        &self,
        code: &str,
    ) -> Result<Option<Invitation>, StoreError> {
        let code = read_code(code);
        let Some(tag) = code.get(..TAG_LENGTH).filter(|_| code.len() == CODE_LENGTH) else {
            return Ok(None);
        };
        let mut tx = self.db.begin().await?;
        let tried = invitations::take_try(&mut tx, tag, self.now()).await?;
        let right = tried.filter(|it| same(&it.code_hash, &self.invitation_hash(&code)));
        let mut accepted = None;
        if let Some(invitation) = right
            && invitations::remove(&mut tx, &invitation).await?
        {
            accepted = Some(invitation);
        }
        tx.commit().await?;
        Ok(accepted)
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

    fn invitation_hash(&self, code: &str) -> String {
        self.keyed_hash(&json!(["invitation", code]).to_string())
    }
}

fn fresh_code() -> String {
    let letter = |byte: u8| char::from(LETTERS[usize::from(byte) % LETTERS.len()]);
    clock::random::<CODE_LENGTH>().map(letter).into_iter().collect()
}

/// A code as people type it: small letters, spaces and dashes are all the same to us.
fn read_code(text: &str) -> String {
    let kept = text.chars().filter(char::is_ascii_alphanumeric).take(2 * CODE_LENGTH);
    kept.map(|letter| letter.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_eight_letters_that_are_not_taken_for_one_another() {
        for _ in 0..200 {
            let code = fresh_code();
            assert_eq!(code.len(), 8);
            assert!(!code.contains(['O', 'I', '0', '1']), "{code}");
        }
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        assert_eq!(read_code(" abcd-2345 "), "ABCD2345");
        assert_eq!(read_code("").len(), 0);
    }
}
