//! `devices`: tills.

use super::{at, at_opt, when};
use crate::db::{Row, Tx, Val};
use crate::error::StoreError;
use reda_domain::business::Device;
use reda_domain::{BusinessId, DeviceId};

super::table!(
    $,
    "devices",
    "id, business_id, name, created_at_ms, revoked_at_ms, locked_at_ms",
    "?, ?, ?, ?, ?, ?",
    "ON CONFLICT (id) DO UPDATE SET name = excluded.name,
     revoked_at_ms = excluded.revoked_at_ms, locked_at_ms = excluded.locked_at_ms"
);

fn read(row: &Row) -> Result<Device, StoreError> {
    Ok(Device {
        id: DeviceId(row.get(0)?),
        business: BusinessId(row.get(1)?),
        name: row.get(2)?,
        created_at: at(row, 3)?,
        revoked_at: at_opt(row, 4)?,
        locked_at: at_opt(row, 5)?,
    })
}

pub(crate) async fn save(
    tx: &mut Tx,
    rows: impl Iterator<Item = &Device>,
) -> Result<(), StoreError> {
    let rows = rows.map(|it| {
        vec![
            it.id.0.into(),
            it.business.0.into(),
            it.name.as_str().into(),
            it.created_at.0.into(),
            when(it.revoked_at),
            when(it.locked_at),
        ]
    });
    tx.bulk(INSERT, HOLES, ON_CONFLICT, rows.collect()).await
}

/// The devices of these ids.
pub async fn by_ids(
    tx: &mut Tx,
    ids: impl IntoIterator<Item = DeviceId>,
) -> Result<Vec<Device>, StoreError> {
    let keys = ids.into_iter().map(|id| Val::from(id.0)).collect();
    tx.load(select!("WHERE id IN"), keys).await?.iter().map(read).collect()
}

/// The device of this id.
pub async fn find(tx: &mut Tx, id: DeviceId) -> Result<Option<Device>, StoreError> {
    Ok(by_ids(tx, [id]).await?.pop())
}

/// The tills of a business, the oldest first; revoked ones too.
pub async fn of_business(tx: &mut Tx, id: BusinessId) -> Result<Vec<Device>, StoreError> {
    let own = select!("WHERE business_id = $1 ORDER BY created_at_ms, id");
    tx.rows(own, vec![id.0.into()]).await?.iter().map(read).collect()
}
