//! `expiry_days`: up to which day a programme's points were looked at.

use crate::db::Tx;
use crate::error::StoreError;
use reda_domain::{ProgramId, Timestamp};

/// The last day that was done under the rule which holds since `since`, in days since 1970.
pub async fn last(
    tx: &mut Tx,
    program: ProgramId,
    since: Timestamp,
) -> Result<Option<i64>, StoreError> {
    const LAST: &str = "SELECT day FROM expiry_days WHERE program_id = $1 AND since_ms = $2";
    let rows = tx.rows(LAST, vec![program.0.into(), since.0.into()]).await?;
    rows.first().map(|row| row.get(0)).transpose()
}

/// Notes that a day is done.
pub async fn done(
    tx: &mut Tx,
    program: ProgramId,
    since: Timestamp,
    day: i64,
) -> Result<(), StoreError> {
    const DONE: &str = "INSERT INTO expiry_days (program_id, since_ms, day) VALUES ($1, $2, $3)
        ON CONFLICT (program_id) DO UPDATE SET since_ms = excluded.since_ms, day = excluded.day";
    tx.exec(DONE, vec![program.0.into(), since.0.into(), day.into()]).await.map(drop)
}
