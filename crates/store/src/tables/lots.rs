//! What is left of a card's points, by when they came: read from the ledger, kept nowhere. The
//! rule is in `reda_domain::expiry`; this is the same, without reading what is long spent.

use crate::db::{Row, Tx, Val};
use crate::error::StoreError;
use reda_domain::expiry::{Lot, Lots};
use reda_domain::points::Points;
use reda_domain::{CardId, ProgramId, Timestamp};

/// Points that came and were not taken back.
macro_rules! came {
    () => {
        "e.delta > 0 AND NOT EXISTS (SELECT 1 FROM points_entries r WHERE r.reverses = e.id)"
    };
}

/// Points that went, but for those whose coming is undone.
macro_rules! went {
    () => {
        "e.delta < 0 AND NOT EXISTS (SELECT 1 FROM points_entries r
                                     WHERE r.id = e.reverses AND r.delta > 0)"
    };
}

macro_rules! active {
    () => {
        "e.kind IN ('earn', 'bonus', 'redeem')"
    };
}

/// The lots of a card of those points that came before `before`.
pub async fn of_card(tx: &mut Tx, card: CardId, before: Timestamp) -> Result<Lots, StoreError> {
    const SUMS: &str = concat!(
        "SELECT CAST(COALESCE(MAX(e.n), 0) AS BIGINT),
            CAST(COALESCE(SUM(CASE WHEN ",
        went!(),
        " THEN -e.delta ELSE 0 END), 0) AS BIGINT),
            MAX(CASE WHEN ",
        active!(),
        " THEN e.applied_at_ms END)
         FROM points_entries e WHERE e.card_id = $1"
    );
    const LEFT: &str = concat!(
        "SELECT applied_at_ms, delta, upto FROM (
            SELECT e.n, e.applied_at_ms, e.delta,
                CAST(SUM(e.delta) OVER (ORDER BY e.n) AS BIGINT) AS upto
            FROM points_entries e WHERE e.card_id = $1 AND e.applied_at_ms < $2 AND ",
        came!(),
        ") AS lots WHERE upto > $3 ORDER BY n"
    );
    let sums = tx.rows(SUMS, vec![card.0.into()]).await?;
    let (entries, spent) = (sums[0].get(0)?, sums[0].get::<i64>(1)?);
    let active_at = sums[0].get::<Option<i64>>(2)?.map(Timestamp);
    let rows = tx.rows(LEFT, vec![card.0.into(), before.0.into(), spent.into()]).await?;
    let lot = |row: &Row| {
        let (delta, upto) = (row.get::<i64>(1)?, row.get::<i64>(2)?);
        Ok(Lot { at: Timestamp(row.get(0)?), points: Points(delta.min(upto - spent)) })
    };
    let lots = rows.iter().map(lot).collect::<Result<_, StoreError>>()?;
    Ok(Lots { entries, lots, active_at })
}

/// The programme's live cards behind `after` that have points of before `before`, in the order of
/// their ids, at most `limit`.
pub async fn aging(
    tx: &mut Tx,
    program: ProgramId,
    before: Timestamp,
    after: CardId,
    limit: i64,
) -> Result<Vec<CardId>, StoreError> {
    const AGING: &str = concat!(
        "SELECT c.id FROM loyalty_cards c
         WHERE c.program_id = $1 AND c.ended_at_ms IS NULL AND c.balance > 0 AND c.id > $3
           AND (SELECT COALESCE(SUM(e.delta), 0) FROM points_entries e
                WHERE e.card_id = c.id AND e.applied_at_ms < $2 AND ",
        came!(),
        ") > (SELECT COALESCE(SUM(-e.delta), 0) FROM points_entries e
              WHERE e.card_id = c.id AND ",
        went!(),
        ") ORDER BY c.id LIMIT $4"
    );
    cards(tx, AGING, program, before, after, limit).await
}

/// The same, of cards on which nothing came or was spent from `before` on.
pub async fn idle(
    tx: &mut Tx,
    program: ProgramId,
    before: Timestamp,
    after: CardId,
    limit: i64,
) -> Result<Vec<CardId>, StoreError> {
    const IDLE: &str = concat!(
        "SELECT c.id FROM loyalty_cards c
         WHERE c.program_id = $1 AND c.ended_at_ms IS NULL AND c.balance > 0 AND c.id > $3
           AND (SELECT MAX(e.applied_at_ms) FROM points_entries e
                WHERE e.card_id = c.id AND ",
        active!(),
        ") < $2 ORDER BY c.id LIMIT $4"
    );
    cards(tx, IDLE, program, before, after, limit).await
}

async fn cards(
    tx: &mut Tx,
    sql: &'static str,
    program: ProgramId,
    before: Timestamp,
    after: CardId,
    limit: i64,
) -> Result<Vec<CardId>, StoreError> {
    let vals: Vec<Val> = vec![program.0.into(), before.0.into(), after.0.into(), limit.into()];
    tx.rows(sql, vals).await?.iter().map(|row| row.get(0).map(CardId)).collect()
}
