//! `request_links`: hashes of the one-time links by which requests are answered. No operations.

use crate::db::Tx;
use crate::error::StoreError;
use reda_domain::{RequestId, Timestamp};

/// Keeps a link; those before it stay good for as long as the request.
pub async fn add(
    tx: &mut Tx,
    hash: &str,
    request: RequestId,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    const ADD: &str =
        "INSERT INTO request_links (hash, request_id, expires_at_ms) VALUES ($1, $2, $3)";
    tx.exec(ADD, vec![hash.into(), request.0.into(), expires_at.0.into()]).await.map(|_| ())
}

/// The request that a link answers, whatever became of it.
pub async fn find(tx: &mut Tx, hash: &str) -> Result<Option<RequestId>, StoreError> {
    const FIND: &str = "SELECT request_id FROM request_links WHERE hash = $1";
    let rows = tx.rows(FIND, vec![hash.into()]).await?;
    rows.first().map(|row| row.get(0).map(RequestId)).transpose()
}

/// Deletes what ran out before `before`.
pub async fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    const SWEEP: &str = "DELETE FROM request_links WHERE expires_at_ms < $1";
    tx.exec(SWEEP, vec![before.0.into()]).await
}
