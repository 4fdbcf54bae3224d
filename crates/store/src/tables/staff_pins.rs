//! `staff_pins`: hashes of the PINs that switch staff on at a till.

use super::at;
use crate::db::{Row, Tx, Val};
use crate::error::StoreError;
use reda_domain::business::StaffPin;
use reda_domain::{BusinessId, StaffId};
use std::collections::BTreeSet;

super::table!(
    $,
    "staff_pins",
    "staff_id, business_id, hash, set_at_ms",
    "?, ?, ?, ?",
    "ON CONFLICT (staff_id) DO UPDATE SET hash = excluded.hash, set_at_ms = excluded.set_at_ms"
);

fn read(row: &Row) -> Result<StaffPin, StoreError> {
    Ok(StaffPin {
        id: StaffId(row.get(0)?),
        business: BusinessId(row.get(1)?),
        hash: row.get(2)?,
        set_at: at(row, 3)?,
    })
}

pub(crate) async fn save(
    tx: &mut Tx,
    rows: impl Iterator<Item = &StaffPin>,
) -> Result<(), StoreError> {
    let rows = rows.map(|it| {
        vec![it.id.0.into(), it.business.0.into(), it.hash.as_str().into(), it.set_at.0.into()]
    });
    tx.bulk(INSERT, HOLES, ON_CONFLICT, rows.collect()).await
}

/// The PIN of a member of staff.
pub async fn find(tx: &mut Tx, staff: StaffId) -> Result<Option<StaffPin>, StoreError> {
    let rows = tx.rows(select!("WHERE staff_id = $1"), vec![staff.0.into()]).await?;
    rows.first().map(read).transpose()
}

/// Which of these have one.
pub async fn having(
    tx: &mut Tx,
    ids: impl IntoIterator<Item = StaffId>,
) -> Result<BTreeSet<StaffId>, StoreError> {
    let keys = ids.into_iter().map(|id| Val::from(id.0)).collect();
    let rows = tx.load("SELECT staff_id FROM staff_pins WHERE staff_id IN", keys).await?;
    rows.iter().map(|row| Ok(StaffId(row.get(0)?))).collect()
}
