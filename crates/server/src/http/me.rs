//! A person and what is theirs.

use super::ApiError;
use super::customers::next;
use super::error::Told;
use super::extract::{Body, Key, Path, Query, limited, told};
use super::network::Network;
use super::one_time::send_for_person;
use super::records::{OfStatus, written};
use crate::answer;
use crate::app::App;
use crate::auth::{Language, Person};
use crate::bodies::{card_bodies, request_bodies, user_body};
use crate::operations::name;
use crate::requests::{Asked, ask};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use reda_actions::{IssuePrintedCode, RegisterKey, RevokeKey, UpdateMe};
use reda_domain::scope::Scope;
use reda_domain::signature::PublicKey;
use reda_domain::{CardId, KeyId, OperationId};
use reda_protocol::api::{self, EntryLine, KeyRegistered, Page, PrintedCodeData};
use reda_protocol::entity::{CardBody, KeyBody, RequestBody, UserBody};
use reda_store::tables::{cards, entries, keys, requests, users};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Paging {
    pub(crate) limit: Option<i64>,
    pub(crate) after: Option<String>,
}

pub(crate) async fn get(
    State(app): State<App>,
    person: Person,
) -> Result<Json<UserBody>, ApiError> {
    let mut tx = app.db.snapshot().await?;
    let user = users::find(&mut tx, person.user).await?;
    Ok(Json(user_body(&user.ok_or_else(|| ApiError::of("unauthorized"))?)))
}

pub(crate) async fn update(
    State(app): State<App>,
    person: Person,
    network: Network,
    language: Language,
    Key(key): Key,
    Body(body): Body<api::UpdateMe>,
) -> Result<(HeaderMap, Json<UserBody>), Told> {
    let updating = async {
        let asked = json!(body);
        let name = body.name.as_deref().map(name).transpose()?;
        let act = UpdateMe { name, language: body.language };
        ask(&app, Asked::by(person.user, key, act.into(), asked), language.0).await?;
        // A new address is not theirs before its code has come back: see `one_time`.
        let cookie = match (&body.phone, &body.email) {
            (None, None) => HeaderMap::new(),
            (phone, email) => send_for_person(&app, &person, network, phone, email).await?,
        };
        Ok((cookie, get(State(app.clone()), person).await?))
    };
    told(updating.await, &language)
}

pub(crate) async fn keys(
    State(app): State<App>,
    person: Person,
) -> Result<Json<Page<KeyBody>>, ApiError> {
    let mut tx = app.db.snapshot().await?;
    let rows = keys::of_users(&mut tx, [person.user]).await?;
    let body = |key: reda_domain::user::CustomerKey| KeyBody {
        id: key.id,
        code_id: key.code_id,
        member: None,
        public_key: key.public_key,
        label: Some(key.label),
        revoked: key.revoked_at.is_some(),
        created_at: key.created_at,
    };
    Ok(Json(Page { items: rows.into_iter().map(body).collect(), next: None }))
}

pub(crate) async fn register_key(
    State(app): State<App>,
    person: Person,
    language: Language,
    Key(key): Key,
    Body(body): Body<api::RegisterKey>,
) -> Result<Json<KeyRegistered>, Told> {
    let registering = async {
        let asked = json!(body);
        let public = PublicKey::from_spki_base64(&body.public_key);
        let public = public.map_err(|_| ApiError::of("bad_key"))?;
        // Kept in the one canonical spelling, so that a key is recognised when it comes again.
        let act = RegisterKey { public_key: public.to_spki_base64(), label: name(&body.label)? };
        let done = ask(&app, Asked::by(person.user, key, act.into(), asked), language.0).await?;
        serde_json::from_value(done.result.data).map_err(|_| ApiError::of("internal"))
    };
    told(registering.await, &language).map(Json)
}

/// A key that is not to count any more: its phone signed out, or is lost.
pub(crate) async fn revoke_key(
    State(app): State<App>,
    person: Person,
    language: Language,
    Key(operation): Key,
    Path(key): Path<KeyId>,
) -> Result<StatusCode, Told> {
    let asked = Asked::by(person.user, operation, RevokeKey { key }.into(), json!(key));
    let revoked = ask(&app, asked, language.0).await;
    told(revoked, &language).map(|_| StatusCode::NO_CONTENT)
}

/// A person's own printed code: one, however often it is asked for.
pub(crate) async fn printed_code(
    State(app): State<App>,
    person: Person,
    language: Language,
) -> Result<Json<PrintedCodeData>, Told> {
    let printing = async {
        let id = OperationId(Uuid::new_v5(&person.user.0, b"printed-code"));
        let asked = Asked::by(person.user, Some(id), IssuePrintedCode::Myself.into(), json!(null));
        let done = ask(&app, asked, language.0).await?;
        let data = answer::printed(&app, &done.result.data)?;
        serde_json::from_value(data).map_err(|_| ApiError::of("internal"))
    };
    told(printing.await, &language).map(Json)
}

pub(crate) async fn cards(
    State(app): State<App>,
    person: Person,
) -> Result<Json<Page<CardBody>>, ApiError> {
    let mut tx = app.db.snapshot().await?;
    let rows = cards::of_users(&mut tx, [person.user]).await?;
    let items = card_bodies(&mut tx, Scope::User(person.user), rows).await?;
    Ok(Json(Page { items, next: None }))
}

pub(crate) async fn entries(
    State(app): State<App>,
    person: Person,
    Path(card): Path<CardId>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<EntryLine>>, ApiError> {
    let before = match &paging.after {
        None => i64::MAX,
        Some(after) => after.parse().map_err(|_| ApiError::of("invalid_body"))?,
    };
    let mut tx = app.db.snapshot().await?;
    let own = cards::by_ids(&mut tx, [card]).await?.pop().filter(|it| it.user == person.user);
    let card = own.ok_or_else(|| ApiError::of("card_unknown"))?;
    let limit = limited(paging.limit);
    let rows = entries::of_card(&mut tx, card.id, before, limit).await?;
    let full = i64::try_from(rows.len()).is_ok_and(|n| n == limit);
    let next = rows.last().filter(|last| full && last.n > 1).map(|last| last.n.to_string());
    let line = |entry: reda_domain::card::Entry| EntryLine {
        id: entry.id,
        kind: entry.kind.name().to_owned(),
        delta: entry.delta,
        balance_after: entry.balance_after,
        reason: entry.reason,
        business: entry.business,
        at: entry.applied_at,
    };
    Ok(Json(Page { items: rows.into_iter().map(line).collect(), next }))
}

pub(crate) async fn requests(
    State(app): State<App>,
    person: Person,
    Query(wanted): Query<OfStatus>,
) -> Result<Json<Page<RequestBody>>, ApiError> {
    let (limit, before) = (limited(wanted.limit), wanted.before()?);
    let mut tx = app.db.snapshot().await?;
    let rows = requests::of_user(&mut tx, person.user, wanted.status, before, limit).await?;
    let next = next(&rows, limit, |it| written(it.asked_at, it.id.0));
    let items = request_bodies(&mut tx, Scope::User(person.user), rows).await?;
    Ok(Json(Page { items, next }))
}
