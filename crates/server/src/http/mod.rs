//! The HTTP side: routes, and thin handlers that extract, call and return.

mod assets;
mod auth;
mod businesses;
mod changes;
mod error;
mod extract;
mod guard;
mod health;
mod me;
mod notifications;
mod operations;
mod requests;

pub(crate) use auth::checked_password;
pub(crate) use error::ApiError;

use crate::app::App;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{delete, get, patch, post};
use reda_protocol::frame::FRAME_BYTES_MAX;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

/// All routes.
pub(crate) fn router(app: App) -> Router {
    let limited = Router::new()
        .route("/api/auth/sign-up", post(auth::sign_up))
        .route("/api/auth/sign-in", post(auth::sign_in))
        .route("/api/auth/refresh", post(auth::refresh))
        .route("/api/businesses", post(businesses::create))
        .layer(from_fn_with_state(guard::Tries::new(), guard::limit));
    Router::new()
        .merge(limited)
        .route("/api/auth/sign-out", post(auth::sign_out))
        .route("/api/me", get(me::get).patch(me::update))
        .route("/api/me/keys", get(me::keys).post(me::register_key))
        .route("/api/me/keys/{key}", delete(me::revoke_key))
        .route("/api/me/codes/printed", get(me::printed_code))
        .route("/api/me/cards", get(me::cards))
        .route("/api/me/cards/{card}/entries", get(me::entries))
        .route("/api/me/requests", get(me::requests))
        .route("/api/requests/{request}/answer", post(requests::answer))
        .route("/api/requests/{request}/seen", post(requests::seen))
        .route("/api/notifications", get(notifications::list))
        .route("/api/notifications/read/all", patch(notifications::read_all))
        .route("/api/notifications/{notification}/read", patch(notifications::read))
        .route("/api/operations", post(operations::submit))
        .route("/api/businesses/{business}/programs", get(businesses::programs))
        .route("/api/changes", get(changes::changes))
        .route("/ws", get(crate::ws::upgrade))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .fallback(assets::serve)
        .method_not_allowed_fallback(error::method_not_allowed)
        .layer(DefaultBodyLimit::max(FRAME_BYTES_MAX))
        .layer(from_fn(guard::security_headers))
        .layer(from_fn_with_state(app.clone(), guard::local_only))
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::custom(error::panicked))
        .with_state(app)
}
