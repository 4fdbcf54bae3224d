//! `business_customers`: a business's handles for people, and what it keeps of members.

use super::{at, at_opt, when};
use crate::db::{Row, Tx, Val};
use crate::error::StoreError;
use reda_domain::customer::BusinessCustomer;
use reda_domain::{BusinessId, CustomerId, HandleId, UserId};

super::table!(
    $,
    "business_customers",
    "id, business_id, user_id, customer_id, joined_at_ms, visits, spend, first_visit_at_ms,
     last_visit_at_ms, created_at_ms, ended_at_ms, merged_into",
    "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?",
    "ON CONFLICT (id) DO UPDATE SET user_id = excluded.user_id, customer_id = excluded.customer_id,
     joined_at_ms = excluded.joined_at_ms, visits = excluded.visits, spend = excluded.spend,
     first_visit_at_ms = excluded.first_visit_at_ms,
     last_visit_at_ms = excluded.last_visit_at_ms, ended_at_ms = excluded.ended_at_ms,
     merged_into = excluded.merged_into"
);

/// For handles that stay whose they are: no index has these columns, and SQLite would write anew
/// what stands in one.
const NUMBERS: &str = "ON CONFLICT (id) DO UPDATE SET visits = excluded.visits,
     spend = excluded.spend, first_visit_at_ms = excluded.first_visit_at_ms,
     last_visit_at_ms = excluded.last_visit_at_ms";

fn read(row: &Row) -> Result<BusinessCustomer, StoreError> {
    Ok(BusinessCustomer {
        id: HandleId(row.get(0)?),
        business: BusinessId(row.get(1)?),
        user: UserId(row.get(2)?),
        customer: row.get::<Option<_>>(3)?.map(CustomerId),
        joined_at: at_opt(row, 4)?,
        visits: row.get(5)?,
        spend: row.get(6)?,
        first_visit_at: at_opt(row, 7)?,
        last_visit_at: at_opt(row, 8)?,
        created_at: at(row, 9)?,
        ended_at: at_opt(row, 10)?,
        merged_into: row.get::<Option<_>>(11)?.map(HandleId),
    })
}

pub(crate) async fn save(
    tx: &mut Tx,
    rows: impl Iterator<Item = &BusinessCustomer>,
) -> Result<(), StoreError> {
    /// What was merged into a handle goes where that goes, so that one step leads to the lines of all.
    const LEAD_ON: &str = "UPDATE business_customers SET merged_into = $1 WHERE merged_into = $2";
    let mut merged = vec![];
    let rows = rows.inspect(|it| merged.extend(it.merged_into.map(|into| (it.id, into))));
    let rows = rows.map(columns).collect();
    tx.bulk(INSERT, HOLES, ON_CONFLICT, rows).await?;
    for (from, into) in merged {
        tx.exec(LEAD_ON, vec![into.0.into(), from.0.into()]).await?;
    }
    Ok(())
}

/// Writes the visits of handles that are there.
pub(crate) async fn save_numbers(
    tx: &mut Tx,
    rows: impl Iterator<Item = &BusinessCustomer>,
) -> Result<(), StoreError> {
    tx.bulk(INSERT, HOLES, NUMBERS, rows.map(columns).collect()).await
}

fn columns(it: &BusinessCustomer) -> Vec<Val> {
    vec![
        it.id.0.into(),
        it.business.0.into(),
        it.user.0.into(),
        it.customer.map(|id| id.0).into(),
        when(it.joined_at),
        it.visits.into(),
        it.spend.into(),
        when(it.first_visit_at),
        when(it.last_visit_at),
        it.created_at.0.into(),
        when(it.ended_at),
        it.merged_into.map(|id| id.0).into(),
    ]
}

/// The handles of these ids.
pub async fn by_ids(
    tx: &mut Tx,
    ids: impl IntoIterator<Item = HandleId>,
) -> Result<Vec<BusinessCustomer>, StoreError> {
    let keys = ids.into_iter().map(|id| Val::from(id.0)).collect();
    tx.load(select!("WHERE id IN"), keys).await?.iter().map(read).collect()
}

/// The live handles of these people.
pub async fn of_users(
    tx: &mut Tx,
    users: impl IntoIterator<Item = UserId>,
) -> Result<Vec<BusinessCustomer>, StoreError> {
    let keys = users.into_iter().map(|id| Val::from(id.0)).collect();
    tx.load(select!("WHERE ended_at_ms IS NULL AND user_id IN"), keys)
        .await?
        .iter()
        .map(read)
        .collect()
}
