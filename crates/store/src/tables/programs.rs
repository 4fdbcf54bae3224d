//! `programs`: loyalty programmes.

use super::{at, json, named, spell, spelled, to_json};
use crate::db::{Row, Tx, Val};
use crate::error::StoreError;
use reda_domain::expiry::Expiry;
use reda_domain::money::{Currency, Money};
use reda_domain::points::Points;
use reda_domain::program::{EarnRule, Program};
use reda_domain::{BusinessId, CardId, ProgramId, UserId};
use std::collections::BTreeSet;

super::table!(
    $,
    "programs",
    "id, business_id, name, kind, status, earn_points, earn_per, earn_currency, welcome_bonus,
     created_at_ms, earn_rounding, tiers, expiry, expiry_since_ms",
    "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?",
    "ON CONFLICT (id) DO UPDATE SET name = excluded.name, status = excluded.status,
     earn_points = excluded.earn_points, earn_per = excluded.earn_per,
     earn_rounding = excluded.earn_rounding, welcome_bonus = excluded.welcome_bonus,
     tiers = excluded.tiers, expiry = excluded.expiry, expiry_since_ms = excluded.expiry_since_ms"
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
            rounding: named("programs", "earn_rounding", row.get(10)?, spelled)?,
        },
        welcome_bonus: Points(row.get(8)?),
        tiers: named("programs", "tiers", row.get(11)?, json)?,
        expiry: named("programs", "expiry", row.get(12)?, json)?,
        expiry_since: at(row, 13)?,
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
            spell(it.earn.rounding),
            to_json(&it.tiers),
            to_json(&it.expiry),
            it.expiry_since.0.into(),
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

/// The programmes of these cards.
pub async fn of_cards(
    tx: &mut Tx,
    cards: impl IntoIterator<Item = CardId>,
) -> Result<Vec<Program>, StoreError> {
    const OF_CARDS: &str = "SELECT DISTINCT program_id FROM loyalty_cards WHERE id IN";
    of(tx, OF_CARDS, cards.into_iter().map(|id| Val::from(id.0)).collect()).await
}

/// The programmes of these people's live cards.
pub async fn of_users(
    tx: &mut Tx,
    users: impl IntoIterator<Item = UserId>,
) -> Result<Vec<Program>, StoreError> {
    const OF_USERS: &str =
        "SELECT DISTINCT program_id FROM loyalty_cards WHERE ended_at_ms IS NULL AND user_id IN";
    of(tx, OF_USERS, users.into_iter().map(|id| Val::from(id.0)).collect()).await
}

async fn of(tx: &mut Tx, ids: &'static str, keys: Vec<Val>) -> Result<Vec<Program>, StoreError> {
    let rows = tx.load(ids, keys).await?;
    let ids: BTreeSet<ProgramId> =
        rows.iter().map(|row| row.get(0).map(ProgramId)).collect::<Result<_, _>>()?;
    by_ids(tx, ids).await
}

/// The programmes whose points lapse, in the order of their ids.
pub async fn expiring(tx: &mut Tx) -> Result<Vec<Program>, StoreError> {
    let sql = select!("WHERE expiry <> $1 AND status <> 'draft' ORDER BY id");
    tx.rows(sql, vec![to_json(&Expiry::Never)]).await?.iter().map(read).collect()
}

/// A business's programmes, the oldest first.
pub async fn of_business(tx: &mut Tx, business: BusinessId) -> Result<Vec<Program>, StoreError> {
    let sql = select!("WHERE business_id = $1 ORDER BY created_at_ms, id");
    tx.rows(sql, vec![business.0.into()]).await?.iter().map(read).collect()
}
