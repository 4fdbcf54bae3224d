//! `rewards`: what points buy.

use super::{at, json, named, spell, spelled, to_json};
use crate::db::{Row, Tx, Val};
use crate::error::StoreError;
use reda_domain::points::Points;
use reda_domain::reward::Reward;
use reda_domain::{BusinessId, ProgramId, RewardId};

super::table!(
    $,
    "rewards",
    "id, business_id, program_id, name, cost, gives, status, created_at_ms",
    "?, ?, ?, ?, ?, ?, ?, ?",
    "ON CONFLICT (id) DO UPDATE SET name = excluded.name, cost = excluded.cost,
     gives = excluded.gives, status = excluded.status"
);

fn read(row: &Row) -> Result<Reward, StoreError> {
    Ok(Reward {
        id: RewardId(row.get(0)?),
        business: BusinessId(row.get(1)?),
        program: ProgramId(row.get(2)?),
        name: row.get(3)?,
        cost: Points(row.get(4)?),
        gives: named("rewards", "gives", row.get(5)?, json)?,
        status: named("rewards", "status", row.get(6)?, spelled)?,
        created_at: at(row, 7)?,
    })
}

pub(crate) async fn save(
    tx: &mut Tx,
    rows: impl Iterator<Item = &Reward>,
) -> Result<(), StoreError> {
    let rows = rows.map(|it| {
        vec![
            it.id.0.into(),
            it.business.0.into(),
            it.program.0.into(),
            it.name.as_str().into(),
            it.cost.0.into(),
            to_json(&it.gives),
            spell(it.status),
            it.created_at.0.into(),
        ]
    });
    tx.bulk(INSERT, HOLES, ON_CONFLICT, rows.collect()).await
}

/// The rewards of these ids.
pub async fn by_ids(
    tx: &mut Tx,
    ids: impl IntoIterator<Item = RewardId>,
) -> Result<Vec<Reward>, StoreError> {
    let keys = ids.into_iter().map(|id| Val::from(id.0)).collect();
    tx.load(select!("WHERE id IN"), keys).await?.iter().map(read).collect()
}

/// A business's rewards, the cheapest first.
pub async fn of_business(tx: &mut Tx, business: BusinessId) -> Result<Vec<Reward>, StoreError> {
    let sql = select!("WHERE business_id = $1 ORDER BY cost, created_at_ms, id");
    tx.rows(sql, vec![business.0.into()]).await?.iter().map(read).collect()
}

/// What the points of these programmes buy now.
pub async fn of_programs(
    tx: &mut Tx,
    programs: impl IntoIterator<Item = ProgramId>,
) -> Result<Vec<Reward>, StoreError> {
    let keys = programs.into_iter().map(|id| Val::from(id.0)).collect();
    let sql = select!("WHERE status = 'active' AND program_id IN");
    tx.load(sql, keys).await?.iter().map(read).collect()
}

/// What a programme's points buy now, the cheapest first.
pub async fn of_program(tx: &mut Tx, program: ProgramId) -> Result<Vec<Reward>, StoreError> {
    let sql =
        select!("WHERE program_id = $1 AND status = 'active' ORDER BY cost, created_at_ms, id");
    tx.rows(sql, vec![program.0.into()]).await?.iter().map(read).collect()
}
