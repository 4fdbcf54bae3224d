//! A customer's page without a browser: its own key, its own socket, the same calls.

use super::counter::PATIENCE;
use super::step;
use crate::error::CommandError;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use futures_util::{SinkExt as _, StreamExt as _};
use reda_domain::code::{Code, CodeId, step_at};
use reda_domain::request::{RequestKind, RequestStatus};
use reda_domain::signature::PrivateKey;
use reda_domain::{KeyId, UserId};
use reda_protocol::api::{KeyRegistered, Page as ListPage, SignedIn};
use reda_protocol::entity::{CardBody, RequestBody};
use reda_protocol::frame::{ClientFrame, EntityKind, ServerFrame, VERSION};
use reda_protocol::scope::{Cursor, Cursors, ScopeName};
use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub(super) struct Page {
    http: reqwest::Client,
    base: String,
    token: String,
    user: UserId,
    key: PrivateKey,
    registered: Option<(KeyId, CodeId)>,
    socket: Option<Socket>,
}

impl Page {
    pub(super) async fn sign_up(base: &str, name: &str) -> Result<Self, CommandError> {
        let mut page = Self {
            http: reqwest::Client::new(),
            base: base.to_owned(),
            token: String::new(),
            user: UserId(uuid::Uuid::nil()),
            key: fresh_key()?,
            registered: None,
            socket: None,
        };
        let body = json!({
            "name": name, "email": "zawadi.njeri@example.com", "password": "demo-password",
        });
        let signed_in: SignedIn =
            page.call("sign_up", Method::POST, "/api/auth/sign-up", body).await?;
        page.token = signed_in.token;
        page.user = signed_in.user.id;
        Ok(page)
    }

    pub(super) async fn register_key(&mut self) -> Result<(), CommandError> {
        let public_key = self.key.public().to_spki_base64();
        let body = json!({ "public_key": public_key, "label": "Demo" });
        let made: KeyRegistered =
            self.call("page_online", Method::POST, "/api/me/keys", body).await?;
        self.registered = Some((made.key.id, made.key.code_id));
        Ok(())
    }

    pub(super) async fn connect(&mut self, url: &str) -> Result<(), CommandError> {
        let (socket, _) = connect_async(url).await.map_err(|error| step("page_online", error))?;
        self.socket = Some(socket);
        let hello = ClientFrame::Hello {
            version: VERSION.to_owned(),
            token: self.token.clone(),
            device: None,
            cursors: Cursors::from([(ScopeName::User(self.user), Cursor::default())]),
        };
        self.send(&hello).await?;
        self.until("page_online", |frame| {
            matches!(frame, ServerFrame::Welcome { .. }).then_some(())
        })
        .await
    }

    /// The code that the page shows now.
    pub(super) fn code(&self) -> String {
        let (_, code_id) = self.registered.expect("registered before it shows a code");
        Code::rotating(code_id, step_at(reda_server::now()), &self.key).to_text()
    }

    /// Waits for a request of this kind to show.
    pub(super) async fn request(
        &mut self,
        name: &'static str,
        kind: RequestKind,
    ) -> Result<RequestBody, CommandError> {
        let asks = move |request: &RequestBody| {
            request.kind == kind && request.status == RequestStatus::Pending
        };
        self.until(name, move |frame| body(frame, EntityKind::Request, asks)).await
    }

    /// Accepts, signed by the page's key.
    pub(super) async fn accept(
        &self,
        name: &'static str,
        request: &RequestBody,
    ) -> Result<(), CommandError> {
        let (key, _) = self.registered.expect("registered before it answers");
        let text = format!(
            "reda answer v1\n{}\n{}\naccept\n{}\n{}",
            request.id, request.business, request.points, request.expires_at.0
        );
        let value = BASE64.encode(self.key.sign(text.as_bytes()));
        let body = json!({ "answer": "accept", "signature": { "key": key, "value": value } });
        let path = format!("/api/requests/{}/answer", request.id);
        let _: Value = self.call(name, Method::POST, &path, body).await?;
        Ok(())
    }

    /// Waits until a card shows this balance.
    pub(super) async fn balance(
        &mut self,
        name: &'static str,
        wanted: i64,
    ) -> Result<i64, CommandError> {
        let enough = move |card: &CardBody| card.balance.0 == wanted;
        let card: CardBody =
            self.until(name, move |frame| body(frame, EntityKind::Card, enough)).await?;
        Ok(card.balance.0)
    }

    /// The balance that the database has.
    pub(super) async fn balance_in_database(
        &self,
        name: &'static str,
    ) -> Result<i64, CommandError> {
        let cards: ListPage<CardBody> =
            self.call(name, Method::GET, "/api/me/cards", Value::Null).await?;
        cards.items.first().map(|card| card.balance.0).ok_or_else(|| step(name, "no card"))
    }

    async fn call<T: DeserializeOwned>(
        &self,
        name: &'static str,
        method: Method,
        path: &str,
        body: Value,
    ) -> Result<T, CommandError> {
        let failed = |error: reqwest::Error| step(name, error);
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        if !body.is_null() {
            request = request.json(&body);
        }
        let response = request.timeout(PATIENCE).send().await.map_err(failed)?;
        let status = response.status();
        let text = response.text().await.map_err(failed)?;
        if !status.is_success() {
            return Err(step(name, format!("{status}: {text}")));
        }
        serde_json::from_str(&text).map_err(|error| step(name, error))
    }

    async fn send(&mut self, frame: &ClientFrame) -> Result<(), CommandError> {
        let text = serde_json::to_string(frame).expect("a frame is plain data");
        let socket = self.socket.as_mut().ok_or_else(|| step("page_online", "no socket"))?;
        socket.send(Message::text(text)).await.map_err(|error| step("page_online", error))
    }

    /// Reads frames until one gives what is wanted.
    async fn until<T>(
        &mut self,
        name: &'static str,
        wanted: impl Fn(&ServerFrame) -> Option<T>,
    ) -> Result<T, CommandError> {
        let socket = self.socket.as_mut().ok_or_else(|| step(name, "no socket"))?;
        let reading = async {
            while let Some(message) = socket.next().await {
                let message = message.map_err(|error| step(name, error))?;
                let Message::Text(text) = message else { continue };
                let frame = serde_json::from_str(&text).map_err(|error| step(name, error))?;
                if let Some(found) = wanted(&frame) {
                    return Ok(found);
                }
            }
            Err(step(name, "the socket closed"))
        };
        tokio::time::timeout(PATIENCE, reading).await.unwrap_or_else(|_| Err(step(name, "nothing")))
    }
}

fn fresh_key() -> Result<PrivateKey, CommandError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| step("sign_up", error))?;
    PrivateKey::from_bytes(&bytes).ok_or_else(|| step("sign_up", "no key"))
}

/// A body of this kind in a frame of changes.
fn body<T: DeserializeOwned>(
    frame: &ServerFrame,
    kind: EntityKind,
    wanted: impl Fn(&T) -> bool,
) -> Option<T> {
    let ServerFrame::Changes(changes) = frame else { return None };
    let of_kind = changes.items.iter().filter(|item| item.entity == kind);
    let bodies = of_kind.filter_map(|item| serde_json::from_value(item.body.clone()?).ok());
    bodies.into_iter().find(|body| wanted(body))
}
