//! The server's side of one till's line, played by the test.

use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use reda_domain::{BusinessId, StaffId, Timestamp};
use reda_protocol::error::WireError;
use reda_protocol::frame::{
    Changes, ClientFrame, CloseCode, EntityKind, Item, Limits, ServerFrame, cursor,
};
use reda_protocol::operation::{Operation, Outcome, OutcomeKind};
use reda_protocol::scope::{Cursor, Cursors, ScopeName};
use reda_sync::{Token, TokenSource};
use serde_json::{Value, json};
use std::future::Future;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use uuid::Uuid;

/// The till's clock stands still.
pub(crate) const TILL_TIME: Timestamp = Timestamp(1_795_255_323_000);
/// The server's is an hour ahead of the till's.
pub(crate) const SERVER_TIME: Timestamp = Timestamp(TILL_TIME.0 + 3_600_000);

pub(crate) const SHOP: BusinessId = BusinessId(Uuid::from_u128(1));
pub(crate) const ME: StaffId = StaffId(Uuid::from_u128(2));
pub(crate) const PROGRAM: Uuid = Uuid::from_u128(3);
pub(crate) const AMINA: Uuid = Uuid::from_u128(4);
pub(crate) const CARD: Uuid = Uuid::from_u128(5);
pub(crate) const REQUEST: Uuid = Uuid::from_u128(6);

pub(crate) fn scope() -> ScopeName {
    ScopeName::Business(SHOP)
}

/// No step takes longer than this, reconnecting and reading a picture included.
pub(crate) async fn within<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), what).await.expect("it happens in time")
}

pub(crate) fn token(text: &'static str) -> TokenSource {
    let token = move || Token { text: text.to_owned(), expires_in: Duration::from_secs(900) };
    Box::new(move || async move { Ok(token()) }.boxed())
}

pub(crate) struct Server {
    socket: WebSocketStream<TcpStream>,
    /// Where the feed stands.
    seq: i64,
}

impl Server {
    /// Accepts a till, welcomes it, and gives back where its replica stands.
    pub(crate) async fn greet(listener: &TcpListener) -> (Self, Cursor) {
        let (mut server, cursors) = Self::welcome(listener, SHOP).await;
        let at = cursors[&scope()];
        server.seq = at.seq;
        (server, at)
    }

    /// Welcomes a till of any business.
    pub(crate) async fn greet_of(listener: &TcpListener, business: BusinessId) -> Self {
        Self::welcome(listener, business).await.0
    }

    async fn welcome(listener: &TcpListener, business: BusinessId) -> (Self, Cursors) {
        let (stream, _) = within(listener.accept()).await.unwrap();
        let socket = within(tokio_tungstenite::accept_async(stream)).await.unwrap();
        let mut server = Self { socket, seq: 0 };
        let ClientFrame::Hello { token, cursors, .. } = server.hear().await else {
            panic!("hello comes first")
        };
        assert_eq!(token, "device token");
        let limits = Limits { frame_bytes: 65_536, unanswered_ops: 8 };
        let scopes = vec![ScopeName::Business(business)];
        server.say(ServerFrame::Welcome { server_time: SERVER_TIME, limits, scopes }).await;
        (server, cursors)
    }

    /// The shop as it is before any customer.
    pub(crate) async fn open_shop(&mut self) {
        let business = json!({ "id": SHOP, "name": "Baraka", "country": "KE", "currency": "KES" });
        let earn = json!({ "points": 1, "per": { "amount": 10_000, "currency": "KES" } });
        let program = json!({
            "id": PROGRAM, "name": "Baraka Points", "kind": "points", "status": "active",
            "earn": earn, "welcome_bonus": 0,
        });
        let me = json!({ "id": ME, "name": "Esther Kamau", "role": "owner",
            "has_pin": true });
        self.changes(vec![
            (EntityKind::Business, SHOP.0, business),
            (EntityKind::Program, PROGRAM, program),
            (EntityKind::Staff, ME.0, me),
        ])
        .await;
    }

    pub(crate) async fn changes(&mut self, rows: Vec<(EntityKind, Uuid, Value)>) {
        let from = self.seq;
        let item = |(entity, id, body)| Item {
            entity,
            id,
            seq: from + 1,
            deleted: false,
            body: Some(body),
        };
        let items = rows.into_iter().map(item).collect();
        self.seq += 1;
        let changes = Changes { scope: scope(), epoch: 1, from, to: self.seq, items };
        self.say(ServerFrame::Changes(changes)).await;
    }

    /// The next operation; it carries the token of whoever is switched on.
    pub(crate) async fn hear_op(&mut self, kind: &str) -> Operation {
        loop {
            match self.hear().await {
                ClientFrame::Op(operation) => {
                    assert_eq!(operation.kind, kind);
                    assert_eq!(operation.staff_token.as_deref(), Some("staff token"));
                    return operation;
                }
                ClientFrame::Ping => {}
                other => panic!("an operation, not {other:?}"),
            }
        }
    }

    pub(crate) async fn apply(&mut self, operation: &Operation, data: Value) {
        self.answer(operation, OutcomeKind::Applied, None, data).await;
    }

    pub(crate) async fn refuse(&mut self, operation: &Operation, error: WireError) {
        self.answer(operation, OutcomeKind::Rejected, Some(error), Value::Null).await;
    }

    async fn answer(
        &mut self,
        operation: &Operation,
        outcome: OutcomeKind,
        error: Option<WireError>,
        data: Value,
    ) {
        let moved = Cursors::from([(scope(), cursor(1, self.seq))]);
        let (code, message) = error.map(|error| (error.code, error.message)).unzip();
        let id = operation.id;
        let answer = Outcome { id, outcome, code, message, details: None, data, moved };
        self.say(ServerFrame::Result(answer)).await;
    }

    /// Amina's answer, with all that it brings to the shop.
    pub(crate) async fn amina_accepts(&mut self) {
        let request = request("accepted", Some(CARD));
        let created_at = SERVER_TIME.plus_ms(60_000);
        let member = json!({
            "id": AMINA, "name": "Amina Odhiambo", "phone": "+254722000412", "email": null,
            "visits": 0, "spend": 0, "joined_at": created_at, "last_visit_at": null,
        });
        let notification = Uuid::from_u128(7);
        let told = json!({
            "id": notification, "staff": ME, "type": "enrollment_accepted",
            "title": "Amina joined Baraka Points", "message": "Amina accepted.",
            "related_id": REQUEST, "related_type": "request", "metadata": {},
            "is_read": false, "created_at": created_at,
        });
        self.changes(vec![
            (EntityKind::Request, REQUEST, request),
            (EntityKind::Card, CARD, card_with(0)),
            (EntityKind::Member, AMINA, member),
            (EntityKind::Notification, notification, told),
        ])
        .await;
    }

    /// Amina's yes to 200 points, with all that it brings to the shop.
    pub(crate) async fn amina_approves(&mut self, balance: i64) {
        let notification = Uuid::from_u128(8);
        let told = json!({
            "id": notification, "staff": ME, "type": "points_request_approved",
            "title": "Amina said yes", "message": "200 points were deducted.",
            "related_id": REQUEST, "related_type": "request", "metadata": {},
            "is_read": false, "created_at": SERVER_TIME.plus_ms(60_000),
        });
        self.changes(vec![
            (EntityKind::Request, REQUEST, points_asked("accepted")),
            (EntityKind::Card, CARD, card_with(balance)),
            (EntityKind::Notification, notification, told),
        ])
        .await;
    }

    /// Says that the till is no longer the shop's.
    pub(crate) async fn turn_away(mut self) {
        let code = CloseCode::Forbidden.number().into();
        let close = CloseFrame { code, reason: "".into() };
        within(self.socket.close(Some(close))).await.unwrap();
        self.is_left().await;
    }

    /// Waits until the till hangs up.
    pub(crate) async fn is_left(&mut self) {
        while let Some(Ok(message)) = within(self.socket.next()).await {
            if message.is_close() {
                return;
            }
        }
    }

    async fn hear(&mut self) -> ClientFrame {
        let message = within(self.socket.next()).await.expect("the till is there").unwrap();
        serde_json::from_str(message.to_text().unwrap()).unwrap()
    }

    async fn say(&mut self, frame: ServerFrame) {
        let text = serde_json::to_string(&frame).unwrap();
        within(self.socket.send(Message::text(text))).await.unwrap();
    }
}

pub(crate) fn request(status: &str, card: Option<Uuid>) -> Value {
    json!({
        "id": REQUEST, "kind": "enrollment", "status": status, "business": SHOP,
        "business_name": "Baraka", "program": PROGRAM, "program_name": "Baraka Points",
        "customer": AMINA, "points": 0, "reason": null, "asked_address": null, "asked_at": SERVER_TIME,
        "expires_at": SERVER_TIME.plus_ms(7 * 86_400_000),
        "counter_until": SERVER_TIME.plus_ms(120_000), "seen_at": null,
        "closed_at": card.map(|_| SERVER_TIME.plus_ms(60_000)), "card": card, "waiting": 0,
        "shares": [], "never_shares": [], "wording": "enrollment-1",
    })
}

/// A request for 200 of Amina's points.
pub(crate) fn points_asked(status: &str) -> Value {
    let mut asked = request(status, Some(CARD));
    asked["kind"] = json!("points_deduction");
    asked["points"] = json!(200);
    asked["reason"] = json!("KES 100 off");
    asked["expires_at"] = json!(SERVER_TIME.plus_ms(120_000));
    if status == "pending" {
        asked["closed_at"] = Value::Null;
    }
    asked
}

pub(crate) fn member_with(balance: i64) -> Value {
    let enrollment = json!({
        "program": PROGRAM, "card": CARD, "balance": balance, "available": balance, "tier": null,
    });
    let amina = json!({ "id": AMINA, "display_name": "Amina" });
    json!({ "status": "member", "customer": amina, "enrollments": [enrollment] })
}

pub(crate) fn card_with(balance: i64) -> Value {
    json!({
        "id": CARD, "number": "079927398713", "program": PROGRAM,
        "program_name": "Baraka Points", "business": SHOP, "business_name": "Baraka",
        "member": AMINA, "balance": balance, "held": 0, "available": balance,
        "created_at": SERVER_TIME,
    })
}

pub(crate) fn not_enrolled() -> Value {
    json!({ "status": "not_enrolled", "customer": { "id": AMINA, "display_name": "Amina" } })
}

pub(crate) fn award_data(points: i64, balance: i64) -> Value {
    json!({ "entry": Uuid::nil(), "points": points, "balance": balance, "available": balance })
}
