//! A request by its one-time link: as JSON, and as a page that needs no script. Reading it changes
//! nothing, since whatever previews a message opens its links; only a POST answers.

use super::ApiError;
use super::error::Told;
use super::extract::{Body, Key, Path, Query, told};
use super::link_page;
use crate::answers;
use crate::app::App;
use crate::auth::Language;
use crate::bodies::request_bodies;
use crate::links;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Form, Json};
use reda_domain::RequestId;
use reda_domain::language::Language as Spoken;
use reda_domain::request::RequestAnswer;
use reda_domain::scope::Scope;
use reda_protocol::api::{AnswerLink, RequestAnswered, RequestShown};
use reda_protocol::entity::RequestBody;
use reda_store::StoreError;
use reda_store::tables::requests;
use serde::Deserialize;
use utoipa::ToSchema;

pub(crate) async fn get(
    State(app): State<App>,
    language: Language,
    Path(token): Path<String>,
) -> Result<Json<RequestShown>, Told> {
    let showing = async {
        let request = found(&app, &token).await?.ok_or_else(|| ApiError::of("request_unknown"))?;
        Ok(RequestShown { request })
    };
    told(showing.await, &language).map(Json)
}

pub(crate) async fn answer(
    State(app): State<App>,
    language: Language,
    Key(key): Key,
    Path(token): Path<String>,
    Body(body): Body<AnswerLink>,
) -> Result<Json<RequestAnswered>, Told> {
    let answering = async {
        let asked = links::find(&app, &token).await?;
        let id = asked.ok_or_else(|| ApiError::of("request_unknown"))?.id;
        let said = answers::ByLink { request: id, answer: body.answer, language: body.language };
        answers::by_link(&app, key, said, language.0).await?;
        let request = body_of(&app, id).await?.ok_or_else(|| ApiError::of("request_unknown"))?;
        Ok(RequestAnswered { card: request.card, request })
    };
    told(answering.await, &language).map(Json)
}

/// The language that somebody chose on the page.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Chosen {
    lang: Option<String>,
}

/// What the page's buttons send.
#[derive(Deserialize)]
pub(crate) struct Pressed {
    answer: RequestAnswer,
    lang: Option<String>,
}

pub(crate) async fn page(
    State(app): State<App>,
    language: Language,
    Path(token): Path<String>,
    Query(chosen): Query<Chosen>,
) -> Response {
    let language = chosen.lang.as_deref().map_or(language.0, Spoken::of_tag);
    shown(found(&app, &token).await.map_err(ApiError::from), language)
}

pub(crate) async fn submit(
    State(app): State<App>,
    language: Language,
    Path(token): Path<String>,
    pressed: Result<Form<Pressed>, FormRejection>,
) -> Response {
    let Ok(Form(pressed)) = pressed else {
        return html(StatusCode::UNPROCESSABLE_ENTITY, link_page::nothing(language.0));
    };
    let language = pressed.lang.as_deref().map_or(language.0, Spoken::of_tag);
    shown(answered(&app, &token, pressed.answer, language).await, language)
}

/// The request as it is after the answer; where that did not count, the request says why.
async fn answered(
    app: &App,
    token: &str,
    answer: RequestAnswer,
    language: Spoken,
) -> Result<Option<RequestBody>, ApiError> {
    let Some(asked) = links::find(app, token).await? else {
        return Ok(None);
    };
    let said = answers::ByLink { request: asked.id, answer, language: Some(language) };
    let answering = answers::by_link(app, None, said, language).await;
    let request = body_of(app, asked.id).await?;
    match answering {
        Err(error) if request.as_ref().is_some_and(|it| it.text.is_some()) => Err(error),
        Ok(()) | Err(_) => Ok(request),
    }
}

/// Anything else that is asked of the port for links.
pub(crate) async fn nowhere(language: Language) -> Response {
    html(StatusCode::NOT_FOUND, link_page::nothing(language.0))
}

fn shown(request: Result<Option<RequestBody>, ApiError>, language: Spoken) -> Response {
    match request {
        Ok(Some(request)) => html(StatusCode::OK, link_page::of(&request, language)),
        Ok(None) => html(StatusCode::NOT_FOUND, link_page::nothing(language)),
        Err(error) => {
            let error = error.told(language);
            let status = StatusCode::from_u16(error.status());
            let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            html(status, link_page::trouble(&error.message, language))
        }
    }
}

/// A page that nobody keeps, frames, or adds a script to.
fn html(status: StatusCode, page: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, link_page::CSP.as_str()),
    ];
    (status, headers, page).into_response()
}

async fn found(app: &App, token: &str) -> Result<Option<RequestBody>, StoreError> {
    match links::find(app, token).await? {
        Some(request) => body_of(app, request.id).await,
        None => Ok(None),
    }
}

/// A request as whoever has its link sees it: nothing in it that is the shop's alone.
async fn body_of(app: &App, id: RequestId) -> Result<Option<RequestBody>, StoreError> {
    let mut tx = app.db.snapshot().await?;
    let rows = requests::by_ids(&mut tx, [id]).await?;
    Ok(request_bodies(&mut tx, Scope::Platform, rows).await?.pop())
}
