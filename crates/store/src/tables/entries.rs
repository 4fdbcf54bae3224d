//! `points_entries`: the ledger; only ever added to.

use super::{at, named, spelled, text};
use crate::db::{Row, Tx, Val};
use crate::error::StoreError;
use reda_domain::card::Entry;
use reda_domain::points::Points;
use reda_domain::{BusinessId, CardId, DeviceId, EntryId, OperationId, RequestId, StaffId};

super::table!(
    $,
    "points_entries",
    "id, card_id, n, business_id, delta, kind, balance_after, amount, sale, reason, staff_id,
     device_id, operation_id, at_ms, applied_at_ms, request_id, reverses",
    "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?",
    ""
);

fn read(row: &Row) -> Result<Entry, StoreError> {
    Ok(Entry {
        id: EntryId(row.get(0)?),
        card: CardId(row.get(1)?),
        n: row.get(2)?,
        business: BusinessId(row.get(3)?),
        delta: Points(row.get(4)?),
        kind: named("points_entries", "kind", row.get(5)?, spelled)?,
        balance_after: Points(row.get(6)?),
        amount: row.get(7)?,
        sale: row.get(8)?,
        reason: row.get(9)?,
        staff: row.get::<Option<_>>(10)?.map(StaffId),
        device: row.get::<Option<_>>(11)?.map(DeviceId),
        operation: OperationId(row.get(12)?),
        at: at(row, 13)?,
        applied_at: at(row, 14)?,
        request: row.get::<Option<_>>(15)?.map(RequestId),
        reverses: row.get::<Option<_>>(16)?.map(EntryId),
    })
}

pub(crate) async fn save(
    tx: &mut Tx,
    rows: impl Iterator<Item = &Entry>,
) -> Result<(), StoreError> {
    let rows = rows.map(|it| {
        vec![
            it.id.0.into(),
            it.card.0.into(),
            it.n.into(),
            it.business.0.into(),
            it.delta.0.into(),
            it.kind.name().into(),
            it.balance_after.0.into(),
            it.amount.into(),
            text(&it.sale),
            text(&it.reason),
            it.staff.map(|id| id.0).into(),
            it.device.map(|id| id.0).into(),
            it.operation.0.into(),
            it.at.0.into(),
            it.applied_at.0.into(),
            it.request.map(|id| id.0).into(),
            it.reverses.map(|id| id.0).into(),
        ]
    });
    tx.bulk(INSERT, HOLES, ON_CONFLICT, rows.collect()).await
}

/// A card's entries before `before` (its `n`), the newest first, at most `limit`.
pub async fn of_card(
    tx: &mut Tx,
    card: CardId,
    before: i64,
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    let sql = select!("WHERE card_id = $1 AND n < $2 ORDER BY n DESC LIMIT $3");
    let rows = tx.rows(sql, vec![card.0.into(), before.into(), limit.into()]).await?;
    rows.iter().map(read).collect()
}

/// The entries of these ids, and those that take one of them back.
pub async fn with_reversals(
    tx: &mut Tx,
    ids: impl IntoIterator<Item = EntryId>,
) -> Result<Vec<Entry>, StoreError> {
    let keys: Vec<Val> = ids.into_iter().map(|id| Val::from(id.0)).collect();
    let mut rows = tx.load(select!("WHERE id IN"), keys.clone()).await?;
    rows.extend(tx.load(select!("WHERE reverses IN"), keys).await?);
    rows.iter().map(read).collect()
}

/// Cards whose balance is not the sum of their entries, or not their last entry's; none, always.
pub async fn disagreeing(tx: &mut Tx) -> Result<Vec<CardId>, StoreError> {
    const DISAGREEING: &str = "SELECT c.id FROM loyalty_cards c
        WHERE c.balance <> (SELECT CAST(COALESCE(SUM(e.delta), 0) AS BIGINT)
                            FROM points_entries e WHERE e.card_id = c.id)
           OR c.entries <> (SELECT COUNT(*) FROM points_entries e WHERE e.card_id = c.id)
           OR c.balance <> COALESCE((SELECT e.balance_after FROM points_entries e
                                     WHERE e.card_id = c.id AND e.n = c.entries), 0)";
    let rows = tx.rows(DISAGREEING, vec![]).await?;
    rows.iter().map(|row| row.get(0).map(CardId)).collect()
}
