//! The calls by which integrators read notifications, choose and test them.

use crate::http::Answer;
use crate::town::{PASSWORD, TestTown};
use reda_cluster::each_engine;
use reda_domain::business::Role;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const PREFERENCES: &str = "/api/notifications/preferences";
const TEST: &str = "/api/notifications/test";

/// The field names that front ends written for other servers read.
const ROW: &[&str] = &[
    "id",
    "type",
    "channel",
    "title",
    "message",
    "related_id",
    "related_type",
    "metadata",
    "is_read",
    "sent_at",
    "delivered_at",
    "sms_sent",
    "sms_error",
    "email_sent",
    "email_error",
    "created_at",
    "updated_at",
];
const SWITCHES: &[&str] = &[
    "sms_enabled",
    "email_enabled",
    "in_app_enabled",
    "payment_notifications",
    "stock_notifications",
    "sales_notifications",
    "wallet_notifications",
    "credit_notifications",
    "expense_notifications",
    "daily_summary",
    "sms_phone",
    "quiet_hours_enabled",
    "quiet_start",
    "quiet_end",
];

fn fields(value: &Value) -> BTreeSet<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[each_engine]
async fn an_integrator_signs_in_tests_chooses_and_reads() {
    let town = TestTown::open().await;
    let account = json!({ "email": "joy@example.com", "password": PASSWORD });
    town.http.post("/api/auth/sign-up", account.clone()).await.ok();
    let session = town.http.post("/api/auth/sign-in", account).await.ok();
    let joy = town.http.with_token(session["token"].as_str().unwrap());

    let sent = joy.post(TEST, json!({})).await.ok();
    assert_eq!(sent["sent"], json!({ "in_app": true, "sms": false, "email": false }));
    joy.post(TEST, json!({ "type": "low_stock", "channel": "all" })).await.ok();
    let none = joy.post(TEST, json!({ "type": "low_stock", "channel": "sms" })).await.ok();
    assert!(none["message"].as_str().unwrap().starts_with("Nothing was sent"), "{none}");
    assert_eq!(none["notification"], Value::Null);

    let list = joy.get("/api/notifications?limit=10&offset=0").await.ok();
    assert_eq!(fields(&list), BTreeSet::from(["message", "count", "notifications"]));
    assert_eq!(list["count"], 2);
    let newest = &list["notifications"][0];
    assert_eq!(fields(newest), ROW.iter().copied().collect());
    assert_eq!((&newest["type"], &newest["channel"]), (&json!("low_stock"), &json!("in_app")));
    let older = joy.get("/api/notifications?limit=10&offset=1").await.ok();
    assert_eq!(
        (&older["count"], &older["notifications"][0]),
        (&json!(1), &list["notifications"][1])
    );

    let chosen = joy.get(PREFERENCES).await.ok();
    assert_eq!(fields(&chosen), BTreeSet::from(["message", "preferences"]));
    assert!(fields(&chosen["preferences"]).is_superset(&SWITCHES.iter().copied().collect()));
    let change =
        json!({ "quiet_hours_enabled": true, "quiet_start": "21:30", "sms_enabled": true });
    let changed = joy.patch(PREFERENCES, change).await.ok();
    assert_eq!(changed["preferences"]["quiet_start"], "21:30");
    assert_eq!(changed["preferences"]["quiet_end"], chosen["preferences"]["quiet_end"]);
    assert_eq!(joy.get(PREFERENCES).await.ok(), changed);

    let id = newest["id"].as_str().unwrap();
    let read = joy.patch(&format!("/api/notifications/{id}/read"), json!({})).await.ok();
    assert_eq!(read["notification"]["is_read"], true);
    let all = joy.patch("/api/notifications/read/all", json!({})).await.ok();
    assert_eq!(all["count"], 1);
    let list = joy.get("/api/notifications").await.ok();
    assert!(list["notifications"].as_array().unwrap().iter().all(|it| it["is_read"] == true));
}

#[each_engine]
async fn a_customer_gets_no_sms_and_a_member_of_staff_does_until_they_choose() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let of = |answer: Value| answer["preferences"].clone();
    let first = of(ana.http.get(PREFERENCES).await.ok());
    assert_eq!(first["sms_enabled"], false);
    for on in ["in_app_enabled", "email_enabled", "push_enabled", "promotion_notifications"] {
        assert_eq!(first[on], true, "{on}");
    }
    town.hire(&ana, Role::Cashier).await;
    assert_eq!(of(ana.http.get(PREFERENCES).await.ok())["sms_enabled"], true);
    let chosen =
        of(ana.http.patch(PREFERENCES, json!({ "stock_notifications": false })).await.ok());
    assert_eq!(
        (&chosen["sms_enabled"], &chosen["stock_notifications"]),
        (&json!(true), &json!(false))
    );
}

#[each_engine]
async fn the_number_for_sms_is_kept_whole_and_can_be_taken_back() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let set = ana.http.patch(PREFERENCES, json!({ "sms_phone": "0722 123 456" })).await.ok();
    assert_eq!(set["preferences"]["sms_phone"], "+254722123456");
    ana.http.patch(PREFERENCES, json!({ "sms_phone": "12" })).await.error(422, "bad_phone");
    ana.http.patch(PREFERENCES, json!({ "quiet_start": "25:00" })).await.error(422, "invalid_body");
    let facts =
        ana.http.patch(PREFERENCES, json!({ "fax": true })).await.error(422, "invalid_body");
    assert!(facts["reason"].as_str().unwrap().contains("fax"), "{facts}");
    let kept = ana.http.get(PREFERENCES).await.ok();
    assert_eq!(kept, set);
    let back = ana.http.patch(PREFERENCES, json!({ "sms_phone": null })).await.ok();
    assert_eq!(back["preferences"]["sms_phone"], Value::Null);
}

#[each_engine]
async fn a_test_of_a_type_that_nobody_sends_is_refused() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    ana.http.post(TEST, json!({ "type": "horoscope" })).await.error(422, "invalid_body");
    ana.http.post(TEST, json!({ "channel": "pigeon" })).await.error(422, "invalid_body");
    assert_eq!(ana.http.get("/api/notifications").await.ok()["count"], 0);
}

#[each_engine]
async fn choices_reach_the_page_whole_and_the_till_without_the_number() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let till = town.hire(&ana, Role::Cashier).await;
    let (mut page, mut counter) = (ana.page().await, till.line().await);
    let body = json!({ "desktop_enabled": false, "sms_phone": "0722123456" });
    ana.http.patch(PREFERENCES, body).await.ok();
    let own = page.sees("preferences", |it| it["desktop_enabled"] == false).await;
    assert_eq!(own["sms_phone"], "+254722123456");
    let staff = json!(till.access.staff);
    let shown = counter.sees("preferences", |it| it["staff"] == staff).await;
    assert_eq!((&shown["desktop_enabled"], &shown["sms_phone"]), (&json!(false), &Value::Null));
}

#[each_engine]
async fn what_is_switched_off_is_still_there_to_be_read() {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    let off = json!({ "loyalty_notifications": false, "in_app_enabled": false });
    ana.http.patch(PREFERENCES, off).await.ok();
    town.till.award(&joined.card, 12).await.applied();
    let list = ana.http.get("/api/notifications?limit=1").await.ok();
    assert_eq!(list["notifications"][0]["type"], "points_added");
}

#[each_engine]
async fn a_till_reads_only_what_its_staff_were_told_as_staff() {
    let town = TestTown::open().await;
    let grace = town.signed_in("0720000002").await;
    grace.post(TEST, json!({ "type": "points_added" })).await.ok();
    town.member("Ana").await;
    let at_till = async |path: &str| {
        let path = format!("/api/businesses/{}/notifications/{path}", town.shop.business);
        let call = town.till.http.call(Method::PATCH, &path);
        Answer::of(call.header("reda-staff-token", &town.till.staff_token)).await
    };
    let unread = async || {
        let list = grace.get("/api/notifications").await.ok();
        let rows = list["notifications"].as_array().unwrap().clone();
        rows.into_iter().filter(|row| row["is_read"] == false).collect::<Vec<_>>()
    };
    let (own, told): (Vec<_>, Vec<_>) =
        unread().await.into_iter().partition(|row| row["type"] == "points_added");
    assert_eq!((own.len(), told.len()), (1, 1));
    let id = |row: &Value| row["id"].as_str().unwrap().to_owned();
    at_till(&format!("{}/read", id(&own[0]))).await.error(404, "notification_unknown");
    at_till(&format!("{}/read", id(&told[0]))).await.ok();
    assert_eq!(at_till("read/all").await.ok()["count"], 0);
    assert_eq!(unread().await, own);
}
