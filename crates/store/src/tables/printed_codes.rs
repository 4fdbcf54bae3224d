//! `printed_codes`: codes on paper.

use super::{at, at_opt, when};
use crate::db::{Row, Tx, Val};
use crate::error::StoreError;
use reda_domain::customer::PrintedCode;
use reda_domain::{BusinessId, HandleId, PrintedCodeId, UserId};

super::table!(
    $,
    "printed_codes",
    "id, user_id, business_id, business_customer_id, created_at_ms, revoked_at_ms",
    "?, ?, ?, ?, ?, ?",
    "ON CONFLICT (id) DO UPDATE SET user_id = excluded.user_id,
     business_customer_id = excluded.business_customer_id, revoked_at_ms = excluded.revoked_at_ms"
);

fn read(row: &Row) -> Result<PrintedCode, StoreError> {
    let business = row.get::<Option<_>>(2)?.map(BusinessId);
    let handle = row.get::<Option<_>>(3)?.map(HandleId);
    Ok(PrintedCode {
        id: PrintedCodeId(row.get(0)?),
        user: UserId(row.get(1)?),
        issued_by: business.zip(handle),
        created_at: at(row, 4)?,
        revoked_at: at_opt(row, 5)?,
    })
}

pub(crate) async fn save(
    tx: &mut Tx,
    rows: impl Iterator<Item = &PrintedCode>,
) -> Result<(), StoreError> {
    let rows = rows.map(|it| {
        vec![
            it.id.0.into(),
            it.user.0.into(),
            it.issued_by.map(|(business, _)| business.0).into(),
            it.issued_by.map(|(_, handle)| handle.0).into(),
            it.created_at.0.into(),
            when(it.revoked_at),
        ]
    });
    tx.bulk(INSERT, HOLES, ON_CONFLICT, rows.collect()).await
}

/// The printed codes of these ids.
pub async fn by_ids(
    tx: &mut Tx,
    ids: impl IntoIterator<Item = PrintedCodeId>,
) -> Result<Vec<PrintedCode>, StoreError> {
    let keys = ids.into_iter().map(|id| Val::from(id.0)).collect();
    tx.load(select!("WHERE id IN"), keys).await?.iter().map(read).collect()
}

/// All printed codes of these people.
pub async fn of_users(
    tx: &mut Tx,
    users: impl IntoIterator<Item = UserId>,
) -> Result<Vec<PrintedCode>, StoreError> {
    let keys = users.into_iter().map(|id| Val::from(id.0)).collect();
    tx.load(select!("WHERE user_id IN"), keys).await?.iter().map(read).collect()
}
