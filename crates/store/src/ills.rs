//! What can be inconsistent in a database, found by asking for it. Says what is wrong; mends
//! nothing.

use crate::db::{Row, Tx, Val};
use crate::error::StoreError;
use crate::tables::*;
use reda_domain::effects::Change;
use reda_domain::scope::{EntityKind, Scope, Touched};
use reda_domain::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// Rows looked at at once.
const PAGE: i64 = 1000;

/// Ids that a query answers.
async fn ids(tx: &mut Tx, sql: &'static str) -> Result<Vec<Uuid>, StoreError> {
    tx.rows(sql, vec![]).await?.iter().map(|row| row.get(0)).collect()
}

/// Live enrolments that have no card.
pub async fn without_card(tx: &mut Tx) -> Result<Vec<EnrollmentId>, StoreError> {
    const WITHOUT: &str = "SELECT e.id FROM enrollments e
        LEFT JOIN loyalty_cards c ON c.enrollment_id = e.id
        WHERE c.id IS NULL AND e.ended_at_ms IS NULL ORDER BY e.id";
    Ok(ids(tx, WITHOUT).await?.into_iter().map(EnrollmentId).collect())
}

/// What a card's entries say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entries {
    pub sum: i64,
    pub count: i64,
    /// The last one's number, and the balance after it.
    pub last: Option<(i64, i64)>,
}

impl Entries {
    /// Whether they agree among themselves, so that the card's row can be made from them.
    pub fn are_sound(&self) -> bool {
        match self.last {
            Some((n, balance)) => n == self.count && balance == self.sum,
            None => self.count == 0,
        }
    }
}

/// Adds up a card's entries.
pub async fn entries_of(tx: &mut Tx, card: CardId) -> Result<Entries, StoreError> {
    const SUM: &str = "SELECT CAST(COALESCE(SUM(delta), 0) AS BIGINT), COUNT(*)
        FROM points_entries WHERE card_id = $1";
    const LAST: &str = "SELECT n, balance_after FROM points_entries WHERE card_id = $1
        ORDER BY n DESC LIMIT 1";
    let sums = tx.rows(SUM, vec![card.0.into()]).await?;
    let last = tx.rows(LAST, vec![card.0.into()]).await?;
    let last = last.first().map(|row| Ok::<_, StoreError>((row.get(0)?, row.get(1)?)));
    Ok(Entries { sum: sums[0].get(0)?, count: sums[0].get(1)?, last: last.transpose()? })
}

/// Awards that waited on a request which was accepted, and that are in no ledger. Those that
/// staff would have given themselves are rightly in none.
pub async fn unposted(tx: &mut Tx) -> Result<Vec<(RequestId, EntryId)>, StoreError> {
    const UNPOSTED: &str = "SELECT w.request_id, w.id FROM waiting_awards w
        JOIN approval_requests r ON r.id = w.request_id
        JOIN loyalty_cards c ON c.id = r.card_id
        LEFT JOIN points_entries e ON e.id = w.id
        LEFT JOIN staff s ON s.id = w.staff_id
        WHERE r.status = 'accepted' AND e.id IS NULL
          AND (s.user_id IS NULL OR s.user_id <> c.user_id)
        ORDER BY w.request_id, w.n";
    let rows = tx.rows(UNPOSTED, vec![]).await?;
    rows.iter().map(|row| Ok((RequestId(row.get(0)?), EntryId(row.get(1)?)))).collect()
}

/// Open holds on points whose question is closed, so that nobody can set them free any more.
pub async fn orphan_holds(tx: &mut Tx) -> Result<Vec<HoldId>, StoreError> {
    const ORPHANS: &str = "SELECT h.id FROM holds h
        JOIN approval_requests r ON r.id = h.request_id
        LEFT JOIN hold_outcomes o ON o.hold_id = h.id
        WHERE o.hold_id IS NULL AND r.status <> 'pending' ORDER BY h.id";
    Ok(ids(tx, ORPHANS).await?.into_iter().map(HoldId).collect())
}

/// The entry that spent a hold's points, if one did.
pub async fn spent_by(tx: &mut Tx, hold: HoldId) -> Result<Option<EntryId>, StoreError> {
    const SPENT: &str = "SELECT e.id FROM holds h
        JOIN points_entries e ON e.card_id = h.card_id AND e.request_id = h.request_id
        WHERE h.id = $1 AND e.kind = 'redeem'";
    let rows = tx.rows(SPENT, vec![hold.0.into()]).await?;
    rows.first().map(|row| row.get(0).map(EntryId)).transpose()
}

/// Points that a card's open holds set aside.
pub async fn held_on(tx: &mut Tx, card: CardId) -> Result<i64, StoreError> {
    let open = holds::open_of_cards(tx, [card]).await?;
    Ok(open.iter().map(|it| it.points.0).sum())
}

/// Live printed codes that a shop gave for someone who is no member there, or not that person.
pub async fn astray_codes(tx: &mut Tx) -> Result<Vec<PrintedCodeId>, StoreError> {
    const ASTRAY: &str = "SELECT p.id FROM printed_codes p
        JOIN business_customers b ON b.id = p.business_customer_id
        WHERE p.revoked_at_ms IS NULL
          AND (b.user_id <> p.user_id OR b.business_id <> p.business_id
               OR b.joined_at_ms IS NULL OR b.ended_at_ms IS NOT NULL)
        ORDER BY p.id";
    Ok(ids(tx, ASTRAY).await?.into_iter().map(PrintedCodeId).collect())
}

/// Feeds whose head is behind an entity in them, or missing: the scope and its newest number.
pub async fn behind(tx: &mut Tx) -> Result<Vec<(Scope, i64)>, StoreError> {
    const BEHIND: &str = "SELECT f.scope, MAX(f.seq) FROM feed f
        LEFT JOIN feed_heads h ON h.scope = f.scope
        GROUP BY f.scope, h.seq HAVING h.seq IS NULL OR h.seq < MAX(f.seq) ORDER BY f.scope";
    let rows = tx.rows(BEHIND, vec![]).await?;
    let read = |row: &Row| Ok((feed::scope_of("feed", row.get(0)?)?, row.get(1)?));
    let mut found = rows.iter().map(read).collect::<Result<BTreeMap<Scope, i64>, StoreError>>()?;
    behind_own(tx, &mut found).await?;
    Ok(found.into_iter().collect())
}

/// The same for the numbers that cards and notifications keep themselves.
async fn behind_own(tx: &mut Tx, found: &mut BTreeMap<Scope, i64>) -> Result<(), StoreError> {
    const NEWEST: &str = "SELECT u.id,
        (SELECT MAX(user_seq) FROM loyalty_cards WHERE user_id = u.id),
        (SELECT MAX(user_seq) FROM notifications WHERE user_id = u.id)
        FROM users u WHERE u.id > $1 ORDER BY u.id LIMIT $2";
    let mut after = Uuid::nil();
    loop {
        let page = tx.rows(NEWEST, vec![after.into(), PAGE.into()]).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.get(0)?;
        let mut newest = BTreeMap::new();
        for row in &page {
            let (card, told): (Option<i64>, Option<i64>) = (row.get(1)?, row.get(2)?);
            let scope = Scope::User(UserId(row.get(0)?));
            newest.extend(card.max(told).map(|seq| (scope, seq)));
        }
        let heads = feed::heads(tx, &newest.keys().copied().collect()).await?;
        for (scope, seq) in newest {
            if heads.get(&scope).is_none_or(|head| head.seq < seq) {
                found.entry(scope).and_modify(|most| *most = seq.max(*most)).or_insert(seq);
            }
        }
    }
}

/// Live rows that a feed shows and that do not stand in it.
pub async fn untold(tx: &mut Tx) -> Result<Vec<Touched>, StoreError> {
    let mut found = vec![];
    macro_rules! look {
        ($($variant:ident, $table:ident($id:ident), $sql:literal;)*) => {$(
            let mut after = Uuid::nil();
            loop {
                let page = page(tx, $sql, after).await?;
                let Some(last) = page.last() else { break };
                after = *last;
                let rows = $table::by_ids(tx, page.into_iter().map($id)).await?;
                let expected = rows.into_iter().map(Change::$variant);
                missing(tx, expected.flat_map(|row| row.touches()).collect(), &mut found).await?;
            }
        )*};
    }
    look! {
        User, users(UserId), "SELECT id FROM users WHERE id > $1 ORDER BY id LIMIT $2";
        Business, businesses(BusinessId),
            "SELECT id FROM businesses WHERE id > $1 ORDER BY id LIMIT $2";
        Staff, staff(StaffId), "SELECT id FROM staff WHERE id > $1 ORDER BY id LIMIT $2";
        Device, devices(DeviceId),
            "SELECT id FROM devices WHERE id > $1 AND revoked_at_ms IS NULL ORDER BY id LIMIT $2";
        Program, programs(ProgramId), "SELECT id FROM programs WHERE id > $1 ORDER BY id LIMIT $2";
        Reward, rewards(RewardId), "SELECT id FROM rewards WHERE id > $1 ORDER BY id LIMIT $2";
        BusinessCustomer, business_customers(HandleId),
            "SELECT id FROM business_customers WHERE id > $1 AND joined_at_ms IS NOT NULL
             AND ended_at_ms IS NULL ORDER BY id LIMIT $2";
        Card, cards(CardId),
            "SELECT id FROM loyalty_cards WHERE id > $1 AND ended_at_ms IS NULL ORDER BY id LIMIT $2";
        Request, requests(RequestId),
            "SELECT id FROM approval_requests WHERE id > $1 AND status = 'pending'
             ORDER BY id LIMIT $2";
        Key, keys(KeyId),
            "SELECT id FROM customer_keys WHERE id > $1 AND revoked_at_ms IS NULL
             ORDER BY id LIMIT $2";
        PrintedCode, printed_codes(PrintedCodeId),
            "SELECT id FROM printed_codes WHERE id > $1 AND revoked_at_ms IS NULL
             ORDER BY id LIMIT $2";
        Notification, notifications(NotificationId),
            "SELECT id FROM notifications WHERE id > $1 ORDER BY id LIMIT $2";
    }
    members_keys(tx, &mut found).await?;
    own_untold(tx, &mut found).await?;
    Ok(found)
}

/// Cards and notifications that have no number in their person's feed.
async fn own_untold(tx: &mut Tx, found: &mut Vec<Touched>) -> Result<(), StoreError> {
    const CARDS: &str = "SELECT id, user_id FROM loyalty_cards
        WHERE user_seq IS NULL AND ended_at_ms IS NULL ORDER BY id";
    const NOTIFICATIONS: &str = "SELECT id, user_id FROM notifications
        WHERE user_seq IS NULL AND staff_id IS NULL ORDER BY id";
    let own = [(EntityKind::Card, CARDS), (EntityKind::Notification, NOTIFICATIONS)];
    for (entity, sql) in own {
        for row in tx.rows(sql, vec![]).await? {
            let scope = Scope::User(UserId(row.get(1)?));
            found.push(Touched { scope, entity, id: row.get(0)? });
        }
    }
    Ok(())
}

async fn page(tx: &mut Tx, sql: &'static str, after: Uuid) -> Result<Vec<Uuid>, StoreError> {
    tx.rows(sql, vec![after.into(), PAGE.into()]).await?.iter().map(|row| row.get(0)).collect()
}

/// A member's keys stand in the shop's feed as well: its tills check codes by them.
async fn members_keys(tx: &mut Tx, found: &mut Vec<Touched>) -> Result<(), StoreError> {
    const KEYS: &str = "SELECT id FROM customer_keys WHERE id > $1 AND revoked_at_ms IS NULL
        ORDER BY id LIMIT $2";
    let mut after = Uuid::nil();
    loop {
        let page = page(tx, KEYS, after).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = *last;
        let keys = keys::by_ids(tx, page.into_iter().map(KeyId)).await?;
        let owners: BTreeSet<UserId> = keys.iter().map(|key| key.user).collect();
        let handles = business_customers::of_users(tx, owners).await?;
        let mut expected = vec![];
        for key in keys {
            let shops = handles.iter().filter(|it| it.user == key.user && it.is_member());
            expected.extend(shops.map(|it| Touched {
                scope: Scope::Business(it.business),
                entity: EntityKind::Key,
                id: key.id.0,
            }));
        }
        missing(tx, expected, found).await?;
    }
}

/// Those of `expected` that `feed` should show and does not.
async fn missing(
    tx: &mut Tx,
    expected: Vec<Touched>,
    found: &mut Vec<Touched>,
) -> Result<(), StoreError> {
    const STANDING: &str = "SELECT scope, entity, entity_id FROM feed WHERE entity_id IN";
    let keys: BTreeSet<Uuid> = expected.iter().map(|it| it.id).collect();
    let mut standing: HashMap<Uuid, Vec<(Scope, String)>> = HashMap::new();
    for row in tx.load(STANDING, keys.into_iter().map(Val::from).collect()).await? {
        let place = (feed::scope_of("feed", row.get(0)?)?, row.get(1)?);
        standing.entry(row.get(2)?).or_default().push(place);
    }
    let is_missing = |it: &Touched| {
        let place = (it.scope, it.entity.name().to_owned());
        standing.get(&it.id).is_none_or(|places| !places.contains(&place))
    };
    let is_own = |it: &Touched| {
        let is_kind = matches!(it.entity, EntityKind::Card | EntityKind::Notification);
        is_kind && matches!(it.scope, Scope::User(_))
    };
    found.extend(expected.into_iter().filter(|it| !is_own(it) && is_missing(it)));
    Ok(())
}
