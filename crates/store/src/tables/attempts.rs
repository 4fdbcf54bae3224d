//! `attempts`: how often something was tried, for whom. Shared by nodes and restarts. No
//! operations.

use super::{at, at_opt};
use crate::db::{Row, Tx};
use crate::error::StoreError;
use reda_domain::Timestamp;

/// A counter as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempts {
    pub n: i64,
    pub since: Timestamp,
    pub locked_until: Option<Timestamp>,
}

/// Counts one more and gives the counter. One that began before `since` starts again at 1.
pub async fn count(
    tx: &mut Tx,
    kind: &'static str,
    subject: &str,
    since: Timestamp,
    now: Timestamp,
) -> Result<Attempts, StoreError> {
    // Counting first holds the row, so that attempts at once are all counted.
    const COUNT: &str = "INSERT INTO attempts (kind, subject, n, since_ms) VALUES ($1, $2, 1, $3)
        ON CONFLICT (kind, subject) DO UPDATE SET
        n = CASE WHEN attempts.since_ms < $4 THEN 1 ELSE attempts.n + 1 END,
        locked_until_ms = CASE WHEN attempts.since_ms < $4 THEN NULL
            ELSE attempts.locked_until_ms END,
        since_ms = CASE WHEN attempts.since_ms < $4 THEN $3 ELSE attempts.since_ms END";
    let vals = vec![kind.into(), subject.into(), now.0.into(), since.0.into()];
    tx.exec(COUNT, vals).await?;
    let found = find(tx, kind, subject).await?;
    Ok(found.unwrap_or(Attempts { n: 1, since: now, locked_until: None }))
}

/// The counter of a subject.
pub async fn find(
    tx: &mut Tx,
    kind: &'static str,
    subject: &str,
) -> Result<Option<Attempts>, StoreError> {
    const FIND: &str = "SELECT n, since_ms, locked_until_ms FROM attempts
        WHERE kind = $1 AND subject = $2";
    let read = |row: &Row| {
        Ok(Attempts { n: row.get(0)?, since: at(row, 1)?, locked_until: at_opt(row, 2)? })
    };
    tx.rows(FIND, vec![kind.into(), subject.into()]).await?.first().map(read).transpose()
}

/// Bars a subject until then.
pub async fn lock(
    tx: &mut Tx,
    kind: &'static str,
    subject: &str,
    until: Timestamp,
) -> Result<(), StoreError> {
    const LOCK: &str = "UPDATE attempts SET locked_until_ms = $1 WHERE kind = $2 AND subject = $3";
    tx.exec(LOCK, vec![until.0.into(), kind.into(), subject.into()]).await.map(|_| ())
}

/// Counts one less.
pub async fn give_back(tx: &mut Tx, kind: &'static str, subject: &str) -> Result<(), StoreError> {
    const LESS: &str = "UPDATE attempts SET n = n - 1 WHERE kind = $1 AND subject = $2 AND n > 1";
    const NONE: &str = "DELETE FROM attempts WHERE kind = $1 AND subject = $2 AND n = 1";
    if tx.exec(LESS, vec![kind.into(), subject.into()]).await? == 0 {
        tx.exec(NONE, vec![kind.into(), subject.into()]).await?;
    }
    Ok(())
}

/// Forgets what was counted: whoever tried turned out to be right.
pub async fn forget(tx: &mut Tx, kind: &'static str, subject: &str) -> Result<(), StoreError> {
    const FORGET: &str = "DELETE FROM attempts WHERE kind = $1 AND subject = $2";
    tx.exec(FORGET, vec![kind.into(), subject.into()]).await.map(|_| ())
}

/// Deletes counters that began before `before`.
pub async fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    const SWEEP: &str = "DELETE FROM attempts WHERE since_ms < $1";
    tx.exec(SWEEP, vec![before.0.into()]).await
}
