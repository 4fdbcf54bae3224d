//! `operations`: what was asked for under which id, and what became of it.

use super::named;
use crate::db::{Tx, Val};
use crate::error::StoreError;
use reda_domain::{BusinessId, DeviceId, OperationId, StaffId, Timestamp, UserId};
use serde_json::Value;
use std::collections::HashMap;

/// An operation that was applied or refused.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    pub id: OperationId,
    /// Of what was asked, without secrets; the same id with another hash is another operation.
    pub hash: String,
    pub kind: &'static str,
    pub business: Option<BusinessId>,
    pub user: Option<UserId>,
    pub staff: Option<StaffId>,
    pub device: Option<DeviceId>,
    pub result: Value,
    pub applied_at: Timestamp,
}

const INSERT: &str = "INSERT INTO operations
    (id, hash, kind, business_id, user_id, staff_id, device_id, result, applied_at_ms)";

/// Adds these; the same id twice is an error.
pub async fn add(tx: &mut Tx, rows: &[Known]) -> Result<(), StoreError> {
    let rows = rows.iter().map(|it| {
        vec![
            it.id.0.into(),
            it.hash.as_str().into(),
            it.kind.into(),
            it.business.map(|id| id.0).into(),
            it.user.map(|id| id.0).into(),
            it.staff.map(|id| id.0).into(),
            it.device.map(|id| id.0).into(),
            it.result.to_string().into(),
            it.applied_at.0.into(),
        ]
    });
    tx.bulk(INSERT, "?, ?, ?, ?, ?, ?, ?, ?, ?", "", rows.collect()).await
}

/// Hash and result of those of `ids` that are known.
pub async fn known(
    tx: &mut Tx,
    ids: impl IntoIterator<Item = OperationId>,
) -> Result<HashMap<OperationId, (String, Value)>, StoreError> {
    let keys = ids.into_iter().map(|id| Val::from(id.0)).collect();
    let rows = tx.load("SELECT id, hash, result FROM operations WHERE id IN", keys).await?;
    let json = |text: &str| serde_json::from_str(text).ok();
    rows.iter()
        .map(|row| {
            let result = named("operations", "result", row.get(2)?, json)?;
            Ok((OperationId(row.get(0)?), (row.get(1)?, result)))
        })
        .collect()
}

/// How many operations were applied or refused.
pub async fn count(tx: &mut Tx) -> Result<i64, StoreError> {
    tx.rows("SELECT COUNT(*) FROM operations", vec![]).await?[0].get(0)
}
