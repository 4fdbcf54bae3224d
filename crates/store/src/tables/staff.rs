//! `staff`: users with a role in a business.

use super::{at, at_opt, named, when};
use crate::db::{Row, Tx, Val};
use crate::error::StoreError;
use reda_domain::address::Address;
use reda_domain::business::{Role, Staff};
use reda_domain::{BusinessId, StaffId, UserId};

super::table!(
    $,
    "staff",
    "id, business_id, user_id, role, created_at_ms, joined_at_ms, removed_at_ms",
    "?, ?, ?, ?, ?, ?, ?",
    "ON CONFLICT (id) DO UPDATE SET user_id = excluded.user_id, role = excluded.role,
     joined_at_ms = excluded.joined_at_ms, removed_at_ms = excluded.removed_at_ms"
);

fn read(row: &Row) -> Result<Staff, StoreError> {
    Ok(Staff {
        id: StaffId(row.get(0)?),
        business: BusinessId(row.get(1)?),
        user: UserId(row.get(2)?),
        role: named("staff", "role", row.get(3)?, Role::of_name)?,
        created_at: at(row, 4)?,
        joined_at: at_opt(row, 5)?,
        removed_at: at_opt(row, 6)?,
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
            when(it.joined_at),
            when(it.removed_at),
        ]
    });
    tx.bulk(INSERT, HOLES, ON_CONFLICT, rows.collect()).await
}

/// The staff of these ids, removed ones too.
pub async fn by_ids(
    tx: &mut Tx,
    ids: impl IntoIterator<Item = StaffId>,
) -> Result<Vec<Staff>, StoreError> {
    let keys = ids.into_iter().map(|id| Val::from(id.0)).collect();
    tx.load(select!("WHERE id IN"), keys).await?.iter().map(read).collect()
}

/// The live member of staff of this id.
pub async fn find(tx: &mut Tx, id: StaffId) -> Result<Option<Staff>, StoreError> {
    Ok(by_ids(tx, [id]).await?.pop().filter(Staff::is_live))
}

/// The live staff of these businesses.
pub async fn of_businesses(
    tx: &mut Tx,
    ids: impl IntoIterator<Item = BusinessId>,
) -> Result<Vec<Staff>, StoreError> {
    let keys = ids.into_iter().map(|id| Val::from(id.0)).collect();
    tx.load(select!("WHERE removed_at_ms IS NULL AND business_id IN"), keys)
        .await?
        .iter()
        .map(read)
        .collect()
}

/// A user's live places, in whatever businesses.
pub async fn of_user(tx: &mut Tx, user: UserId) -> Result<Vec<Staff>, StoreError> {
    let own = select!("WHERE user_id = $1 AND removed_at_ms IS NULL ORDER BY id");
    tx.rows(own, vec![user.0.into()]).await?.iter().map(read).collect()
}

/// The places that wait for whoever proves one of these addresses.
pub async fn waiting_for(tx: &mut Tx, addresses: &[Address]) -> Result<Vec<Staff>, StoreError> {
    let by_phone = select!(
        "WHERE joined_at_ms IS NULL AND removed_at_ms IS NULL
         AND user_id IN (SELECT users.id FROM users WHERE users.phone = $1) ORDER BY id"
    );
    let by_email = select!(
        "WHERE joined_at_ms IS NULL AND removed_at_ms IS NULL
         AND user_id IN (SELECT users.id FROM users WHERE users.email = $1) ORDER BY id"
    );
    let mut found = vec![];
    for address in addresses {
        let sql = match address {
            Address::Phone(_) => by_phone,
            Address::Email(_) => by_email,
        };
        let rows = tx.rows(sql, vec![address.as_str().into()]).await?;
        found.extend(rows.iter().map(read).collect::<Result<Vec<_>, _>>()?);
    }
    Ok(found)
}

/// These users' places, in whatever businesses.
pub(crate) async fn of_users(
    tx: &mut Tx,
    users: impl IntoIterator<Item = UserId>,
) -> Result<Vec<Staff>, StoreError> {
    let keys = users.into_iter().map(|id| Val::from(id.0)).collect();
    tx.load(select!("WHERE user_id IN"), keys).await?.iter().map(read).collect()
}
