//! `holds` and `hold_outcomes`: points set aside, and what became of them, once.

use super::{at, at_opt, named};
use crate::db::{Row, Tx, Val};
use crate::error::StoreError;
use reda_domain::hold::{Hold, Outcome};
use reda_domain::points::Points;
use reda_domain::{BusinessId, CardId, EntryId, HoldId, RequestId};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT h.id, h.card_id, h.business_id, h.request_id, h.points, h.placed_at_ms,
             h.expires_at_ms, o.outcome, o.entry_id, o.at_ms
             FROM holds h LEFT JOIN hold_outcomes o ON o.hold_id = h.id ",
            $rest
        )
    };
}

fn read(row: &Row) -> Result<Hold, StoreError> {
    let entry = row.get::<Option<_>>(8)?.map(EntryId);
    let outcome = match row.get::<Option<String>>(7)? {
        None => None,
        Some(name) => {
            let read = |name: &str| match (name, entry) {
                ("posted", Some(entry)) => Some(Outcome::Posted(entry)),
                ("voided", None) => Some(Outcome::Voided),
                _ => None,
            };
            Some(named("hold_outcomes", "outcome", &name, read)?)
        }
    };
    Ok(Hold {
        id: HoldId(row.get(0)?),
        card: CardId(row.get(1)?),
        business: BusinessId(row.get(2)?),
        request: RequestId(row.get(3)?),
        points: Points(row.get(4)?),
        placed_at: at(row, 5)?,
        expires_at: at(row, 6)?,
        outcome: outcome.zip(at_opt(row, 9)?),
    })
}

const INSERT: &str = "INSERT INTO holds
    (id, card_id, business_id, request_id, points, placed_at_ms, expires_at_ms)";
const INSERT_OUTCOME: &str = "INSERT INTO hold_outcomes (hold_id, outcome, entry_id, at_ms)";

/// A hold is written once, and its outcome once: a second one fails loudly.
pub(crate) async fn save(tx: &mut Tx, rows: impl Iterator<Item = &Hold>) -> Result<(), StoreError> {
    let rows: Vec<&Hold> = rows.collect();
    let holds = rows.iter().map(|it| {
        vec![
            it.id.0.into(),
            it.card.0.into(),
            it.business.0.into(),
            it.request.0.into(),
            it.points.0.into(),
            it.placed_at.0.into(),
            it.expires_at.0.into(),
        ]
    });
    let tail = "ON CONFLICT (id) DO NOTHING";
    tx.bulk(INSERT, "?, ?, ?, ?, ?, ?, ?", tail, holds.collect()).await?;
    let outcome = |it: &&Hold| {
        let (outcome, at) = it.outcome?;
        let entry = outcome.entry().map(|id| id.0);
        Some(vec![it.id.0.into(), outcome.name().into(), entry.into(), at.0.into()])
    };
    let outcomes = rows.iter().filter_map(outcome).collect();
    tx.bulk(INSERT_OUTCOME, "?, ?, ?, ?", "", outcomes).await
}

/// The holds of these ids.
pub async fn by_ids(
    tx: &mut Tx,
    ids: impl IntoIterator<Item = HoldId>,
) -> Result<Vec<Hold>, StoreError> {
    let keys = ids.into_iter().map(|id| Val::from(id.0)).collect();
    tx.load(select!("WHERE h.id IN"), keys).await?.iter().map(read).collect()
}

/// The open holds on these cards.
pub async fn open_of_cards(
    tx: &mut Tx,
    cards: impl IntoIterator<Item = CardId>,
) -> Result<Vec<Hold>, StoreError> {
    let keys = cards.into_iter().map(|id| Val::from(id.0)).collect();
    let sql = select!("WHERE o.hold_id IS NULL AND h.card_id IN");
    tx.load(sql, keys).await?.iter().map(read).collect()
}

/// Cards whose `held` is not the sum of their open holds; none, always.
pub async fn disagreeing(tx: &mut Tx) -> Result<Vec<CardId>, StoreError> {
    const DISAGREEING: &str = "SELECT c.id FROM loyalty_cards c
        WHERE c.held <> (SELECT CAST(COALESCE(SUM(h.points), 0) AS BIGINT)
                         FROM holds h LEFT JOIN hold_outcomes o ON o.hold_id = h.id
                         WHERE h.card_id = c.id AND o.hold_id IS NULL)";
    let rows = tx.rows(DISAGREEING, vec![]).await?;
    rows.iter().map(|row| row.get(0).map(CardId)).collect()
}
