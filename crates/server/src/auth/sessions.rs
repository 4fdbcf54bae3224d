//! Signing in, staying signed in, signing out.

use super::Auth;
use super::tokens::{ACCESS_SECS, Claims, STAFF_SECS};
use crate::clock;
use data_encoding::BASE64URL_NOPAD;
use reda_domain::address::Address;
use reda_domain::language::Language;
use reda_domain::{BusinessId, DeviceId, SessionId, StaffId, UserId};
use reda_protocol::error::WireError;
use reda_store::StoreError;
use reda_store::tables::sessions::{self, Session};
use reda_store::tables::{devices, users};
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

/// A refresh token lasts this long without use.
const REFRESH_MS: i64 = 90 * 24 * 60 * 60 * 1000;
/// A session's or device's row is believed for this long (SPEC ID-1).
const BELIEVED: Duration = Duration::from_secs(1);
/// Accounts that may claim one address; the rest of a flood is not looked at.
const CLAIMANTS_MAX: i64 = 5;
/// Rows remembered at once; beyond, the cache starts anew.
const CACHE_MAX: usize = 50_000;

/// A pair of tokens.
pub(crate) struct Pair {
    pub(crate) token: String,
    pub(crate) refresh_token: String,
    pub(crate) expires_in: i64,
    pub(crate) user: UserId,
}

/// Which sessions and devices were found live, and when.
#[derive(Default)]
pub(super) struct LiveCache(Mutex<HashMap<Uuid, (Instant, bool)>>);

impl LiveCache {
    fn get(&self, id: Uuid) -> Option<bool> {
        let cache = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        cache.get(&id).filter(|(at, _)| at.elapsed() < BELIEVED).map(|(_, live)| *live)
    }

    fn set(&self, id: Uuid, live: bool) {
        let mut cache = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if cache.len() >= CACHE_MAX {
            cache.clear();
        }
        cache.insert(id, (Instant::now(), live));
    }
}

fn unauthorized() -> WireError {
    WireError::of("unauthorized", Language::En)
}

/// A person signs in again; a till that was revoked has nothing to try.
fn ended(claims: &Claims) -> WireError {
    match claims {
        Claims::User { .. } => unauthorized(),
        Claims::Device { .. } | Claims::Staff { .. } => WireError::of("forbidden", Language::En),
    }
}

impl Auth {
    /// The hash of a new password.
    pub(crate) async fn hash_password(&self, password: String) -> String {
        self.passwords.hash(password).await
    }

    /// The account that signs in with this address and password. Its proven owner comes first;
    /// after that whoever claims it with the right password.
    pub(crate) async fn check_password(
        &self,
        address: &Address,
        password: &str,
    ) -> Result<Option<UserId>, StoreError> {
        let mut tx = self.db.snapshot().await?;
        let accounts = users::signing_in_with(&mut tx, address, CLAIMANTS_MAX).await?;
        drop(tx);
        let mut tried = false;
        for account in accounts {
            tried = true;
            if self.passwords.matches(password.to_owned(), account.password_hash).await {
                return Ok(Some(account.id));
            }
        }
        if !tried {
            self.passwords.matches(password.to_owned(), None).await;
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
        Ok(self.passwords.matches(password, hash).await)
    }

    /// A new session.
    pub(crate) async fn start_session(&self, user: UserId) -> Result<Pair, StoreError> {
        let now = self.now();
        let id = SessionId(Uuid::now_v7());
        let (refresh_token, refresh_hash) = self.fresh_refresh(id);
        let session = Session {
            id,
            user,
            refresh_hash,
            previous_hash: None,
            created_at: now,
            expires_at: now.plus_ms(REFRESH_MS),
            revoked_at: None,
        };
        let mut tx = self.db.begin().await?;
        sessions::add(&mut tx, &session).await?;
        tx.commit().await?;
        Ok(self.pair(user, id, refresh_token))
    }

    /// A new pair for a refresh token. The token before stays good until the new one has been
    /// used; one that is older still means theft, and ends the session.
    pub(crate) async fn refresh(&self, token: &str) -> Result<Result<Pair, WireError>, StoreError> {
        let Some(id) = session_of(token) else {
            return Ok(Err(unauthorized()));
        };
        let now = self.now();
        let hash = self.keyed_hash(token);
        let mut tx = self.db.begin().await?;
        let Some(session) = sessions::lock(&mut tx, id).await? else {
            return Ok(Err(unauthorized()));
        };
        if session.revoked_at.is_some() || session.expires_at <= now {
            return Ok(Err(unauthorized()));
        }
        let same = |kept: &str| bool::from(kept.as_bytes().ct_eq(hash.as_bytes()));
        let is_current = same(&session.refresh_hash);
        let is_previous = session.previous_hash.as_deref().is_some_and(same);
        if !is_current && !is_previous {
            sessions::revoke(&mut tx, id, now).await?;
            tx.commit().await?;
            self.live.set(id.0, false);
            return Ok(Err(unauthorized()));
        }
        let (refresh_token, refresh_hash) = self.fresh_refresh(id);
        sessions::rotate(&mut tx, id, &refresh_hash, &hash, now.plus_ms(REFRESH_MS)).await?;
        tx.commit().await?;
        Ok(Ok(self.pair(session.user, id, refresh_token)))
    }

    /// Ends a session.
    pub(crate) async fn end_session(&self, id: SessionId) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        sessions::revoke(&mut tx, id, self.now()).await?;
        tx.commit().await?;
        self.live.set(id.0, false);
        Ok(())
    }

    /// What a token says, if it is ours, in time, and its session or device still lives.
    pub(crate) async fn read_token(
        &self,
        token: &str,
    ) -> Result<Result<Claims, WireError>, StoreError> {
        let claims = match self.tokens.read(token, self.now()) {
            Ok(claims) => claims,
            Err(error) => return Ok(Err(error)),
        };
        Ok(if self.is_live(&claims).await? { Ok(claims) } else { Err(ended(&claims)) })
    }

    /// Whether the session or device behind a token still lives, as of a second ago at most.
    pub(crate) async fn is_live(&self, claims: &Claims) -> Result<bool, StoreError> {
        let id = match claims {
            Claims::User { sid, .. } => sid.0,
            Claims::Device { sub, .. } => sub.0,
            Claims::Staff { device, .. } => device.0,
        };
        if let Some(live) = self.live.get(id) {
            return Ok(live);
        }
        let mut tx = self.db.snapshot().await?;
        let live = match claims {
            Claims::User { sid, .. } => sessions::find(&mut tx, *sid)
                .await?
                .is_some_and(|session| session.revoked_at.is_none()),
            Claims::Device { .. } | Claims::Staff { .. } => devices::find(&mut tx, DeviceId(id))
                .await?
                .is_some_and(|device| device.revoked_at.is_none()),
        };
        self.live.set(id, live);
        Ok(live)
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

    fn fresh_refresh(&self, id: SessionId) -> (String, String) {
        let secret = BASE64URL_NOPAD.encode(&clock::random::<32>());
        let token = format!("{}.{secret}", id.0.simple());
        let hash = self.keyed_hash(&token);
        (token, hash)
    }
}

/// A refresh token names its session, so that an old one can be told from a made-up one.
fn session_of(token: &str) -> Option<SessionId> {
    let (id, _) = token.split_once('.').filter(|_| token.len() < 200)?;
    Uuid::parse_str(id).ok().map(SessionId)
}
