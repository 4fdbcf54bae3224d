//! The same operation again: the same answer, and nothing changed.

use crate::http::{Answer, Http};
use crate::openapi::{calls, filled};
use crate::scene::Scene;
use crate::town::{PASSWORD, TestTown};
use futures_util::future::join_all;
use reda_cluster::each_engine;
use reda_domain::request::RESEND_AFTER_MS;
use reda_domain::signature::PrivateKey;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// Asks twice under one id: the second time gives the first answer and leaves every table alone.
/// Then asks for something else under that id, which is refused.
macro_rules! again {
    ($town:expr, $ask:expr, $body:expr, $other:expr) => {{
        let id = Uuid::now_v7();
        let first: Answer = $ask(id, $body).await;
        assert!(first.status < 500, "{first:?}");
        let rows = $town.rows().await;
        let second: Answer = $ask(id, $body).await;
        assert_eq!((first.status, &first.body), (second.status, &second.body));
        let other: Answer = $ask(id, $other).await;
        other.error(409, "operation_reused");
        assert_eq!($town.rows().await, rows);
        first
    }};
}

#[each_engine]
async fn every_verb_of_the_counter_can_be_sent_again() {
    let town = TestTown::open().await;
    let (ana, ben) = (town.verified("Ana").await, town.customer("Ben").await);
    let owner = town.owner().await;
    let program = town.program();
    let till = |kind: &'static str| {
        let town = &town;
        move |id: Uuid, body: Value| async move { town.till.op_as(id, kind, body).await }
    };
    let office = |kind: &'static str| {
        let owner = &owner;
        move |id: Uuid, body: Value| async move { owner.op_as(id, kind, body).await }
    };

    let code = ana.code_now();
    let found = again!(town, till("scan"), json!({ "code": code }), json!({ "code": "other" }));
    let handle = found.applied()["customer"]["id"].clone();
    let refused = again!(town, till("scan"), json!({ "code": "junk" }), json!({ "code": code }));
    refused.refused("not_a_code");
    let by = |phone: &str| json!({ "phone": phone });
    again!(town, till("find_customer"), by("0722000001"), by("0722000002")).applied();
    let ask = |whom: &Value| json!({ "customer": whom, "program": program });
    let asked = again!(town, till("ask_enrollment"), ask(&handle), ask(&json!(Uuid::now_v7())));
    let request = asked.applied()["request"].clone();
    let ben = town.till.scan(&ben.code_now()).await.applied()["customer"]["id"].clone();
    let bens = town.ask(&ben).await;
    town.sql(
        "UPDATE approval_requests SET sent_at_ms = sent_at_ms - $1 WHERE id = $2",
        [RESEND_AFTER_MS.into(), serde_json::from_value::<Uuid>(bens.clone()).unwrap().into()],
    )
    .await;
    let of = |request: &Value| json!({ "request": request });
    again!(town, till("resend_request"), of(&bens), of(&request)).applied();
    again!(town, till("cancel_request"), of(&bens), of(&request)).applied();
    let waits = |points: i64| json!({ "request": request, "points": points });
    again!(town, till("award_points"), waits(5), waits(6)).applied();
    let card = ana.answer(&request, "accept").await.ok()["card"].clone();
    let award = |points: i64| json!({ "card": card, "points": points });
    again!(town, till("award_points"), award(7), award(8)).applied();
    again!(town, till("award_points"), award(-7), award(8)).refused("points_out_of_range");

    let code = |whom: &Value| json!({ "customer": whom });
    again!(town, office("issue_printed_code"), code(&handle), code(&ben)).applied();
    let earn = json!({ "points": 1, "per": { "amount": 100, "currency": "KES" } });
    let new = |name: &str| json!({ "name": name, "kind": "points", "earn": earn });
    again!(town, office("create_program"), new("Tea"), new("Coffee")).applied();
    let named = |name: &str| json!({ "program": program, "name": name });
    again!(town, office("update_program"), named("Stars"), named("Suns")).applied();
    assert_eq!(ana.card().await["balance"], 12);
}

#[each_engine]
async fn every_write_of_a_page_can_be_sent_again() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let http: &Http = &ana.http;
    let key = |n: u8| {
        let key = PrivateKey::from_bytes(&[n; 32]).unwrap().public().to_spki_base64();
        json!({ "public_key": key, "label": "tablet" })
    };
    let register = |id, body| http.post_as(id, "/api/me/keys", body);
    again!(town, register, key(70), key(71)).ok();
    let rename = |id: Uuid, body: Value| async move {
        let call = http.call(Method::PATCH, "/api/me");
        Answer::of(call.header("idempotency-key", id.to_string()).json(&body)).await
    };
    again!(town, rename, json!({ "name": "Anna" }), json!({ "name": "Hanna" })).ok();
    let (_, request) = town.asked(&ana).await;
    let path = format!("/api/requests/{}/answer", request.as_str().unwrap());
    let answer = |id, body| http.post_as(id, &path, body);
    let say = |answer: &str| json!({ "answer": answer });
    again!(town, answer, say("accept"), say("decline")).ok();
}

/// Tried one after the other on the same people, so that some are refused by then: those are
/// refused alike again.
#[each_engine]
async fn every_documented_write_with_a_key_can_be_sent_again() {
    let scene = Scene::set().await;
    let mut done = vec![];
    let mut calls = calls(&scene.document);
    // What ends something comes last.
    calls.sort_by_key(|(method, path, _)| *method == Method::DELETE || path.ends_with("/leave"));
    for (method, path, call) in calls {
        let mut parameters = call["parameters"].as_array().into_iter().flatten();
        let keyed = parameters.any(|it| it["name"] == "Idempotency-Key");
        // What strangers send stands below; who deletes the account cannot call any more.
        if !keyed || call["security"].is_null() || call["x-sent-again"].is_string() {
            continue;
        }
        let person = call["x-caller"] == "a person";
        let http = if person { &scene.amina.http } else { &scene.owner };
        let schema = &call["requestBody"]["content"]["application/json"]["schema"];
        let key = Uuid::now_v7().to_string();
        let full = filled(&scene, &path, &call);
        let send = || {
            let sent = http.call(method.clone(), &full).header("idempotency-key", &key);
            let sent = if schema.is_null() { sent } else { sent.json(&scene.sample(schema)) };
            Answer::of(sent)
        };
        let first = send().await;
        let rows = scene.town.rows().await;
        let second = send().await;
        let place = format!("{method} {path}");
        assert_eq!((first.status, &first.body), (second.status, &second.body), "{place}");
        assert_eq!(scene.town.rows().await, rows, "{place}");
        if first.status < 300 {
            let kept = "SELECT COUNT(*) FROM operations WHERE id = $1";
            let kept = scene.town.number(kept, [Uuid::parse_str(&key).unwrap().into()]).await;
            assert_eq!(kept, 1, "{place}: the key is the operation's id");
            done.push(place);
        }
    }
    assert!(done.len() >= 15, "{done:?}");
}

#[each_engine]
async fn setting_a_password_again_gives_the_first_answer() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let (id, new) = (Uuid::now_v7(), "paper clip holder");
    let set = |id: Uuid, new: &'static str| {
        ana.http.post_as(id, "/api/me/password", json!({ "old": PASSWORD, "new": new }))
    };
    set(id, new).await.ok();
    let rows = town.rows().await;
    set(id, new).await.ok();
    set(id, "another password").await.error(409, "operation_reused");
    set(Uuid::now_v7(), new).await.error(401, "wrong_credentials");
    assert_eq!(town.rows().await, rows);
    let sign_in = json!({ "phone": ana.phone, "password": new });
    town.http.post("/api/auth/sign-in", sign_in).await.ok();
}

/// The answer without what is fresh in each: the tokens.
fn without_tokens(mut answer: Value) -> Value {
    for field in ["token", "refresh_token"] {
        let token = answer.as_object_mut().unwrap().remove(field).unwrap();
        assert!(token.as_str().is_some_and(|token| token.len() > 40));
    }
    answer
}

#[each_engine]
async fn signing_up_again_gives_the_same_account() {
    let town = TestTown::open().await;
    let id = Uuid::now_v7();
    let body = json!({ "name": "Ana", "phone": "0722000001", "password": PASSWORD });
    let sign_up = |body: Value| town.http.post_as(id, "/api/auth/sign-up", body);
    let first = without_tokens(sign_up(body.clone()).await.ok());
    let rows = town.rows().await;
    assert_eq!(without_tokens(sign_up(body.clone()).await.ok()), first);
    let mut renamed = body.clone();
    renamed["name"] = json!("Eve");
    sign_up(renamed).await.error(409, "operation_reused");
    assert_eq!(town.rows().await, rows);
}

#[each_engine]
async fn an_id_that_was_overheard_signs_nobody_in() {
    let town = TestTown::open().await;
    let id = Uuid::now_v7();
    let body = json!({ "name": "Ana", "phone": "0722000001", "password": PASSWORD });
    town.http.post_as(id, "/api/auth/sign-up", body.clone()).await.ok();
    let mut guessed = body;
    guessed["password"] = json!("another password");
    town.http.post_as(id, "/api/auth/sign-up", guessed).await.error(409, "operation_reused");
}

#[each_engine]
async fn starting_a_business_again_gives_the_same_business() {
    let town = TestTown::open().await;
    let id = Uuid::now_v7();
    let owner = json!({ "name": "Mary", "email": "mary@example.com", "password": PASSWORD });
    let body = json!({ "name": "Duka", "country": "KE", "owner": owner });
    let start = |body: Value| town.http.post_as(id, "/api/businesses", body);
    let first = without_tokens(start(body.clone()).await.ok());
    assert_eq!(first["business"]["currency"], "KES");
    let rows = town.rows().await;
    assert_eq!(without_tokens(start(body.clone()).await.ok()), first);
    for (field, value) in [("name", "Other"), ("country", "UG")] {
        let mut other = body.clone();
        other[field] = json!(value);
        start(other).await.error(409, "operation_reused");
    }
    assert_eq!(town.rows().await, rows);
}

#[each_engine]
async fn an_id_of_somebody_elses_operation_is_taken() {
    let town = TestTown::open().await;
    let (_, joined) = town.member("Ana").await;
    let (_, other) = town.other_shop().await;
    let id = Uuid::now_v7();
    let body = json!({ "card": joined.card, "points": 5 });
    town.till.op_as(id, "award_points", body.clone()).await.applied();
    other.op_as(id, "award_points", body.clone()).await.error(409, "operation_reused");
    town.owner().await.op_as(id, "award_points", body).await.error(409, "operation_reused");
    let scan = json!({ "code": "junk" });
    town.till.op_as(id, "scan", scan).await.error(409, "operation_reused");
}

#[each_engine]
async fn sixteen_duplicates_at_once_award_once() {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    let id = Uuid::now_v7();
    let body = json!({ "card": joined.card, "points": 5 });
    let answers = (0..16).map(|_| town.till.op_as(id, "award_points", body.clone()));
    let answers: Vec<Value> = join_all(answers).await.into_iter().map(Answer::ok).collect();
    assert!(answers.iter().all(|it| *it == answers[0]), "{answers:?}");
    assert_eq!(answers[0]["data"]["balance"], 5);
    assert_eq!(town.number("SELECT COUNT(*) FROM points_entries", []).await, 1);
    assert_eq!(ana.card().await["balance"], 5);
}

#[each_engine]
async fn of_two_things_at_once_under_one_id_only_one_is_done() {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    let id = Uuid::now_v7();
    let award = |points: i64| {
        town.till.op_as(id, "award_points", json!({ "card": joined.card, "points": points }))
    };
    let (five, six) = tokio::join!(award(5), award(6));
    let mut statuses = [five.status, six.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(town.number("SELECT COUNT(*) FROM points_entries", []).await, 1);
    let balance = ana.card().await["balance"].clone();
    assert!(balance == 5 || balance == 6, "{balance}");
}

/// Ids of version 5 are made from others, so whoever knows one could aim at what has it.
#[each_engine]
async fn an_operation_cannot_take_the_id_of_a_thing_that_exists() {
    let town = TestTown::open().await;
    let (mallory, _) = (town.owner().await, ());
    let (ana, _) = town.member("Ana").await;
    let program = town.program().0;
    let earn = json!({ "points": 1000, "per": { "amount": 1, "currency": "KES" } });
    let body = json!({ "name": "Mine now", "kind": "points", "earn": earn });
    mallory.op_as(program, "create_program", body).await.error(422, "invalid_body");
    let owner = town.shop.user.0;
    let body = json!({ "name": "Mallory", "phone": "0722000666", "password": PASSWORD });
    town.http.post_as(owner, "/api/auth/sign-up", body).await.error(422, "invalid_body");
    assert_eq!(ana.card().await["program_name"], crate::town::PROGRAM);
    town.owner().await;
    for id in [Uuid::nil(), Uuid::max()] {
        town.till.op_as(id, "scan", json!({ "code": "x" })).await.error(422, "invalid_body");
    }
}
