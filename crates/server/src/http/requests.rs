//! Requests, as the person sees and answers them.

use super::ApiError;
use super::error::Told;
use super::extract::{Body, Key, Path, told};
use crate::app::App;
use crate::auth::{Language, Person};
use crate::bodies::request_bodies;
use crate::requests::{Asked, ask};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use reda_actions::{AnswerRequest, CheckedSignature, SeeRequest};
use reda_domain::RequestId;
use reda_domain::request::{RequestAnswer, answer_text};
use reda_domain::scope::Scope;
use reda_domain::signature::{PublicKey, SignedBy};
use reda_protocol::api::{self, RequestAnswered};
use reda_store::tables::{keys, requests};
use serde_json::json;

pub(crate) async fn answer(
    State(app): State<App>,
    person: Person,
    language: Language,
    Key(key): Key,
    Path(request): Path<RequestId>,
    Body(body): Body<api::AnswerRequest>,
) -> Result<Json<RequestAnswered>, Told> {
    let answering = async {
        let asked = json!([request, body]);
        let signature = checked(&app, request, body.answer, body.signature).await?;
        let act =
            AnswerRequest { request, answer: body.answer, signature, language: body.language };
        ask(&app, Asked::by(person.user, key, act.into(), asked), language.0).await?;
        let mut tx = app.db.snapshot().await?;
        let rows = requests::by_ids(&mut tx, [request]).await?;
        let bodies = request_bodies(&mut tx, Scope::User(person.user), rows).await?;
        let request = bodies.into_iter().next().ok_or_else(|| ApiError::of("request_unknown"))?;
        Ok(RequestAnswered { card: request.card, request })
    };
    told(answering.await, &language).map(Json)
}

/// Checks a signature before the lane: what it signs never changes once a request is made. The
/// verb checks that the key is the person's and still live.
async fn checked(
    app: &App,
    request: RequestId,
    answer: RequestAnswer,
    signature: Option<SignedBy>,
) -> Result<Option<CheckedSignature>, ApiError> {
    let Some(signature) = signature else {
        return Ok(None);
    };
    let mut tx = app.db.snapshot().await?;
    let row = requests::find(&mut tx, request).await?;
    let row = row.ok_or_else(|| ApiError::of("request_unknown"))?;
    let key = keys::by_ids(&mut tx, [signature.key]).await?.pop();
    let public = key.and_then(|key| PublicKey::from_spki_base64(&key.public_key).ok());
    let text = answer_text(&row, answer);
    let valid = match (public, signature.bytes()) {
        (Some(public), Some(bytes)) => public.verifies(text.as_bytes(), &bytes),
        _ => false,
    };
    Ok(Some(CheckedSignature { key: signature.key, value: signature.value, valid }))
}

pub(crate) async fn seen(
    State(app): State<App>,
    person: Person,
    Key(key): Key,
    Path(request): Path<RequestId>,
) -> Result<StatusCode, ApiError> {
    let act = SeeRequest { request };
    let asked = Asked::by(person.user, key, act.into(), json!(request));
    ask(&app, asked, Default::default()).await?;
    Ok(StatusCode::NO_CONTENT)
}
