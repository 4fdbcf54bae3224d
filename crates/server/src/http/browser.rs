//! The browser that calls: the cookie that a one-time code works with, and what it calls itself.

use crate::app::App;
use crate::auth::CODE_MS;
use crate::clock;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::header::{COOKIE, HeaderMap, HeaderValue, SET_COOKIE, USER_AGENT};
use axum::http::request::Parts;
use data_encoding::BASE64URL_NOPAD;
use std::convert::Infallible;

/// The cookie's name. Only codes are bound to it; it signs nobody in.
const NAME: &str = "reda_code";
/// The longest value that is looked at.
const VALUE_MAX: usize = 100;

/// The cookie's value.
pub(crate) struct Browser(pub(crate) String);

impl Browser {
    /// A browser that asks now.
    pub(crate) fn fresh() -> Self {
        Self(BASE64URL_NOPAD.encode(&clock::random::<32>()))
    }

    /// The header that gives the browser its cookie: no script reads it, no other site sends it.
    pub(crate) fn cookie(&self, app: &App) -> HeaderMap {
        let secure = app.config.public_url.as_deref().is_some_and(|it| it.starts_with("https://"));
        let secure = if secure { "; Secure" } else { "" };
        let (value, secs) = (&self.0, CODE_MS / 1000);
        set(&format!(
            "{NAME}={value}; HttpOnly; SameSite=Strict; Path=/api; Max-Age={secs}{secure}"
        ))
    }
}

/// The header that takes the cookie back.
pub(crate) fn no_cookie() -> HeaderMap {
    set(&format!("{NAME}=; HttpOnly; SameSite=Strict; Path=/api; Max-Age=0"))
}

fn set(cookie: &str) -> HeaderMap {
    let value = HeaderValue::from_str(cookie).expect("a cookie of plain letters");
    HeaderMap::from_iter([(SET_COOKIE, value)])
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Browser {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Infallible> {
        let headers = parts.headers.get_all(COOKIE).iter();
        let cookies = headers.filter_map(|it| it.to_str().ok()).flat_map(|it| it.split(';'));
        let mut values = cookies.filter_map(|it| it.trim().strip_prefix(NAME)?.strip_prefix('='));
        let value = values.next().filter(|it| !it.is_empty() && it.len() <= VALUE_MAX);
        Ok(value.map(|value| Self(value.to_owned())))
    }
}

/// What a browser calls itself, in words that a person knows: "Firefox, Android".
pub(crate) struct Label(pub(crate) String);

impl Label {
    fn of(agent: &str) -> Self {
        // The order matters: most browsers also name those that they descend from.
        const BROWSERS: [(&str, &str); 6] = [
            ("Edg", "Edge"),
            ("OPR/", "Opera"),
            ("Firefox/", "Firefox"),
            ("Chrome/", "Chrome"),
            ("Safari/", "Safari"),
            ("reda", "Reda"),
        ];
        const SYSTEMS: [(&str, &str); 6] = [
            ("Android", "Android"),
            ("iPhone", "iPhone"),
            ("iPad", "iPad"),
            ("Windows", "Windows"),
            ("Mac OS X", "macOS"),
            ("Linux", "Linux"),
        ];
        let named = |known: [(&str, &'static str); 6]| {
            known.into_iter().find(|(sign, _)| agent.contains(sign)).map(|(_, name)| name)
        };
        let words: Vec<_> = named(BROWSERS).into_iter().chain(named(SYSTEMS)).collect();
        Self(words.join(", "))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Label {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(Self::of(agent.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_called_what_people_call_it() {
        let label = |agent: &str| Label::of(agent).0;
        let phone = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Safari/537.36";
        assert_eq!(label(phone), "Chrome, Android");
        let mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) Version/17.5 Safari/605.1.15";
        assert_eq!(label(mac), "Safari, macOS");
        assert_eq!(label("<script>alert(1)</script>"), "");
    }
}
