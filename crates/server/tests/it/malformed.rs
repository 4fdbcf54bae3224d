//! Requests that are no requests: every answer has a status, a code, and nothing of our insides.

use crate::http::{Answer, Http};
use crate::openapi::{calls, filled};
use crate::scene::Scene;
use crate::town::{PASSWORD, TestTown};
use reda_cluster::each_engine;
use reda_domain::language::Language;
use reda_protocol::error::row;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

#[each_engine]
async fn an_unknown_field_is_refused_by_name() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let named = |details: Value, field: &str| {
        let reason = details["reason"].as_str().unwrap();
        assert!(reason.contains(field), "{reason}");
    };
    let extra = json!({ "code": "x", "force": true });
    named(town.till.op("scan", extra).await.error(422, "invalid_body"), "force");
    let operation = json!({ "id": Uuid::now_v7(), "kind": "scan", "body": { "code": "x" },
        "as_owner": true });
    named(town.till.submit(operation).await.error(422, "invalid_body"), "as_owner");
    let amount = json!({ "amount": 1, "currency": "KES", "tax": 1 });
    let body = json!({ "card": Uuid::now_v7(), "amount": amount });
    named(town.till.op("award_points", body).await.error(422, "invalid_body"), "tax");
    let body = json!({ "name": "Ana", "admin": true });
    named(ana.http.patch("/api/me", body).await.error(422, "invalid_body"), "admin");
    let body = json!({ "phone": "0722000050", "password": PASSWORD, "phone_verified": true });
    let refused = town.http.post("/api/auth/sign-up", body).await;
    named(refused.error(422, "invalid_body"), "phone_verified");
    let refused = ana.http.get("/api/me/requests?who=ben").await;
    named(refused.error(422, "invalid_body"), "who");
}

#[each_engine]
async fn an_operation_has_a_kind_that_exists_an_id_and_a_body() {
    let town = TestTown::open().await;
    let details = town.till.op("steal_points", json!({})).await.error(400, "unknown_operation");
    assert_eq!(details, json!({ "kind": "steal_points" }));
    // Verbs of the server's own set-up are not asked for from outside.
    for kind in ["add_staff", "add_device", "sign_up", "answer_request", "create_business", ""] {
        town.till.op(kind, json!({})).await.error(400, "unknown_operation");
    }
    for operation in [
        json!({ "kind": "scan", "body": { "code": "x" } }),
        json!({ "id": "1", "kind": "scan", "body": { "code": "x" } }),
        json!({ "id": Uuid::now_v7(), "kind": "scan" }),
        json!({ "id": Uuid::now_v7(), "kind": "scan", "body": "x" }),
        json!({ "id": Uuid::now_v7(), "kind": "scan", "body": { "code": 5 } }),
        json!({ "id": Uuid::now_v7(), "kind": "scan", "body": { "code": "x" }, "at": "yesterday" }),
    ] {
        town.till.submit(operation).await.error(422, "invalid_body");
    }
    assert_eq!(town.number("SELECT COUNT(*) FROM qr_scan_logs", []).await, 0, "none was kept");
}

#[each_engine]
async fn what_is_no_json_is_refused_as_that() {
    let town = TestTown::open().await;
    let send = |text: &'static str, kind: &'static str| {
        let call = town.till.http.call(Method::POST, "/api/operations");
        Answer::of(call.header("content-type", kind).body(text))
    };
    for text in ["", "{", "{\"id\":", "\u{0}", "id=1&kind=scan"] {
        send(text, "application/json").await.error(400, "invalid_json");
    }
    send("{}", "text/plain").await.error(400, "invalid_json");
    send("[]", "application/json").await.error(422, "invalid_body");
    let call = town.till.http.call(Method::POST, "/api/operations");
    let bytes = call.header("content-type", "application/json").body(vec![0xff, 0xfe, b'{']);
    Answer::of(bytes).await.error(400, "invalid_json");
}

#[each_engine]
async fn a_deeply_nested_body_is_refused_and_not_fatal() {
    let town = TestTown::open().await;
    let (open, close) = ("[".repeat(20_000), "]".repeat(20_000));
    let deep = format!(r#"{{"kind":"scan","body":{open}{close}}}"#);
    let call = town.till.http.call(Method::POST, "/api/operations");
    let call = call.header("content-type", "application/json").body(deep);
    Answer::of(call).await.error(400, "invalid_json");
    town.http.get("/health/live").await.ok();
}

#[each_engine]
async fn a_body_that_is_too_large_is_refused() {
    let town = TestTown::open().await;
    let body = json!({ "code": "x".repeat(70 * 1024) });
    town.till.op("scan", body).await.error(413, "too_large");
    let body = json!({ "phone": "0722000050", "password": "x".repeat(70 * 1024) });
    town.http.post("/api/auth/sign-up", body).await.error(413, "too_large");
}

#[each_engine]
async fn what_is_not_there_and_what_cannot_be_done_say_so_in_json() {
    let town = TestTown::open().await;
    town.http.get("/api/nothing").await.error(404, "not_found");
    town.http.get("/../../etc/passwd").await.error(404, "not_found");
    town.http.get("/assets/%2e%2e/%2e%2e/Cargo.toml").await.error(404, "not_found");
    town.http.post("/api/nothing", json!({})).await.error(404, "not_found");
    town.http.get("/api/operations").await.error(405, "method_not_allowed");
    town.http.post("/api/me", json!({})).await.error(405, "method_not_allowed");
    town.http.get("/ws").await.error(400, "bad_frame");
    let owner = town.owner().await;
    owner.get("/api/businesses/not-an-id/programs").await.error(404, "not_found");
    owner.patch("/api/notifications/1/read", json!(null)).await.error(404, "not_found");
    owner.get("/api/me/cards/%00/entries").await.error(404, "not_found");
    owner.get("/api/me/requests?limit=many").await.error(422, "invalid_body");
    owner.get("/api/notifications?offset=-x").await.error(422, "invalid_body");
}

#[each_engine]
async fn a_repeatable_writes_key_is_an_id() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    for key in ["1", "not a key", "00000000-0000-0000-0000-000000000000"] {
        let call = ana.http.call(Method::PATCH, "/api/me").header("idempotency-key", key);
        let answer = Answer::of(call.json(&json!({ "name": "Anna" }))).await;
        answer.error(422, "invalid_body");
    }
    assert_eq!(ana.http.get("/api/me").await.ok()["name"], "Ana");
}

#[each_engine]
async fn errors_are_said_in_the_callers_language() {
    let town = TestTown::open().await;
    let said = |tag: &'static str| {
        let call = town.http.call(Method::POST, "/api/auth/sign-in");
        let body = json!({ "phone": "0722000099", "password": PASSWORD });
        Answer::of(call.header("accept-language", tag).json(&body))
    };
    let english = said("en-GB,en;q=0.9").await.body["error"]["message"].clone();
    let swahili = said("sw-KE").await.body["error"]["message"].clone();
    assert_eq!(english, "The address or the password is wrong.");
    assert_eq!(swahili, "Anwani au nenosiri si sahihi.");
    let call = town.till.http.call(Method::POST, "/api/operations").header("accept-language", "sw");
    let operation = json!({ "id": Uuid::now_v7(), "kind": "scan", "body": { "code": "x" },
        "staff_token": town.till.staff_token });
    let outcome = Answer::of(call.json(&operation)).await.ok();
    assert_eq!(outcome["message"], "Huu si msimbo wa Reda.");
}

#[each_engine]
async fn what_fails_before_a_call_is_read_is_said_in_the_callers_language_too() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    let said = |http: &Http, method: Method, path: &str, host: &'static str| {
        let call = http.call(method, path).header("accept-language", "sw");
        Answer::of(if host.is_empty() { call } else { call.header("host", host) })
    };
    for (http, method, path, host, code) in [
        (&town.http, Method::GET, "/api/me", "", "unauthorized"),
        (&town.http.with_token("junk"), Method::GET, "/api/me", "", "unauthorized"),
        (&town.http, Method::GET, "/api/nothing", "", "not_found"),
        (&town.http, Method::POST, "/api/me", "", "method_not_allowed"),
        (&town.http, Method::GET, "/api/me", "evil.example", "forbidden"),
        (&owner, Method::GET, "/api/me/requests?limit=many", "", "invalid_body"),
        (&owner, Method::GET, "/api/businesses/x/programs", "", "not_found"),
    ] {
        let answer = said(http, method, path, host).await;
        let row = row(code).unwrap();
        assert_eq!(
            answer.body["error"]["message"],
            row.sentence(Language::Sw),
            "{path}: {answer:?}"
        );
        answer.error(row.status, code);
    }
    let english = town.http.get("/api/me").await;
    assert_eq!(
        english.body["error"]["message"],
        row("unauthorized").unwrap().sentence(Language::En)
    );
}

#[each_engine]
async fn a_body_that_says_nothing_can_be_left_out() {
    let scene = Scene::set().await;
    let mut tried = vec![];
    for (method, path, call) in calls(&scene.document) {
        if call["requestBody"]["required"] != false {
            continue;
        }
        let http = match path.as_str() {
            "/api/me" => &scene.stranger.http,
            _ if call["x-caller"] == "staff" => &scene.owner,
            _ => &scene.amina.http,
        };
        let full = filled(&scene, &path, &call);
        let junk = http.call(method.clone(), &full).header("content-type", "text/plain").body("x");
        Answer::of(junk).await.error(400, "invalid_json");
        Answer::of(http.call(method.clone(), &full)).await.ok();
        tried.push(format!("{method} {path}"));
    }
    tried.sort();
    let all = [
        "DELETE /api/me",
        "POST /api/businesses/{business}/invitations",
        "POST /api/notifications/test",
    ];
    assert_eq!(tried, all);
}
