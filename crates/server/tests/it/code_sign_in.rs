//! Signing in by a one-time code, and proving addresses.

use crate::files::Files;
use crate::http::{Answer, Http};
use crate::line::Line;
use crate::town::{PASSWORD, TestTown};
use reda_cluster::each_engine;
use reda_server::{Registration, ServerConfig};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const MINUTE_MS: i64 = 60_000;
const NUMBER: &str = "0722000500";
const E164: &str = "+254722000500";

/// The cookie that an answer sets.
pub(crate) fn cookie(answer: &Answer) -> String {
    let set = answer.headers["set-cookie"].to_str().unwrap();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict"), "{set}");
    set.split(';').next().unwrap().to_owned()
}

/// A call with a cookie.
pub(crate) async fn post_with(http: &Http, cookie: &str, path: &str, body: Value) -> Answer {
    Answer::of(http.call(Method::POST, path).header("cookie", cookie).json(&body)).await
}

/// The eight digits of a text.
pub(crate) fn code_in(text: &str) -> String {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    assert_eq!(digits.len(), 8, "{text}");
    digits
}

/// Asks for a code: the cookie.
async fn ask(town: &TestTown, phone: &str) -> String {
    let asked = town.http.post("/api/auth/code", json!({ "phone": phone })).await;
    assert_eq!(asked.status, 204, "{asked:?}");
    cookie(&asked)
}

/// Asks for a code and waits for it: cookie and code.
pub(crate) async fn code(town: &TestTown, phone: &str, e164: &str) -> (String, String) {
    let before = town.messages_to(e164).len();
    let cookie = ask(town, phone).await;
    (cookie, code_in(&town.message_to(e164, before).await))
}

pub(crate) async fn give(town: &TestTown, cookie: &str, phone: &str, code: &str) -> Answer {
    let body = json!({ "phone": phone, "code": code });
    post_with(&town.http, cookie, "/api/auth/code/verify", body).await
}

fn other_than(code: &str) -> String {
    let number: u64 = code.parse().unwrap();
    format!("{:08}", (number + 1) % 100_000_000)
}

#[each_engine]
async fn a_code_makes_an_account_with_a_proven_address_and_opens_it_again() {
    let town = TestTown::open().await;
    let (cookie, code_) = code(&town, NUMBER, E164).await;
    let first = give(&town, &cookie, NUMBER, &code_).await;
    assert!(first.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    let first = first.ok();
    assert_eq!(first["user"]["phone"], E164);
    assert_eq!(first["user"]["phone_verified"], true);
    let me = town.http.with_token(first["token"].as_str().unwrap());
    me.get("/api/me").await.ok();
    give(&town, &cookie, NUMBER, &code_).await.error(403, "wrong_code");
    let (cookie, code_) = code(&town, "+254 722 000 500", E164).await;
    let second = give(&town, &cookie, NUMBER, &code_).await.ok();
    assert_eq!(second["user"]["id"], first["user"]["id"]);
    let text = &town.messages_to(E164)[0];
    assert!(text.contains("Never tell anyone, not even a shop"), "{text}");
}

#[each_engine]
async fn a_first_password_is_set_by_who_just_signed_in() {
    let town = TestTown::open().await;
    let me = town.by_code(NUMBER).await;
    town.passes(11 * MINUTE_MS);
    let set = json!({ "new": PASSWORD });
    let old_too = json!({ "old": PASSWORD, "new": PASSWORD });
    for body in [set.clone(), old_too] {
        me.post("/api/me/password", body).await.error(403, "sign_in_again");
    }
    let sign_in = json!({ "phone": NUMBER, "password": PASSWORD });
    town.http.post("/api/auth/sign-in", sign_in.clone()).await.error(401, "wrong_credentials");
    let me = town.by_code(NUMBER).await;
    let mut page = Line::welcomed(&town.server.socket_url(), me.token.as_deref().unwrap()).await;
    assert_eq!(me.post("/api/me/password", set).await.status, 204);
    let told = page.sees("notification", |it| it["type"] == "password_changed").await;
    assert_eq!(told["title"], "Your account has a new password");
    town.http.post("/api/auth/sign-in", sign_in).await.ok();
}

#[each_engine]
async fn a_code_works_in_the_browser_that_asked_alone() {
    let town = TestTown::open().await;
    let (cookie, code_) = code(&town, NUMBER, E164).await;
    give(&town, "", NUMBER, &code_).await.error(403, "wrong_code");
    for _ in 0..6 {
        let elsewhere = "reda_code=somebody-elses";
        give(&town, elsewhere, NUMBER, &code_).await.error(403, "wrong_code");
    }
    give(&town, &cookie, "0722000501", &code_).await.error(403, "wrong_code");
    give(&town, &cookie, NUMBER, &code_).await.ok();
}

#[each_engine]
async fn a_code_is_tried_five_times_and_for_ten_minutes() {
    let town = TestTown::open().await;
    let (cookie, code_) = code(&town, NUMBER, E164).await;
    for _ in 0..5 {
        give(&town, &cookie, NUMBER, &other_than(&code_)).await.error(403, "wrong_code");
    }
    give(&town, &cookie, NUMBER, &code_).await.error(403, "wrong_code");
    let (cookie, code_) = code(&town, NUMBER, E164).await;
    town.clock.put_forward(10 * MINUTE_MS);
    give(&town, &cookie, NUMBER, &code_).await.error(403, "wrong_code");
    let (old_cookie, old) = code(&town, NUMBER, E164).await;
    let (cookie, code_) = code(&town, NUMBER, E164).await;
    give(&town, &old_cookie, NUMBER, &old).await.error(403, "wrong_code");
    give(&town, &cookie, NUMBER, &code_).await.ok();
}

#[each_engine]
async fn of_two_who_come_with_one_code_at_once_one_gets_in() {
    let town = TestTown::open().await;
    let (cookie, code_) = code(&town, NUMBER, E164).await;
    let all = (0..4).map(|_| give(&town, &cookie, NUMBER, &code_));
    let all = futures_util::future::join_all(all).await;
    assert_eq!(all.iter().filter(|it| it.status == 200).count(), 1, "{all:?}");
    const OWNERS: &str = "SELECT COUNT(*) FROM users WHERE phone = $1 AND phone_verified = 1";
    assert_eq!(town.number(OWNERS, [E164.into()]).await, 1);
}

#[each_engine]
async fn asking_tells_nothing_of_who_is_there() {
    let files = Files::new().await;
    let closed = ServerConfig { registration: Registration::Closed, ..files.config() };
    let town = TestTown::open_with(closed, files).await;
    let ask = async |phone: &str| {
        let asked = town.http.post("/api/auth/code", json!({ "phone": phone })).await;
        (asked.status, asked.body.clone(), cookie(&asked).len())
    };
    let there = ask("0720000001").await;
    let not_there = ask(NUMBER).await;
    assert_eq!(there, not_there);
    town.message_to("+254720000001", 0).await;
    assert!(town.messages_to(E164).is_empty(), "a closed server sends strangers nothing");
    let email = town.http.post("/api/auth/code", json!({ "email": "a@example.com" })).await;
    assert_eq!(email.status, 204);
}

#[each_engine]
async fn a_number_gets_only_so_many_codes_a_day() {
    let town = TestTown::open().await;
    for n in 0..6 {
        code(&town, NUMBER, E164).await;
        assert_eq!(town.messages_to(E164).len(), n + 1);
    }
    ask(&town, NUMBER).await;
    // Somebody else's code was asked for later and came: the seventh was not sent.
    code(&town, "0722000501", "+254722000501").await;
    assert_eq!(town.messages_to(E164).len(), 6);
    town.clock.put_forward(24 * 60 * MINUTE_MS + 1);
    code(&town, NUMBER, E164).await;
}

#[each_engine]
async fn a_network_asks_for_only_so_many_codes_a_day() {
    let town = TestTown::open().await;
    let subject = "127.0.0.1";
    town.sql(
        "INSERT INTO attempts (kind, subject, n, since_ms) VALUES ('codes_from_network', $1, 60, $2)",
        [subject.into(), town.clock.now().0.into()],
    )
    .await;
    let asked = town.http.post("/api/auth/code", json!({ "phone": NUMBER })).await;
    let wait: i64 = asked.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((86_000..=86_400).contains(&wait), "{wait}");
    assert_eq!(asked.error(429, "rate_limited")["retry_after"], wait);
}

#[each_engine]
async fn no_code_goes_abroad_unless_the_server_is_told_so() {
    let town = TestTown::open().await;
    let abroad = json!({ "phone": "+256772123456" });
    town.http.post("/api/auth/code", abroad.clone()).await.error(422, "bad_phone");
    let files = Files::new().await;
    let config = ServerConfig { codes_abroad: true, ..files.config() };
    let town = TestTown::open_with(config, files).await;
    assert_eq!(town.http.post("/api/auth/code", abroad).await.status, 204);
    town.message_to("+256772123456", 0).await;
}

#[each_engine]
async fn proving_an_address_takes_it_from_whoever_only_said_so() {
    let town = TestTown::open().await;
    let body = json!({ "name": "Mallory", "phone": NUMBER, "password": PASSWORD });
    let mallory = town.http.post("/api/auth/sign-up", body).await.ok();
    let (cookie, code_) = code(&town, NUMBER, E164).await;
    let owner = give(&town, &cookie, NUMBER, &code_).await.ok();
    assert_ne!(owner["user"]["id"], mallory["user"]["id"], "never found by an unproven address");
    let me = town.http.with_token(mallory["token"].as_str().unwrap());
    assert_eq!(me.get("/api/me").await.ok()["phone"], Value::Null);
    let sign_in = json!({ "phone": NUMBER, "password": PASSWORD });
    town.http.post("/api/auth/sign-in", sign_in).await.error(401, "wrong_credentials");
}

#[each_engine]
async fn a_signed_in_person_adds_an_address_by_its_code() {
    let town = TestTown::open().await;
    let (ana, _) = town.member("Ana").await;
    let mut till = town.till.line().await;
    let patched =
        Answer::of(ana.http.call(Method::PATCH, "/api/me").json(&json!({ "phone": NUMBER })));
    let patched = patched.await;
    let here = cookie(&patched);
    assert_eq!(patched.ok()["phone"], "+254722000001", "not theirs yet");
    let code_ = code_in(&town.message_to(E164, 0).await);
    let body = json!({ "phone": NUMBER, "code": code_ });
    // It signs nobody in, and is nobody else's.
    give(&town, &here, NUMBER, &code_).await.error(403, "wrong_code");
    let ben = town.customer("Ben").await;
    post_with(&ben.http, &here, "/api/me/address", body.clone()).await.error(403, "wrong_code");
    post_with(&ana.http, "", "/api/me/address", body.clone()).await.error(403, "wrong_code");
    let me = post_with(&ana.http, &here, "/api/me/address", body).await.ok();
    assert_eq!((&me["phone"], &me["phone_verified"]), (&json!(E164), &json!(true)));
    till.sees("member", |it| it["phone"] == E164).await;
}

#[each_engine]
async fn proving_an_address_again_gives_the_first_answer() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let patched = ana.http.patch("/api/me", json!({ "phone": NUMBER })).await;
    let (here, key) = (cookie(&patched), uuid::Uuid::now_v7().to_string());
    let code = code_in(&town.message_to(E164, 0).await);
    let prove = |cookie: &str, phone: &str, key: &str| {
        let call = ana.http.call(Method::POST, "/api/me/address").header("cookie", cookie);
        let body = json!({ "phone": phone, "code": code });
        Answer::of(call.header("idempotency-key", key).json(&body))
    };
    let first = prove(&here, NUMBER, &key).await.ok();
    let rows = town.rows().await;
    // Cookie and code went with the first one.
    assert_eq!(prove("", NUMBER, &key).await.ok(), first);
    prove("", "0722000501", &key).await.error(409, "operation_reused");
    prove(&here, NUMBER, &uuid::Uuid::now_v7().to_string()).await.error(403, "wrong_code");
    assert_eq!(town.rows().await, rows);
}

#[each_engine]
async fn an_address_goes_to_whoever_proves_it_last() {
    let town = TestTown::open().await;
    let ana = town.verified("Ana").await;
    town.join(&ana).await;
    let mut till = town.till.line().await;
    till.sees("member", |it| it["phone"] == "+254722000001").await;
    let ben = town.customer("Ben").await;
    let patched = ben.http.patch("/api/me", json!({ "phone": ana.phone })).await;
    let here = cookie(&patched);
    let code_ = code_in(&town.message_to("+254722000001", 0).await);
    let body = json!({ "phone": ana.phone, "code": code_ });
    post_with(&ben.http, &here, "/api/me/address", body).await.ok();
    assert_eq!(ana.http.get("/api/me").await.ok()["phone"], Value::Null);
    till.sees("member", |it| it["phone"] == Value::Null).await;
    let (cookie, code_) = code(&town, &ana.phone, "+254722000001").await;
    let session = give(&town, &cookie, &ana.phone, &code_).await.ok();
    assert_eq!(session["user"]["id"], json!(ben.user));
}

#[each_engine]
async fn an_invitation_lets_its_person_in_where_strangers_are_not() {
    let files = Files::new().await;
    let closed = ServerConfig { registration: Registration::Closed, ..files.config() };
    let town = TestTown::open_with(closed, files).await;
    let owner = town.owner().await;
    let staff = format!("/api/businesses/{}/staff", town.shop.business);
    let invited = json!({ "name": "Grace", "role": "cashier", "phone": NUMBER });
    let made = owner.post(&staff, invited).await.ok();
    let text = town.message_to(E164, 0).await;
    assert!(text.contains(crate::town::SHOP), "{text}");
    let (cookie, code_) = code(&town, NUMBER, E164).await;
    let session = give(&town, &cookie, NUMBER, &code_).await.ok();
    let grace = town.http.with_token(session["token"].as_str().unwrap());
    let waiting = grace.get("/api/me/invitations").await.ok();
    assert_eq!(waiting["items"][0]["id"], made["staff"]["id"]);
    assert_eq!(waiting["items"][0]["business_name"], crate::town::SHOP);
    grace.op("scan", json!({ "code": "x" })).await.error(403, "forbidden");
    let accept = format!("/api/me/invitations/{}/accept", made["staff"]["id"].as_str().unwrap());
    owner.post(&accept, json!({})).await.error(404, "staff_unknown");
    grace.post(&accept, json!({})).await.ok();
    grace.post(&accept, json!({})).await.ok();
    grace.op("scan", json!({ "code": "x" })).await.refused("not_a_code");
    assert_eq!(grace.get("/api/me/invitations").await.ok()["items"], json!([]));
    let listed = owner.get(&staff).await.ok();
    let line = listed["items"].as_array().unwrap().iter().find(|it| it["joined"] == true);
    assert!(line.is_some_and(|it| it["invited"] == Value::Null), "{listed}");
    const LEFT: &str = "SELECT COUNT(*) FROM users WHERE phone = $1 AND phone_verified = 0";
    assert_eq!(town.number(LEFT, [E164.into()]).await, 0);
}

#[each_engine]
async fn no_code_and_no_number_stands_in_operations_or_audit() {
    let town = TestTown::open().await;
    let (cookie, code_) = code(&town, NUMBER, E164).await;
    give(&town, &cookie, NUMBER, &code_).await.ok();
    let kept = town.texts("SELECT result FROM operations", []).await;
    for text in &kept {
        assert!(!text.contains("722000500") && !text.contains(&code_), "{text}");
    }
}

impl TestTown {
    /// Whoever has a number signs in by a code that goes there.
    pub(crate) async fn by_code(&self, phone: &str) -> Http {
        let e164 = format!("+254{}", phone.strip_prefix('0').expect("a number of the country"));
        let (cookie, code_) = code(self, phone, &e164).await;
        let session = give(self, &cookie, phone, &code_).await.ok();
        self.http.with_token(session["token"].as_str().expect("a token"))
    }

    /// Waits for the nth message to an address, counted from 0.
    pub(crate) async fn message_to(&self, address: &str, n: usize) -> String {
        let begun = Instant::now();
        loop {
            if let Some(text) = self.messages_to(address).get(n) {
                return text.clone();
            }
            assert!(begun.elapsed() < Duration::from_secs(15), "no message to {address} comes");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}
