//! `GET /api/changes`: the feed for those whose network lets no socket through, by its rules.

use super::ApiError;
use super::extract::Query;
use crate::app::App;
use crate::auth::Caller;
use crate::feed::{self, Next};
use axum::Json;
use axum::extract::State;
use reda_protocol::scope::{Cursor, ScopeName};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Since {
    scope: ScopeName,
    epoch: Option<i64>,
    #[serde(default)]
    since: i64,
    limit: Option<i64>,
}

pub(crate) async fn changes(
    State(app): State<App>,
    caller: Caller,
    Query(asked): Query<Since>,
) -> Result<Json<Value>, ApiError> {
    if !caller.scopes(&app).await?.contains(&asked.scope) {
        return Err(ApiError::of("not_found"));
    }
    let cursor = Cursor { epoch: asked.epoch, seq: asked.since };
    let limit = asked.limit.unwrap_or(feed::ITEMS_MAX);
    Ok(Json(match feed::next(&app.db, asked.scope, cursor, limit, app.now()).await? {
        Next::Reset { epoch } => json!({ "reset": true, "epoch": epoch }),
        Next::Nothing { head, epoch } => json!({
            "scope": asked.scope, "epoch": epoch, "from": head, "to": head, "head": head,
            "items": [],
        }),
        Next::Changes(changes, head) => {
            let mut body = json!(changes);
            body["head"] = json!(head);
            body
        }
    }))
}
