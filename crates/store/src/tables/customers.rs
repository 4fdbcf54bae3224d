//! `customers`: people as the platform's customers.

use super::at;
use crate::db::{Row, Tx, Val};
use crate::error::StoreError;
use reda_domain::customer::Customer;
use reda_domain::{CustomerId, UserId};

super::table!($, "customers", "id, user_id, created_at_ms", "?, ?, ?", "ON CONFLICT (id) DO NOTHING");

fn read(row: &Row) -> Result<Customer, StoreError> {
    Ok(Customer { id: CustomerId(row.get(0)?), user: UserId(row.get(1)?), created_at: at(row, 2)? })
}

pub(crate) async fn save(
    tx: &mut Tx,
    rows: impl Iterator<Item = &Customer>,
) -> Result<(), StoreError> {
    let rows = rows.map(|it| vec![it.id.0.into(), it.user.0.into(), it.created_at.0.into()]);
    tx.bulk(INSERT, HOLES, ON_CONFLICT, rows.collect()).await
}

pub(crate) async fn of_users(
    tx: &mut Tx,
    users: impl IntoIterator<Item = UserId>,
) -> Result<Vec<Customer>, StoreError> {
    let keys = users.into_iter().map(|id| Val::from(id.0)).collect();
    tx.load(select!("WHERE user_id IN"), keys).await?.iter().map(read).collect()
}
