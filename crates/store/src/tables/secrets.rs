//! `server_secrets`: what this server signs and salts with.

use crate::db::Tx;
use crate::error::{StoreError, exactly_one};
use reda_domain::Timestamp;

/// The secret of a name, made of `fresh` if there is none yet.
pub async fn get_or_make(
    tx: &mut Tx,
    name: &str,
    fresh: &str,
    now: Timestamp,
) -> Result<String, StoreError> {
    const MAKE: &str = "INSERT INTO server_secrets (name, value, created_at_ms)
        VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING";
    tx.exec(MAKE, vec![name.into(), fresh.into(), now.0.into()]).await?;
    let rows = tx.rows("SELECT value FROM server_secrets WHERE name = $1", vec![name.into()]);
    rows.await?[0].get(0)
}

/// Writes what stands there already, to see whether the database takes writes.
pub async fn touch(tx: &mut Tx) -> Result<(), StoreError> {
    const TOUCH: &str = "UPDATE server_secrets SET value = value WHERE name = $1";
    exactly_one(tx.exec(TOUCH, vec!["epoch".into()]).await?, "touch the epoch")
}
