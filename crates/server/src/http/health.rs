//! Health, for whoever watches the server.

use super::ApiError;
use crate::app::App;
use axum::Json;
use axum::extract::State;
use reda_store::tables::users;
use serde_json::{Value, json};

/// The process answers.
pub(crate) async fn live() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// The database answers, and the server is not stopping.
pub(crate) async fn ready(State(app): State<App>) -> Result<Json<Value>, ApiError> {
    if *app.draining.borrow() {
        return Err(ApiError::of("busy"));
    }
    let mut tx = app.db.snapshot().await?;
    users::count(&mut tx).await?;
    Ok(Json(json!({ "status": "ok" })))
}
