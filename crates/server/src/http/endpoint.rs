//! Calls as data: the router and the API's document are made from one list, so that no call is
//! there without being told.

use super::describe::{Described, Sheet};
use crate::app::App;
use axum::Router;
use axum::routing::MethodRouter;
use reda_domain::permission::Action;

/// A call.
pub(crate) struct Endpoint {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    /// One sentence for whoever integrates.
    pub(crate) summary: &'static str,
    /// What staff must be allowed; the handler checks it, tests hold it to this.
    pub(crate) needs: Option<Action>,
    pub(crate) route: fn() -> MethodRouter<App>,
    pub(crate) describe: fn(&mut Sheet),
}

/// A list of calls: `METHOD "path" handler "summary";`, where staff need a permission
/// `METHOD "path" handler [TheAction] "summary";`.
macro_rules! endpoints {
    ($($(#[$doc:meta])* $list:ident { $($method:ident $path:literal $handler:path $([$action:ident])? , $summary:literal;)* })*) => {$(
        $(#[$doc])*
        pub(crate) static $list: &[$crate::http::endpoint::Endpoint] = &[$(
            $crate::http::endpoint::Endpoint {
                method: stringify!($method),
                path: $path,
                summary: $summary,
                needs: $crate::http::endpoint::endpoints!(@needs $($action)?),
                route: || axum::routing::on(axum::routing::MethodFilter::$method, $handler),
                describe: |sheet| $crate::http::endpoint::sheet_of($handler, sheet),
            },
        )*];
    )*};
    (@needs) => { None };
    (@needs $action:ident) => { Some(reda_domain::permission::Action::$action) };
}
pub(crate) use endpoints;

/// Fills a call's sheet in from its handler.
pub(crate) fn sheet_of<Arguments, H: Described<Arguments>>(handler: H, sheet: &mut Sheet) {
    handler.describe(sheet);
}

/// The routes of a list; the only place that makes any.
pub(crate) fn routes(list: &'static [Endpoint]) -> Router<App> {
    list.iter().fold(Router::new(), |router, it| router.route(it.path, (it.route)()))
}
