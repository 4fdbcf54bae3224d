//! Everything that the server keeps of a person, for themselves. Secrets are left out: hashes of
//! passwords and tokens say nothing to anybody.

use crate::bodies::{card_bodies, notification_body, request_bodies, user_body};
use reda_domain::card::Entry;
use reda_domain::customer::BusinessCustomer;
use reda_domain::scope::Scope;
use reda_domain::{CardId, Timestamp, UserId};
use reda_store::tables::{
    business_customers, businesses, cards, consents, entries, keys, notifications, preferences,
    printed_codes, profiles, requests, scans, sessions, staff, users,
};
use reda_store::{StoreError, Tx};
use serde_json::{Value, json};

/// Rows of one kind, read at once.
const PART: i64 = 1000;
/// More rows of one kind are left out; nobody has so many.
const ROWS_MAX: i64 = 100_000;

/// The whole of it, of one moment.
pub(crate) async fn of(tx: &mut Tx, user: UserId, now: Timestamp) -> Result<Value, StoreError> {
    let account = users::find(tx, user).await?;
    let places = staff::of_user(tx, user).await?;
    let keys = keys::of_users(tx, [user]).await?;
    let printed = printed_codes::of_users(tx, [user]).await?;
    let asked = requests::of_user(tx, user, None, requests::NEWEST, ROWS_MAX).await?;
    let scans = scans::of_user(tx, user, ROWS_MAX).await?;
    let preferences = preferences::of_users(tx, [user]).await?;
    let signed_in = sessions::of_user(tx, user, ROWS_MAX).await?;
    let answers = consents::of_user(tx, user).await?;
    Ok(json!({
        "exported_at": now,
        "account": account.as_ref().map(user_body),
        "staff_of": places.iter().map(|it| json!({
            "business": it.business, "role": it.role, "since": it.created_at,
        })).collect::<Vec<_>>(),
        "businesses": shared(tx, user).await?,
        "cards": cards_with_entries(tx, user).await?,
        "requests": request_bodies(tx, Scope::User(user), asked).await?,
        "answers": answers.iter().map(|it| json!({
            "request": it.request, "business": it.business, "program": it.program,
            "answer": it.answer, "channel": it.channel, "wording": it.wording,
            "language": it.language, "signature": it.signature, "at": it.at,
        })).collect::<Vec<_>>(),
        "scans": scans.iter().map(|it| json!({
            "business": it.business, "kind": it.kind, "result": it.result, "at": it.at,
        })).collect::<Vec<_>>(),
        "keys": keys.iter().map(|it| json!({
            "id": it.id, "label": it.label, "public_key": it.public_key,
            "created_at": it.created_at, "revoked_at": it.revoked_at,
        })).collect::<Vec<_>>(),
        "preferences": preferences.iter().map(|it| json!({
            "switches": it.switches, "sms_phone": it.sms_phone, "updated_at": it.updated_at,
        })).collect::<Vec<_>>(),
        "sessions": signed_in.iter().map(|it| json!({
            "id": it.id, "label": it.label, "created_at": it.created_at, "used_at": it.used_at,
            "expires_at": it.expires_at, "revoked_at": it.revoked_at,
        })).collect::<Vec<_>>(),
        "printed_codes": printed.iter().map(|it| json!({
            "id": it.id, "business": it.issued_by.map(|(business, _)| business),
            "created_at": it.created_at, "revoked_at": it.revoked_at,
        })).collect::<Vec<_>>(),
        "notifications": told(tx, user).await?,
    }))
}

/// What each business keeps of the person, and what its staff wrote.
async fn shared(tx: &mut Tx, user: UserId) -> Result<Vec<Value>, StoreError> {
    let handles = business_customers::of_users(tx, [user]).await?;
    let shops = businesses::by_ids(tx, handles.iter().map(|it| it.business)).await?;
    let wrote = profiles::by_ids(tx, handles.iter().map(|it| it.id)).await?;
    let body = |it: &BusinessCustomer| {
        let shop = shops.iter().find(|shop| shop.id == it.business);
        let wrote = wrote.iter().find(|profile| profile.id == it.id).map(|it| &it.wrote);
        json!({
            "business": it.business, "name": shop.map(|shop| &shop.name),
            "member": it.is_member(), "joined_at": it.joined_at, "visits": it.visits,
            "spend": it.spend, "first_visit_at": it.first_visit_at,
            "last_visit_at": it.last_visit_at,
            "their_name_for_you": wrote.map(|it| &it.name),
            "their_notes": wrote.map(|it| &it.notes),
            "their_tags": wrote.map(|it| &it.tags),
        })
    };
    Ok(handles.iter().map(body).collect())
}

/// The cards, also those that ended.
async fn cards_with_entries(tx: &mut Tx, user: UserId) -> Result<Vec<Value>, StoreError> {
    let rows = cards::ever_of_user(tx, user).await?;
    let ended: Vec<_> = rows.iter().map(|it| it.ended_at).collect();
    let bodies = card_bodies(tx, Scope::User(user), rows).await?;
    let mut all = vec![];
    for (body, ended_at) in bodies.into_iter().zip(ended) {
        let entries = entries_of(tx, body.id).await?;
        all.push(json!({ "card": body, "ended_at": ended_at, "entries": entries }));
    }
    Ok(all)
}

async fn entries_of(tx: &mut Tx, card: CardId) -> Result<Vec<Value>, StoreError> {
    let line = |it: &Entry| {
        json!({
            "id": it.id, "n": it.n, "kind": it.kind, "delta": it.delta,
            "balance_after": it.balance_after, "amount": it.amount, "sale": it.sale,
            "reason": it.reason, "at": it.at, "applied_at": it.applied_at,
        })
    };
    let mut lines = vec![];
    let mut before = i64::MAX;
    loop {
        let part = entries::of_card(tx, card, before, PART).await?;
        lines.extend(part.iter().map(line));
        match part.last() {
            Some(last) if i64::try_from(part.len()) == Ok(PART) => before = last.n,
            Some(_) | None => return Ok(lines),
        }
    }
}

async fn told(tx: &mut Tx, user: UserId) -> Result<Vec<Value>, StoreError> {
    let mut all = vec![];
    let mut offset = 0;
    loop {
        let part = notifications::of_user(tx, user, PART, offset).await?;
        all.extend(part.iter().map(|it| json!(notification_body(it))));
        if i64::try_from(part.len()) != Ok(PART) || offset >= ROWS_MAX {
            return Ok(all);
        }
        offset += PART;
    }
}
