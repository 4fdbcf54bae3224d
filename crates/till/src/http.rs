//! HTTP to the till's server: one call, its answer or its refusal. Without encryption only this
//! computer is asked, since there is no certificate to know another one by.

use reda_domain::language::Language;
use reda_protocol::error::{ErrorBody, WireError};
use reda_sync::TokenError;
use reqwest::{Method, RequestBuilder, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// A call that takes longer is given up.
const CALL_WITHIN: Duration = Duration::from_secs(8);
/// The same for a whole file.
const FILE_WITHIN: Duration = Duration::from_secs(120);
/// The names of this computer.
const HERE: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// A server, by its address.
#[derive(Clone, Debug)]
pub struct Http {
    client: reqwest::Client,
    /// `http://host:port`.
    server: String,
}

/// Why a call brought no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum HttpError {
    /// The server could not be reached, or is in trouble: it may work later.
    #[error("the server did not answer: {0}")]
    Away(String),
    /// The server said no.
    #[error("{0}")]
    Refused(WireError),
}

/// An address that is not asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not http:// on this computer: it cannot be asked yet")]
pub struct BadAddress(pub String);

/// A call: where it goes, and who makes it.
pub(crate) struct Ask<'a> {
    method: Method,
    path: &'a str,
    token: Option<&'a str>,
    staff_token: Option<&'a str>,
    within: Duration,
}

impl<'a> Ask<'a> {
    pub(crate) fn new(method: Method, path: &'a str) -> Self {
        Self { method, path, token: None, staff_token: None, within: CALL_WITHIN }
    }

    /// By whoever has this token.
    pub(crate) fn by(self, token: &'a str) -> Self {
        Self { token: Some(token), ..self }
    }

    /// For an answer that is long.
    pub(crate) fn slow(self) -> Self {
        Self { within: FILE_WITHIN, ..self }
    }

    /// By who is switched on at the till that calls.
    pub(crate) fn and_staff(self, token: &'a str) -> Self {
        Self { staff_token: Some(token), ..self }
    }
}

impl Http {
    /// The server at an address as people type it.
    pub fn at(address: &str) -> Result<Self, BadAddress> {
        let typed = address.trim().trim_end_matches('/');
        let server = match typed.contains("://") {
            true => typed.to_owned(),
            false => format!("http://{typed}"),
        };
        let here = server.strip_prefix("http://").is_some_and(|rest| {
            let name = rest.rsplit_once(':').map_or(rest, |(name, _)| name);
            HERE.contains(&name)
        });
        if !here {
            return Err(BadAddress(server));
        }
        let client = reqwest::Client::builder().build().map_err(|_| BadAddress(server.clone()))?;
        Ok(Self { client, server })
    }

    /// `http://host:port`.
    pub fn address(&self) -> &str {
        &self.server
    }

    /// Where a till's line goes.
    pub fn socket_url(&self) -> String {
        format!("{}/ws", self.server.replacen("http", "ws", 1))
    }

    /// The server that a line goes to.
    pub(crate) fn of_socket(url: &str) -> Result<Self, BadAddress> {
        let server = url.trim_end_matches("/ws").replacen("ws", "http", 1);
        Self::at(&server)
    }

    /// Makes a call as a person whom nobody has met yet, or who has signed in.
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        token: Option<&str>,
    ) -> Result<T, HttpError> {
        let ask = Ask { token, ..Ask::new(Method::POST, path) };
        self.json(ask, Some(body), Language::default()).await
    }

    /// The same, to change something.
    pub async fn patch<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        token: &str,
    ) -> Result<T, HttpError> {
        self.json(Ask::new(Method::PATCH, path).by(token), Some(body), Language::default()).await
    }

    /// Makes a call and reads its answer.
    pub(crate) async fn json<T: DeserializeOwned>(
        &self,
        ask: Ask<'_>,
        body: Option<&impl Serialize>,
        language: Language,
    ) -> Result<T, HttpError> {
        self.send(ask, body, language).await?.json().await.map_err(away)
    }

    /// Makes a call whose answer says nothing more.
    pub(crate) async fn done(
        &self,
        ask: Ask<'_>,
        body: Option<&impl Serialize>,
        language: Language,
    ) -> Result<(), HttpError> {
        self.send(ask, body, language).await.map(|_| ())
    }

    pub(crate) async fn send(
        &self,
        ask: Ask<'_>,
        body: Option<&impl Serialize>,
        language: Language,
    ) -> Result<Response, HttpError> {
        let call = self.client.request(ask.method, format!("{}{}", self.server, ask.path));
        let call = call.timeout(ask.within).header("accept-language", language.tag());
        let call = opt(call, ask.token, |call, token| call.bearer_auth(token));
        let call = opt(call, ask.staff_token, |call, token| call.header("reda-staff-token", token));
        let call = opt(call, body, |call, body| call.json(body));
        let answer = call.send().await.map_err(away)?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        Err(HttpError::Refused(answer.json::<ErrorBody>().await.map_err(away)?.error))
    }
}

fn opt<T>(
    call: RequestBuilder,
    what: Option<T>,
    with: impl FnOnce(RequestBuilder, T) -> RequestBuilder,
) -> RequestBuilder {
    match what {
        Some(what) => with(call, what),
        None => call,
    }
}

fn away(error: reqwest::Error) -> HttpError {
    HttpError::Away(error.to_string())
}

impl HttpError {
    /// As the window reads it.
    pub fn wire(self, language: Language) -> WireError {
        match self {
            HttpError::Away(_) => WireError::of("offline", language),
            HttpError::Refused(error) => error,
        }
    }

    /// As the line reads it: what passes is worth another try.
    pub(crate) fn of_token(self) -> TokenError {
        match self {
            HttpError::Refused(error) if error.status() < 500 && error.status() != 429 => {
                TokenError::Refused(error.to_string())
            }
            passing @ (HttpError::Refused(_) | HttpError::Away(_)) => {
                TokenError::Unavailable(passing.to_string())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_computer_is_not_asked_in_the_clear() {
        for here in ["http://127.0.0.1:3000", "localhost:3000", " http://localhost:3000/ "] {
            assert!(Http::at(here).is_ok(), "{here}");
        }
        for other in ["http://192.168.1.2:3000", "localhost.evil.example", "ftp://127.0.0.1", ""] {
            assert!(Http::at(other).is_err(), "{other}");
        }
    }

    #[test]
    fn a_line_and_its_server_know_each_other() {
        let http = Http::at("http://127.0.0.1:7332").unwrap();
        assert_eq!(http.socket_url(), "ws://127.0.0.1:7332/ws");
        assert_eq!(Http::of_socket(&http.socket_url()).unwrap().address(), http.address());
    }
}
