//! A business's records: what it asked its customers, and the log of scans.

use super::ApiError;
use super::customers::{next, place};
use super::extract::{Path, Query, limited};
use super::me::Paging;
use crate::app::App;
use crate::auth::{Caller, StaffToken};
use crate::bodies::request_bodies;
use crate::customers::lines;
use axum::Json;
use axum::extract::State;
use data_encoding::BASE64URL_NOPAD;
use reda_domain::permission::Action;
use reda_domain::request::RequestStatus;
use reda_domain::scope::Scope;
use reda_domain::{BusinessId, RequestId, ScanId, Timestamp};
use reda_protocol::api::{Page, ScanLine};
use reda_protocol::entity::RequestBody;
use reda_store::tables::{requests, scans};
use serde::Deserialize;
use serde_json::json;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// Which requests.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfStatus {
    pub(crate) status: Option<RequestStatus>,
    after: Option<String>,
    pub(crate) limit: Option<i64>,
}

impl OfStatus {
    /// Where the page before ended.
    pub(crate) fn before(&self) -> Result<(Timestamp, RequestId), ApiError> {
        let (at, id) = before(&self.after)?;
        Ok((at, RequestId(id)))
    }
}

/// Time and id of the last of a page, or the end of time.
fn before(after: &Option<String>) -> Result<(Timestamp, Uuid), ApiError> {
    let place: Option<(i64, Uuid)> = place(after)?;
    Ok(place.map_or((Timestamp(i64::MAX), Uuid::max()), |(at, id)| (Timestamp(at), id)))
}

pub(crate) fn written(at: Timestamp, id: Uuid) -> String {
    BASE64URL_NOPAD.encode(json!([at.0, id]).to_string().as_bytes())
}

pub(crate) async fn requests(
    State(app): State<App>,
    caller: Caller,
    staff: StaffToken,
    Path(business): Path<BusinessId>,
    Query(wanted): Query<OfStatus>,
) -> Result<Json<Page<RequestBody>>, ApiError> {
    caller.may(&app, business, Action::SeeCustomers, &staff).await?;
    let (limit, before) = (limited(wanted.limit), wanted.before()?);
    let mut tx = app.db.snapshot().await?;
    let rows = requests::of_business(&mut tx, business, wanted.status, before, limit).await?;
    let next = next(&rows, limit, |it| written(it.asked_at, it.id.0));
    let items = request_bodies(&mut tx, Scope::Business(business), rows).await?;
    Ok(Json(Page { items, next }))
}

pub(crate) async fn scans(
    State(app): State<App>,
    caller: Caller,
    staff: StaffToken,
    Path(business): Path<BusinessId>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<ScanLine>>, ApiError> {
    caller.may(&app, business, Action::SeeScans, &staff).await?;
    let limit = limited(paging.limit);
    let (at, id) = before(&paging.after)?;
    let mut tx = app.db.snapshot().await?;
    let rows = scans::of_business(&mut tx, business, (at, ScanId(id)), limit).await?;
    let next = next(&rows, limit, |it| written(it.at, it.id.0));
    let known: Vec<_> = rows.iter().filter_map(|it| it.handle).collect();
    let people = lines(&mut tx, business, &known, app.now()).await?;
    let names: HashMap<_, _> = people.into_iter().map(|it| (it.id, it.name)).collect();
    let line = |it: scans::Logged| ScanLine {
        id: it.id,
        at: it.at,
        kind: it.kind,
        result: it.result,
        reason: it.reason,
        customer: it.handle,
        name: it.handle.and_then(|handle| names.get(&handle).cloned()),
        staff: it.staff,
        device: it.device,
    };
    Ok(Json(Page { items: rows.into_iter().map(line).collect(), next }))
}
