//! `code_uses`: rotating codes that approved something, each once.

use super::{at, named};
use crate::db::{Row, Tx};
use crate::error::StoreError;
use reda_domain::points::Points;
use reda_domain::scan::CodeUse;
use reda_domain::{BusinessId, CardId, KeyId, OperationId, RequestId, Timestamp};

super::table!(
    $,
    "code_uses",
    "id, key_id, step, business_id, request_id, card_id, points, at_ms",
    "?, ?, ?, ?, ?, ?, ?, ?",
    ""
);

pub(crate) async fn save(
    tx: &mut Tx,
    rows: impl Iterator<Item = &CodeUse>,
) -> Result<(), StoreError> {
    let rows = rows.map(|it| {
        vec![
            it.id.0.into(),
            it.key.0.into(),
            i64::from(it.step).into(),
            it.business.0.into(),
            it.request.0.into(),
            it.card.0.into(),
            it.points.0.into(),
            it.at.0.into(),
        ]
    });
    tx.bulk(INSERT, HOLES, ON_CONFLICT, rows.collect()).await
}

fn read(row: &Row) -> Result<CodeUse, StoreError> {
    let step: i64 = row.get(2)?;
    Ok(CodeUse {
        id: OperationId(row.get(0)?),
        key: KeyId(row.get(1)?),
        step: named("code_uses", "step", &step.to_string(), |it| it.parse().ok())?,
        business: BusinessId(row.get(3)?),
        request: RequestId(row.get(4)?),
        card: CardId(row.get(5)?),
        points: Points(row.get(6)?),
        at: at(row, 7)?,
    })
}

/// What the code of this key and step approved.
pub async fn of_step(tx: &mut Tx, key: KeyId, step: u32) -> Result<Option<CodeUse>, StoreError> {
    let sql = select!("WHERE key_id = $1 AND step = $2");
    let rows = tx.rows(sql, vec![key.0.into(), i64::from(step).into()]).await?;
    rows.first().map(read).transpose()
}

/// What codes approved on a card since `from`.
pub async fn of_card(
    tx: &mut Tx,
    card: CardId,
    from: Timestamp,
) -> Result<Vec<CodeUse>, StoreError> {
    let sql = select!("WHERE card_id = $1 AND at_ms >= $2");
    let rows = tx.rows(sql, vec![card.0.into(), from.0.into()]).await?;
    rows.iter().map(read).collect()
}
