//! Switching on by PIN, with the line and without it.

use crate::server::{ME, Server, within};
use crate::{Shop, config};
use reda_protocol::error::WireError;
use reda_protocol::frame::EntityKind;
use reda_protocol::rpc::{Changed, ConnectionStatus};
use reda_till::{Staffing, TillConfig};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use uuid::Uuid;

const PIN: &str = "2468";
const WRONG: &str = "1111";

fn by_pin(dir: &Path, listener: &TcpListener) -> TillConfig {
    TillConfig { staffing: Staffing::ByPin, ..config(dir, listener, None) }
}

/// A till that is locked, with its server.
async fn open(dir: &Path) -> (Shop, Server, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut shop = Shop::start(by_pin(dir, &listener)).await;
    let (mut server, _) = Server::greet(&listener).await;
    server.open_shop().await;
    shop.ready().await;
    (shop, server, listener)
}

/// Takes the next call over HTTP and answers it; gives back what was sent.
async fn answer(listener: &TcpListener, status: &str, body: Value) -> Value {
    let (stream, _) = within(listener.accept()).await.unwrap();
    let mut stream = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        within(stream.read_line(&mut line)).await.unwrap();
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut sent = vec![0; length];
    within(stream.read_exact(&mut sent)).await.unwrap();
    let body = body.to_string();
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    within(stream.write_all(answer.as_bytes())).await.unwrap();
    serde_json::from_slice(&sent).unwrap()
}

async fn server_takes_the_pin(listener: &TcpListener) {
    let token = json!({ "staff_token": "staff token", "expires_in": 900 });
    let asked = answer(listener, "200 OK", token).await;
    assert_eq!(asked, json!({ "staff": ME, "pin": PIN }));
}

async fn server_refuses(listener: &TcpListener, code: &str) {
    let error = WireError::of(code, Default::default());
    answer(listener, "403 Forbidden", json!({ "error": error })).await;
}

impl Shop {
    async fn switch_on(&self, pin: &str) -> Result<Value, WireError> {
        self.call("staff.switch_on", json!({ "staff": ME, "pin": pin })).await
    }

    async fn lock(&self) {
        self.call("staff.lock", json!({})).await.unwrap();
    }

    async fn is_locked(&self) -> bool {
        self.till.app_parts().await.unwrap().locked
    }
}

/// Somebody was switched on by the server, so that the till has a verifier of theirs.
async fn switched_on_once(dir: &Path) -> (Shop, Server, TcpListener) {
    let (shop, server, listener) = open(dir).await;
    let (switched, ()) = tokio::join!(shop.switch_on(PIN), server_takes_the_pin(&listener));
    switched.unwrap();
    has_verifier(dir, true).await;
    shop.lock().await;
    (shop, server, listener)
}

/// Waits until the till keeps a verifier, or none.
async fn has_verifier(dir: &Path, wanted: bool) {
    let kept = || std::fs::read_to_string(dir.join("verifiers.json")).unwrap_or_default();
    within(async {
        while kept().contains(&ME.to_string()) != wanted {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

/// The server goes away: nobody answers at its address.
async fn away(shop: &mut Shop, server: Server, listener: TcpListener) -> SocketAddr {
    let address = listener.local_addr().unwrap();
    drop((server, listener));
    shop.is(ConnectionStatus::Offline).await;
    address
}

async fn back(shop: &Shop, address: SocketAddr) -> (Server, TcpListener) {
    let listener = TcpListener::bind(address).await.unwrap();
    shop.till.try_now().await;
    let (server, _) = Server::greet(&listener).await;
    (server, listener)
}

#[tokio::test]
async fn who_switched_on_here_does_so_without_the_line_and_has_a_session_once_it_is_back() {
    let dir = tempfile::tempdir().unwrap();
    let (mut shop, server, listener) = switched_on_once(dir.path()).await;
    let address = away(&mut shop, server, listener).await;
    assert_eq!(shop.switch_on(WRONG).await.unwrap_err().code, "wrong_pin");
    assert!(shop.is_locked().await);
    shop.switch_on(PIN).await.unwrap();
    let parts = shop.till.app_parts().await.unwrap();
    assert_eq!(parts.staff.map(|it| it.id), Some(ME));
    for (call, what) in
        [("counter.look_up", json!({ "text": "0722000412" })), ("staff.list", json!({}))]
    {
        assert_eq!(shop.call(call, what).await.unwrap_err().code, "offline", "{call}");
    }
    assert!(!shop.is_locked().await);

    let (mut server, listener) = back(&shop, address).await;
    shop.is(ConnectionStatus::Connecting).await;
    let error = shop.call("counter.look_up", json!({ "text": "0722000412" })).await.unwrap_err();
    assert_eq!(error.code, "offline", "before the server has taken the PIN");
    server_takes_the_pin(&listener).await;
    shop.is(ConnectionStatus::Online).await;
    assert!(!shop.is_locked().await);
    shop.does("counter.look_up", json!({ "text": "0722000412" })).await;
    server.hear_op("find_customer").await;
}

#[tokio::test]
async fn the_till_locks_when_the_server_that_is_back_does_not_take_the_pin() {
    let dir = tempfile::tempdir().unwrap();
    let (mut shop, server, listener) = switched_on_once(dir.path()).await;
    let address = away(&mut shop, server, listener).await;
    shop.switch_on(PIN).await.unwrap();
    let (_server, listener) = back(&shop, address).await;
    server_refuses(&listener, "wrong_pin").await;
    while !shop.is_locked().await {
        shop.changes(&[Changed::App]).await;
    }
    shop.is(ConnectionStatus::Online).await;
}

#[tokio::test]
async fn without_the_line_nobody_else_switches_on() {
    let dir = tempfile::tempdir().unwrap();
    let (mut shop, server, listener) = open(dir.path()).await;
    away(&mut shop, server, listener).await;
    assert_eq!(shop.switch_on(PIN).await.unwrap_err().code, "pin_needs_line");
}

#[tokio::test]
async fn a_pin_that_the_server_refuses_leaves_no_verifier() {
    let dir = tempfile::tempdir().unwrap();
    let (mut shop, server, listener) = open(dir.path()).await;
    let (refused, ()) = tokio::join!(shop.switch_on(WRONG), server_refuses(&listener, "wrong_pin"));
    assert_eq!(refused.unwrap_err().code, "wrong_pin");
    away(&mut shop, server, listener).await;
    assert_eq!(shop.switch_on(WRONG).await.unwrap_err().code, "pin_needs_line");
}

#[tokio::test]
async fn whoever_was_changed_needs_the_line_again() {
    let dir = tempfile::tempdir().unwrap();
    let (mut shop, mut server, listener) = switched_on_once(dir.path()).await;
    let me = json!({ "id": ME, "name": "Esther Kamau", "role": "owner", "has_pin": true });
    let other =
        json!({ "id": Uuid::from_u128(8), "name": "Grace", "role": "cashier", "has_pin": true });
    server.changes(vec![(EntityKind::Staff, Uuid::from_u128(8), other)]).await;
    shop.changes(&[Changed::Shop]).await;
    has_verifier(dir.path(), true).await;
    server.changes(vec![(EntityKind::Staff, ME.0, me)]).await;
    has_verifier(dir.path(), false).await;
    away(&mut shop, server, listener).await;
    assert_eq!(shop.switch_on(PIN).await.unwrap_err().code, "pin_needs_line");
}

#[tokio::test]
async fn wrong_pins_without_the_line_lock_also_across_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let (mut shop, server, listener) = switched_on_once(dir.path()).await;
    let after_restart = by_pin(dir.path(), &listener);
    away(&mut shop, server, listener).await;
    for _ in 0..5 {
        assert_eq!(shop.switch_on(WRONG).await.unwrap_err().code, "wrong_pin");
    }
    shop.till.stop().await;
    let shop = Shop::start(after_restart).await;
    let error = shop.switch_on(PIN).await.unwrap_err();
    assert_eq!(error.code, "rate_limited");
    assert_eq!(error.details, Some(json!({ "retry_after": 60 })));
}

#[tokio::test]
async fn a_till_that_was_taken_out_lets_nobody_in() {
    let dir = tempfile::tempdir().unwrap();
    let (mut shop, server, listener) = switched_on_once(dir.path()).await;
    server.turn_away().await;
    shop.is(ConnectionStatus::Refused).await;
    has_verifier(dir.path(), false).await;
    drop(listener);
    assert_eq!(shop.switch_on(PIN).await.unwrap_err().code, "device_revoked");
}
