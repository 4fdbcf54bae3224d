//! What a person was told (SPEC NO-8).

use super::ApiError;
use super::extract::{Path, Query};
use crate::app::App;
use crate::auth::{Language, Person};
use crate::requests::{Asked, ask};
use axum::Json;
use axum::extract::State;
use reda_actions::{MarkAllRead, MarkRead};
use reda_domain::NotificationId;
use reda_domain::notice::Notification;
use reda_store::tables::notifications;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

const LIMIT_MAX: i64 = 200;
const LIMIT_DEFAULT: i64 = 50;

#[derive(Deserialize, ToSchema)]
pub(crate) struct Paging {
    limit: Option<i64>,
    offset: Option<i64>,
}

pub(crate) async fn list(
    State(app): State<App>,
    person: Person,
    Query(paging): Query<Paging>,
) -> Result<Json<Value>, ApiError> {
    let limit = paging.limit.unwrap_or(LIMIT_DEFAULT).clamp(1, LIMIT_MAX);
    let offset = paging.offset.unwrap_or(0).max(0);
    let mut tx = app.db.snapshot().await?;
    let rows = notifications::of_user(&mut tx, person.user, limit, offset).await?;
    let items: Vec<Value> = rows.iter().map(as_integrators_know_it).collect();
    Ok(Json(json!({ "message": "OK", "count": items.len(), "notifications": items })))
}

pub(crate) async fn read(
    State(app): State<App>,
    person: Person,
    language: Language,
    Path(id): Path<NotificationId>,
) -> Result<Json<Value>, ApiError> {
    let act = MarkRead { notification: id };
    ask(&app, Asked::by(person.user, None, act.into(), json!(id)), language.0).await?;
    let mut tx = app.db.snapshot().await?;
    let row = notifications::by_ids(&mut tx, [id]).await?.pop();
    let row = row.ok_or_else(|| ApiError::of("notification_unknown"))?;
    Ok(Json(json!({ "message": "OK", "notification": as_integrators_know_it(&row) })))
}

pub(crate) async fn read_all(
    State(app): State<App>,
    person: Person,
    language: Language,
) -> Result<Json<Value>, ApiError> {
    let asked = Asked::by(person.user, None, MarkAllRead.into(), json!(null));
    let done = ask(&app, asked, language.0).await?;
    Ok(Json(json!({ "message": "OK", "count": done.result.data["read"] })))
}

/// The field names that existing integrations read. Only the in-app channel sends anything.
fn as_integrators_know_it(it: &Notification) -> Value {
    json!({
        "id": it.id,
        "type": it.kind,
        "channel": "in_app",
        "title": it.title,
        "message": it.message,
        "related_id": it.related.as_ref().map(|(_, id)| id),
        "related_type": it.related.as_ref().map(|(kind, _)| kind),
        "metadata": it.metadata,
        "is_read": it.is_read,
        "sent_at": it.created_at,
        "delivered_at": it.created_at,
        "sms_sent": false,
        "sms_error": null,
        "email_sent": false,
        "email_error": null,
        "created_at": it.created_at,
        "updated_at": it.updated_at,
    })
}
