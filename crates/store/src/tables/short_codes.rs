//! `short_codes`: six digits that name a person for two minutes, kept as keyed hashes, one for
//! each person. No operations.

use crate::db::Tx;
use crate::error::StoreError;
use reda_domain::{OperationId, Timestamp, UserId};

/// Keeps a code; the person's one before counts no more. `false`: somebody else has it now.
pub async fn put(
    tx: &mut Tx,
    user: UserId,
    code_hash: &str,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    const SWEEP: &str = "DELETE FROM short_codes WHERE expires_at_ms <= $1";
    const TAKEN: &str = "SELECT 1 FROM short_codes WHERE code_hash = $1 AND user_id <> $2";
    const PUT: &str = "INSERT INTO short_codes (user_id, code_hash, expires_at_ms)
        VALUES ($1, $2, $3) ON CONFLICT (user_id) DO UPDATE SET code_hash = excluded.code_hash,
        expires_at_ms = excluded.expires_at_ms, used_by = NULL";
    tx.exec(SWEEP, vec![now.0.into()]).await?;
    let taken = tx.rows(TAKEN, vec![code_hash.into(), user.0.into()]).await?;
    if !taken.is_empty() {
        return Ok(false);
    }
    let vals = vec![user.0.into(), code_hash.into(), expires_at.0.into()];
    tx.exec(PUT, vals).await?;
    Ok(true)
}

/// Uses a code up for one operation, which may ask again; whose it is, if it is live.
pub async fn take(
    tx: &mut Tx,
    code_hash: &str,
    by: OperationId,
    now: Timestamp,
) -> Result<Option<UserId>, StoreError> {
    const TAKE: &str = "UPDATE short_codes SET used_by = $1 WHERE code_hash = $2
        AND expires_at_ms > $3 AND (used_by IS NULL OR used_by = $1)";
    const WHOSE: &str = "SELECT user_id FROM short_codes WHERE code_hash = $1";
    if tx.exec(TAKE, vec![by.0.into(), code_hash.into(), now.0.into()]).await? == 0 {
        return Ok(None);
    }
    let rows = tx.rows(WHOSE, vec![code_hash.into()]).await?;
    rows.first().map(|row| row.get(0).map(UserId)).transpose()
}
