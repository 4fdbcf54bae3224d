//! Signing in, staying signed in, signing out.

use super::Auth;
use super::sealed::same;
use super::tokens::{ACCESS_SECS, Claims, STAFF_SECS};
use reda_domain::address::{Address, AddressHash};
use reda_domain::language::Language;
use reda_domain::{BusinessId, DeviceId, SessionId, StaffId, UserId};
use reda_protocol::error::WireError;
use reda_store::StoreError;
use reda_store::tables::sessions::{self, Session};
use reda_store::tables::{attempts, users};
use uuid::Uuid;

/// A refresh token lasts this long without use.
const REFRESH_MS: i64 = 90 * 24 * 60 * 60 * 1000;
/// What a refresh token is sealed as.
const REFRESH: &str = "refresh";
/// A session counts as new for this long, in milliseconds: who has it open just signed in.
const NEW_SESSION_MS: i64 = 10 * 60 * 1000;
/// Passwords that one account may try in that time to show that it is they.
const PASSWORD_TRIES_MAX: i64 = 5;
/// Accounts that may claim one address; the rest of a flood is not looked at.
const CLAIMANTS_MAX: usize = 3;

/// A pair of tokens.
pub(crate) struct Pair {
    pub(crate) token: String,
    pub(crate) refresh_token: String,
    pub(crate) expires_in: i64,
    pub(crate) user: UserId,
}

fn unauthorized() -> WireError {
    WireError::of("unauthorized", Language::En)
}

impl Auth {
    /// The hash of a new password or PIN.
    pub(crate) async fn hash_password(&self, password: String) -> String {
        self.passwords.hash(password).await
    }

    /// Whether `secret` has this hash; as much work without one.
    pub(super) async fn has_hash(&self, secret: String, hash: Option<String>) -> bool {
        self.passwords.matches(secret, hash).await
    }

    /// The account that signs in with this address and password. Its proven owner comes first;
    /// after that whoever claims it with the right password. A wrong password takes the same work
    /// however many there are, so that the time tells nothing about them.
    pub(crate) async fn check_password(
        &self,
        address: &Address,
        password: &str,
    ) -> Result<Option<UserId>, StoreError> {
        let mut tx = self.db.snapshot().await?;
        let limit = i64::try_from(CLAIMANTS_MAX).unwrap_or(i64::MAX);
        let accounts = users::signing_in_with(&mut tx, address, limit).await?;
        drop(tx);
        let missing = CLAIMANTS_MAX.saturating_sub(accounts.len());
        for account in accounts {
            if self.has_hash(password.to_owned(), account.password_hash).await {
                return Ok(Some(account.id));
            }
        }
        for _ in 0..missing {
            self.has_hash(password.to_owned(), None).await;
        }
        Ok(None)
    }

    /// Whether `password` is this account's.
    pub(crate) async fn is_password_of(
        &self,
        user: UserId,
        password: String,
    ) -> Result<bool, StoreError> {
        let mut tx = self.db.snapshot().await?;
        let hash = users::find(&mut tx, user).await?.and_then(|user| user.password_hash);
        drop(tx);
        Ok(self.has_hash(password, hash).await)
    }

    /// A new session, in a browser that calls itself `label`.
    pub(crate) async fn start_session(
        &self,
        user: UserId,
        label: &str,
    ) -> Result<Pair, StoreError> {
        let now = self.now();
        let id = SessionId(Uuid::now_v7());
        let refresh_token = self.fresh_refresh(id);
        let session = Session {
            id,
            user,
            refresh_hash: self.keyed_hash(&refresh_token),
            previous_hash: None,
            label: label.to_owned(),
            created_at: now,
            used_at: now,
            expires_at: now.plus_ms(REFRESH_MS),
            revoked_at: None,
        };
        let mut tx = self.db.begin().await?;
        sessions::add(&mut tx, &session).await?;
        tx.commit().await?;
        Ok(self.pair(user, id, refresh_token))
    }

    /// A new pair for a refresh token. The token before stays good until the new one has been
    /// used, and gives the same new one, so that pages that ask at once all stay signed in; one that
    /// is older still means theft, and ends the session.
    pub(crate) async fn refresh(&self, token: &str) -> Result<Result<Pair, WireError>, StoreError> {
        let Some(id) = self.session_of(token) else {
            return Ok(Err(unauthorized()));
        };
        let now = self.now();
        let hash = self.keyed_hash(token);
        let mut tx = self.db.begin().await?;
        loop {
            let Some(session) = sessions::find(&mut tx, id).await? else {
                return Ok(Err(unauthorized()));
            };
            if session.revoked_at.is_some() || session.expires_at <= now {
                return Ok(Err(unauthorized()));
            }
            let is_current = same(&session.refresh_hash, &hash);
            let is_previous = session.previous_hash.as_deref().is_some_and(|it| same(it, &hash));
            if !is_current && !is_previous {
                sessions::revoke(&mut tx, id, now).await?;
                tx.commit().await?;
                self.recheck(id.0);
                return Ok(Err(unauthorized()));
            }
            let next = self.refresh_after(id, token);
            if is_previous {
                return Ok(Ok(self.pair(session.user, id, next)));
            }
            let (kept, until) = (self.keyed_hash(&next), now.plus_ms(REFRESH_MS));
            // Another call may have come between: then it is looked at once more.
            if sessions::rotate(&mut tx, &session, &kept, &hash, now, until).await? {
                tx.commit().await?;
                return Ok(Ok(self.pair(session.user, id, next)));
            }
        }
    }

    /// Ends a session.
    pub(crate) async fn end_session(&self, id: SessionId) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        sessions::revoke(&mut tx, id, self.now()).await?;
        tx.commit().await?;
        self.recheck(id.0);
        Ok(())
    }

    /// Whether whoever calls has just shown who they are: by the account's password, or by a
    /// session that is new.
    pub(crate) async fn is_surely(
        &self,
        user: UserId,
        session: SessionId,
        password: Option<String>,
    ) -> Result<bool, StoreError> {
        let now = self.now();
        let mut tx = self.db.begin().await?;
        let Some(password) = password else {
            let session = sessions::find(&mut tx, session).await?;
            return Ok(session.is_some_and(|it| now.ms_since(it.created_at) < NEW_SESSION_MS));
        };
        let since = now.plus_ms(-NEW_SESSION_MS);
        let tries =
            attempts::count(&mut tx, "password_again", &user.to_string(), since, now).await?;
        tx.commit().await?;
        Ok(tries.n <= PASSWORD_TRIES_MAX && self.is_password_of(user, password).await?)
    }

    /// The addresses that are this person's and nobody else's, each with what stays of it.
    pub(crate) async fn own_addresses(
        &self,
        user: UserId,
    ) -> Result<Vec<(Address, AddressHash)>, StoreError> {
        let mut tx = self.db.snapshot().await?;
        let Some(user) = users::find(&mut tx, user).await? else {
            return Ok(vec![]);
        };
        let with_hash = |address: Address| (address.clone(), self.address_hash(&address));
        Ok(user.proven_addresses().map(with_hash).collect())
    }

    /// Ends a person's sessions, but for the one to keep. This node may believe the others for a
    /// second more, as every node may.
    pub(crate) async fn end_sessions(
        &self,
        user: UserId,
        keep: Option<SessionId>,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        sessions::revoke_all(&mut tx, user, keep, self.now()).await?;
        tx.commit().await
    }

    /// A till's token.
    pub(crate) fn device_token(&self, device: DeviceId, business: BusinessId) -> (String, i64) {
        let exp = self.now().0 / 1000 + ACCESS_SECS;
        (self.tokens.issue(&Claims::Device { sub: device, business, exp }), ACCESS_SECS)
    }

    /// The token of whoever is switched on at a till.
    pub(crate) fn staff_token(
        &self,
        staff: StaffId,
        business: BusinessId,
        device: DeviceId,
    ) -> (String, i64) {
        let exp = self.now().0 / 1000 + STAFF_SECS;
        (self.tokens.issue(&Claims::Staff { sub: staff, business, device, exp }), STAFF_SECS)
    }

    fn pair(&self, user: UserId, sid: SessionId, refresh_token: String) -> Pair {
        let exp = self.now().0 / 1000 + ACCESS_SECS;
        let token = self.tokens.issue(&Claims::User { sub: user, sid, exp });
        Pair { token, refresh_token, expires_in: ACCESS_SECS, user }
    }

    fn fresh_refresh(&self, id: SessionId) -> String {
        format!("{}.{}", id.0.simple(), self.sealed(REFRESH, id.0))
    }

    fn refresh_after(&self, id: SessionId, token: &str) -> String {
        format!("{}.{}", id.0.simple(), self.sealed_after(REFRESH, id.0, token))
    }

    /// The session that a refresh token names, if it was made here.
    fn session_of(&self, token: &str) -> Option<SessionId> {
        let (id, secret) = token.split_once('.')?;
        let id = Uuid::parse_str(id).ok()?;
        self.has_sealed(REFRESH, id, secret).then_some(SessionId(id))
    }
}
