//! `invitations`: how tills join. No operations.

use super::at;
use crate::db::{Row, Tx};
use crate::error::StoreError;
use reda_domain::{BusinessId, DeviceId, StaffId, Timestamp};

/// An invitation of a till.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The first letters of its code.
    pub tag: String,
    pub business: BusinessId,
    /// A till that is to be paired anew.
    pub device: Option<DeviceId>,
    /// Who invited.
    pub staff: StaffId,
    pub code_hash: String,
    pub tries_left: i64,
    pub expires_at: Timestamp,
}

super::table!(
    $,
    "invitations",
    "tag, business_id, device_id, staff_id, code_hash, tries_left, expires_at_ms",
    "?, ?, ?, ?, ?, ?, ?",
    "ON CONFLICT (tag) DO NOTHING"
);

fn read(row: &Row) -> Result<Invitation, StoreError> {
    Ok(Invitation {
        tag: row.get(0)?,
        business: BusinessId(row.get(1)?),
        device: row.get::<Option<_>>(2)?.map(DeviceId),
        staff: StaffId(row.get(3)?),
        code_hash: row.get(4)?,
        tries_left: row.get(5)?,
        expires_at: at(row, 6)?,
    })
}

/// Adds an invitation, unless its tag is another one's already; whether it was added.
pub async fn add(tx: &mut Tx, it: &Invitation, now: Timestamp) -> Result<bool, StoreError> {
    const OLD: &str = "DELETE FROM invitations WHERE expires_at_ms <= $1";
    const ADDED: &str = "SELECT COUNT(*) FROM invitations WHERE tag = $1 AND code_hash = $2";
    tx.exec(OLD, vec![now.0.into()]).await?;
    let row = vec![
        it.tag.as_str().into(),
        it.business.0.into(),
        it.device.map(|id| id.0).into(),
        it.staff.0.into(),
        it.code_hash.as_str().into(),
        it.tries_left.into(),
        it.expires_at.0.into(),
    ];
    tx.bulk(INSERT, HOLES, ON_CONFLICT, vec![row]).await?;
    let rows = tx.rows(ADDED, vec![it.tag.as_str().into(), it.code_hash.as_str().into()]);
    Ok(rows.await?[0].get::<i64>(0)? == 1)
}

/// Uses up one try of the live invitation with this tag, and gives it; counting comes before
/// comparing.
pub async fn take_try(
    tx: &mut Tx,
    tag: &str,
    now: Timestamp,
) -> Result<Option<Invitation>, StoreError> {
    const TAKE: &str = "UPDATE invitations SET tries_left = tries_left - 1
        WHERE tag = $1 AND tries_left > 0 AND expires_at_ms > $2";
    if tx.exec(TAKE, vec![tag.into(), now.0.into()]).await? == 0 {
        return Ok(None);
    }
    find(tx, tag).await
}

/// The invitation with this tag, live or not.
pub async fn find(tx: &mut Tx, tag: &str) -> Result<Option<Invitation>, StoreError> {
    let rows = tx.rows(select!("WHERE tag = $1"), vec![tag.into()]).await?;
    rows.first().map(read).transpose()
}

/// Uses an invitation up; whether it was still there.
pub async fn remove(tx: &mut Tx, it: &Invitation) -> Result<bool, StoreError> {
    const REMOVE: &str = "DELETE FROM invitations WHERE tag = $1 AND code_hash = $2";
    let vals = vec![it.tag.as_str().into(), it.code_hash.as_str().into()];
    Ok(tx.exec(REMOVE, vals).await? > 0)
}
