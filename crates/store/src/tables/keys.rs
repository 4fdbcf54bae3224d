//! `customer_keys`: the keys that sign customers' codes and answers.

use super::{at, at_opt, named, when};
use crate::db::{Row, Tx, Val};
use crate::error::StoreError;
use reda_domain::code::CodeId;
use reda_domain::user::CustomerKey;
use reda_domain::{KeyId, UserId};

super::table!(
    $,
    "customer_keys",
    "id, user_id, code_id, public_key, label, created_at_ms, revoked_at_ms",
    "?, ?, ?, ?, ?, ?, ?",
    "ON CONFLICT (id) DO UPDATE SET label = excluded.label, revoked_at_ms = excluded.revoked_at_ms"
);

fn read(row: &Row) -> Result<CustomerKey, StoreError> {
    Ok(CustomerKey {
        id: KeyId(row.get(0)?),
        user: UserId(row.get(1)?),
        code_id: named("customer_keys", "code_id", row.get(2)?, CodeId::from_hex)?,
        public_key: row.get(3)?,
        label: row.get(4)?,
        created_at: at(row, 5)?,
        revoked_at: at_opt(row, 6)?,
    })
}

pub(crate) async fn save(
    tx: &mut Tx,
    rows: impl Iterator<Item = &CustomerKey>,
) -> Result<(), StoreError> {
    let rows = rows.map(|it| {
        vec![
            it.id.0.into(),
            it.user.0.into(),
            it.code_id.to_hex().into(),
            it.public_key.as_str().into(),
            it.label.as_str().into(),
            it.created_at.0.into(),
            when(it.revoked_at),
        ]
    });
    tx.bulk(INSERT, HOLES, ON_CONFLICT, rows.collect()).await
}

/// The keys of these ids.
pub async fn by_ids(
    tx: &mut Tx,
    ids: impl IntoIterator<Item = KeyId>,
) -> Result<Vec<CustomerKey>, StoreError> {
    let keys = ids.into_iter().map(|id| Val::from(id.0)).collect();
    tx.load(select!("WHERE id IN"), keys).await?.iter().map(read).collect()
}

/// The key that codes name so.
pub async fn by_code_id(tx: &mut Tx, id: CodeId) -> Result<Option<CustomerKey>, StoreError> {
    let rows = tx.rows(select!("WHERE code_id = $1"), vec![id.to_hex().into()]).await?;
    rows.first().map(read).transpose()
}

/// All keys of these people.
pub async fn of_users(
    tx: &mut Tx,
    users: impl IntoIterator<Item = UserId>,
) -> Result<Vec<CustomerKey>, StoreError> {
    let keys = users.into_iter().map(|id| Val::from(id.0)).collect();
    tx.load(select!("WHERE user_id IN"), keys).await?.iter().map(read).collect()
}
