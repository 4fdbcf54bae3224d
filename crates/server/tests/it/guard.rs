//! What stands before every call: hosts, headers, rates.

use crate::http::{Answer, Http};
use crate::openapi::sources;
use crate::town::TestTown;
use reda_cluster::each_engine;
use reqwest::Method;
use serde_json::json;
use std::path::{Path, PathBuf};

async fn with(http: &Http, name: &str, value: &str) -> Answer {
    Answer::of(http.call(Method::GET, "/health/live").header(name, value)).await
}

#[each_engine]
async fn a_server_on_this_computer_answers_only_this_computer() {
    let town = TestTown::open().await;
    let port = town.server.address().port();
    with(&town.http, "host", "evil.example").await.error(403, "forbidden");
    with(&town.http, "host", &format!("192.168.1.5:{port}")).await.error(403, "forbidden");
    with(&town.http, "origin", "https://evil.example").await.error(403, "forbidden");
    with(&town.http, "origin", "null").await.error(403, "forbidden");
    with(&town.http, "host", &format!("localhost:{port}")).await.ok();
    with(&town.http, "origin", &format!("http://127.0.0.1:{port}")).await.ok();
}

#[each_engine]
async fn a_foreign_pages_script_opens_no_socket() {
    let town = TestTown::open().await;
    let call = town.http.call(Method::GET, "/ws").header("origin", "https://evil.example");
    let call = call.header("connection", "upgrade").header("upgrade", "websocket");
    let call = call.header("sec-websocket-version", "13");
    let call = call.header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    Answer::of(call).await.error(403, "forbidden");
}

#[each_engine]
async fn every_answer_keeps_foreign_scripts_out() {
    let town = TestTown::open().await;
    for path in ["/", "/health/live", "/api/me", "/nothing"] {
        let headers = town.http.get(path).await.headers;
        let header = |name: &str| headers[name].to_str().unwrap();
        let policy = header("content-security-policy");
        for part in ["default-src 'self'", "object-src 'none'", "frame-ancestors 'none'"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "no-referrer");
    }
}

#[each_engine]
async fn a_healthy_server_says_so() {
    let town = TestTown::open().await;
    for path in ["/health/live", "/health/ready"] {
        assert_eq!(town.http.get(path).await.ok(), json!({ "status": "ok" }));
    }
}

#[each_engine]
async fn who_tries_too_often_is_told_when_to_come_back() {
    let town = TestTown::open().await;
    let guess = json!({ "refresh_token": "junk" });
    let mut refused = town.http.post("/api/auth/refresh", guess.clone()).await;
    for _ in 0..100 {
        refused = town.http.post("/api/auth/refresh", guess.clone()).await;
        if refused.status == 429 {
            break;
        }
    }
    let wait: u64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait} seconds");
    refused.error(429, "rate_limited");
    let sign_in = json!({ "phone": "0722000001", "password": "another one" });
    town.http.post("/api/auth/sign-in", sign_in).await.error(429, "rate_limited");
    town.http.get("/health/live").await.ok();
}

#[each_engine]
async fn who_asks_for_digits_too_often_is_told_when_to_come_back() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let ask = || Answer::of(ana.http.call(Method::POST, "/api/me/short-codes"));
    for _ in 0..60 {
        ask().await.ok();
    }
    let wait = ask().await.error(429, "rate_limited")["retry_after"].as_i64().unwrap();
    assert!((1..=600).contains(&wait), "{wait} seconds");
    town.passes(wait * 1000);
    ask().await.ok();
}

/// `Wait` says how long; a limit that is told in another way would leave that out.
#[test]
fn whoever_is_limited_is_so_by_a_wait() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let naming = sources(&root).into_iter().filter(|path| {
        let text = std::fs::read_to_string(path).expect("sources are text");
        text.contains("\"rate_limited\"")
    });
    let naming: Vec<_> = naming.map(|it| it.strip_prefix(&root).unwrap().to_owned()).collect();
    assert_eq!(naming, ["auth/attempts.rs", "ws/connection.rs"].map(PathBuf::from));
}

#[each_engine]
async fn a_till_that_tries_numbers_out_is_told_when_to_come_back() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    let find = json!({ "phone": "0722000999" });
    let mut refused = town.till.op("find_customer", find.clone()).await;
    for _ in 0..200 {
        refused = town.till.op("find_customer", find.clone()).await;
        if refused.status == 429 {
            break;
        }
    }
    let wait: u64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait} seconds");
    refused.error(429, "rate_limited");
    town.till.scan("nonsense").await.error(429, "rate_limited");
    owner.op("find_customer", find).await.applied();
}
