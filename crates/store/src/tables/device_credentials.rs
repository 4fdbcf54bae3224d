//! `device_credentials`: hashes of what tills prove themselves with. No operations.

use super::{at, text};
use crate::db::{Row, Tx, Val};
use crate::error::StoreError;
use reda_domain::{DeviceId, Timestamp};

/// What a till proves itself with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    pub device: DeviceId,
    pub current_hash: String,
    /// Of the one before, until the newer one has been used.
    pub previous_hash: Option<String>,
    pub used_at: Timestamp,
}

super::table!(
    $,
    "device_credentials",
    "device_id, current_hash, previous_hash, used_at_ms",
    "?, ?, ?, ?",
    "ON CONFLICT (device_id) DO UPDATE SET current_hash = excluded.current_hash,
     previous_hash = excluded.previous_hash, used_at_ms = excluded.used_at_ms"
);

fn read(row: &Row) -> Result<Credential, StoreError> {
    Ok(Credential {
        device: DeviceId(row.get(0)?),
        current_hash: row.get(1)?,
        previous_hash: row.get(2)?,
        used_at: at(row, 3)?,
    })
}

/// Gives a till a credential that replaces whatever it had.
pub async fn put(tx: &mut Tx, it: &Credential) -> Result<(), StoreError> {
    let row = vec![
        it.device.0.into(),
        it.current_hash.as_str().into(),
        text(&it.previous_hash),
        it.used_at.0.into(),
    ];
    tx.bulk(INSERT, HOLES, ON_CONFLICT, vec![row]).await
}

/// The credential of a till; one inside the server's own process has none.
pub async fn find(tx: &mut Tx, device: DeviceId) -> Result<Option<Credential>, StoreError> {
    let rows = tx.rows(select!("WHERE device_id = $1"), vec![device.0.into()]).await?;
    rows.first().map(read).transpose()
}

/// The credentials of these tills.
pub async fn of_devices(
    tx: &mut Tx,
    ids: impl IntoIterator<Item = DeviceId>,
) -> Result<Vec<Credential>, StoreError> {
    let keys = ids.into_iter().map(|id| Val::from(id.0)).collect();
    tx.load(select!("WHERE device_id IN"), keys).await?.iter().map(read).collect()
}

/// Puts `next` in the place of what `seen` found; `false` if it is no longer as it was seen.
pub async fn rotate(tx: &mut Tx, seen: &Credential, next: &Credential) -> Result<bool, StoreError> {
    const ROTATE: &str = "UPDATE device_credentials
        SET current_hash = $1, previous_hash = $2, used_at_ms = $3
        WHERE device_id = $4 AND current_hash = $5";
    let vals = vec![
        next.current_hash.as_str().into(),
        text(&next.previous_hash),
        next.used_at.0.into(),
        seen.device.0.into(),
        seen.current_hash.as_str().into(),
    ];
    Ok(tx.exec(ROTATE, vals).await? > 0)
}
