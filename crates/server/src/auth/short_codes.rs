//! Short codes: six digits beside the QR code, which somebody reads out where no camera helps.
//! They name a person, once and for two minutes, and approve nothing.

use super::Auth;
use super::attempts::Wait;
use crate::clock;
use reda_domain::{OperationId, StaffId, Timestamp, UserId};
use reda_store::StoreError;
use reda_store::tables::{attempts, short_codes};
use serde_json::json;

/// How long a code counts, in milliseconds (SPEC SC-1).
pub(crate) const SHORT_CODE_MS: i64 = 2 * 60 * 1000;
/// Codes that a person may ask for within [`WINDOW_MS`].
const ASKED_MAX: i64 = 60;
/// Wrong codes that a member of staff may try within [`WINDOW_MS`]; the next ones are not looked
/// at. A thousand live codes then give away a person in a hundred tries of these many.
const WRONG_MAX: i64 = 10;
/// What tries are counted in, in milliseconds.
const WINDOW_MS: i64 = 10 * 60 * 1000;
/// Numbers tried until one is free; with a thousand in use the second one nearly always is.
const DRAWS_MAX: usize = 20;

/// What a code that was read out came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    Person(UserId),
    Nobody,
    TooManyTries(Wait),
}

impl Auth {
    /// A new code of a person, which takes the place of the one before; how long to wait if they
    /// asked for too many, or if nearly all numbers are in use, until those run out.
    pub(crate) async fn issue_short_code(
        &self,
        user: UserId,
    ) -> Result<Result<(String, Timestamp), Wait>, StoreError> {
        let now = self.now();
        let expires_at = now.plus_ms(SHORT_CODE_MS);
        let mut tx = self.db.begin().await?;
        let since = now.plus_ms(-WINDOW_MS);
        let asked =
            attempts::count(&mut tx, "short_code_asked", &user.to_string(), since, now).await?;
        let mut code = Err(Wait::until(expires_at, now));
        if asked.n > ASKED_MAX {
            code = Err(Wait::until(asked.since.plus_ms(WINDOW_MS), now));
        } else {
            for _ in 0..DRAWS_MAX {
                let drawn = format!("{:06}", u64::from_le_bytes(clock::random()) % 1_000_000);
                let hash = self.short_code_hash(&drawn);
                if short_codes::put(&mut tx, user, &hash, expires_at, now).await? {
                    code = Ok((drawn, expires_at));
                    break;
                }
            }
        }
        tx.commit().await?;
        Ok(code)
    }

    /// Whom a code names that a customer read out to a member of staff; it is used up.
    pub(crate) async fn use_short_code(
        &self,
        code: &str,
        by: StaffId,
        operation: OperationId,
    ) -> Result<Named, StoreError> {
        let (now, subject) = (self.now(), by.to_string());
        let since = now.plus_ms(-WINDOW_MS);
        let mut tx = self.db.begin().await?;
        let before = attempts::find(&mut tx, "short_code", &subject).await?;
        if let Some(before) = before.filter(|it| it.n >= WRONG_MAX && it.since >= since) {
            let free_at = before.since.plus_ms(WINDOW_MS);
            return Ok(Named::TooManyTries(Wait::until(free_at, now)));
        }
        let hash = self.short_code_hash(code);
        let named = short_codes::take(&mut tx, &hash, operation, now).await?;
        if named.is_none() {
            attempts::count(&mut tx, "short_code", &subject, since, now).await?;
        }
        tx.commit().await?;
        Ok(named.map_or(Named::Nobody, Named::Person))
    }

    fn short_code_hash(&self, code: &str) -> String {
        self.keyed_hash(&json!(["short code", code]).to_string())
    }
}
