//! Points lapse, the oldest first, and never without a warning.

use crate::http::Http;
use crate::town::{Customer, TestTown};
use reda_cluster::each_engine;
use serde_json::{Value, json};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Lets days pass, with the jobs of each.
async fn days(town: &TestTown, n: usize) {
    for _ in 0..n {
        town.passes(DAY_MS);
        town.server.app().run_jobs().await;
    }
}

async fn expire(town: &TestTown, owner: &Http, expiry: Value) {
    let change = json!({ "program": town.program(), "expiry": expiry });
    owner.op("update_program", change).await.applied();
}

/// The person, signed in anew: their token is days old.
async fn again(town: &TestTown, person: &Customer) -> Customer {
    let mut again = person.clone();
    again.http = town.signed_in(&person.phone).await;
    again
}

/// What the person was told of a type, the oldest first: points each.
async fn told(person: &Customer, kind: &str) -> Vec<i64> {
    let all = person.http.get("/api/notifications?limit=100").await.ok();
    let rows = all["notifications"].as_array().expect("a list").iter().rev();
    let of = rows.filter(|it| it["type"] == kind);
    of.map(|it| it["metadata"]["points"].as_i64().expect("points")).collect()
}

/// The lines of the person's only card, the oldest first.
async fn lines(person: &Customer) -> Vec<(String, i64)> {
    let card = person.card().await["id"].as_str().expect("an id").to_owned();
    let page = person.http.get(&format!("/api/me/cards/{card}/entries")).await.ok();
    let rows = page["items"].as_array().expect("a list").iter().rev();
    let line = |it: &Value| {
        (it["kind"].as_str().expect("a kind").to_owned(), it["delta"].as_i64().expect("points"))
    };
    rows.map(line).collect()
}

fn line(kind: &str, delta: i64) -> (String, i64) {
    (kind.to_owned(), delta)
}

#[each_engine]
async fn points_lapse_the_oldest_first_after_two_warnings() {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    let owner = town.owner().await;
    expire(&town, &owner, json!({ "kind": "after_earning", "months": 2 })).await;
    town.till.award(&joined.card, 100).await.applied();
    days(&town, 40).await;
    let owner = town.owner().await;
    owner.op("award_points", json!({ "card": joined.card, "points": 50 })).await.applied();
    let spent = json!({ "card": joined.card, "points": -30, "reason": "Typed twice" });
    owner.op("adjust_points", spent).await.applied();
    // Two months have 59 to 62 days; the second award has more than 30 left after 64.
    days(&town, 24).await;
    let ana = again(&town, &ana).await;
    let earned = [line("earn", 100), line("earn", 50), line("adjust", -30)];
    assert_eq!(lines(&ana).await, [&earned[..], &[line("expire", -70)]].concat());
    assert_eq!(ana.card().await["balance"], 50);
    assert_eq!(told(&ana, "points_expiring").await, [100, 70], "before a month, before a week");
    assert_eq!(told(&ana, "points_expired").await, [70]);
    town.books_are_sound().await;
}

/// What of the person's only card runs out soon: points and day each.
async fn ahead(person: &Customer) -> Vec<(i64, String)> {
    let page = person.http.get("/api/me/offers").await.ok();
    let rows = page["items"][0]["expiring"].as_array().expect("a list").iter();
    let line = |it: &Value| {
        (it["points"].as_i64().expect("points"), it["on"].as_str().expect("a day").to_owned())
    };
    rows.map(line).collect()
}

#[each_engine]
async fn a_page_says_what_runs_out_within_a_month_and_on_which_day() {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    let owner = town.owner().await;
    assert_eq!(ahead(&ana).await, [], "points stay for ever");
    expire(&town, &owner, json!({ "kind": "after_earning", "months": 2 })).await;
    town.till.award(&joined.card, 100).await.applied();
    assert_eq!(ahead(&ana).await, [], "that is far away");
    days(&town, 40).await;
    let ana = again(&town, &ana).await;
    let [(100, on)] = &ahead(&ana).await[..] else { panic!("{:?}", ahead(&ana).await) };
    let all = ana.http.get("/api/notifications?limit=100").await.ok();
    let rows = all["notifications"].as_array().expect("a list");
    let warned = rows.iter().find(|it| it["type"] == "points_expiring").expect("a warning");
    let [day, month, year] = on.split('-').rev().collect::<Vec<_>>()[..] else { panic!("{on}") };
    assert_eq!(warned["metadata"]["on"], format!("{day}/{month}/{year}"), "as it was warned");
    days(&town, 25).await;
    assert_eq!(ahead(&again(&town, &ana).await).await, [], "they are gone");
}

#[each_engine]
async fn a_new_rule_takes_nothing_before_everybody_was_warned() {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    town.till.award(&joined.card, 100).await.applied();
    days(&town, 100).await;
    let owner = town.owner().await;
    expire(&town, &owner, json!({ "kind": "inactivity", "months": 1 })).await;
    days(&town, 29).await;
    let warned = again(&town, &ana).await;
    assert_eq!(told(&warned, "points_expiring").await, [100, 100]);
    assert_eq!(warned.card().await["balance"], 100);
    days(&town, 1).await;
    let ana = again(&town, &ana).await;
    assert_eq!(ana.card().await["balance"], 0);
    assert_eq!(lines(&ana).await, [line("earn", 100), line("expire", -100)]);
    assert_eq!(told(&ana, "points_expired").await, [100]);
}

#[each_engine]
async fn whoever_comes_in_time_keeps_everything() {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    let owner = town.owner().await;
    expire(&town, &owner, json!({ "kind": "inactivity", "months": 2 })).await;
    town.till.award(&joined.card, 100).await.applied();
    for _ in 0..3 {
        days(&town, 50).await;
        let owner = town.owner().await;
        owner.op("award_points", json!({ "card": joined.card, "points": 1 })).await.applied();
    }
    assert_eq!(again(&town, &ana).await.card().await["balance"], 103);
}

#[each_engine]
async fn a_day_is_gone_through_once_and_an_idle_server_writes_nothing() {
    let town = TestTown::open().await;
    let (_, joined) = town.member("Ana").await;
    let owner = town.owner().await;
    expire(&town, &owner, json!({ "kind": "after_earning", "months": 1 })).await;
    town.till.award(&joined.card, 100).await.applied();
    days(&town, 33).await;
    let before = town.rows().await;
    let token = "SELECT CAST(COALESCE(SUM(token), 0) AS BIGINT) FROM job_leases";
    let turns = town.number(token, []).await;
    town.server.app().run_jobs().await;
    assert_eq!((town.rows().await, town.number(token, []).await), (before, turns));
    // Nor does a day that somebody went through without noting it.
    town.sql("DELETE FROM expiry_days", []).await;
    let operations = "SELECT COUNT(*) FROM operations WHERE kind = 'expire_points'";
    let done = town.number(operations, []).await;
    let lapsed = "SELECT COUNT(*) FROM points_entries WHERE kind = 'expire'";
    assert_eq!(town.number(lapsed, []).await, 1);
    town.server.app().run_jobs().await;
    assert!(town.number(operations, []).await <= done + 1);
    assert_eq!(town.number(lapsed, []).await, 1);
    town.books_are_sound().await;
}
