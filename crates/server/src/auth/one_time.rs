//! One-time codes: eight digits that sign in or prove an address, in the browser that asked for
//! them; six digits that answer one request, read out by whoever was sent them. Which of these a
//! code is stands in its hash, so that none can ever serve as another.
//!
//! Kept as keyed hashes, for ten minutes and five tries; a new one takes the place of the old. The
//! text around a code is `reda_notify::codes`; no log holds a code.

use super::Auth;
use crate::clock;
use reda_domain::address::Address;
use reda_domain::{RequestId, Timestamp, UserId};
use reda_store::StoreError;
use reda_store::tables::one_time_codes::{self, Binding, OneTimeCode};
use serde_json::json;
use subtle::ConstantTimeEq as _;

/// How long a code counts, in milliseconds (SPEC ID-1).
pub(crate) const CODE_MS: i64 = 10 * 60 * 1000;
/// How often it may be tried.
pub(crate) const TRIES_MAX: i64 = 5;

/// What a code is for, and what it works with. `browser` is the value of the cookie that the
/// browser got when it asked.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bound<'a> {
    SignIn { address: &'a Address, browser: &'a str },
    Address { user: UserId, address: &'a Address, browser: &'a str },
    Answer { request: RequestId },
}

impl Bound<'_> {
    fn kind(self) -> &'static str {
        match self {
            Bound::SignIn { .. } => "sign_in",
            Bound::Address { .. } => "address",
            Bound::Answer { .. } => "answer",
        }
    }

    fn digits(self) -> u32 {
        match self {
            Bound::SignIn { .. } | Bound::Address { .. } => 8,
            Bound::Answer { .. } => 6,
        }
    }
}

impl Auth {
    /// Makes a code and keeps its hash; the one before for the same subject counts no more. It
    /// runs out after [`CODE_MS`], and never later than `until`.
    pub(crate) async fn issue_code(
        &self,
        bound: Bound<'_>,
        until: Option<Timestamp>,
    ) -> Result<String, StoreError> {
        let number = u64::from_le_bytes(clock::random()) % 10_u64.pow(bound.digits());
        let code = format!("{number:0width$}", width = bound.digits() as usize);
        let latest = self.now().plus_ms(CODE_MS);
        let kept = OneTimeCode {
            code_hash: self.code_hash(bound, &code),
            binding: self.binding(bound),
            tries_left: TRIES_MAX,
            expires_at: until.map_or(latest, |until| until.min(latest)),
        };
        let mut tx = self.db.begin().await?;
        one_time_codes::put(&mut tx, &kept).await?;
        tx.commit().await?;
        Ok(code)
    }

    /// Whether this is the code; a try is used up either way. The right one still counts
    /// afterwards, so that what it was for can be tried again: see [`Auth::spend_code`].
    pub(crate) async fn check_code(
        &self,
        bound: Bound<'_>,
        code: &str,
    ) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let kept = one_time_codes::take_try(&mut tx, &self.binding(bound), self.now()).await?;
        tx.commit().await?;
        let given = self.code_hash(bound, code);
        Ok(kept.is_some_and(|kept| kept.as_bytes().ct_eq(given.as_bytes()).into()))
    }

    /// Uses a code up; whether it was still there. Of several that come with the right code at
    /// once, one is told so.
    pub(crate) async fn spend_code(
        &self,
        bound: Bound<'_>,
        code: &str,
    ) -> Result<bool, StoreError> {
        let hash = self.code_hash(bound, code);
        let mut tx = self.db.begin().await?;
        let spent = one_time_codes::remove(&mut tx, &self.binding(bound), &hash).await?;
        tx.commit().await?;
        Ok(spent)
    }

    /// Makes whatever code there is count no more.
    pub(crate) async fn forget_code(&self, bound: Bound<'_>) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        one_time_codes::forget(&mut tx, &self.binding(bound)).await?;
        tx.commit().await
    }

    fn binding(&self, bound: Bound<'_>) -> Binding {
        let hash = |of: serde_json::Value| self.keyed_hash(&of.to_string());
        let browser_hash = |browser: &str| Some(hash(json!(["browser", browser])));
        let (subject, browser_hash) = match bound {
            Bound::SignIn { address, browser } => {
                (hash(json!(["address", address.as_str()])), browser_hash(browser))
            }
            Bound::Address { user, address, browser } => {
                (hash(json!(["address", user, address.as_str()])), browser_hash(browser))
            }
            Bound::Answer { request } => (request.to_string(), None),
        };
        Binding { kind: bound.kind(), subject, browser_hash }
    }

    fn code_hash(&self, bound: Bound<'_>, code: &str) -> String {
        let Binding { kind, subject, browser_hash } = self.binding(bound);
        self.keyed_hash(&json!(["one-time code", kind, subject, browser_hash, code]).to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use reda_store::Db;
    use tempfile::TempDir;
    use uuid::Uuid;

    struct Desk {
        auth: Auth,
        clock: Clock,
        _dir: TempDir,
    }

    async fn desk() -> Desk {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(&dir.path().join("t.db").into()).await.unwrap();
        let clock = Clock::default();
        Desk { auth: Auth::new(db, clock.clone(), "tokens", "hashes"), clock, _dir: dir }
    }

    fn phone() -> Address {
        Address::from_kept("+254722000412".to_owned())
    }

    fn other_than(code: &str) -> String {
        let number: u32 = code.parse().unwrap();
        let width = code.len();
        format!("{:0width$}", if number == 0 { 1 } else { number - 1 })
    }

    #[tokio::test]
    async fn a_code_works_in_the_browser_that_asked_and_only_once() {
        let desk = desk().await;
        let address = phone();
        let here = Bound::SignIn { address: &address, browser: "here" };
        let elsewhere = Bound::SignIn { address: &address, browser: "elsewhere" };
        let code = desk.auth.issue_code(here, None).await.unwrap();
        assert_eq!(code.len(), 8);
        for _ in 0..9 {
            // Nor does whoever has no part in it use up the tries.
            assert!(!desk.auth.check_code(elsewhere, &code).await.unwrap());
        }
        assert!(desk.auth.check_code(here, &code).await.unwrap());
        assert!(desk.auth.spend_code(here, &code).await.unwrap());
        assert!(!desk.auth.spend_code(here, &code).await.unwrap());
        assert!(!desk.auth.check_code(here, &code).await.unwrap());
    }

    #[tokio::test]
    async fn no_kind_of_code_serves_as_another() {
        let desk = desk().await;
        let (address, user) = (phone(), UserId(Uuid::from_u128(7)));
        let request = RequestId(Uuid::from_u128(8));
        let browser = "here";
        let all = [
            Bound::SignIn { address: &address, browser },
            Bound::Address { user, address: &address, browser },
            Bound::Address { user: UserId(Uuid::from_u128(9)), address: &address, browser },
            Bound::Answer { request },
            Bound::Answer { request: RequestId(Uuid::from_u128(10)) },
        ];
        for (n, of) in all.into_iter().enumerate() {
            let code = desk.auth.issue_code(of, None).await.unwrap();
            for (m, other) in all.into_iter().enumerate() {
                assert_eq!(desk.auth.check_code(other, &code).await.unwrap(), n == m, "{n} {m}");
            }
            desk.auth.spend_code(of, &code).await.unwrap();
        }
    }

    #[tokio::test]
    async fn five_wrong_tries_are_all_that_there_are() {
        let desk = desk().await;
        let of = Bound::Answer { request: RequestId(Uuid::from_u128(8)) };
        let code = desk.auth.issue_code(of, None).await.unwrap();
        assert_eq!(code.len(), 6);
        let wrong = other_than(&code);
        let tries = (0..12).map(|_| desk.auth.check_code(of, &wrong));
        for tried in futures_util::future::join_all(tries).await {
            assert!(!tried.unwrap());
        }
        assert!(!desk.auth.check_code(of, &code).await.unwrap());
        let code = desk.auth.issue_code(of, None).await.unwrap();
        for _ in 0..4 {
            assert!(!desk.auth.check_code(of, &other_than(&code)).await.unwrap());
        }
        assert!(desk.auth.check_code(of, &code).await.unwrap());
    }

    #[tokio::test]
    async fn a_new_code_voids_the_old() {
        let desk = desk().await;
        let of = Bound::Answer { request: RequestId(Uuid::from_u128(8)) };
        let mut old = desk.auth.issue_code(of, None).await.unwrap();
        let mut new = desk.auth.issue_code(of, None).await.unwrap();
        while old == new {
            old = std::mem::replace(&mut new, desk.auth.issue_code(of, None).await.unwrap());
        }
        assert!(!desk.auth.check_code(of, &old).await.unwrap());
        assert!(desk.auth.check_code(of, &new).await.unwrap());
    }

    #[tokio::test]
    async fn a_code_lasts_ten_minutes_and_never_past_what_it_is_for() {
        let desk = desk().await;
        let of = Bound::Answer { request: RequestId(Uuid::from_u128(8)) };
        let code = desk.auth.issue_code(of, None).await.unwrap();
        desk.clock.put_forward(CODE_MS - 60_000);
        assert!(desk.auth.check_code(of, &code).await.unwrap());
        desk.clock.put_forward(60_000);
        assert!(!desk.auth.check_code(of, &code).await.unwrap());
        let until = desk.clock.now().plus_ms(60_000);
        let code = desk.auth.issue_code(of, Some(until)).await.unwrap();
        desk.clock.put_forward(60_000);
        assert!(!desk.auth.check_code(of, &code).await.unwrap());
    }

    #[tokio::test]
    async fn neither_code_nor_address_nor_cookie_stands_in_the_database() {
        let desk = desk().await;
        let address = phone();
        let bound = Bound::SignIn { address: &address, browser: "the cookie" };
        let code = desk.auth.issue_code(bound, None).await.unwrap();
        let mut tx = desk.auth.db.snapshot().await.unwrap();
        const ALL: &str = "SELECT subject, browser_hash, code_hash FROM one_time_codes";
        let row = tx.rows(ALL, vec![]).await.unwrap().remove(0);
        for column in 0..3 {
            let text: String = row.get(column).unwrap();
            assert_eq!(text.len(), 64, "{text}");
            for secret in [code.as_str(), "722000412", "the cookie"] {
                assert!(!text.contains(secret), "{text}");
            }
        }
    }
}
