//! `approval_requests`, and the awards that wait on them.

use super::{at, at_opt, named, spell, spelled, text, when};
use crate::db::{Row, Tx, Val};
use crate::error::StoreError;
use reda_domain::address::{Address, AddressHash};
use reda_domain::points::Points;
use reda_domain::request::{Asked, Deduction, Request, WaitingAward};
use reda_domain::settings::ASK_AGAIN_DAYS_MAX;
use reda_domain::{
    BusinessId, CardId, DeviceId, EntryId, HandleId, HoldId, ProgramId, RequestId, RewardId,
    StaffId, Timestamp, UserId,
};
use std::collections::HashMap;
use uuid::Uuid;

/// No business remembers a no for longer.
const ASK_AGAIN_MAX_MS: i64 = ASK_AGAIN_DAYS_MAX as i64 * 24 * 60 * 60 * 1000;

super::table!(
    $,
    "approval_requests",
    "id, kind, status, business_id, program_id, user_id, business_customer_id, asked_address,
     asked_hash, staff_id, device_id, asked_at_ms, expires_at_ms, counter_until_ms, sent_at_ms,
     seen_at_ms, closed_at_ms, card_id, points, reason, hold_id,
     reward_id",
    "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?",
    "ON CONFLICT (id) DO UPDATE SET status = excluded.status, user_id = excluded.user_id,
     asked_address = excluded.asked_address,
     counter_until_ms = excluded.counter_until_ms, sent_at_ms = excluded.sent_at_ms,
     seen_at_ms = excluded.seen_at_ms, closed_at_ms = excluded.closed_at_ms,
     card_id = excluded.card_id"
);

fn read(row: &Row) -> Result<Request, StoreError> {
    Ok(Request {
        id: RequestId(row.get(0)?),
        kind: named("approval_requests", "kind", row.get(1)?, spelled)?,
        status: named("approval_requests", "status", row.get(2)?, spelled)?,
        business: BusinessId(row.get(3)?),
        program: ProgramId(row.get(4)?),
        asked: Asked {
            user: row.get::<Option<_>>(5)?.map(UserId),
            handle: row.get::<Option<_>>(6)?.map(HandleId),
            address: row.get::<Option<String>>(7)?.map(Address::from_kept),
            hash: row.get::<Option<String>>(8)?.map(AddressHash),
        },
        staff: row.get::<Option<_>>(9)?.map(StaffId),
        device: row.get::<Option<_>>(10)?.map(DeviceId),
        asked_at: at(row, 11)?,
        expires_at: at(row, 12)?,
        counter_until: at(row, 13)?,
        sent_at: at(row, 14)?,
        seen_at: at_opt(row, 15)?,
        closed_at: at_opt(row, 16)?,
        card: row.get::<Option<_>>(17)?.map(CardId),
        deduction: deduction(row)?,
        waiting: vec![],
    })
}

fn deduction(row: &Row) -> Result<Option<Deduction>, StoreError> {
    let (points, reason) = (row.get::<Option<i64>>(18)?, row.get::<Option<String>>(19)?);
    let hold = row.get::<Option<_>>(20)?.map(HoldId);
    let reward = row.get::<Option<_>>(21)?.map(RewardId);
    let all = points.zip(reason).zip(hold);
    Ok(all.map(|((points, reason), hold)| Deduction {
        points: Points(points),
        reason,
        hold,
        reward,
    }))
}

pub(crate) async fn save(
    tx: &mut Tx,
    rows: impl Iterator<Item = &Request>,
) -> Result<(), StoreError> {
    let mut requests: Vec<&Request> = rows.collect();
    // One of a handle's may be pending: those that close make room before another takes it.
    requests.sort_by_key(|it| it.closed_at.is_none());
    tx.bulk(INSERT, HOLES, ON_CONFLICT, requests.iter().map(|it| columns(it)).collect()).await?;
    let waiting: Vec<(RequestId, &WaitingAward)> =
        requests.iter().flat_map(|it| it.waiting.iter().map(|award| (it.id, award))).collect();
    save_waiting(tx, waiting).await
}

fn columns(it: &Request) -> Vec<Val> {
    vec![
        it.id.0.into(),
        spell(it.kind),
        spell(it.status),
        it.business.0.into(),
        it.program.0.into(),
        it.asked.user.map(|id| id.0).into(),
        it.asked.handle.map(|id| id.0).into(),
        it.asked.address.as_ref().map(Address::as_str).into(),
        it.asked.hash.as_ref().map(|hash| hash.0.as_str()).into(),
        it.staff.map(|id| id.0).into(),
        it.device.map(|id| id.0).into(),
        it.asked_at.0.into(),
        it.expires_at.0.into(),
        it.counter_until.0.into(),
        it.sent_at.0.into(),
        when(it.seen_at),
        when(it.closed_at),
        it.card.map(|id| id.0).into(),
        it.deduction.as_ref().map(|asked| asked.points.0).into(),
        it.deduction.as_ref().map(|asked| asked.reason.as_str()).into(),
        it.deduction.as_ref().map(|asked| asked.hold.0).into(),
        it.deduction.as_ref().and_then(|asked| asked.reward).map(|id| id.0).into(),
    ]
}

const INSERT_WAITING: &str = "INSERT INTO waiting_awards
    (id, request_id, n, points, amount, sale, staff_id, device_id, at_ms)";

async fn save_waiting(
    tx: &mut Tx,
    awards: Vec<(RequestId, &WaitingAward)>,
) -> Result<(), StoreError> {
    let rows = awards.into_iter().map(|(request, it)| {
        vec![
            it.id.0.into(),
            request.0.into(),
            it.n.into(),
            it.points.0.into(),
            it.amount.into(),
            text(&it.sale),
            it.staff.map(|id| id.0).into(),
            it.device.map(|id| id.0).into(),
            it.at.0.into(),
        ]
    });
    let tail = "ON CONFLICT (id) DO NOTHING";
    tx.bulk(INSERT_WAITING, "?, ?, ?, ?, ?, ?, ?, ?, ?", tail, rows.collect()).await
}

/// Fills in the awards that wait, or waited, on these requests.
async fn with_waiting(tx: &mut Tx, rows: &[Row]) -> Result<Vec<Request>, StoreError> {
    const WAITING: &str = "SELECT request_id, id, n, points, amount, sale, staff_id, device_id,
        at_ms FROM waiting_awards WHERE request_id IN";
    let mut requests: Vec<Request> = rows.iter().map(read).collect::<Result<_, _>>()?;
    let keys = requests.iter().map(|it| Val::from(it.id.0)).collect();
    let mut waiting: HashMap<RequestId, Vec<WaitingAward>> = HashMap::new();
    for row in tx.load(WAITING, keys).await? {
        waiting.entry(RequestId(row.get(0)?)).or_default().push(WaitingAward {
            id: EntryId(row.get(1)?),
            n: row.get(2)?,
            points: Points(row.get(3)?),
            amount: row.get(4)?,
            sale: row.get(5)?,
            staff: row.get::<Option<_>>(6)?.map(StaffId),
            device: row.get::<Option<_>>(7)?.map(DeviceId),
            at: at(&row, 8)?,
        });
    }
    for request in &mut requests {
        request.waiting = waiting.remove(&request.id).unwrap_or_default();
        request.waiting.sort_by_key(|award| award.n);
    }
    Ok(requests)
}

/// The requests of these ids.
pub async fn by_ids(
    tx: &mut Tx,
    ids: impl IntoIterator<Item = RequestId>,
) -> Result<Vec<Request>, StoreError> {
    let keys = ids.into_iter().map(|id| Val::from(id.0)).collect();
    let rows = tx.load(select!("WHERE id IN"), keys).await?;
    with_waiting(tx, &rows).await
}

/// The request of this id.
pub async fn find(tx: &mut Tx, id: RequestId) -> Result<Option<Request>, StoreError> {
    Ok(by_ids(tx, [id]).await?.pop())
}

/// These people's pending requests, and those they declined so lately that it still counts.
pub async fn lately_of_users(
    tx: &mut Tx,
    users: impl IntoIterator<Item = UserId>,
    now: Timestamp,
) -> Result<Vec<Request>, StoreError> {
    let keys = users.into_iter().map(|id| Val::from(id.0)).collect();
    let rows = tx.load(
        select!("WHERE kind = 'enrollment' AND status IN ('pending', 'declined') AND user_id IN"),
        keys,
    );
    let rows = rows.await?;
    Ok(lately(with_waiting(tx, &rows).await?, now))
}

/// The same, of requests to these addresses.
pub(crate) async fn lately_to(
    tx: &mut Tx,
    addresses: &[AddressHash],
    now: Timestamp,
) -> Result<Vec<Request>, StoreError> {
    let keys = addresses.iter().map(|hash| Val::from(hash.0.as_str())).collect();
    let sql = select!("WHERE status IN ('pending', 'declined') AND asked_hash IN");
    let rows = tx.load(sql, keys).await?;
    Ok(lately(with_waiting(tx, &rows).await?, now))
}

fn lately(mut requests: Vec<Request>, now: Timestamp) -> Vec<Request> {
    // Which business has set how many days is the verbs' matter.
    let horizon = now.plus_ms(-ASK_AGAIN_MAX_MS);
    requests.retain(|request| request.closed_at.is_none_or(|closed_at| closed_at > horizon));
    requests
}

/// The pending requests for points of these cards.
pub(crate) async fn deductions_of(
    tx: &mut Tx,
    cards: impl IntoIterator<Item = CardId>,
) -> Result<Vec<Request>, StoreError> {
    let keys = cards.into_iter().map(|id| Val::from(id.0)).collect();
    let sql = select!("WHERE status = 'pending' AND hold_id IS NOT NULL AND card_id IN");
    let rows = tx.load(sql, keys).await?;
    with_waiting(tx, &rows).await
}

/// The pending requests whose time is over at `now`, the longest over first, at most `limit`.
pub async fn run_out(
    tx: &mut Tx,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<RequestId>, StoreError> {
    const RUN_OUT: &str = "SELECT id FROM approval_requests
        WHERE status = 'pending' AND expires_at_ms <= $1 ORDER BY expires_at_ms, id LIMIT $2";
    let rows = tx.rows(RUN_OUT, vec![now.0.into(), limit.into()]).await?;
    rows.iter().map(|row| row.get(0).map(RequestId)).collect()
}

/// Before which every request was asked: where a list begins.
pub const NEWEST: (Timestamp, RequestId) = (Timestamp(i64::MAX), RequestId(Uuid::max()));

/// A person's requests of a status asked before `before`, the newest first, at most `limit`.
pub async fn of_user(
    tx: &mut Tx,
    user: UserId,
    status: Option<reda_domain::request::RequestStatus>,
    before: (Timestamp, RequestId),
    limit: i64,
) -> Result<Vec<Request>, StoreError> {
    let (at, id) = before;
    let mut vals: Vec<Val> = vec![user.0.into(), at.0.into(), id.0.into(), limit.into()];
    let rows = match status {
        Some(status) => {
            vals.push(spell(status));
            let sql = select!(
                "WHERE user_id = $1 AND (asked_at_ms < $2 OR (asked_at_ms = $2 AND id < $3))
                 AND status = $5 ORDER BY asked_at_ms DESC, id DESC LIMIT $4"
            );
            tx.rows(sql, vals).await?
        }
        None => {
            let sql = select!(
                "WHERE user_id = $1 AND (asked_at_ms < $2 OR (asked_at_ms = $2 AND id < $3))
                 ORDER BY asked_at_ms DESC, id DESC LIMIT $4"
            );
            tx.rows(sql, vals).await?
        }
    };
    with_waiting(tx, &rows).await
}

/// A business's requests of a status asked before `before`, the newest first, at most `limit`.
pub async fn of_business(
    tx: &mut Tx,
    business: BusinessId,
    status: Option<reda_domain::request::RequestStatus>,
    before: (Timestamp, RequestId),
    limit: i64,
) -> Result<Vec<Request>, StoreError> {
    let (at, id) = before;
    let mut vals: Vec<Val> = vec![business.0.into(), at.0.into(), id.0.into(), limit.into()];
    let rows = match status {
        Some(status) => {
            vals.push(spell(status));
            let sql = select!(
                "WHERE business_id = $1 AND (asked_at_ms < $2 OR (asked_at_ms = $2 AND id < $3))
                 AND status = $5 ORDER BY asked_at_ms DESC, id DESC LIMIT $4"
            );
            tx.rows(sql, vals).await?
        }
        None => {
            let sql = select!(
                "WHERE business_id = $1 AND (asked_at_ms < $2 OR (asked_at_ms = $2 AND id < $3))
                 ORDER BY asked_at_ms DESC, id DESC LIMIT $4"
            );
            tx.rows(sql, vals).await?
        }
    };
    with_waiting(tx, &rows).await
}

/// The open requests that ask these handles.
pub async fn open_of_handles(
    tx: &mut Tx,
    handles: impl IntoIterator<Item = HandleId>,
    now: Timestamp,
) -> Result<Vec<Request>, StoreError> {
    let keys = handles.into_iter().map(|id| Val::from(id.0)).collect();
    let rows = tx.load(select!("WHERE status = 'pending' AND business_customer_id IN"), keys);
    let rows = rows.await?;
    let mut requests = with_waiting(tx, &rows).await?;
    requests.retain(|request| request.is_open(now));
    Ok(requests)
}
