//! The WebSocket: who may speak, what a bad frame costs, and how a connection ends.

use crate::line::{Heard, Line, hello};
use crate::town::{Customer, TestTown};
use reda_cluster::each_engine;
use reda_domain::business::Role;
use reda_domain::scope::Scope;
use reda_protocol::frame::FRAME_BYTES_MAX;
use reda_server::now;
use reda_store::tables::feed;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

async fn opened(town: &TestTown) -> Line {
    Line::open(&town.server.socket_url()).await
}

/// A person's token that runs out so many seconds from now; signed as the server signs its own.
async fn short_token(town: &TestTown, person: &Customer, secs: i64) -> String {
    let secret = town.texts("SELECT value FROM server_secrets WHERE name = 'tokens'", []).await;
    let key = jsonwebtoken::DecodingKey::from_secret(secret[0].as_bytes());
    let mut rules = jsonwebtoken::Validation::default();
    rules.validate_exp = false;
    let mut claims = jsonwebtoken::decode::<Value>(person.token(), &key, &rules).unwrap().claims;
    claims["exp"] = json!(now().0 / 1000 + secs);
    let key = jsonwebtoken::EncodingKey::from_secret(secret[0].as_bytes());
    jsonwebtoken::encode(&Default::default(), &claims, &key).unwrap()
}

#[each_engine]
async fn who_says_nothing_is_not_waited_for() {
    let town = TestTown::open().await;
    opened(&town).await.ends("bad_frame", 4009).await;
}

#[each_engine]
async fn what_is_no_hello_ends_the_connection() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let mut versioned = hello(ana.token());
    versioned["version"] = json!("reda.v2");
    let mut scopes = hello(ana.token());
    scopes["cursors"] = (0..17)
        .map(|_| (format!("u:{}", Uuid::now_v7()), json!({ "epoch": null, "seq": 0 })))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let long = format!("{{\"type\":\"{}\"}}", "x".repeat(FRAME_BYTES_MAX));
    for (first, code) in [
        (Message::text("good morning"), "bad_frame"),
        (Message::text("{}"), "bad_frame"),
        (Message::text(json!({ "type": "ping" }).to_string()), "bad_frame"),
        (Message::text(json!({ "type": "hello" }).to_string()), "bad_frame"),
        (Message::binary(vec![0; 10]), "bad_frame"),
        (Message::text(long), "bad_frame"),
        (Message::text(scopes.to_string()), "bad_frame"),
        (Message::text(versioned.to_string()), "bad_version"),
    ] {
        let mut line = opened(&town).await;
        line.send(first).await;
        line.ends(code, 4009).await;
    }
}

#[each_engine]
async fn a_bad_frame_ends_the_connection() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let long = json!({ "type": "ping", "why": "x".repeat(FRAME_BYTES_MAX) });
    for frame in [
        Message::text("[]"),
        Message::text(json!({ "type": "shout" }).to_string()),
        Message::text(json!({ "type": "since" }).to_string()),
        Message::text(json!({ "type": "since", "scopes": { "z:1": {} } }).to_string()),
        Message::text(hello(ana.token()).to_string()),
        Message::binary(b"{\"type\":\"ping\"}".to_vec()),
        Message::text(long.to_string()),
    ] {
        let mut page = ana.page().await;
        page.send(frame).await;
        page.ends("bad_frame", 4009).await;
    }
}

#[each_engine]
async fn what_a_newer_page_says_besides_is_ignored() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let mut line = opened(&town).await;
    let mut greeting = hello(ana.token());
    greeting["battery"] = json!(80);
    line.say(greeting).await;
    line.frame("welcome").await;
    line.say(json!({ "type": "ping", "battery": 79 })).await;
    line.frame("pong").await;
}

#[each_engine]
async fn a_token_that_is_none_is_refused() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let forged = {
        let key = jsonwebtoken::EncodingKey::from_secret(b"guessed");
        let claims = json!({ "kind": "user", "sub": ana.user, "sid": Uuid::now_v7(),
            "exp": now().0 / 1000 + 900 });
        jsonwebtoken::encode(&Default::default(), &claims, &key).unwrap()
    };
    let unsigned = "eyJhbGciOiJub25lIn0.".to_owned() + ana.token().split('.').nth(1).unwrap() + ".";
    for token in ["", "junk", &forged, &unsigned, &town.till.staff_token] {
        let mut line = opened(&town).await;
        line.say(hello(token)).await;
        line.ends("unauthorized", 4001).await;
    }
    let late = short_token(&town, &ana, -5).await;
    let mut line = opened(&town).await;
    line.say(hello(&late)).await;
    line.ends("token_expired", 4001).await;
    town.http.with_token(&late).get("/api/me").await.error(401, "token_expired");
}

#[each_engine]
async fn a_token_that_runs_out_ends_its_connection_unless_renewed() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let short = short_token(&town, &ana, 2).await;
    let url = town.server.socket_url();
    let (mut left, mut renewed) =
        (Line::welcomed(&url, &short).await, Line::welcomed(&url, &short).await);
    renewed.say(json!({ "type": "auth", "token": ana.token() })).await;
    left.ends("token_expired", 4001).await;
    renewed.say(json!({ "type": "ping" })).await;
    renewed.frame("pong").await;
}

#[each_engine]
async fn a_connection_cannot_become_somebody_elses() {
    let town = TestTown::open().await;
    let (ana, ben) = (town.customer("Ana").await, town.customer("Ben").await);
    for (token, code, close) in [(ben.token(), "forbidden", 4003), ("junk", "unauthorized", 4001)] {
        let mut page = ana.page().await;
        page.say(json!({ "type": "auth", "token": token })).await;
        page.ends(code, close).await;
    }
}

#[each_engine]
async fn signing_out_ends_that_sessions_connections_alone() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let laptop = town.signed_in(&ana.phone).await;
    let mut phone = ana.page().await;
    let mut other =
        Line::welcomed(&town.server.socket_url(), laptop.token.as_deref().unwrap()).await;
    assert_eq!(ana.http.post("/api/auth/sign-out", json!({})).await.status, 204);
    phone.ends("unauthorized", 4001).await;
    ana.http.get("/api/me").await.error(401, "unauthorized");
    let refresh = json!({ "refresh_token": ana.refresh_token });
    town.http.post("/api/auth/refresh", refresh).await.error(401, "unauthorized");
    other.say(json!({ "type": "ping" })).await;
    other.frame("pong").await;
}

#[each_engine]
async fn a_revoked_till_is_turned_away() {
    let town = TestTown::open().await;
    let mut till = town.till.line().await;
    let device = town.till.access.device.0;
    town.sql("UPDATE devices SET revoked_at_ms = 1 WHERE id = $1", [device.into()]).await;
    till.ends("device_revoked", 4003).await;
    let mut again = opened(&town).await;
    again.say(hello(town.till.token())).await;
    again.ends("device_revoked", 4003).await;
    town.till.scan("x").await.error(403, "device_revoked");
}

#[each_engine]
async fn a_till_asks_over_its_socket_as_over_http() {
    let town = TestTown::open().await;
    let (_, joined) = town.member("Ana").await;
    let mut line = town.till.line().await;
    let id = Uuid::now_v7();
    let body = json!({ "card": joined.card, "points": 5 });
    let result = line.op(town.till.frame(id, "award_points", body.clone())).await;
    assert_eq!(result["outcome"], "applied", "{result}");
    assert_eq!(result["data"]["balance"], 5);
    let mut over_http = town.till.op_as(id, "award_points", body).await.ok();
    over_http["type"] = json!("result");
    assert_eq!(over_http, result);

    let other = json!({ "card": joined.card, "points": 6 });
    let result = line.op(town.till.frame(id, "award_points", other)).await;
    assert_eq!(result["code"], "operation_reused");
    let unknown = json!({ "card": Uuid::now_v7(), "points": 5 });
    let result = line.op(town.till.frame(Uuid::now_v7(), "award_points", unknown)).await;
    assert_eq!((&result["outcome"], &result["code"]), (&json!("rejected"), &json!("card_unknown")));
}

#[each_engine]
async fn a_malformed_operation_is_rejected_and_the_line_goes_on() {
    let town = TestTown::open().await;
    let (_, joined) = town.member("Ana").await;
    let mut line = town.till.line().await;
    let kept = town.number("SELECT COUNT(*) FROM operations", []).await;
    let frame = |kind: &str, body: Value| town.till.frame(Uuid::now_v7(), kind, body);
    let with = |field: &str, value: Value| {
        let mut frame = frame("scan", json!({ "code": "x" }));
        frame[field] = value;
        frame
    };
    let without = |field: &str| {
        let mut frame = frame("scan", json!({ "code": "x" }));
        frame.as_object_mut().unwrap().remove(field);
        frame
    };
    for (frame, code) in [
        (frame("scan", json!({ "code": "x", "force": 1 })), "invalid_body"),
        (frame("award_points", json!({ "card": joined.card, "points": 1.5 })), "invalid_body"),
        (frame("award_points", json!({ "card": joined.card })), "invalid_body"),
        (frame("find_customer", json!({ "phone": "12" })), "bad_phone"),
        (frame("steal_points", json!({})), "unknown_operation"),
        (with("at", json!("yesterday")), "invalid_body"),
        (with("kind", json!(5)), "invalid_body"),
        (without("kind"), "invalid_body"),
        (without("body"), "invalid_body"),
        (with("staff_token", json!("junk")), "unauthorized"),
        (without("staff_token"), "unauthorized"),
        (with("staff_token", json!(town.till.token())), "forbidden"),
    ] {
        let result = line.op(frame).await;
        assert_eq!((&result["outcome"], &result["code"]), (&json!("rejected"), &json!(code)));
        assert!(result["message"].as_str().is_some_and(|text| !text.is_empty()), "{result}");
    }
    assert_eq!(town.number("SELECT COUNT(*) FROM operations", []).await, kept, "none was kept");
    let body = json!({ "card": joined.card, "points": 5 });
    assert_eq!(line.op(frame("award_points", body)).await["outcome"], "applied");
    // Without an id there is nobody to tell.
    line.say(json!({ "type": "op", "kind": "scan", "body": { "code": "x" } })).await;
    line.ends("bad_frame", 4009).await;
}

#[each_engine]
async fn a_page_does_not_ask_for_operations() {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    town.hire(&ana, Role::Owner).await;
    let mut page = ana.page().await;
    let body = json!({ "card": joined.card, "points": 5 });
    page.say(town.till.frame(Uuid::now_v7(), "award_points", body)).await;
    page.ends("forbidden", 4003).await;
    assert_eq!(town.number("SELECT COUNT(*) FROM points_entries", []).await, 0);
}

#[each_engine]
async fn a_token_of_one_till_is_not_good_at_another() {
    let town = TestTown::open().await;
    let (_, other) = town.other_shop().await;
    let mut line = opened(&town).await;
    let mut greeting = hello(town.till.token());
    greeting["device"] = json!(other.access.device);
    line.say(greeting).await;
    line.ends("forbidden", 4003).await;

    let mut line = other.line().await;
    let stolen = town.till.frame(Uuid::now_v7(), "scan", json!({ "code": "x" }));
    let result = line.op(stolen).await;
    assert_eq!((&result["outcome"], &result["code"]), (&json!("rejected"), &json!("forbidden")));
}

#[each_engine]
async fn a_pong_carries_the_heads() {
    let town = TestTown::open().await;
    let (ana, _) = town.member("Ana").await;
    for (mut line, scope) in [
        (ana.page().await, Scope::User(ana.user)),
        (town.till.line().await, Scope::Business(town.shop.business)),
    ] {
        line.say(json!({ "type": "ping" })).await;
        let heads = line.frame("pong").await["heads"].clone();
        let sql = "SELECT seq FROM feed_heads WHERE scope = $1";
        let seq = town.number(sql, [feed::key(scope)]).await;
        let sql = "SELECT epoch FROM feed_heads WHERE scope = $1";
        let epoch = town.number(sql, [feed::key(scope)]).await;
        assert_eq!(heads, json!({ scope.to_string(): { "epoch": epoch, "seq": seq } }));
    }
}

#[each_engine]
async fn one_person_has_only_so_many_connections() {
    let town = TestTown::open().await;
    let (ana, ben) = (town.customer("Ana").await, town.customer("Ben").await);
    let mut pages = vec![];
    for _ in 0..12 {
        pages.push(ana.page().await);
    }
    let mut one_more = opened(&town).await;
    one_more.say(hello(ana.token())).await;
    one_more.ends("rate_limited", 4029).await;
    ben.page().await;
    // One that leaves makes room, as soon as the server has noticed.
    drop(pages.pop());
    loop {
        let mut page = opened(&town).await;
        page.say(hello(ana.token())).await;
        match page.hear().await {
            Heard::Frame(frame) if frame["type"] == "welcome" => break,
            Heard::Frame(frame) => assert_eq!(frame["code"], "rate_limited"),
            Heard::Closed(_) => panic!("an error frame comes before the close"),
        }
    }
}

#[each_engine]
async fn who_floods_is_cut_off() {
    let town = TestTown::open().await;
    let (ana, mut till) = (town.customer("Ana").await, town.till.line().await);
    let mut page = ana.page().await;
    // Of what costs the server least: whatever it is busy with, a flood comes faster than it may.
    page.floods(|| Message::Ping(Default::default()), "rate_limited", 4029).await;
    let unknown = json!({ "request": Uuid::now_v7() });
    let cancel = || town.till.frame(Uuid::now_v7(), "cancel_request", unknown.clone());
    till.floods(|| Message::text(cancel().to_string()), "rate_limited", 4029).await;
    town.till.scan("x").await.refused("not_a_code");
}

#[each_engine]
async fn a_stopping_server_says_goodbye() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let (mut page, mut till) = (ana.page().await, town.till.line().await);
    let stopping = town.server.stop();
    let goodbye = async {
        page.ends("busy", 4012).await;
        till.ends("busy", 4012).await;
    };
    tokio::join!(stopping, goodbye);
}
