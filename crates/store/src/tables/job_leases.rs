//! `job_leases`: which node a job runs on now.

use crate::db::Tx;
use crate::error::StoreError;
use reda_domain::Timestamp;

/// Takes a job's lease until `until`, if nobody holds it at `now`; the new holder's token.
pub async fn take(
    tx: &mut Tx,
    job: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<i64>, StoreError> {
    const MAKE: &str = "INSERT INTO job_leases (job, token, until_ms) VALUES ($1, 0, 0)
        ON CONFLICT (job) DO NOTHING";
    const TAKE: &str = "UPDATE job_leases SET token = token + 1, until_ms = $2
        WHERE job = $1 AND until_ms <= $3";
    tx.exec(MAKE, vec![job.into()]).await?;
    if tx.exec(TAKE, vec![job.into(), until.0.into(), now.0.into()]).await? == 0 {
        return Ok(None);
    }
    let rows = tx.rows("SELECT token FROM job_leases WHERE job = $1", vec![job.into()]).await?;
    rows.first().map(|row| row.get(0)).transpose()
}

/// Moves the end of a lease to `until`; false where another holder has a newer token.
pub async fn extend(
    tx: &mut Tx,
    job: &str,
    token: i64,
    until: Timestamp,
) -> Result<bool, StoreError> {
    const EXTEND: &str = "UPDATE job_leases SET until_ms = $3 WHERE job = $1 AND token = $2";
    Ok(tx.exec(EXTEND, vec![job.into(), token.into(), until.0.into()]).await? == 1)
}
