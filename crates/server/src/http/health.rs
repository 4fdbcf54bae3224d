//! Health and numbers, for whoever watches the server.

use super::ApiError;
use super::guard::is_loopback;
use crate::app::App;
use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::header::{self, HeaderMap};
use axum::response::{IntoResponse as _, Response};
use reda_protocol::api::Health;
use reda_store::tables::secrets;
use std::net::SocketAddr;
use std::time::Duration;

/// A database that takes longer than this to take a write is not ready for a shop.
const READY_WITHIN: Duration = Duration::from_secs(2);

/// The process answers.
pub(crate) async fn live() -> Json<Health> {
    Json(Health::ok())
}

/// The database takes writes, and the server is not stopping.
pub(crate) async fn ready(State(app): State<App>) -> Result<Json<Health>, ApiError> {
    if *app.draining.borrow() {
        return Err(ApiError::of("busy"));
    }
    let writing = async {
        let mut tx = app.db.begin().await?;
        // Taken back: the transaction is dropped.
        secrets::touch(&mut tx).await
    };
    let written = tokio::time::timeout(READY_WITHIN, writing).await;
    written.map_err(|_| ApiError::of("busy"))??;
    Ok(Json(Health::ok()))
}

/// Numbers without a name in them; for this computer alone unless the configuration says otherwise.
pub(crate) async fn metrics(
    State(app): State<App>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if !app.config.metrics_for_all && !is_local(from, &headers) {
        return Err(ApiError::of("not_found"));
    }
    let text = app.metrics.text(app.connections.count());
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}

/// Whether someone at this computer calls, and not a proxy on it for somebody else.
fn is_local(from: SocketAddr, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let forwarded = headers.contains_key("x-forwarded-for") || headers.contains_key("forwarded");
    from.ip().is_loopback() && host.is_some_and(is_loopback) && !forwarded
}
