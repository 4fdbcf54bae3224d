//! `staff`: users with a role in a business.

use super::{at, named};
use crate::db::{Row, Tx, Val};
use crate::error::StoreError;
use reda_domain::business::{Role, Staff};
use reda_domain::{BusinessId, StaffId, UserId};

super::table!(
    $,
    "staff",
    "id, business_id, user_id, role, created_at_ms",
    "?, ?, ?, ?, ?",
    "ON CONFLICT (id) DO UPDATE SET role = excluded.role"
);

fn read(row: &Row) -> Result<Staff, StoreError> {
    Ok(Staff {
        id: StaffId(row.get(0)?),
        business: BusinessId(row.get(1)?),
        user: UserId(row.get(2)?),
        role: named("staff", "role", row.get(3)?, Role::of_name)?,
        created_at: at(row, 4)?,
    })
}

pub(crate) async fn save(
    tx: &mut Tx,
    rows: impl Iterator<Item = &Staff>,
) -> Result<(), StoreError> {
    let rows = rows.map(|it| {
        vec![
            it.id.0.into(),
            it.business.0.into(),
            it.user.0.into(),
            it.role.name().into(),
            it.created_at.0.into(),
        ]
    });
    tx.bulk(INSERT, HOLES, ON_CONFLICT, rows.collect()).await
}

/// The staff of these ids.
pub async fn by_ids(
    tx: &mut Tx,
    ids: impl IntoIterator<Item = StaffId>,
) -> Result<Vec<Staff>, StoreError> {
    let keys = ids.into_iter().map(|id| Val::from(id.0)).collect();
    tx.load(select!("WHERE id IN"), keys).await?.iter().map(read).collect()
}

/// The member of staff of this id.
pub async fn find(tx: &mut Tx, id: StaffId) -> Result<Option<Staff>, StoreError> {
    Ok(by_ids(tx, [id]).await?.pop())
}

/// All staff of these businesses.
pub async fn of_businesses(
    tx: &mut Tx,
    ids: impl IntoIterator<Item = BusinessId>,
) -> Result<Vec<Staff>, StoreError> {
    let keys = ids.into_iter().map(|id| Val::from(id.0)).collect();
    tx.load(select!("WHERE business_id IN"), keys).await?.iter().map(read).collect()
}

/// A user's places, in whatever businesses.
pub async fn of_user(tx: &mut Tx, user: UserId) -> Result<Vec<Staff>, StoreError> {
    let rows = tx.rows(select!("WHERE user_id = $1 ORDER BY id"), vec![user.0.into()]).await?;
    rows.iter().map(read).collect()
}
