//! What a person shares with businesses, and taking it back.

use super::ApiError;
use super::error::Told;
use super::extract::{Key, OptionalBody, Path, told};
use crate::app::App;
use crate::auth::{Language, Person};
use crate::bodies::card_bodies;
use crate::export;
use crate::requests::{Asked, ask};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_DISPOSITION;
use axum::response::{IntoResponse as _, Response};
use reda_actions::{Act, EraseMe, LeaveBusiness, LeaveProgram};
use reda_domain::scope::Scope;
use reda_domain::{BusinessId, OperationId, ProgramId};
use reda_protocol::api::{self, Page, SharedBusiness, ShortCode};
use reda_store::tables::{business_customers, businesses, cards};
use serde_json::{Value, json};
use std::collections::HashMap;

/// The businesses that know the person, with what each keeps of them in numbers.
pub(crate) async fn businesses(
    State(app): State<App>,
    person: Person,
) -> Result<Json<Page<SharedBusiness>>, ApiError> {
    let mut tx = app.db.snapshot().await?;
    let mut handles = business_customers::of_users(&mut tx, [person.user]).await?;
    handles.retain(|handle| handle.is_member());
    handles.sort_by_key(|handle| (handle.joined_at, handle.id));
    let rows = businesses::by_ids(&mut tx, handles.iter().map(|it| it.business)).await?;
    let mut shops: HashMap<BusinessId, _> = rows.into_iter().map(|it| (it.id, it)).collect();
    let cards = cards::of_users(&mut tx, [person.user]).await?;
    let cards = card_bodies(&mut tx, Scope::User(person.user), cards).await?;
    let body = |handle: reda_domain::customer::BusinessCustomer| {
        let shop = shops.remove(&handle.business)?;
        Some(SharedBusiness {
            id: shop.id,
            name: shop.name,
            currency: shop.currency,
            joined_at: handle.joined_at,
            last_visit_at: handle.last_visit_at,
            visits: handle.visits,
            spend: handle.spend,
            cards: cards.iter().filter(|card| card.business == handle.business).cloned().collect(),
        })
    };
    Ok(Json(Page { items: handles.into_iter().filter_map(body).collect(), next: None }))
}

pub(crate) async fn leave_program(
    State(app): State<App>,
    person: Person,
    language: Language,
    Key(key): Key,
    Path(program): Path<ProgramId>,
) -> Result<StatusCode, Told> {
    leave(&app, person, language, key, LeaveProgram { program }.into(), json!(program)).await
}

pub(crate) async fn leave_business(
    State(app): State<App>,
    person: Person,
    language: Language,
    Key(key): Key,
    Path(business): Path<BusinessId>,
) -> Result<StatusCode, Told> {
    leave(&app, person, language, key, LeaveBusiness { business }.into(), json!(business)).await
}

async fn leave(
    app: &App,
    person: Person,
    language: Language,
    key: Option<OperationId>,
    act: Act,
    asked: Value,
) -> Result<StatusCode, Told> {
    let left = ask(app, Asked::by(person.user, key, act, asked), language.0).await;
    told(left, &language).map(|_| StatusCode::NO_CONTENT)
}

/// Everything that the server keeps of the person.
pub(crate) async fn export(State(app): State<App>, person: Person) -> Result<Response, ApiError> {
    let mut tx = app.db.snapshot().await?;
    let all = export::of(&mut tx, person.user, app.now()).await?;
    let header = (CONTENT_DISPOSITION, "attachment; filename=\"reda.json\"");
    Ok(([header], Json(all)).into_response())
}

/// Deletes the account, if it is surely its owner who asks.
pub(crate) async fn erase(
    State(app): State<App>,
    person: Person,
    language: Language,
    Key(key): Key,
    OptionalBody(body): OptionalBody<api::EraseMe>,
) -> Result<StatusCode, Told> {
    let erasing = async {
        let (user, session) = (person.user, person.session);
        if !app.auth.is_surely(user, session, body.password).await? {
            return Err(ApiError::of("sign_in_again"));
        }
        let addresses = app.auth.own_addresses(user).await?;
        let erase = EraseMe { addresses };
        ask(&app, Asked::by(user, key, erase.into(), json!(user)), language.0).await?;
        app.auth.recheck(session.0);
        Ok(StatusCode::NO_CONTENT)
    };
    told(erasing.await, &language)
}

/// Six digits that name the person at a counter, once, for two minutes.
pub(crate) async fn short_code(
    State(app): State<App>,
    person: Person,
) -> Result<Json<ShortCode>, ApiError> {
    let (code, expires_at) = app.auth.issue_short_code(person.user).await??;
    Ok(Json(ShortCode { code, expires_at }))
}
