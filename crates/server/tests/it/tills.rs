//! How tills join, prove themselves, and switch staff on.

use crate::http::{Answer, Http};
use crate::line::{Heard, Line};
use crate::town::TestTown;
use reda_cluster::each_engine;
use reda_domain::business::Role;
use reda_domain::invitation::Invitation;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

const MINUTE_MS: i64 = 60_000;

/// A till that joined over the network.
struct Paired {
    device: Value,
    credential: String,
}

fn path(town: &TestTown, rest: &str) -> String {
    format!("/api/businesses/{}/{rest}", town.shop.business)
}

async fn invite(town: &TestTown, body: Value) -> Value {
    town.owner().await.post(&path(town, "invitations"), body).await.ok()
}

async fn pair(town: &TestTown, code: &str) -> Answer {
    town.http.post("/api/devices/pair", json!({ "code": code, "name": "Back counter" })).await
}

async fn paired(town: &TestTown, invitation: &Value) -> Paired {
    let joined = pair(town, invitation["code"].as_str().unwrap()).await.ok();
    assert_eq!(joined["business"], json!(town.shop.business));
    let credential = joined["credential"].as_str().unwrap().to_owned();
    Paired { device: joined["device"].clone(), credential }
}

async fn token(town: &TestTown, device: &Value, credential: &str) -> Answer {
    let body = json!({ "device": device, "credential": credential });
    town.http.post("/api/devices/token", body).await
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

async fn delete(http: &Http, path: &str) -> Answer {
    Answer::of(http.call(Method::DELETE, path)).await
}

#[each_engine]
async fn a_till_joins_by_an_invitation_and_works() {
    let town = TestTown::open().await;
    let invitation = invite(&town, json!({})).await;
    let code = text(&invitation["code"]);
    assert_eq!(code.len(), 8);
    assert!(!code.contains(['O', 'I']), "{code}");
    assert_eq!(invitation["fingerprint"], Value::Null);
    let read = Invitation::parse(invitation["text"].as_str().unwrap()).unwrap();
    assert_eq!((read.code.as_str(), read.fingerprint), (code.as_str(), None));
    assert_eq!(json!(read.address.to_string()), invitation["address"]);
    // As people type it.
    let typed = format!("{} {}", code[..4].to_lowercase(), &code[4..]);
    let joined = pair(&town, &typed).await.ok();
    let got = token(&town, &joined["device"], joined["credential"].as_str().unwrap()).await.ok();
    let till = town.http.with_token(got["token"].as_str().unwrap());
    let mut feed = Line::welcomed(&town.server.socket_url(), got["token"].as_str().unwrap()).await;
    feed.sees("device", |it| it["id"] == joined["device"] && it["name"] == "Back counter").await;
    let owner = town.owner().await;
    let grace = town.till.access.staff;
    owner.patch(&path(&town, &format!("staff/{grace}")), json!({ "pin": "2468" })).await.ok();
    let on =
        till.post("/api/devices/switch-on", json!({ "staff": grace, "pin": "2468" })).await.ok();
    assert_eq!(on["expires_in"], 12 * 60 * 60);
    let scan = json!({ "id": Uuid::now_v7(), "kind": "scan", "body": { "code": "x" }, "staff_token": on["staff_token"] });
    till.post("/api/operations", scan).await.refused("not_a_code");
    // A staff token is good at the till that got it alone.
    let elsewhere = json!({ "id": Uuid::now_v7(), "kind": "scan", "body": { "code": "x" }, "staff_token": on["staff_token"] });
    town.till.http.post("/api/operations", elsewhere).await.error(403, "forbidden");
}

#[each_engine]
async fn an_invitation_is_used_once_within_ten_minutes_and_tried_five_times() {
    let town = TestTown::open().await;
    let code = text(&invite(&town, json!({})).await["code"]);
    pair(&town, &code).await.ok();
    pair(&town, &code).await.error(403, "invitation_unknown");
    let code = text(&invite(&town, json!({})).await["code"]);
    let wrong = format!("{}{}", &code[..7], if code.ends_with('A') { 'B' } else { 'A' });
    for _ in 0..5 {
        pair(&town, &wrong).await.error(403, "invitation_unknown");
    }
    pair(&town, &code).await.error(403, "invitation_void");
    pair(&town, &wrong).await.error(403, "invitation_unknown");
    let code = text(&invite(&town, json!({})).await["code"]);
    town.clock.put_forward(10 * MINUTE_MS);
    pair(&town, &code).await.error(403, "invitation_expired");
    for made_up in ["", "A", "AAAAAAAA", "🦀🦀🦀🦀🦀🦀🦀🦀", &"A".repeat(5000)] {
        pair(&town, made_up).await.error(403, "invitation_unknown");
    }
    const TILLS: &str = "SELECT COUNT(*) FROM devices WHERE name = $1";
    assert_eq!(town.number(TILLS, ["Back counter".into()]).await, 1);
}

#[each_engine]
async fn who_guesses_invitations_is_stopped_for_an_hour() {
    let town = TestTown::open().await;
    for _ in 0..20 {
        pair(&town, "AAAAAAAA").await.error(403, "invitation_unknown");
    }
    let code = text(&invite(&town, json!({})).await["code"]);
    let stopped = pair(&town, &code).await;
    assert!(stopped.headers.contains_key("retry-after"));
    stopped.error(429, "rate_limited");
    town.clock.put_forward(60 * MINUTE_MS + 1);
    let code = text(&invite(&town, json!({})).await["code"]);
    pair(&town, &code).await.ok();
}

#[each_engine]
async fn one_invitation_lets_one_of_many_in() {
    let town = TestTown::open().await;
    let code = text(&invite(&town, json!({})).await["code"]);
    let all = (0..4).map(|_| pair(&town, &code));
    let all = futures_util::future::join_all(all).await;
    assert_eq!(all.iter().filter(|it| it.status == 200).count(), 1, "{all:?}");
}

#[each_engine]
async fn a_credential_changes_at_each_call_and_the_one_before_bridges_a_lost_answer() {
    let town = TestTown::open().await;
    let till = paired(&town, &invite(&town, json!({})).await).await;
    let next = async |credential: &str| {
        text(&token(&town, &till.device, credential).await.ok()["credential"])
    };
    let lost = next(&till.credential).await;
    let second = next(&till.credential).await;
    assert_ne!(lost, second);
    let third = next(&second).await;
    next(&third).await;
}

#[each_engine]
async fn many_calls_with_one_credential_are_no_copy() {
    let town = TestTown::open().await;
    let till = paired(&town, &invite(&town, json!({})).await).await;
    let all = (0..6).map(|_| token(&town, &till.device, &till.credential));
    for answer in futures_util::future::join_all(all).await {
        answer.ok();
    }
    token(&town, &till.device, &till.credential).await.ok();
}

#[each_engine]
async fn a_copied_till_is_locked_until_it_is_paired_anew() {
    let town = TestTown::open().await;
    let till = paired(&town, &invite(&town, json!({})).await).await;
    let first = token(&town, &till.device, &till.credential).await.ok();
    let second = token(&town, &till.device, first["credential"].as_str().unwrap()).await.ok();
    let mut line =
        Line::welcomed(&town.server.socket_url(), second["token"].as_str().unwrap()).await;
    // Whoever copied the files before comes with what they hold.
    token(&town, &till.device, &till.credential).await.error(403, "device_cloned");
    line.ends("device_cloned", 4003).await;
    let live = second["credential"].as_str().unwrap();
    token(&town, &till.device, live).await.error(403, "device_cloned");
    let http = town.http.with_token(second["token"].as_str().unwrap());
    http.get("/api/changes").await.error(403, "device_cloned");
    let owner = town.owner().await;
    let listed = owner.get(&path(&town, "devices")).await.ok();
    let lines = listed["items"].as_array().unwrap();
    assert!(lines.iter().any(|it| it["id"] == till.device && it["locked"] == true), "{listed}");
    let anew = paired(&town, &invite(&town, json!({ "device": till.device })).await).await;
    assert_eq!(anew.device, till.device);
    token(&town, &till.device, live).await.error(403, "device_cloned");
    let again = paired(&town, &invite(&town, json!({ "device": till.device })).await).await;
    token(&town, &till.device, &again.credential).await.ok();
}

#[each_engine]
async fn a_made_up_credential_locks_nobodys_till() {
    let town = TestTown::open().await;
    let till = paired(&town, &invite(&town, json!({})).await).await;
    let other = paired(&town, &invite(&town, json!({})).await).await;
    for made_up in ["", "junk", "a.b", other.credential.as_str(), &"x".repeat(5000)] {
        token(&town, &till.device, made_up).await.error(401, "unauthorized");
    }
    let nobodys = json!(Uuid::now_v7());
    token(&town, &nobodys, &till.credential).await.error(401, "unauthorized");
    token(&town, &till.device, &till.credential).await.ok();
}

#[each_engine]
async fn a_revoked_till_stops_for_good() {
    let town = TestTown::open().await;
    let till = paired(&town, &invite(&town, json!({})).await).await;
    let got = token(&town, &till.device, &till.credential).await.ok();
    let mut line = Line::welcomed(&town.server.socket_url(), got["token"].as_str().unwrap()).await;
    let owner = town.owner().await;
    let one = path(&town, &format!("devices/{}", text(&till.device)));
    let (other, _) = town.other_shop().await;
    let elsewhere = format!("/api/businesses/{}/devices/{}", other.business, text(&till.device));
    delete(&owner, &elsewhere).await.error(404, "business_unknown");
    assert_eq!(owner.patch(&one, json!({ "name": "Kitchen" })).await.status, 204);
    line.sees("device", |it| it["name"] == "Kitchen").await;
    assert_eq!(delete(&owner, &one).await.status, 204);
    loop {
        if let Heard::Closed(code) = line.hear().await {
            assert_eq!(code, Some(4003));
            break;
        }
    }
    let next = got["credential"].as_str().unwrap();
    token(&town, &till.device, next).await.error(403, "device_revoked");
    let invitation = json!({ "device": till.device });
    let anew = owner.post(&path(&town, "invitations"), invitation).await;
    anew.error(404, "device_unknown");
}

#[each_engine]
async fn a_cashier_invites_no_till() {
    let town = TestTown::open().await;
    let zed = town.customer("Zed").await;
    town.hire(&zed, Role::Cashier).await;
    zed.http.post(&path(&town, "invitations"), json!({})).await.error(403, "not_allowed");
    let stranger = town.customer("Ann").await;
    stranger.http.post(&path(&town, "invitations"), json!({})).await.error(404, "business_unknown");
}

#[each_engine]
async fn wrong_pins_lock_out_for_one_five_and_thirty_minutes() {
    let town = TestTown::open().await;
    let grace = town.till.access.staff;
    let owner = town.owner().await;
    let place = path(&town, &format!("staff/{grace}"));
    owner.patch(&place, json!({ "pin": "2468" })).await.ok();
    // The clock goes on for longer than tokens last.
    let switch_on = async |pin: &str| {
        let (token, _) = town.server.app().device_token(town.till.access);
        let body = json!({ "staff": grace, "pin": pin });
        town.http.with_token(&token).post("/api/devices/switch-on", body).await
    };
    for minutes in [1, 5, 30, 30] {
        for _ in 0..5 {
            switch_on("1111").await.error(403, "wrong_pin");
        }
        let locked = switch_on("2468").await;
        let wait = locked.headers["retry-after"].to_str().unwrap().parse::<i64>().unwrap();
        assert!((minutes * 60 - 30..=minutes * 60).contains(&wait), "{wait} s of {minutes} min");
        locked.error(429, "rate_limited");
        town.clock.put_forward(minutes * MINUTE_MS);
    }
    switch_on("2468").await.ok();
    for _ in 0..4 {
        switch_on("1111").await.error(403, "wrong_pin");
    }
    switch_on("2468").await.ok();
}

#[each_engine]
async fn pins_tried_at_once_are_no_more_than_pins_one_after_the_other() {
    let town = TestTown::open().await;
    let grace = town.till.access.staff;
    let owner = town.owner().await;
    owner.patch(&path(&town, &format!("staff/{grace}")), json!({ "pin": "2468" })).await.ok();
    let body = json!({ "staff": grace, "pin": "1111" });
    let all = (0..12).map(|_| town.till.http.post("/api/devices/switch-on", body.clone()));
    let all = futures_util::future::join_all(all).await;
    assert_eq!(all.iter().filter(|it| it.status == 403).count(), 5, "{all:?}");
    assert_eq!(all.iter().filter(|it| it.status == 429).count(), 7, "{all:?}");
}

#[each_engine]
async fn a_lock_outlasts_the_server() {
    let town = TestTown::open().await;
    let grace = town.till.access.staff;
    let body = json!({ "staff": grace, "pin": "1111" });
    for _ in 0..5 {
        // Without a PIN none is right.
        let tried = town.till.http.post("/api/devices/switch-on", body.clone()).await;
        tried.error(403, "wrong_pin");
    }
    let town = town.restarted().await;
    let tried = town.till.http.post("/api/devices/switch-on", body).await;
    tried.error(429, "rate_limited");
}

#[each_engine]
async fn nobody_switches_on_elsewhere() {
    let town = TestTown::open().await;
    let (_, other) = town.other_shop().await;
    let body = json!({ "staff": town.till.access.staff, "pin": "2468" });
    let there = other.http.post("/api/devices/switch-on", body.clone()).await;
    there.error(404, "staff_unknown");
    let ana = town.customer("Ana").await;
    ana.http.post("/api/devices/switch-on", body.clone()).await.error(403, "forbidden");
    town.http.post("/api/devices/switch-on", body).await.error(401, "unauthorized");
}
