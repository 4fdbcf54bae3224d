//! Every error answer: status and `{"error": {code, message, details}}`, nothing of our insides.

use crate::auth;
use axum::Json;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONTENT_LENGTH, HeaderValue, RETRY_AFTER};
use axum::http::{Response, StatusCode};
use axum::middleware::Next;
use axum::response::IntoResponse;
use reda_domain::language::Language;
use reda_protocol::error::{ErrorBody, WireError};
use reda_store::StoreError;
use serde_json::Value;
use std::any::Any;
use tracing::error;

/// What a handler fails with.
#[derive(Debug)]
pub(crate) enum ApiError {
    Wire(WireError),
    Store(StoreError),
}

impl ApiError {
    /// The error of a code.
    pub(crate) fn of(code: &str) -> Self {
        ApiError::Wire(WireError::of(code, Language::En))
    }

    /// The same with facts.
    pub(crate) fn with(self, details: Value) -> Self {
        match self {
            ApiError::Wire(error) => ApiError::Wire(error.with(details)),
            ApiError::Store(error) => ApiError::Store(error),
        }
    }

    /// What the caller is told, in their language. What the store says is for the log alone.
    pub(crate) fn told(self, language: Language) -> WireError {
        match self {
            ApiError::Wire(error) => {
                let details = error.details;
                WireError { details, ..WireError::of(&error.code, language) }
            }
            ApiError::Store(failure) => {
                error!("a call failed in the store: {failure:#}");
                let code = if failure.is_passing() { "busy" } else { "internal" };
                WireError::of(code, language)
            }
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        ApiError::Store(error)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> axum::response::Response {
        let error = self.told(Language::En);
        let mut response = answer(error.clone());
        response.extensions_mut().insert(Unworded(error));
        response
    }
}

/// Beside an answer: its error was worded where nobody had asked for the caller's language.
#[derive(Clone)]
struct Unworded(WireError);

/// Words such an error in the language that the caller reads.
pub(crate) async fn in_their_language(
    asked: auth::Language,
    request: Request,
    next: Next,
) -> axum::response::Response {
    let mut response = next.run(request).await;
    let Some(Unworded(error)) = response.extensions_mut().remove() else {
        return response;
    };
    let (mut parts, _) = response.into_parts();
    // Of the sentence before.
    parts.headers.remove(CONTENT_LENGTH);
    let told = ApiError::Wire(error).told(asked.0);
    Response::from_parts(parts, answer(told).into_body())
}

/// An error in a language that is known.
pub(crate) struct Told(pub(crate) WireError);

impl IntoResponse for Told {
    fn into_response(self) -> axum::response::Response {
        answer(self.0)
    }
}

fn answer(error: WireError) -> axum::response::Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let retry_after = error.details.as_ref().and_then(|facts| facts["retry_after"].as_i64());
    let mut response = (status, Json(ErrorBody { error })).into_response();
    if let Some(secs) = retry_after {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(secs));
    }
    response
}

pub(crate) async fn method_not_allowed() -> ApiError {
    ApiError::of("method_not_allowed")
}

pub(crate) fn panicked(_: Box<dyn Any + Send>) -> Response<Body> {
    error!("a handler panicked");
    ApiError::of("internal").into_response()
}
