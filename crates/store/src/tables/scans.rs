//! `qr_scan_logs`: every attempt to identify a customer.

use super::text;
use crate::db::Tx;
use crate::error::StoreError;
use reda_domain::BusinessId;
use reda_domain::scan::Scan;

const INSERT: &str = "INSERT INTO qr_scan_logs
    (id, business_id, device_id, staff_id, kind, result, reason, user_id, at_ms)";

pub(crate) async fn save(tx: &mut Tx, rows: impl Iterator<Item = &Scan>) -> Result<(), StoreError> {
    let rows = rows.map(|it| {
        vec![
            it.id.0.into(),
            it.business.0.into(),
            it.device.map(|id| id.0).into(),
            it.staff.map(|id| id.0).into(),
            it.kind.name().into(),
            it.result.into(),
            text(&it.reason),
            it.user.map(|id| id.0).into(),
            it.at.0.into(),
        ]
    });
    tx.bulk(INSERT, "?, ?, ?, ?, ?, ?, ?, ?, ?", "", rows.collect()).await
}

/// How many attempts ended in `result`, and with which reason, at a business.
pub async fn reasons(
    tx: &mut Tx,
    business: BusinessId,
) -> Result<Vec<(String, Option<String>)>, StoreError> {
    const REASONS: &str =
        "SELECT result, reason FROM qr_scan_logs WHERE business_id = $1 ORDER BY at_ms, id";
    let rows = tx.rows(REASONS, vec![business.0.into()]).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}
