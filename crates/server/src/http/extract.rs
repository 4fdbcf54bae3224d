//! Reading bodies, keys, paths and queries so that what is wrong with them is said in our own way.

use super::ApiError;
use super::error::Told;
use crate::auth::Language;
use crate::requests::may_be_given;
use axum::body::Bytes;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::http::request::Parts;
use reda_domain::OperationId;
use serde::de::DeserializeOwned;
use serde_json::json;

/// A JSON body; unknown fields are refused by the types themselves.
pub(crate) struct Body<T>(pub(crate) T);

/// A JSON body that may be left out, which says as much as `{}`.
pub(crate) struct OptionalBody<T>(pub(crate) T);

/// `Idempotency-Key`: becomes the operation's id.
pub(crate) struct Key(pub(crate) Option<OperationId>);

/// An id in the path; what is no id leads nowhere.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(ApiError))]
pub(crate) struct Path<T>(pub(crate) T);

/// What stands behind the question mark.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(ApiError))]
pub(crate) struct Query<T>(pub(crate) T);

impl From<PathRejection> for ApiError {
    fn from(_: PathRejection) -> Self {
        ApiError::of("not_found")
    }
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        ApiError::of("invalid_body").with(json!({ "reason": rejection.body_text() }))
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;
    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match axum::Json::<T>::from_request(request, state).await {
            Ok(axum::Json(body)) => Ok(Body(body)),
            Err(rejection) => Err(unread(rejection)),
        }
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for OptionalBody<T> {
    type Rejection = ApiError;
    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let (mut parts, body) = request.into_parts();
        let whole = Request::from_parts(parts.clone(), body);
        let bytes = Bytes::from_request(whole, state).await;
        let mut bytes = bytes.map_err(|rejection| unread(rejection.into()))?;
        if bytes.is_empty() {
            bytes = Bytes::from_static(b"{}");
            parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let request = Request::from_parts(parts, bytes.into());
        let Body(body) = Body::from_request(request, state).await?;
        Ok(OptionalBody(body))
    }
}

/// Why a body could not be read.
fn unread(rejection: JsonRejection) -> ApiError {
    match rejection {
        JsonRejection::JsonDataError(error) => {
            let reason = error.body_text();
            let reason = reason.rsplit_once("type: ").map_or(reason.as_str(), |it| it.1);
            ApiError::of("invalid_body").with(json!({ "reason": reason }))
        }
        JsonRejection::BytesRejection(error) if error.status() == 413 => ApiError::of("too_large"),
        _ => ApiError::of("invalid_json"),
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Some(header) = parts.headers.get("idempotency-key") else {
            return Ok(Key(None));
        };
        let id = header.to_str().ok().and_then(|text| text.parse().ok());
        let id = id.filter(|id| may_be_given(*id));
        let reason = json!({ "reason": "Idempotency-Key is no UUID of version 7 or 4" });
        id.map(|id| Key(Some(id))).ok_or_else(|| ApiError::of("invalid_body").with(reason))
    }
}

/// Answers a handler's error in the caller's language.
pub(crate) fn told<T>(result: Result<T, ApiError>, language: &Language) -> Result<T, Told> {
    result.map_err(|error| Told(error.told(language.0)))
}

/// Lists are at most this long (API, "Conventions").
const LIMIT_MAX: i64 = 200;
const LIMIT_DEFAULT: i64 = 50;

/// How long a page is.
pub(crate) fn limited(limit: Option<i64>) -> i64 {
    limit.unwrap_or(LIMIT_DEFAULT).clamp(1, LIMIT_MAX)
}
