//! The port for one-time links: a phone without the server's certificate answers there, and nothing
//! else is to be had.

use crate::files::Files;
use crate::http::Http;
use crate::mailbox::read;
use crate::town::TestTown;
use reda_server::{LinkSign, ServerConfig};
use reqwest::Method;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const PHONE: &str = "0733000777";
const E164: &str = "+254733000777";
const HERE: ([u8; 4], u16) = ([127, 0, 0, 1], 0);
const NOTHING: &str = "There is nothing here";

/// A town whose port for links is open, and a phone that knows of it.
async fn town() -> (TestTown, Phone) {
    let town = TestTown::open().await;
    town.server.open_link_port(HERE.into()).await.expect("the port opens");
    let phone = Phone::of(town.server.link_sign());
    (town, phone)
}

struct Phone {
    http: Http,
    url: String,
    at: SocketAddr,
}

impl Phone {
    fn of(sign: Option<LinkSign>) -> Self {
        let sign = sign.expect("the port is open");
        let url = sign.url.expect("it is found there");
        let at = SocketAddr::from((HERE.0, sign.port));
        Self { http: Http::new(url.clone()), url, at }
    }

    async fn call(&self, method: Method, path: &str) -> (u16, String) {
        let (status, headers, text) = read(self.http.call(method, path)).await;
        assert!(!headers.contains_key("set-cookie"), "{path}");
        (status, text)
    }

    async fn press(&self, path: &str, answer: &str) -> (u16, String) {
        let form = self.http.call(Method::POST, path).form(&[("answer", answer), ("lang", "en")]);
        let (status, headers, text) = read(form).await;
        assert!(!headers.contains_key("set-cookie"), "{path}");
        (status, text)
    }
}

#[tokio::test]
async fn links_lead_to_it_and_are_answered_by_it() {
    let (town, phone) = town().await;
    town.ask_phone(PHONE).await;
    let letter = town.letter(E164);
    assert!(letter.text.ends_with(&format!(" {}{}", phone.url, letter.link)), "{}", letter.text);
    let (status, page) = phone.call(Method::GET, &letter.link).await;
    assert!(status == 200 && page.contains("<form method=\"post\">"), "{page}");
    let (status, page) = phone.press(&letter.link, "accept").await;
    assert!(status == 200 && page.contains("You joined Baraka Points"), "{page}");
    let consents = "SELECT answer || ' ' || channel FROM consents";
    assert_eq!(town.texts(consents, []).await, ["accept link"]);
}

#[tokio::test]
async fn nothing_else_is_to_be_had_there() {
    let (town, phone) = town().await;
    town.ask_phone(PHONE).await;
    let link = town.letter(E164).link;
    let all = [
        "/",
        "/index.html",
        "/r",
        "/r/",
        "/health/live",
        "/health/ready",
        "/metrics",
        "/ws",
        "/api/openapi.json",
        "/api/me",
        "/api/auth/sign-in",
        "/api/devices/token",
        &format!("/api{link}"),
        &format!("{link}/more"),
        "//r/x",
        "/r/..%2f..%2fapi%2fme",
    ];
    for path in all {
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
            let (status, page) = phone.call(method.clone(), path).await;
            let is_page = status == 404 && page.contains(NOTHING);
            // A form without an answer leads nowhere either.
            let is_no_form = status == 422 && method == Method::POST && path.starts_with("/r/");
            assert!(is_page || is_no_form, "{method} {path}: {status} {page}");
        }
    }
    for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
        assert_eq!(phone.call(method, &link).await.0, 404);
    }
    let (_, page) = phone.call(Method::GET, &link).await;
    assert!(page.contains("<form"), "none of it answered: {page}");
}

#[tokio::test]
async fn its_page_loads_nothing() {
    let (town, phone) = town().await;
    town.ask_phone(PHONE).await;
    let link = town.letter(E164).link;
    let (_, headers, page) = read(phone.http.call(Method::GET, &link)).await;
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(page.contains("<style>") && page.contains("--brand"), "{page}");
    assert!(!page.contains("src=") && !page.contains("<link"), "{page}");
}

#[tokio::test]
async fn it_is_shut_until_it_is_opened_and_again_once_it_is_closed() {
    let town = TestTown::open().await;
    assert_eq!(town.server.link_sign(), None);
    town.ask_phone(PHONE).await;
    assert!(town.letter(E164).text.contains(" http://localhost:"));
    town.server.open_link_port(HERE.into()).await.unwrap();
    let phone = Phone::of(town.server.link_sign());
    town.server.close_link_port().await;
    assert_eq!(town.server.link_sign(), None);
    assert!(TcpStream::connect(phone.at).await.is_err());
    // Who is on this computer stays.
    town.http.get("/health/live").await.ok();
}

#[tokio::test]
async fn a_taken_port_leaves_the_rest_as_it_is() {
    let town = TestTown::open().await;
    let taken = tokio::net::TcpListener::bind(SocketAddr::from(HERE)).await.unwrap();
    let refused = town.server.open_link_port(taken.local_addr().unwrap()).await.unwrap_err();
    assert!(matches!(refused, reda_server::ServerError::Listen { .. }), "{refused}");
    assert_eq!(town.server.link_sign(), None);
    town.http.get("/health/live").await.ok();
}

#[tokio::test]
async fn a_server_with_a_public_address_sends_links_there() {
    let files = Files::new().await;
    let public_url = Some("https://reda.example/".to_owned());
    let town = TestTown::open_with(ServerConfig { public_url, ..files.config() }, files).await;
    town.server.open_link_port(HERE.into()).await.unwrap();
    town.ask_phone(PHONE).await;
    assert!(town.letter(E164).text.contains(" https://reda.example/r/"));
}

#[tokio::test]
async fn what_is_too_large_is_not_taken() {
    let (_town, phone) = town().await;
    let large = phone.http.call(Method::POST, "/r/AAAA").body("a".repeat(70_000));
    let form = large.header("content-type", "application/x-www-form-urlencoded");
    let (status, _, page) = read(form).await;
    assert!((400..500).contains(&status) && page.contains(NOTHING), "{status} {page}");
}

#[tokio::test]
async fn a_stopping_server_lets_go_of_who_is_there() {
    let (town, phone) = town().await;
    let mut idle = TcpStream::connect(phone.at).await.unwrap();
    idle.write_all(b"GET /r/AAAA HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut heard = [0; 12];
    idle.read_exact(&mut heard).await.unwrap();
    assert_eq!(&heard, b"HTTP/1.1 404");
    tokio::time::timeout(Duration::from_secs(15), town.server.stop()).await.expect("it stops");
}
