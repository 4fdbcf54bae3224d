//! `qr_scan_logs`: every attempt to identify a customer.

use super::{named, text};
use crate::db::{Row, Tx};
use crate::error::StoreError;
use reda_domain::code::STEP_TOLERANCE;
use reda_domain::scan::Scan;
use reda_domain::{BusinessId, KeyId};

const INSERT: &str = "INSERT INTO qr_scan_logs
    (id, business_id, device_id, staff_id, kind, result, reason, user_id,
     business_customer_id, key_id, step, at_ms)";

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
            it.handle.map(|id| id.0).into(),
            it.code.map(|(key, _)| key.0).into(),
            it.code.map(|(_, step)| i64::from(step)).into(),
            it.at.0.into(),
        ]
    });
    tx.bulk(INSERT, "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?", "", rows.collect()).await
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

/// Where codes of a key were scanned in the window around a step: business and step.
pub async fn seen(
    tx: &mut Tx,
    key: KeyId,
    step: u32,
) -> Result<Vec<(u32, BusinessId)>, StoreError> {
    const SEEN: &str = "SELECT step, business_id FROM qr_scan_logs
        WHERE key_id = $1 AND step >= $2 AND step <= $3";
    let from = i64::from(step) - i64::from(STEP_TOLERANCE);
    let to = i64::from(step) + i64::from(STEP_TOLERANCE);
    let read = |row: &Row| {
        let step: i64 = row.get(0)?;
        let step = named("qr_scan_logs", "step", &step.to_string(), |it| it.parse().ok())?;
        Ok((step, BusinessId(row.get(1)?)))
    };
    tx.rows(SEEN, vec![key.0.into(), from.into(), to.into()]).await?.iter().map(read).collect()
}
