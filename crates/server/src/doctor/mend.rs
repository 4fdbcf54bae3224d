//! Mending: each ailment becomes the changes that an operation would have made, and they are
//! written as the engine writes: rows, feeds and an audit line, in one transaction.

use super::{Ailment, Report, examine};
use crate::clock::{self, Clock};
use reda_domain::card::{Card, Entry, EntryKind, card_number};
use reda_domain::customer::PrintedCode;
use reda_domain::effects::Change;
use reda_domain::hold::Outcome;
use reda_domain::points::Points;
use reda_domain::scope::{EntityKind, Scope, Touched};
use reda_domain::{
    CardId, EnrollmentId, EntryId, NotificationId, OperationId, RequestId, Timestamp,
};
use reda_store::tables::operations::{self, By, Known};
use reda_store::tables::{
    audit, business_customers, cards, enrollments, feed, holds, notifications, printed_codes,
    requests, secrets,
};
use reda_store::{Db, StoreError, Tx, ills, save_moving};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Mends what can be mended, one ailment after the other: what mending one makes right is no
/// ailment any more.
pub(super) async fn all(db: &Db, clock: &Clock) -> Result<Report, StoreError> {
    let mut report = Report::default();
    let mut tx = db.begin().await?;
    let now = clock.now();
    loop {
        let found = examine(&mut tx).await?;
        let is_new = |it: &&Ailment| it.is_mendable() && !report.mended.contains(it);
        let Some(next) = found.iter().find(is_new).cloned() else {
            report.found = report.mended.iter().cloned().chain(found).collect();
            break;
        };
        one(&mut tx, &next, now).await?;
        report.mended.push(next);
    }
    tx.commit().await?;
    Ok(report)
}

async fn one(tx: &mut Tx, ailment: &Ailment, now: Timestamp) -> Result<(), StoreError> {
    let mut changes = vec![];
    let mut touched = BTreeSet::new();
    match ailment {
        Ailment::EnrollmentWithoutCard(id) => changes.extend(new_card(tx, *id, now).await?),
        Ailment::BalanceOff { card, entries, .. } => {
            let (balance, entries) = (Points(entries.sum), entries.count);
            let row = cards::by_ids(tx, [*card]).await?.pop();
            changes.extend(row.map(|row| Change::Card(Card { balance, entries, ..row })));
        }
        Ailment::OrphanHold(id) => {
            let outcome = ills::spent_by(tx, *id).await?.map_or(Outcome::Voided, Outcome::Posted);
            let row = holds::by_ids(tx, [*id]).await?.pop();
            changes.extend(row.map(|row| Change::Hold(row.closed(outcome, now))));
        }
        Ailment::HeldOff { card, holds, .. } => {
            let row = cards::by_ids(tx, [*card]).await?.pop();
            changes.extend(row.map(|row| Change::Card(Card { held: Points(*holds), ..row })));
        }
        Ailment::AwardNotPosted { request, award } => {
            changes.extend(posted(tx, *request, *award, now).await?);
        }
        Ailment::PrintedCodeAstray(id) => {
            let row = printed_codes::by_ids(tx, [*id]).await?.pop();
            let revoked = |row| PrintedCode { revoked_at: Some(now), ..row };
            changes.extend(row.map(revoked).map(Change::PrintedCode));
        }
        Ailment::Untold(it) => {
            changes.extend(own_row(tx, it).await?);
            touched.insert(*it);
        }
        Ailment::HeadBehind { scope, newest } => raise(tx, *scope, *newest, now).await?,
        Ailment::AuditBroken { .. } | Ailment::OperationWithoutLine { .. } => {
            unreachable!("not mendable")
        }
    }
    touched.extend(changes.iter().flat_map(Change::touches));
    write(tx, ailment, &changes, touched, now).await
}

/// The row that keeps a place itself, to be written with it.
async fn own_row(tx: &mut Tx, it: &Touched) -> Result<Option<Change>, StoreError> {
    Ok(match (it.scope, it.entity) {
        (Scope::User(_), EntityKind::Card) => {
            cards::by_ids(tx, [CardId(it.id)]).await?.pop().map(Change::Card)
        }
        (Scope::User(_), EntityKind::Notification) => {
            let row = notifications::by_ids(tx, [NotificationId(it.id)]).await?.pop();
            row.map(Change::Notification)
        }
        _ => None,
    })
}

/// A card for an enrolment that has none.
async fn new_card(
    tx: &mut Tx,
    id: EnrollmentId,
    now: Timestamp,
) -> Result<Option<Change>, StoreError> {
    let Some(enrollment) = enrollments::by_ids(tx, [id]).await?.pop() else {
        return Ok(None);
    };
    let handle = business_customers::by_ids(tx, [enrollment.handle]).await?.pop();
    Ok(handle.map(|handle| {
        Change::Card(Card {
            id: CardId(Uuid::new_v5(&id.0, b"card")),
            business: enrollment.business,
            program: enrollment.program,
            enrollment: id,
            handle: handle.id,
            user: handle.user,
            number: card_number(&clock::random()),
            balance: Points(0),
            held: Points(0),
            earned: Points(0),
            entries: 0,
            created_at: now,
            ended_at: None,
        })
    }))
}

/// The entry of an award that waited, and its card.
async fn posted(
    tx: &mut Tx,
    request: RequestId,
    award: EntryId,
    now: Timestamp,
) -> Result<Vec<Change>, StoreError> {
    let Some(request) = requests::by_ids(tx, [request]).await?.pop() else {
        return Ok(vec![]);
    };
    let award = request.waiting.iter().find(|it| it.id == award);
    let card = cards::by_ids(tx, request.card).await?.pop();
    let (Some(award), Some(card)) = (award, card) else {
        return Ok(vec![]);
    };
    let balance = Points(card.balance.0 + award.points.0);
    let earned = Points(card.earned.0 + award.points.0);
    let card = Card { balance, earned, entries: card.entries + 1, ..card };
    let entry = Entry {
        id: award.id,
        card: card.id,
        n: card.entries,
        business: card.business,
        delta: award.points,
        kind: EntryKind::Earn,
        balance_after: balance,
        amount: award.amount,
        sale: award.sale.clone(),
        reason: None,
        request: Some(request.id),
        reverses: None,
        staff: award.staff,
        device: award.device,
        operation: OperationId(award.id.0),
        at: award.at,
        applied_at: now,
    };
    Ok(vec![Change::Entry(entry), Change::Card(card)])
}

/// Puts a head where its feed is.
async fn raise(tx: &mut Tx, scope: Scope, newest: i64, now: Timestamp) -> Result<(), StoreError> {
    let mut heads = locked(tx, BTreeSet::from([scope]), now).await?;
    if let Some(head) = heads.get_mut(&scope) {
        head.seq = newest;
    }
    feed::save_heads(tx, &heads).await
}

/// The heads of scopes, locked and counted on as the engine does; new ones where there is none.
async fn locked(
    tx: &mut Tx,
    scopes: BTreeSet<Scope>,
    now: Timestamp,
) -> Result<BTreeMap<Scope, feed::Head>, StoreError> {
    let epoch = secrets::get_or_make(tx, "epoch", &now.0.to_string(), now).await?;
    let epoch = epoch.parse().unwrap_or(now.0);
    feed::lock_or_make(tx, &scopes, epoch).await?;
    let mut heads = feed::lock(tx, &scopes).await?;
    for head in heads.values_mut() {
        head.changes += 1;
    }
    Ok(heads)
}

/// Writes rows with new numbers for what became different, and a line that says what was mended.
async fn write(
    tx: &mut Tx,
    ailment: &Ailment,
    changes: &[Change],
    touched: BTreeSet<Touched>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let of_business = |it: &Touched| matches!(it.scope, Scope::Business(_)).then_some(it.scope);
    let chain = match ailment {
        Ailment::HeadBehind { scope: Scope::Business(business), .. } => Scope::Business(*business),
        _ => touched.iter().find_map(of_business).unwrap_or(Scope::Platform),
    };
    let scopes = touched.iter().map(|it| it.scope).chain([chain]).collect();
    let mut heads = locked(tx, scopes, now).await?;
    let mut places = vec![];
    for it in touched {
        if let Some(head) = heads.get_mut(&it.scope) {
            head.seq += 1;
            places.push((it, head.seq));
        }
    }
    let own = feed::split_own(&mut places, changes);
    save_moving(tx, changes, |_| true, &own).await?;
    feed::save(tx, &places).await?;
    if let Some(head) = heads.get_mut(&chain) {
        let repair = Known {
            id: OperationId(Uuid::now_v7()),
            hash: String::new(),
            kind: "repair",
            by: By::Server,
            business: None,
            result: json!({ "data": { "found": ailment.name() } }).to_string(),
            applied_at: now,
            business_seq: None,
            user_seq: None,
        };
        operations::add(tx, std::slice::from_ref(&repair)).await?;
        audit::add(tx, &[audit::chain(chain, head, &repair)]).await?;
    }
    feed::save_heads(tx, &heads).await
}
