//! `POST /api/operations`.

use super::ApiError;
use super::error::Told;
use super::extract::{Body, told};
use crate::app::App;
use crate::auth::{Caller, Language};
use crate::operations;
use axum::Json;
use axum::extract::State;
use reda_protocol::error::{WireError, row};
use reda_protocol::operation::{Operation, Outcome, OutcomeKind};

pub(crate) async fn submit(
    State(app): State<App>,
    caller: Caller,
    language: Language,
    Body(operation): Body<Operation>,
) -> Result<Json<Outcome>, Told> {
    let submitting = async {
        let outcome = operations::submit(&app, &caller, operation, language.0).await?;
        by_status(outcome)
    };
    told(submitting.await, &language).map(Json)
}

/// What the rules refuse answers 200 with `rejected`; what the caller may not do or even know of,
/// and what may be tried again, has a status of its own.
fn by_status(outcome: Outcome) -> Result<Outcome, ApiError> {
    let Some(code) = &outcome.code else {
        return Ok(outcome);
    };
    let status = row(code).map_or(500, |row| row.status);
    let own_status = match outcome.outcome {
        OutcomeKind::Retry => true,
        OutcomeKind::Rejected => code == "not_allowed" || status == 404,
        OutcomeKind::Applied => false,
    };
    if !own_status {
        return Ok(outcome);
    }
    Err(ApiError::Wire(WireError {
        code: code.clone(),
        message: outcome.message.unwrap_or_default(),
        details: outcome.details,
    }))
}
