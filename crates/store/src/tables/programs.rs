//! `programs`: loyalty programmes.

use super::{at, named, spell, spelled};
use crate::db::{Row, Tx, Val};
use crate::error::StoreError;
use reda_domain::money::{Currency, Money};
use reda_domain::points::Points;
use reda_domain::program::{EarnRule, Program};
use reda_domain::{BusinessId, ProgramId};

super::table!(
    $,
    "programs",
    "id, business_id, name, kind, status, earn_points, earn_per, earn_currency, welcome_bonus,
     created_at_ms",
    "?, ?, ?, ?, ?, ?, ?, ?, ?, ?",
    "ON CONFLICT (id) DO UPDATE SET name = excluded.name, status = excluded.status,
     earn_points = excluded.earn_points, earn_per = excluded.earn_per,
     welcome_bonus = excluded.welcome_bonus"
);

fn read(row: &Row) -> Result<Program, StoreError> {
    let currency = named("programs", "earn_currency", row.get(7)?, Currency::parse)?;
    Ok(Program {
        id: ProgramId(row.get(0)?),
        business: BusinessId(row.get(1)?),
        name: row.get(2)?,
        kind: named("programs", "kind", row.get(3)?, spelled)?,
        status: named("programs", "status", row.get(4)?, spelled)?,
        earn: EarnRule {
            points: Points(row.get(5)?),
            per: Money { amount: row.get(6)?, currency },
        },
        welcome_bonus: Points(row.get(8)?),
        created_at: at(row, 9)?,
    })
}

pub(crate) async fn save(
    tx: &mut Tx,
    rows: impl Iterator<Item = &Program>,
) -> Result<(), StoreError> {
    let rows = rows.map(|it| {
        vec![
            it.id.0.into(),
            it.business.0.into(),
            it.name.as_str().into(),
            spell(it.kind),
            spell(it.status),
            it.earn.points.0.into(),
            it.earn.per.amount.into(),
            it.earn.per.currency.code().into(),
            it.welcome_bonus.0.into(),
            it.created_at.0.into(),
        ]
    });
    tx.bulk(INSERT, HOLES, ON_CONFLICT, rows.collect()).await
}

/// The programmes of these ids.
pub async fn by_ids(
    tx: &mut Tx,
    ids: impl IntoIterator<Item = ProgramId>,
) -> Result<Vec<Program>, StoreError> {
    let keys = ids.into_iter().map(|id| Val::from(id.0)).collect();
    tx.load(select!("WHERE id IN"), keys).await?.iter().map(read).collect()
}

/// A business's programmes, the oldest first.
pub async fn of_business(tx: &mut Tx, business: BusinessId) -> Result<Vec<Program>, StoreError> {
    let sql = select!("WHERE business_id = $1 ORDER BY created_at_ms, id");
    tx.rows(sql, vec![business.0.into()]).await?.iter().map(read).collect()
}
