//! How often something may be tried. Counted in the database, so that neither another node nor a
//! restart gives more tries; counted before the try, so that tries at once give no more either.
//!
//! Plain rates of calls are another matter, and stay in memory: see `http/guard.rs`.

use super::Auth;
use crate::http::ApiError;
use reda_domain::Timestamp;
use reda_store::StoreError;
use reda_store::tables::attempts;
use serde_json::json;

const MINUTE_MS: i64 = 60 * 1000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// So many in a stretch of time.
#[derive(Debug)]
pub(crate) struct Allowance {
    kind: &'static str,
    max: i64,
    window_ms: i64,
}

/// Codes sent to one address.
pub(crate) const CODES_TO_ADDRESS: Allowance =
    Allowance { kind: "codes_to_address", max: 6, window_ms: DAY_MS };
/// Codes asked for from one network address: a shop's Wi-Fi is one.
pub(crate) const CODES_FROM_NETWORK: Allowance =
    Allowance { kind: "codes_from_network", max: 60, window_ms: DAY_MS };
/// Codes sent by the whole server, so that nobody has it send without end.
pub(crate) const CODES_A_DAY: Allowance =
    Allowance { kind: "codes_a_day", max: 2_000, window_ms: DAY_MS };
/// Codes that ask one address for an answer, whichever shops ask.
pub(crate) const ANSWER_CODES_TO_ADDRESS: Allowance =
    Allowance { kind: "answer_codes_to_address", max: 6, window_ms: DAY_MS };
/// Codes for answers that one shop has sent.
pub(crate) const ANSWER_CODES_OF_SHOP: Allowance =
    Allowance { kind: "answer_codes_of_shop", max: 500, window_ms: DAY_MS };
/// Codes for answers sent by the whole server.
pub(crate) const ANSWER_CODES_A_DAY: Allowance =
    Allowance { kind: "answer_codes_a_day", max: 2_000, window_ms: DAY_MS };
/// Wrong answer codes for one address, whatever it was asked: a new code gives five tries, but not
/// again and again.
pub(crate) const WRONG_ANSWERS_TO_ADDRESS: Allowance =
    Allowance { kind: "wrong_answers_to_address", max: 10, window_ms: DAY_MS };
/// Wrong answer codes that a member of staff may bring, whomever they asked.
pub(crate) const WRONG_ANSWERS_BY_STAFF: Allowance =
    Allowance { kind: "wrong_answers_by_staff", max: 30, window_ms: DAY_MS };
/// Passwords tried for one address, whether or not anybody has it.
pub(crate) const PASSWORDS_TO_ADDRESS: Allowance =
    Allowance { kind: "passwords_to_address", max: 10, window_ms: 15 * MINUTE_MS };
/// Passwords and codes that were wrong, from one network address.
pub(crate) const WRONG_FROM_NETWORK: Allowance =
    Allowance { kind: "wrong_from_network", max: 100, window_ms: 15 * MINUTE_MS };
/// Invitations that were wrong, from one network address.
pub(crate) const PAIRING_FROM_NETWORK: Allowance =
    Allowance { kind: "pairing_from_network", max: 20, window_ms: 60 * MINUTE_MS };

/// Wrong PINs until the first lock, and how long each lock lasts; the last one stays (SPEC ID-4).
const PINS_UNTIL_LOCKED: i64 = 5;
const PIN_LOCKS_MS: [i64; 3] = [MINUTE_MS, 5 * MINUTE_MS, 30 * MINUTE_MS];
const PIN: &str = "pin";

/// When it may be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wait {
    pub(crate) secs: i64,
}

impl Wait {
    pub(super) fn until(then: Timestamp, now: Timestamp) -> Self {
        Self { secs: (then.ms_since(now) + 999).max(1000) / 1000 }
    }
}

/// The one way to `rate_limited`: whoever is told to wait is told how long, as `Retry-After` too.
impl From<Wait> for ApiError {
    fn from(wait: Wait) -> Self {
        ApiError::of("rate_limited").with(json!({ "retry_after": wait.secs }))
    }
}

impl Auth {
    /// Counts one more; says how long to wait if that is too many.
    pub(crate) async fn count(
        &self,
        what: &Allowance,
        subject: &str,
    ) -> Result<Result<(), Wait>, StoreError> {
        let now = self.now();
        let mut tx = self.db.begin().await?;
        let since = now.plus_ms(-what.window_ms);
        let counted = attempts::count(&mut tx, what.kind, subject, since, now).await?;
        tx.commit().await?;
        if counted.n <= what.max {
            return Ok(Ok(()));
        }
        Ok(Err(Wait::until(counted.since.plus_ms(what.window_ms), now)))
    }

    /// Whether there were as many as are allowed; counts nothing.
    pub(crate) async fn is_over(
        &self,
        what: &Allowance,
        subject: &str,
    ) -> Result<Result<(), Wait>, StoreError> {
        let now = self.now();
        let mut tx = self.db.snapshot().await?;
        let counted = attempts::find(&mut tx, what.kind, subject).await?;
        let counted = counted.filter(|it| it.since >= now.plus_ms(-what.window_ms));
        Ok(match counted.filter(|it| it.n >= what.max) {
            None => Ok(()),
            Some(it) => Err(Wait::until(it.since.plus_ms(what.window_ms), now)),
        })
    }

    /// Takes back one that was counted: it was right. Those before it stay counted, so that who is
    /// right once cannot go on being wrong.
    pub(crate) async fn give_back(
        &self,
        what: &Allowance,
        subject: &str,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        attempts::give_back(&mut tx, what.kind, subject).await?;
        tx.commit().await
    }

    /// Forgets what was counted: whoever tried was right.
    pub(crate) async fn forgive(&self, what: &Allowance, subject: &str) -> Result<(), StoreError> {
        self.forget(what.kind, subject).await
    }

    /// Takes one try at a PIN. Every fifth locks the next ones out, a while longer each time, until
    /// [`Auth::pin_was_right`].
    pub(crate) async fn take_pin_try(&self, subject: &str) -> Result<Result<(), Wait>, StoreError> {
        let now = self.now();
        let mut tx = self.db.begin().await?;
        let tried = attempts::count(&mut tx, PIN, subject, now.plus_ms(-DAY_MS), now).await?;
        if let Some(until) = tried.locked_until.filter(|until| *until > now) {
            // Not committed: what is not tried does not count.
            return Ok(Err(Wait::until(until, now)));
        }
        if tried.n % PINS_UNTIL_LOCKED == 0 {
            let nth = usize::try_from(tried.n / PINS_UNTIL_LOCKED).unwrap_or(usize::MAX);
            let lock_ms = PIN_LOCKS_MS[nth.min(PIN_LOCKS_MS.len()) - 1];
            attempts::lock(&mut tx, PIN, subject, now.plus_ms(lock_ms)).await?;
        }
        tx.commit().await?;
        Ok(Ok(()))
    }

    /// Forgets the wrong PINs before the right one.
    pub(crate) async fn pin_was_right(&self, subject: &str) -> Result<(), StoreError> {
        self.forget(PIN, subject).await
    }

    async fn forget(&self, kind: &'static str, subject: &str) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        attempts::forget(&mut tx, kind, subject).await?;
        tx.commit().await
    }
}
