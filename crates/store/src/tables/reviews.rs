//! What a manager may have to look at: lines of the ledger that staff made, and answers that came
//! another way than signed. Read from the tables that say it already.

use super::{named, spelled};
use crate::db::{Row, Tx, Val};
use crate::error::StoreError;
use reda_domain::card::EntryKind;
use reda_domain::consent::AnswerChannel;
use reda_domain::points::Points;
use reda_domain::review::AWARDS_WITHIN_MS;
use reda_domain::{BusinessId, CardId, DeviceId, HandleId, RequestId, StaffId, Timestamp};
use std::collections::HashMap;
use uuid::Uuid;

/// What it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A line of the ledger: points, and whether a sale stands behind it.
    Entry { kind: EntryKind, delta: Points, has_sale: bool },
    /// A yes.
    Answer { channel: AnswerChannel },
}

/// Something that may be worth a look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The entry's, or the consent's.
    pub id: Uuid,
    pub at: Timestamp,
    pub what: What,
    pub card: Option<CardId>,
    pub handle: Option<HandleId>,
    pub request: Option<RequestId>,
    pub staff: Option<StaffId>,
    pub device: Option<DeviceId>,
}

fn read(row: &Row) -> Result<Candidate, StoreError> {
    let word: String = row.get(2)?;
    let what = match row.get::<Option<i64>>(3)? {
        Some(delta) => What::Entry {
            kind: named("points_entries", "kind", &word, spelled)?,
            delta: Points(delta),
            has_sale: row.flag(4)?,
        },
        None => What::Answer { channel: named("consents", "channel", &word, spelled)? },
    };
    Ok(Candidate {
        id: row.get(0)?,
        at: Timestamp(row.get(1)?),
        what,
        card: row.get::<Option<_>>(5)?.map(CardId),
        handle: row.get::<Option<_>>(6)?.map(HandleId),
        request: row.get::<Option<_>>(7)?.map(RequestId),
        staff: row.get::<Option<_>>(8)?.map(StaffId),
        device: row.get::<Option<_>>(9)?.map(DeviceId),
    })
}

/// What there is of a business before `before`, the newest first, at most `limit`.
pub async fn of_business(
    tx: &mut Tx,
    business: BusinessId,
    before: (Timestamp, Uuid),
    limit: i64,
) -> Result<Vec<Candidate>, StoreError> {
    const CANDIDATES: &str = "SELECT * FROM (
        SELECT e.id AS id, e.applied_at_ms AS at_ms, e.kind AS word, e.delta AS delta,
               CAST(CASE WHEN e.amount IS NULL AND e.sale IS NULL THEN 0 ELSE 1 END AS BIGINT)
                   AS has_sale,
               e.card_id AS card_id, c.business_customer_id AS handle, e.request_id AS request_id,
               e.staff_id AS staff_id, e.device_id AS device_id
        FROM points_entries e JOIN loyalty_cards c ON c.id = e.card_id
        WHERE e.business_id = $1 AND e.applied_at_ms <= $2
          AND e.kind IN ('earn', 'adjust', 'reverse')
        UNION ALL
        SELECT a.id, a.at_ms, a.channel, NULL, 0, r.card_id, c.business_customer_id, a.request_id,
               a.staff_id, a.device_id
        FROM consents a JOIN approval_requests r ON r.id = a.request_id
        LEFT JOIN loyalty_cards c ON c.id = r.card_id
        WHERE a.business_id = $1 AND a.at_ms <= $2
          AND a.answer = 'accept'
          AND (a.channel <> 'app' OR r.kind = 'points_deduction' AND a.signature IS NULL)
    ) AS found
    WHERE at_ms < $2 OR (at_ms = $2 AND id < $3)
    ORDER BY at_ms DESC, id DESC LIMIT $4";
    let (at, id) = before;
    let vals = vec![business.0.into(), at.0.into(), id.into(), limit.into()];
    tx.rows(CANDIDATES, vals).await?.iter().map(read).collect()
}

/// How many awards went to the card of each of these awards within a day up to it.
pub async fn awards_before(
    tx: &mut Tx,
    entries: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, i64>, StoreError> {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    const _: () = assert!(DAY == AWARDS_WITHIN_MS, "the statement spells it out");
    const AWARDS: &str = "SELECT e.id, (SELECT COUNT(*) FROM points_entries o
            WHERE o.card_id = e.card_id AND o.kind = 'earn'
              AND o.applied_at_ms > e.applied_at_ms - 86400000
              AND o.applied_at_ms <= e.applied_at_ms)
        FROM points_entries e WHERE e.kind = 'earn' AND e.id IN";
    let keys = entries.into_iter().map(Val::from).collect();
    tx.load(AWARDS, keys).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}
