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
    /// The browser, as far as it says.
    pub label: String,
    pub created_at: Timestamp,
    pub used_at: Timestamp,
    pub expires_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
}

super::table!(
    $,
    "sessions",
    "id, user_id, refresh_hash, previous_hash, label, created_at_ms, used_at_ms, expires_at_ms,
     revoked_at_ms",
    "?, ?, ?, ?, ?, ?, ?, ?, ?",
    ""
);

/// Adds a session.
pub async fn add(tx: &mut Tx, it: &Session) -> Result<(), StoreError> {
    let row = vec![
        it.id.0.into(),
        it.user.0.into(),
        it.refresh_hash.as_str().into(),
        text(&it.previous_hash),
        it.label.as_str().into(),
        it.created_at.0.into(),
        it.used_at.0.into(),
        it.expires_at.0.into(),
        super::when(it.revoked_at),
    ];
    tx.bulk(INSERT, HOLES, ON_CONFLICT, vec![row]).await
}

fn read(row: &Row) -> Result<Session, StoreError> {
    Ok(Session {
        id: SessionId(row.get(0)?),
        user: UserId(row.get(1)?),
        refresh_hash: row.get(2)?,
        previous_hash: row.get(3)?,
        label: row.get(4)?,
        created_at: at(row, 5)?,
        used_at: at(row, 6)?,
        expires_at: at(row, 7)?,
        revoked_at: at_opt(row, 8)?,
    })
}

/// The session of this id.
pub async fn find(tx: &mut Tx, id: SessionId) -> Result<Option<Session>, StoreError> {
    tx.rows(select!("WHERE id = $1"), vec![id.0.into()]).await?.first().map(read).transpose()
}

/// A person's live sessions, the one that was used last first.
pub async fn live_of_user(
    tx: &mut Tx,
    user: UserId,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Session>, StoreError> {
    let live = select!(
        "WHERE user_id = $1 AND revoked_at_ms IS NULL AND expires_at_ms > $2
         ORDER BY used_at_ms DESC, id LIMIT $3"
    );
    let rows = tx.rows(live, vec![user.0.into(), now.0.into(), limit.into()]).await?;
    rows.iter().map(read).collect()
}

/// A person's sessions, also those that ended, the newest first.
pub async fn of_user(tx: &mut Tx, user: UserId, limit: i64) -> Result<Vec<Session>, StoreError> {
    let all = select!("WHERE user_id = $1 ORDER BY created_at_ms DESC, id LIMIT $2");
    tx.rows(all, vec![user.0.into(), limit.into()]).await?.iter().map(read).collect()
}

/// Gives a session a new refresh token in place of the one that `seen` found; `previous` stays
/// good until the new one is used. `false` if the session is no longer as it was seen.
pub async fn rotate(
    tx: &mut Tx,
    seen: &Session,
    refresh_hash: &str,
    previous: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<bool, StoreError> {
    const ROTATE: &str = "UPDATE sessions SET refresh_hash = $1, previous_hash = $2,
        used_at_ms = $3, expires_at_ms = $4
        WHERE id = $5 AND refresh_hash = $6 AND revoked_at_ms IS NULL";
    let vals = vec![
        refresh_hash.into(),
        previous.into(),
        now.0.into(),
        expires_at.0.into(),
        seen.id.0.into(),
        seen.refresh_hash.as_str().into(),
    ];
    Ok(tx.exec(ROTATE, vals).await? > 0)
}

/// Ends a session.
pub async fn revoke(tx: &mut Tx, id: SessionId, now: Timestamp) -> Result<(), StoreError> {
    const REVOKE: &str =
        "UPDATE sessions SET revoked_at_ms = COALESCE(revoked_at_ms, $1) WHERE id = $2";
    exactly_one(tx.exec(REVOKE, vec![now.0.into(), id.0.into()]).await?, "revoke a session")
}

/// Ends a person's sessions, but for the one to keep.
pub async fn revoke_all(
    tx: &mut Tx,
    user: UserId,
    keep: Option<SessionId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    const ALL: &str = "UPDATE sessions SET revoked_at_ms = $1
        WHERE user_id = $2 AND revoked_at_ms IS NULL";
    const OTHERS: &str = "UPDATE sessions SET revoked_at_ms = $1
        WHERE user_id = $2 AND revoked_at_ms IS NULL AND id <> $3";
    let mut vals = vec![now.0.into(), user.0.into()];
    let sql = match keep {
        None => ALL,
        Some(keep) => {
            vals.push(keep.0.into());
            OTHERS
        }
    };
    tx.exec(sql, vals).await.map(|_| ())
}

/// Whether someone is signed in anywhere.
pub async fn is_any_live(tx: &mut Tx, user: UserId, now: Timestamp) -> Result<bool, StoreError> {
    const ANY: &str = "SELECT COUNT(*) FROM sessions
        WHERE user_id = $1 AND revoked_at_ms IS NULL AND expires_at_ms > $2";
    Ok(tx.rows(ANY, vec![user.0.into(), now.0.into()]).await?[0].get::<i64>(0)? > 0)
}
