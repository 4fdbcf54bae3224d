//! The door to other computers: who knows its certificate comes in, and nobody else.

use crate::http::{Answer, Http};
use crate::town::TestTown;
use futures_util::StreamExt as _;
use reda_domain::fingerprint::Fingerprint;
use reda_domain::invitation::Invitation;
use reda_server::DoorSign;
use reda_sync::{Distrust, Look, Shown, Trust, distrust};
use reqwest::Method;
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config,
};

/// Nothing that a test waits for takes longer.
const BOUND: Duration = Duration::from_secs(15);

/// A town whose door is open, at a port of the system's choosing.
async fn town() -> (TestTown, DoorSign) {
    let town = TestTown::open().await;
    open(&town).await;
    let sign = town.server.door_sign().expect("the door is open");
    (town, sign)
}

async fn open(town: &TestTown) {
    let here = SocketAddr::from(([127, 0, 0, 1], 0));
    town.server.open_door(here, &town.certificate()).await.expect("the door opens");
}

fn pinned(fingerprint: Fingerprint) -> rustls::ClientConfig {
    Trust::Pinned(fingerprint).tls()
}

/// Whose certificate it is not.
fn strangers() -> Fingerprint {
    Fingerprint::of_certificate(b"another certificate")
}

fn caller(sign: &DoorSign, tls: rustls::ClientConfig) -> Http {
    let client = reqwest::Client::builder().use_preconfigured_tls(tls).build().unwrap();
    Http::by(client, sign.addresses[0].to_string())
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn socket(
    sign: &DoorSign,
    tls: rustls::ClientConfig,
) -> tokio_tungstenite::tungstenite::Result<Socket> {
    let tls = Some(Connector::Rustls(Arc::new(tls)));
    let url = sign.addresses[0].socket_url();
    connect_async_tls_with_config(url, None, true, tls).await.map(|(socket, _)| socket)
}

/// Hears the last words, if any, and the end.
async fn ended(line: &mut Socket) {
    let rest = async { while let Some(Ok(_)) = line.next().await {} };
    tokio::time::timeout(BOUND, rest).await.expect("the line ends");
}

#[tokio::test]
async fn whoever_knows_the_certificate_comes_in() {
    let (_town, sign) = town().await;
    let http = caller(&sign, pinned(sign.fingerprint));
    http.get("/health/live").await.ok();
    socket(&sign, pinned(sign.fingerprint)).await.unwrap();
}

#[tokio::test]
async fn whoever_knows_another_certificate_says_nothing() {
    let (_town, sign) = town().await;
    let http = caller(&sign, pinned(strangers()));
    let failed = http.call(Method::GET, "/health/live").send().await.unwrap_err();
    assert_eq!(distrust(&failed), Some(Distrust::Other), "{failed:?}");
    let failed = socket(&sign, pinned(strangers())).await.unwrap_err();
    assert_eq!(distrust(&failed), Some(Distrust::Other), "{failed:?}");
    // Nor does whoever believes what browsers believe.
    let http = caller(&sign, Trust::Known.tls());
    let failed = http.call(Method::GET, "/health/live").send().await.unwrap_err();
    assert_eq!(distrust(&failed), Some(Distrust::Other), "{failed:?}");
}

#[tokio::test]
async fn whoever_looks_sees_the_certificate_and_says_nothing() {
    let (_town, sign) = town().await;
    let look = Look::new();
    assert_eq!(look.shown(), None);
    let looking = caller(&sign, look.tls());
    looking.call(Method::GET, "/health/live").send().await.unwrap_err();
    assert_eq!(look.shown(), Some(Shown::Own(sign.fingerprint)));
}

#[tokio::test]
async fn an_invitation_leads_to_the_door() {
    let (town, sign) = town().await;
    let path = format!("/api/businesses/{}/invitations", town.shop.business);
    let invitation = town.owner().await.post(&path, json!({})).await.ok();
    assert_eq!(invitation["fingerprint"], json!(sign.fingerprint));
    assert_eq!(invitation["words"], json!(sign.fingerprint.words()));
    let read = Invitation::parse(invitation["text"].as_str().unwrap()).unwrap();
    assert_eq!(json!(read.address.to_string()), invitation["address"]);
    assert_eq!(json!(read.code.as_str()), invitation["code"]);
    let http = caller(&sign, pinned(read.fingerprint.unwrap()));
    let body = json!({ "code": invitation["code"], "name": "Back counter" });
    let joined = http.post("/api/devices/pair", body).await.ok();
    assert_eq!(joined["business"], json!(town.shop.business));
}

#[tokio::test]
async fn a_closed_door_cuts_off_who_came_in_by_it() {
    let (town, sign) = town().await;
    let mut line = socket(&sign, pinned(sign.fingerprint)).await.unwrap();
    let http = caller(&sign, pinned(sign.fingerprint));
    http.get("/health/live").await.ok();
    town.server.close_door().await;
    assert_eq!(town.server.door_sign(), None);
    ended(&mut line).await;
    http.call(Method::GET, "/health/live").send().await.unwrap_err();
    // Who is on this computer stays.
    town.http.get("/health/live").await.ok();
}

#[tokio::test]
async fn an_opened_door_has_the_certificate_that_it_had() {
    let (town, sign) = town().await;
    open(&town).await;
    let again = town.server.door_sign().unwrap();
    assert_eq!((again.fingerprint, again.words), (sign.fingerprint, sign.words));
}

#[tokio::test]
async fn in_the_clear_the_door_says_nothing() {
    let (_town, sign) = town().await;
    let mut stream = TcpStream::connect(sign.addresses[0].authority()).await.unwrap();
    stream.write_all(b"GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut heard = vec![];
    let ended = tokio::time::timeout(BOUND, stream.read_to_end(&mut heard)).await;
    // Either way it ends: a TLS alert is all that may be heard before.
    let _ = ended.expect("it ends at once");
    assert!(!String::from_utf8_lossy(&heard).contains("HTTP"), "{heard:?}");
}

#[tokio::test]
async fn a_guest_may_name_the_server_as_it_is_called_on_the_network() {
    let (town, sign) = town().await;
    let named =
        |http: &Http| http.call(Method::GET, "/health/live").header("host", "192.168.1.20:7333");
    let http = caller(&sign, pinned(sign.fingerprint));
    Answer::of(named(&http)).await.ok();
    Answer::of(named(&town.http)).await.error(403, "forbidden");
}

#[tokio::test]
async fn a_stopping_server_lets_go_of_its_guests() {
    let (town, sign) = town().await;
    let mut line = socket(&sign, pinned(sign.fingerprint)).await.unwrap();
    tokio::time::timeout(BOUND, town.server.stop()).await.expect("it stops");
    ended(&mut line).await;
}
