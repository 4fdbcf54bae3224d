//! Keeping staff: who may invite, change and remove whom.

use crate::http::Http;
use crate::town::{PASSWORD, TestTown, Till};
use reda_cluster::each_engine;
use reda_domain::business::Role;
use serde_json::{Value, json};
use uuid::Uuid;

fn staff_path(town: &TestTown) -> String {
    format!("/api/businesses/{}/staff", town.shop.business)
}

fn one(town: &TestTown, staff: &Value) -> String {
    format!("{}/{}", staff_path(town), staff.as_str().unwrap())
}

/// Invites someone: the id of their place.
async fn invited(town: &TestTown, by: &Http, name: &str, role: &str) -> Value {
    let body = json!({ "name": name, "role": role, "pin": "2468" });
    by.post(&staff_path(town), body).await.ok()["staff"]["id"].clone()
}

async fn delete(http: &Http, path: &str) -> crate::http::Answer {
    crate::http::Answer::of(http.call(reqwest::Method::DELETE, path)).await
}

/// A manager of the shop, signed in.
async fn manager(town: &TestTown) -> (Http, Till) {
    let moses = town.customer("Moses").await;
    let till = town.hire(&moses, Role::Manager).await;
    (moses.http, till)
}

#[each_engine]
async fn a_manager_keeps_cashiers_and_an_owner_keeps_everyone() {
    let town = TestTown::open().await;
    let (manager, _) = manager(&town).await;
    let owner = town.owner().await;
    let cashier = invited(&town, &manager, "Wanjiru", "cashier").await;
    let second = invited(&town, &manager, "Otieno", "manager").await;
    let above = json!({ "name": "Me", "role": "owner" });
    manager.post(&staff_path(&town), above).await.error(403, "not_allowed");
    let raise = json!({ "role": "owner" });
    manager.patch(&one(&town, &cashier), raise).await.error(403, "not_allowed");
    for (path, what) in
        [(one(&town, &second), "a manager"), (one(&town, &json!(town.shop.staff)), "the owner")]
    {
        for change in
            [json!({ "role": "cashier" }), json!({ "pin": "1357" }), json!({ "name": "X" })]
        {
            let answer = manager.patch(&path, change).await;
            assert_eq!(answer.status, 403, "{what}: {answer:?}");
        }
        delete(&manager, &path).await.error(403, "not_allowed");
    }
    let raised = manager.patch(&one(&town, &cashier), json!({ "role": "manager" })).await.ok();
    assert_eq!(raised["staff"]["role"], "manager");
    // Now they stand beside each other.
    manager
        .patch(&one(&town, &cashier), json!({ "role": "cashier" }))
        .await
        .error(403, "not_allowed");
    owner.patch(&one(&town, &cashier), json!({ "role": "owner" })).await.ok();
    assert_eq!(delete(&owner, &one(&town, &second)).await.status, 204);
    owner.patch(&one(&town, &second), json!({ "role": "owner" })).await.error(404, "staff_unknown");
}

#[each_engine]
async fn a_cashier_keeps_only_their_own_pin() {
    let town = TestTown::open().await;
    let zed = town.customer("Zed").await;
    let till = town.hire(&zed, Role::Cashier).await;
    zed.http.get(&staff_path(&town)).await.error(403, "not_allowed");
    let own = one(&town, &json!(till.access.staff));
    zed.http.patch(&own, json!({ "pin": "9753" })).await.ok();
    zed.http.patch(&own, json!({ "pin": "9753", "role": "owner" })).await.error(403, "not_allowed");
    let other = one(&town, &json!(town.till.access.staff));
    zed.http.patch(&other, json!({ "pin": "9753" })).await.error(403, "not_allowed");
    delete(&zed.http, &other).await.error(403, "not_allowed");
    for pin in ["", "123", "1234567", "12a4", "١٢٣٤"] {
        zed.http.patch(&own, json!({ "pin": pin })).await.error(422, "bad_pin");
    }
}

#[each_engine]
async fn the_last_owner_stays() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    let own = one(&town, &json!(town.shop.staff));
    owner.patch(&own, json!({ "role": "manager" })).await.error(409, "last_owner");
    delete(&owner, &own).await.error(409, "last_owner");
    let second = invited(&town, &owner, "Mary", "owner").await;
    owner.patch(&own, json!({ "role": "manager" })).await.ok();
    owner.patch(&one(&town, &second), json!({ "role": "manager" })).await.error(403, "not_allowed");
}

#[each_engine]
async fn who_was_removed_can_do_nothing_more_at_once() {
    let town = TestTown::open().await;
    let zed = town.customer("Zed").await;
    let till = town.hire(&zed, Role::Manager).await;
    let mut page = zed.page().await;
    let shop = format!("b:{}", town.shop.business);
    page.say(json!({ "type": "since", "scopes": { shop: { "epoch": null, "seq": 0 } } })).await;
    page.frame("changes").await;
    till.scan("x").await.refused("not_a_code");
    let owner = town.owner().await;
    assert_eq!(delete(&owner, &one(&town, &json!(till.access.staff))).await.status, 204);
    till.scan("x").await.error(403, "forbidden");
    zed.http.op("scan", json!({ "code": "x" })).await.error(403, "forbidden");
    zed.http.get(&staff_path(&town)).await.error(404, "business_unknown");
    let changes = format!("/api/changes?scope=b:{}&epoch=0&since=0", town.shop.business);
    assert_eq!(zed.http.get(&changes).await.status, 404);
    page.ends("forbidden", 4003).await;
    zed.http.get("/api/me").await.ok();
    // The till no longer shows the place, and it can be given anew.
    let mut line = town.till.line().await;
    line.caught_up().await;
    assert!(line.feed().one("staff", &json!(till.access.staff)).is_none());
    town.hire(&zed, Role::Cashier).await.scan("x").await.refused("not_a_code");
}

#[each_engine]
async fn feeds_say_that_there_is_a_pin_and_never_its_hash() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    let mut line = town.till.line().await;
    let grace = json!(town.till.access.staff);
    line.sees("staff", |it| it["id"] == grace && it["has_pin"] == false).await;
    owner.patch(&one(&town, &grace), json!({ "pin": "135790" })).await.ok();
    line.sees("staff", |it| it["id"] == grace && it["has_pin"] == true).await;
    let hash = town.texts("SELECT hash FROM staff_pins", []).await.remove(0);
    assert!(hash.starts_with("$argon2id$"), "{hash}");
    let kept = town.texts("SELECT result FROM operations", []).await.join(" ");
    assert!(!kept.contains("argon2") && !kept.contains("135790"), "{kept}");
    for body in line.feed().all("staff") {
        assert!(!body.to_string().contains("argon2"), "{body}");
    }
}

#[each_engine]
async fn a_till_keeps_staff_by_whoever_is_switched_on() {
    let town = TestTown::open().await;
    let (_, till) = manager(&town).await;
    let call = |token: &str| {
        let call = till.http.call(reqwest::Method::GET, &staff_path(&town));
        crate::http::Answer::of(call.header("reda-staff-token", token))
    };
    call(&till.staff_token).await.ok();
    call(&town.till.staff_token).await.error(403, "not_allowed");
    till.http.get(&staff_path(&town)).await.error(401, "unauthorized");
    let (_, other) = town.other_shop().await;
    let there = other.http.call(reqwest::Method::GET, &staff_path(&town));
    let there = there.header("reda-staff-token", &other.staff_token);
    crate::http::Answer::of(there).await.error(404, "business_unknown");
}

#[each_engine]
async fn inviting_tells_nothing_of_the_account_behind_an_address() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    let ana = town.verified("Ana").await;
    let lines = async |phone: &str| {
        let body = json!({ "name": "Someone", "role": "cashier", "phone": phone });
        let mut staff = owner.post(&staff_path(&town), body).await.ok()["staff"].take();
        for field in ["id", "invited", "created_at"] {
            staff[field] = Value::Null;
        }
        staff
    };
    assert_eq!(lines(&ana.phone).await, lines("0722000900").await);
    assert_eq!(ana.http.get("/api/me").await.ok()["name"], "Ana");
    // Nobody signs in to what the shop made.
    let sign_in = json!({ "phone": "0722000900", "password": PASSWORD });
    town.http.post("/api/auth/sign-in", sign_in).await.error(401, "wrong_credentials");
}

#[each_engine]
async fn a_place_is_for_whoever_proves_the_address_alone() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    let ana = town.customer("Ana").await;
    let body = json!({ "name": "Ana", "role": "manager", "phone": ana.phone });
    let place = owner.post(&staff_path(&town), body).await.ok()["staff"]["id"].clone();
    let accept = format!("/api/me/invitations/{}/accept", place.as_str().unwrap());
    // She says that the number is hers, and has not proven it.
    assert_eq!(ana.http.get("/api/me/invitations").await.ok()["items"], json!([]));
    ana.http.post(&accept, json!({})).await.error(404, "staff_unknown");
    town.sql("UPDATE users SET phone_verified = 1 WHERE id = $1", [ana.user.0.into()]).await;
    let ben = town.verified("Ben").await;
    ben.http.post(&accept, json!({})).await.error(404, "staff_unknown");
    ana.http.post(&accept, json!({})).await.ok();
    ana.http.get(&staff_path(&town)).await.ok();
    let none = format!("/api/me/invitations/{}/accept", Uuid::now_v7());
    ana.http.post(&none, json!({})).await.error(404, "staff_unknown");
}
