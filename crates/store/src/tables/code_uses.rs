//! `code_uses`: rotating codes that approved something, each once.

use super::at;
use crate::db::{Row, Tx};
use crate::error::StoreError;
use reda_domain::scan::CodeUse;
use reda_domain::{BusinessId, KeyId, OperationId};

super::table!($, "code_uses", "id, key_id, step, business_id, at_ms", "?, ?, ?, ?, ?", "");

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
            it.at.0.into(),
        ]
    });
    tx.bulk(INSERT, HOLES, ON_CONFLICT, rows.collect()).await
}

/// What the code of this key and step approved.
pub async fn of_step(tx: &mut Tx, key: KeyId, step: u32) -> Result<Option<CodeUse>, StoreError> {
    let sql = select!("WHERE key_id = $1 AND step = $2");
    let rows = tx.rows(sql, vec![key.0.into(), i64::from(step).into()]).await?;
    let read = |row: &Row| {
        Ok(CodeUse {
            id: OperationId(row.get(0)?),
            key,
            step,
            business: BusinessId(row.get(3)?),
            at: at(row, 4)?,
        })
    };
    rows.first().map(read).transpose()
}
