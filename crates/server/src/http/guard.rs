//! What stands before every handler: headers, hosts, rates.

use super::ApiError;
use crate::app::App;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::Uri;
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;

/// No foreign script, style or frame; pictures also from the page itself.
const CSP: &str = "default-src 'self'; img-src 'self' data:; style-src 'self'; \
    connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
    object-src 'none'";

/// Tries per minute and address at sign-in and its like; as many may come at once.
const TRIES_PER_MINUTE: NonZeroU32 = NonZeroU32::new(60).expect("not zero");

/// Counts tries per network address.
pub(crate) type Limiter = Arc<Tries>;

/// See [`Limiter`].
pub(crate) struct Tries(DefaultKeyedRateLimiter<IpAddr>);

impl Tries {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(DefaultKeyedRateLimiter::keyed(Quota::per_minute(TRIES_PER_MINUTE))))
    }
}

/// Refuses an address that tries too often, and says when to come back.
pub(crate) async fn limit(
    State(limiter): State<Limiter>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    match limiter.0.check_key(&from.ip()) {
        Ok(()) => next.run(request).await,
        Err(until) => {
            let wait = until.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
            let mut response = ApiError::of("rate_limited").into_response();
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
            response
        }
    }
}

/// Adds the headers that browsers need to keep the page to itself.
pub(crate) async fn security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value| headers.insert(name, HeaderValue::from_static(value));
    set(header::CONTENT_SECURITY_POLICY, CSP);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    set(HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()");
    response
}

/// A server on this computer alone answers only what was sent to this computer, or to its public
/// address by a proxy: a foreign page's script, or a name that was pointed here, gets nothing.
pub(crate) async fn local_only(State(app): State<App>, request: Request, next: Next) -> Response {
    let public = app.config.public_url.as_deref().and_then(authority);
    let local = app.config.listen.ip().is_loopback();
    if local && !is_from_here(request.headers(), request.uri(), public) {
        return ApiError::of("forbidden").into_response();
    }
    next.run(request).await
}

/// Host and port of an address.
fn authority(url: &str) -> Option<&str> {
    url.split_once("://")?.1.split('/').next()
}

fn is_from_here(headers: &HeaderMap, uri: &Uri, public: Option<&str>) -> bool {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let host = text(header::HOST).or_else(|| uri.authority().map(|it| it.as_str()));
    let origin = text(header::ORIGIN).map(|origin| authority(origin).unwrap_or("?"));
    let known = |host| is_loopback(host) || public == Some(host);
    host.is_some_and(known) && origin.is_none_or(|origin| Some(origin) == host)
}

pub(crate) fn is_loopback(authority: &str) -> bool {
    let name = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(host: &str, origin: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        is_from_here(&headers, &Uri::from_static("/"), Some("reda.example"))
    }

    #[test]
    fn a_name_that_was_pointed_here_gets_nothing() {
        assert!(allowed("localhost:3000", None));
        assert!(allowed("127.0.0.1:3000", Some("http://127.0.0.1:3000")));
        assert!(allowed("[::1]:3000", None));
        assert!(allowed("reda.example", Some("https://reda.example")));
        assert!(!allowed("evil.example:3000", None));
        assert!(!allowed("localhost.evil.example", None));
    }

    #[test]
    fn a_foreign_pages_script_gets_nothing() {
        assert!(!allowed("localhost:3000", Some("http://evil.example")));
        assert!(!allowed("localhost:3000", Some("http://localhost:4000")));
        assert!(!allowed("localhost:3000", Some("null")));
    }
}
