//! The HTTP side: routes, and thin handlers that extract, call and return.

mod assets;
mod auth;
mod browser;
mod businesses;
mod calls;
mod changes;
mod customers;
mod describe;
mod devices;
mod endpoint;
mod error;
mod extract;
mod guard;
mod health;
mod link_page;
mod links;
mod me;
mod network;
mod notifications;
mod one_time;
mod openapi;
mod operations;
mod records;
mod requests;
mod reviews;
mod rewards;
mod sessions;
mod sharing;
mod staff;

pub(crate) use auth::checked_password;
pub(crate) use error::ApiError;
pub(crate) use guard::Rates;

use crate::app::App;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use endpoint::routes;
use reda_protocol::frame::FRAME_BYTES_MAX;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

/// All routes.
pub(crate) fn router(app: App) -> Router {
    let tries = from_fn_with_state(app.clone(), guard::limit_tries);
    let routes = routes(calls::LIMITED)
        .layer(tries)
        .merge(routes(calls::OPEN))
        .merge(routes(calls::LINKS))
        .fallback(assets::serve)
        .method_not_allowed_fallback(error::method_not_allowed);
    let local = from_fn_with_state(app.clone(), guard::local_only);
    guarded(routes, &app).layer(local).with_state(app)
}

/// What the port for one-time links serves.
pub(crate) fn link_router(app: App) -> Router {
    let routes =
        routes(calls::LINKS).fallback(links::nowhere).method_not_allowed_fallback(links::nowhere);
    guarded(routes, &app).with_state(app)
}

/// What stands before every handler, whichever way a call came in.
fn guarded(routes: Router<App>, app: &App) -> Router<App> {
    routes
        .layer(DefaultBodyLimit::max(FRAME_BYTES_MAX))
        .layer(from_fn_with_state(app.clone(), guard::limit_calls))
        .layer(from_fn(guard::security_headers))
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(from_fn(error::in_their_language))
        .layer(CompressionLayer::new())
}
