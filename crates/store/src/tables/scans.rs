//! `qr_scan_logs`: every attempt to identify a customer.

use super::{at, named, text};
use crate::db::{Row, Tx};
use crate::error::StoreError;
use reda_domain::code::STEP_TOLERANCE;
use reda_domain::scan::Scan;
use reda_domain::{BusinessId, DeviceId, HandleId, KeyId, ScanId, StaffId, Timestamp, UserId};

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

/// An attempt, as a log shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    pub id: ScanId,
    pub business: BusinessId,
    pub device: Option<DeviceId>,
    pub staff: Option<StaffId>,
    pub kind: String,
    pub result: String,
    pub reason: Option<String>,
    pub handle: Option<HandleId>,
    pub at: Timestamp,
}

const LOGGED: &str = "SELECT id, business_id, device_id, staff_id, kind, result, reason,
    business_customer_id, at_ms FROM qr_scan_logs ";

fn read(row: &Row) -> Result<Logged, StoreError> {
    Ok(Logged {
        id: ScanId(row.get(0)?),
        business: BusinessId(row.get(1)?),
        device: row.get::<Option<_>>(2)?.map(DeviceId),
        staff: row.get::<Option<_>>(3)?.map(StaffId),
        kind: row.get(4)?,
        result: row.get(5)?,
        reason: row.get(6)?,
        handle: row.get::<Option<_>>(7)?.map(HandleId),
        at: at(row, 8)?,
    })
}

/// A business's attempts before `before`, the newest first, at most `limit`.
pub async fn of_business(
    tx: &mut Tx,
    business: BusinessId,
    before: (Timestamp, ScanId),
    limit: i64,
) -> Result<Vec<Logged>, StoreError> {
    let sql = format!(
        "{LOGGED} WHERE business_id = $1 AND (at_ms < $2 OR (at_ms = $2 AND id < $3))
         ORDER BY at_ms DESC, id DESC LIMIT $4"
    );
    let (at, id) = before;
    let vals = vec![business.0.into(), at.0.into(), id.0.into(), limit.into()];
    tx.rows(sql, vals).await?.iter().map(read).collect()
}

/// Where a person was looked for, the newest first, at most `limit`.
pub async fn of_user(tx: &mut Tx, user: UserId, limit: i64) -> Result<Vec<Logged>, StoreError> {
    let sql = format!("{LOGGED} WHERE user_id = $1 ORDER BY at_ms DESC, id DESC LIMIT $2");
    tx.rows(sql, vec![user.0.into(), limit.into()]).await?.iter().map(read).collect()
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
