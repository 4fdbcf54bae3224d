//! HTTP to the till's server: one call, its answer or its refusal. Without encryption only this
//! computer is asked; another one is known by a certificate that everybody knows, or by the one that
//! was pinned when the till joined.

use reda_domain::DeviceId;
use reda_domain::fingerprint::Fingerprint;
use reda_domain::language::Language;
use reda_domain::server_address::{AddressError, ServerAddress};
use reda_protocol::error::{ErrorBody, WireError};
use reda_sync::{ClientConfig, Distrust, Look, Shown, TokenError, Trust, distrust};
use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// A call that takes longer is given up.
const CALL_WITHIN: Duration = Duration::from_secs(8);
/// The same for a whole file.
const FILE_WITHIN: Duration = Duration::from_secs(120);
/// Whoever does not take a connection by then is away.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// A connection that is not used is closed before the server does it.
const IDLE_MAX: Duration = Duration::from_secs(15);

/// A server, by its address.
#[derive(Clone, Debug)]
pub struct Http {
    client: reqwest::Client,
    address: ServerAddress,
    pin: Option<Fingerprint>,
}

/// Why a call brought no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum HttpError {
    /// The server could not be reached, or is in trouble: it may work later.
    #[error("the server did not answer: {0}")]
    Away(String),
    /// Whoever answered is not the server that this till knows.
    #[error("the server was not believed: {0:?}")]
    Distrusted(Distrust),
    /// The server said no.
    #[error("{0}")]
    Refused(WireError),
}

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
    /// The server at an address as people type it, with a certificate that everybody knows.
    pub fn at(address: &str) -> Result<Self, AddressError> {
        Ok(Self::of(ServerAddress::parse(address)?, None))
    }

    /// The server at an address, known by its certificate's fingerprint where there is one.
    pub fn of(address: ServerAddress, pin: Option<Fingerprint>) -> Self {
        let trust = pin.map_or(Trust::Known, Trust::Pinned);
        Self { client: client(trust.tls(), address.is_encrypted()), address, pin }
    }

    /// Where it is.
    pub fn address(&self) -> &ServerAddress {
        &self.address
    }

    /// By which certificate it is known.
    pub fn pin(&self) -> Option<Fingerprint> {
        self.pin
    }

    /// Where a till's line goes, and whom it believes there.
    pub(crate) fn line(&self, device: DeviceId) -> ClientConfig {
        let trust = self.pin.map_or(Trust::Known, Trust::Pinned);
        ClientConfig { url: self.address.socket_url(), trust, device: Some(device) }
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
        let call = self.client.request(ask.method, format!("{}{}", self.address, ask.path));
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

/// A client that goes to its server directly, and nowhere else.
fn client(tls: rustls::ClientConfig, encrypted: bool) -> reqwest::Client {
    let client = reqwest::Client::builder()
        .use_preconfigured_tls(tls)
        .https_only(encrypted)
        .redirect(Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT_WITHIN)
        .pool_idle_timeout(IDLE_MAX);
    client.build().expect("this TLS is the one that is linked")
}

/// Looks at the certificate of a server before it is believed, and says nothing else to it. `None`:
/// there is nothing to compare, since everybody knows it, or it is on this same computer.
pub async fn look(address: &ServerAddress) -> Result<Option<Fingerprint>, HttpError> {
    if !address.is_encrypted() {
        return Ok(None);
    }
    let look = Look::new();
    let call = client(look.tls(), true).get(format!("{address}/health/live"));
    let asked = call.timeout(CALL_WITHIN).send().await;
    match (look.shown(), asked) {
        (Some(Shown::Known), _) => Ok(None),
        (Some(Shown::Own(fingerprint)), _) => Ok(Some(fingerprint)),
        (Some(Shown::NotNow), _) => Err(HttpError::Distrusted(Distrust::Clock)),
        (None, Err(error)) => Err(away(error)),
        (None, Ok(_)) => Err(HttpError::Away("it showed no certificate".to_owned())),
    }
}

fn away(error: reqwest::Error) -> HttpError {
    match distrust(&error) {
        Some(why) => HttpError::Distrusted(why),
        None => HttpError::Away(error.to_string()),
    }
}

/// As the window names it.
pub(crate) fn code_of_distrust(why: Distrust) -> &'static str {
    match why {
        Distrust::Other => "other_certificate",
        Distrust::Clock => "wrong_clock",
    }
}

impl HttpError {
    /// As the window reads it.
    pub fn wire(self, language: Language) -> WireError {
        match self {
            HttpError::Away(_) => WireError::of("offline", language),
            HttpError::Distrusted(why) => WireError::of(code_of_distrust(why), language),
            HttpError::Refused(error) => error,
        }
    }

    /// As the line reads it: what passes is worth another try.
    pub(crate) fn of_token(self) -> TokenError {
        match self {
            HttpError::Refused(error) if error.status() < 500 && error.status() != 429 => {
                TokenError::Refused(error.to_string())
            }
            HttpError::Distrusted(why) => TokenError::Distrusted(why),
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
        assert!(Http::at("http://127.0.0.1:3000").is_ok());
        assert_eq!(Http::at("http://192.168.1.2:3000").err(), Some(AddressError::InTheClear));
    }

    #[tokio::test]
    async fn where_nobody_answers_there_is_nothing_to_see() {
        // Bound and let go of: nobody listens there now.
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let address = ServerAddress::parse(&format!("https://{free}")).unwrap();
        assert!(matches!(look(&address).await, Err(HttpError::Away(_))));
    }
}
