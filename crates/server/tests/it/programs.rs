//! What a programme gives: its rule, its welcome, its tiers.

use crate::http::Http;
use crate::town::TestTown;
use reda_cluster::each_engine;
use serde_json::{Value, json};

fn kes(amount: i64) -> Value {
    json!({ "amount": amount, "currency": "KES" })
}

async fn change(town: &TestTown, owner: &Http, mut change: Value) -> crate::http::Answer {
    change["program"] = json!(town.program());
    owner.op("update_program", change).await
}

/// An award of a sale's amount; how many points it came to.
async fn sold(owner: &Http, card: &Value, amount: i64) -> Value {
    let body = json!({ "card": card, "amount": kes(amount), "sale": "42" });
    owner.op("award_points", body).await.applied()["points"].clone()
}

#[each_engine]
async fn a_new_rule_counts_from_the_next_award_and_every_till_sees_it() {
    let town = TestTown::open().await;
    let (owner, mut till) = (town.owner().await, town.till.line().await);
    let (_, joined) = town.member("Ana").await;
    assert_eq!(sold(&owner, &joined.card, 14_900).await, 1);
    let earn = json!({ "points": 3, "per": kes(5_000), "rounding": "up" });
    change(&town, &owner, json!({ "earn": earn })).await.applied();
    till.sees("program", |it| it["earn"] == earn).await;
    assert_eq!(sold(&owner, &joined.card, 14_900).await, 9);
    let nearest = json!({ "points": 1, "per": kes(10_000), "rounding": "nearest" });
    change(&town, &owner, json!({ "earn": nearest })).await.applied();
    assert_eq!(sold(&owner, &joined.card, 14_900).await, 1);
    assert_eq!(sold(&owner, &joined.card, 15_000).await, 2);
}

#[each_engine]
async fn the_welcome_is_what_it_was_when_the_customer_joined() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    let (early, _) = town.member("Ana").await;
    change(&town, &owner, json!({ "welcome_bonus": 25 })).await.applied();
    let (late, _) = town.member("Ben").await;
    assert_eq!(
        (&early.card().await["balance"], &late.card().await["balance"]),
        (&json!(0), &json!(25))
    );
}

#[each_engine]
async fn a_card_that_earned_enough_is_in_a_higher_tier_and_earns_more() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    let tiers = json!([
        { "name": "Silver", "from": 0, "multiplier_percent": 100 },
        { "name": "Gold", "from": 100, "multiplier_percent": 150 },
    ]);
    change(&town, &owner, json!({ "tiers": tiers })).await.applied();
    let (ana, joined) = town.member("Ana").await;
    let (mut page, mut till) = (ana.page().await, town.till.line().await);
    assert_eq!(ana.card().await["tier"], "Silver");
    let entry = town.till.award(&joined.card, 100).await.applied()["entry"].clone();
    let told = page.sees("notification", |it| it["type"] == "tier_changed").await;
    assert_eq!(told["title"], "You are Gold now");
    till.sees("card", |it| it["tier"] == "Gold" && it["earned"] == 100).await;
    assert_eq!(sold(&owner, &joined.card, 20_000).await, 3, "half as much again");

    // Spending takes nothing of a tier; taking back what earned it does.
    let adjust = json!({ "card": joined.card, "points": -90, "reason": "Typed twice" });
    owner.op("adjust_points", adjust).await.applied();
    let found = town.till.scan(&ana.code_now()).await.applied();
    assert_eq!(found["enrollments"][0]["tier"], "Gold");
    let back = json!({ "entry": entry, "reason": "Not a sale" });
    owner.op("reverse_entry", back).await.applied();
    assert_eq!(ana.card().await["tier"], "Silver");
    page.sees("notification", |it| it["title"] == "You are Silver now").await;
    let path = format!("/api/businesses/{}/customers", town.shop.business);
    assert_eq!(owner.get(&path).await.ok()["items"][0]["cards"][0]["tier"], "Silver");
}

#[each_engine]
async fn a_programme_can_be_made_with_its_tiers_and_how_long_points_last() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    let gold = json!({ "name": "Gold", "from": 5, "multiplier_percent": 150 });
    let with = |tiers: Value, months: i64| {
        json!({
            "name": "Tea", "kind": "points", "earn": { "points": 1, "per": kes(5_000) },
            "tiers": tiers, "expiry": { "kind": "inactivity", "months": months },
        })
    };
    for bad in [with(json!([gold, gold]), 6), with(json!([gold]), 0)] {
        owner.op("create_program", bad).await.refused("setting_out_of_range");
    }
    owner.op("create_program", with(json!([gold]), 6)).await.applied();
    let path = format!("/api/businesses/{}/programs", town.shop.business);
    let made = owner.get(&path).await.ok()["items"][1].clone();
    assert_eq!(
        (&made["status"], &made["tiers"], &made["expiry"]["months"]),
        (&json!("draft"), &json!([gold]), &json!(6))
    );
}

#[each_engine]
async fn what_no_programme_can_be_changes_nothing() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    let path = format!("/api/businesses/{}/programs", town.shop.business);
    let before = owner.get(&path).await.ok();
    let gold = json!({ "name": "Gold", "from": 5, "multiplier_percent": 150 });
    for (body, code) in [
        (json!({ "tiers": [gold, gold] }), "setting_out_of_range"),
        (json!({ "expiry": { "kind": "inactivity", "months": 0 } }), "setting_out_of_range"),
        (json!({ "welcome_bonus": -1 }), "points_out_of_range"),
        (json!({ "earn": { "points": 0, "per": kes(100) } }), "points_out_of_range"),
        (
            json!({ "earn": { "points": 1, "per": { "amount": 100, "currency": "UGX" } } }),
            "other_currency",
        ),
    ] {
        change(&town, &owner, body).await.refused(code);
    }
    for malformed in [
        json!({ "expiry": { "kind": "tomorrow" } }),
        json!({ "tiers": [{ "name": "Gold", "from": 1 }] }),
        json!({ "color": "red" }),
    ] {
        change(&town, &owner, malformed).await.error(422, "invalid_body");
    }
    assert_eq!(owner.get(&path).await.ok(), before);
    assert_eq!(before["items"][0]["expiry"], json!({ "kind": "never" }));
}
