//! What stands before every handler: headers, hosts, rates.

use super::ApiError;
use super::error::Told;
use super::network::Network;
use crate::app::App;
use crate::auth::{Language, Wait};
use crate::door::ByDoor;
use axum::extract::{Request, State};
use axum::http::Uri;
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use uuid::Uuid;

/// No foreign script, style or frame; pictures also from the page itself.
const CSP: &str = "default-src 'self'; img-src 'self' data:; style-src 'self'; \
    connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
    object-src 'none'";

/// Tries per minute and network at sign-in and its like; as many may come at once.
const TRIES_PER_MINUTE: NonZeroU32 = NonZeroU32::new(60).expect("not zero");
/// Calls per second of one network, and how many may come at once: a shop's Wi-Fi is one.
const CALLS_PER_SECOND: NonZeroU32 = NonZeroU32::new(200).expect("not zero");
const CALLS_AT_ONCE: NonZeroU32 = NonZeroU32::new(4_000).expect("not zero");
/// Calls per second of one account or till, and how many may come at once.
const OWN_CALLS_PER_SECOND: NonZeroU32 = NonZeroU32::new(100).expect("not zero");
const OWN_CALLS_AT_ONCE: NonZeroU32 = NonZeroU32::new(2_000).expect("not zero");
/// Codes and addresses that one account or till looks up in a minute; as many may come at once.
/// More than a counter can serve, and too few to try numbers out.
const LOOK_UPS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(120).expect("not zero");

/// Rates of calls, in this process's memory. What guards secrets is counted in the database
/// instead: see `auth/attempts.rs`.
pub(crate) struct Rates {
    tries: DefaultKeyedRateLimiter<Network>,
    calls: DefaultKeyedRateLimiter<Network>,
    own_calls: DefaultKeyedRateLimiter<Uuid>,
    look_ups: DefaultKeyedRateLimiter<Uuid>,
}

impl Default for Rates {
    fn default() -> Self {
        let calls = Quota::per_second(CALLS_PER_SECOND).allow_burst(CALLS_AT_ONCE);
        let own_calls = Quota::per_second(OWN_CALLS_PER_SECOND).allow_burst(OWN_CALLS_AT_ONCE);
        Self {
            tries: DefaultKeyedRateLimiter::keyed(Quota::per_minute(TRIES_PER_MINUTE)),
            calls: DefaultKeyedRateLimiter::keyed(calls),
            own_calls: DefaultKeyedRateLimiter::keyed(own_calls),
            look_ups: DefaultKeyedRateLimiter::keyed(Quota::per_minute(LOOK_UPS_PER_MINUTE)),
        }
    }
}

impl Rates {
    /// Counts a call of an account or till.
    pub(crate) fn own_call(&self, of: Uuid) -> Result<(), ApiError> {
        within(&self.own_calls, &of)
    }

    /// Counts a code or address that an account or till looks up.
    pub(crate) fn look_up(&self, of: Uuid) -> Result<(), ApiError> {
        within(&self.look_ups, &of)
    }

    /// Forgets those that have not called for long.
    fn tidy(&self) {
        let kept = self.tries.len() + self.calls.len() + self.own_calls.len();
        if kept > KEPT_MAX {
            self.tries.retain_recent();
            self.calls.retain_recent();
            self.own_calls.retain_recent();
            self.look_ups.retain_recent();
        }
    }
}

/// Callers remembered at once; beyond, those that have not called for long are forgotten.
const KEPT_MAX: usize = 10_000;

fn within<K: Hash + Eq + Clone>(
    limiter: &DefaultKeyedRateLimiter<K>,
    of: &K,
) -> Result<(), ApiError> {
    limiter.check_key(of).map_err(|until| {
        let secs = until.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
        Wait { secs: i64::try_from(secs).unwrap_or(i64::MAX) }.into()
    })
}

/// Refuses a network that tries too often, and says when to come back.
pub(crate) async fn limit_tries(
    State(app): State<App>,
    network: Network,
    request: Request,
    next: Next,
) -> Response {
    match within(&app.rates.tries, &network) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

/// Refuses a network that calls too often.
pub(crate) async fn limit_calls(
    State(app): State<App>,
    network: Network,
    request: Request,
    next: Next,
) -> Response {
    app.rates.tidy();
    match within(&app.rates.calls, &network) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

/// Adds the headers that browsers need to keep the page to itself.
pub(crate) async fn security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // A page may be stricter than the rest.
    let mut set = |name: HeaderName, value| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, CSP);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    set(HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()");
    response
}

/// A server on this computer alone answers only what was sent to this computer, or to its public
/// address by a proxy: a foreign page's script, or a name that was pointed here, gets nothing.
pub(crate) async fn local_only(
    State(app): State<App>,
    language: Language,
    request: Request,
    next: Next,
) -> Response {
    let public = app.config.public_url.as_deref().and_then(authority);
    // Whoever came by the door was shown a certificate that no page of others can have.
    let by_door = request.extensions().get::<ByDoor>().is_some();
    let local = app.config.listen.ip().is_loopback() && !by_door;
    if local && !is_from_here(request.headers(), request.uri(), public) {
        return Told(ApiError::of("forbidden").told(language.0)).into_response();
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
