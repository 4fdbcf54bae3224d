//! `sessions`: who is signed in, and the hashes of their refresh tokens. No operations.

use super::{at, at_opt, text};
use crate::db::{Row, Tx};
use crate::error::{StoreError, exactly_one};
use reda_domain::{SessionId, Timestamp, UserId};

/// A signed-in session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub user: UserId,
    pub refresh_hash: String,
    /// Of the refresh token before, until the newer one has been used.
    pub previous_hash: Option<String>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
}

super::table!(
    $,
    "sessions",
    "id, user_id, refresh_hash, previous_hash, created_at_ms, expires_at_ms, revoked_at_ms",
    "?, ?, ?, ?, ?, ?, ?",
    ""
);

/// Adds a session.
pub async fn add(tx: &mut Tx, it: &Session) -> Result<(), StoreError> {
    let row = vec![
        it.id.0.into(),
        it.user.0.into(),
        it.refresh_hash.as_str().into(),
        text(&it.previous_hash),
        it.created_at.0.into(),
        it.expires_at.0.into(),
        super::when(it.revoked_at),
    ];
    tx.bulk(INSERT, HOLES, ON_CONFLICT, vec![row]).await
}

/// The session of this id.
pub async fn find(tx: &mut Tx, id: SessionId) -> Result<Option<Session>, StoreError> {
    let rows = tx.rows(select!("WHERE id = $1"), vec![id.0.into()]).await?;
    rows.first().map(read).transpose()
}

/// The same, and nobody else changes it before this transaction ends.
pub async fn lock(tx: &mut Tx, id: SessionId) -> Result<Option<Session>, StoreError> {
    let rows = tx.lock(select!("WHERE id IN"), vec![id.0.into()]).await?;
    rows.first().map(read).transpose()
}

fn read(row: &Row) -> Result<Session, StoreError> {
    Ok(Session {
        id: SessionId(row.get(0)?),
        user: UserId(row.get(1)?),
        refresh_hash: row.get(2)?,
        previous_hash: row.get(3)?,
        created_at: at(row, 4)?,
        expires_at: at(row, 5)?,
        revoked_at: at_opt(row, 6)?,
    })
}

/// Gives a session a new refresh token; `previous` stays good until the new one is used.
pub async fn rotate(
    tx: &mut Tx,
    id: SessionId,
    refresh_hash: &str,
    previous: &str,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    const ROTATE: &str = "UPDATE sessions SET refresh_hash = $1, previous_hash = $2,
        expires_at_ms = $3 WHERE id = $4";
    let vals = vec![refresh_hash.into(), previous.into(), expires_at.0.into(), id.0.into()];
    exactly_one(tx.exec(ROTATE, vals).await?, "rotate a session")
}

/// Ends a session.
pub async fn revoke(tx: &mut Tx, id: SessionId, now: Timestamp) -> Result<(), StoreError> {
    const REVOKE: &str =
        "UPDATE sessions SET revoked_at_ms = COALESCE(revoked_at_ms, $1) WHERE id = $2";
    exactly_one(tx.exec(REVOKE, vec![now.0.into(), id.0.into()]).await?, "revoke a session")
}
