//! `customer_interactions`: what passed between a business and a person, newest first. A view: the
//! tables that it reads are the truth.

use super::at;
use crate::db::{Row, Tx, Val};
use crate::error::StoreError;
use reda_domain::points::Points;
use reda_domain::{BusinessId, DeviceId, HandleId, StaffId, Timestamp};
use uuid::Uuid;

/// Something that passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interaction {
    pub at: Timestamp,
    /// `scan`, `points`, `request`, `closed` or `message`.
    pub kind: String,
    pub id: Uuid,
    /// The kind of code, of entry, of request, or of message.
    pub what: String,
    /// What came of it; `reversed` of an entry that was taken back.
    pub result: Option<String>,
    pub reason: Option<String>,
    pub points: Option<Points>,
    pub balance: Option<Points>,
    pub staff: Option<StaffId>,
    pub device: Option<DeviceId>,
}

/// A place in a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub at: Timestamp,
    pub kind: String,
    pub id: Uuid,
}

/// What passed between a business and whoever these handles name, before `before`, the newest
/// first, at most `limit`.
pub async fn of_handles(
    tx: &mut Tx,
    business: BusinessId,
    handles: &[HandleId],
    before: Option<&Place>,
    limit: i64,
) -> Result<Vec<Interaction>, StoreError> {
    let first = Place { at: Timestamp(i64::MAX), kind: String::new(), id: Uuid::nil() };
    let before = before.unwrap_or(&first);
    let mut vals: Vec<Val> = vec![
        business.0.into(),
        before.at.0.into(),
        before.kind.as_str().into(),
        before.id.into(),
        limit.into(),
    ];
    let mut holes = vec![];
    for handle in handles {
        vals.push(handle.0.into());
        holes.push(format!("${}", vals.len()));
    }
    let sql = format!(
        "SELECT at_ms, kind, id, what,
         CASE WHEN kind = 'points' AND EXISTS (
             SELECT 1 FROM points_entries r WHERE r.reverses = customer_interactions.id
         ) THEN 'reversed' ELSE result END,
         reason, points, balance, staff_id, device_id
         FROM customer_interactions
         WHERE business_customer_id IN ({}) AND business_id = $1
         AND (at_ms < $2 OR (at_ms = $2 AND (kind < $3 OR (kind = $3 AND id < $4))))
         ORDER BY at_ms DESC, kind DESC, id DESC LIMIT $5",
        holes.join(", ")
    );
    let read = |row: &Row| {
        Ok(Interaction {
            at: at(row, 0)?,
            kind: row.get(1)?,
            id: row.get(2)?,
            what: row.get(3)?,
            result: row.get(4)?,
            reason: row.get(5)?,
            points: row.get::<Option<_>>(6)?.map(Points),
            balance: row.get::<Option<_>>(7)?.map(Points),
            staff: row.get::<Option<_>>(8)?.map(StaffId),
            device: row.get::<Option<_>>(9)?.map(DeviceId),
        })
    };
    tx.rows(sql, vals).await?.iter().map(read).collect()
}
