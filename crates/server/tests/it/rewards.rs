//! What points buy.

use crate::http::Http;
use crate::town::TestTown;
use reda_cluster::each_engine;
use serde_json::{Value, json};

fn tea(town: &TestTown, cost: i64) -> Value {
    let gives = json!({ "kind": "product", "product": "A cup of tea" });
    json!({ "program": town.program(), "name": "Tea", "cost": cost, "gives": gives })
}

async fn made(owner: &Http, body: Value) -> Value {
    owner.op("create_reward", body).await.applied()["reward"].clone()
}

#[each_engine]
async fn a_reward_is_on_every_till_and_on_the_pages_of_whoever_has_a_card() {
    let town = TestTown::open().await;
    let (owner, mut till) = (town.owner().await, town.till.line().await);
    let (ana, joined) = town.member("Ana").await;
    let reward = made(&owner, tea(&town, 80)).await;
    let seen = till.sees("reward", |it| it["id"] == reward).await;
    let gives = json!({ "kind": "product", "product": "A cup of tea" });
    assert_eq!((&seen["name"], &seen["cost"], &seen["gives"]), (&json!("Tea"), &json!(80), &gives));
    let list = format!("/api/businesses/{}/rewards", town.shop.business);
    assert_eq!(town.till.http.get(&list).await.ok()["items"], json!([seen]));
    let own = format!("/api/me/cards/{}/rewards", joined.card.as_str().unwrap());
    assert_eq!(ana.http.get(&own).await.ok()["items"], json!([seen]));
    let offer = json!({ "card": joined.card, "rewards": [seen], "tiers": [], "expiring": [] });
    assert_eq!(ana.http.get("/api/me/offers").await.ok()["items"], json!([offer]));

    let pause = json!({ "reward": reward, "status": "paused", "cost": 90 });
    owner.op("update_reward", pause).await.applied();
    till.sees("reward", |it| it["status"] == "paused" && it["cost"] == 90).await;
    assert_eq!(ana.http.get(&own).await.ok()["items"], json!([]));
    assert_eq!(town.till.http.get(&list).await.ok()["items"][0]["name"], "Tea");
}

#[each_engine]
async fn a_customer_is_asked_for_what_the_reward_costs_by_its_name() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    let (ana, joined) = town.member("Ana").await;
    town.till.award(&joined.card, 100).await.applied();
    let reward = made(&owner, tea(&town, 80)).await;
    let ask = json!({ "card": joined.card, "reward": reward });
    let request = town.till.op("request_deduction", ask).await.applied()["request"].clone();
    let shown = ana.request(&request).await;
    assert_eq!(
        (&shown["points"], &shown["reason"], &shown["reward"]),
        (&json!(80), &json!("Tea"), &reward)
    );
    // What was asked stays as it was asked.
    let dearer = json!({ "reward": reward, "cost": 95, "name": "Big tea" });
    owner.op("update_reward", dearer).await.applied();
    assert_eq!(ana.request(&request).await, shown);
    ana.answer(&request, "accept").await.ok();
    assert_eq!(ana.card().await["balance"], 20);
}

#[each_engine]
async fn a_reward_that_comes_within_reach_is_told_of_once() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    made(&owner, tea(&town, 80)).await;
    let (ana, joined) = town.member("Ana").await;
    let told = async || {
        let list = ana.http.get("/api/notifications").await.ok();
        let all = list["notifications"].as_array().unwrap().clone();
        all.into_iter().filter(|it| it["type"] == "reward_available").collect::<Vec<_>>()
    };
    town.till.award(&joined.card, 79).await.applied();
    assert_eq!(told().await.len(), 0);
    town.till.award(&joined.card, 11).await.applied();
    let [news] = &told().await[..] else { panic!("{:?}", told().await) };
    assert_eq!(news["title"], "You have enough for Tea");
    assert_eq!(
        (&news["related_type"], &news["related_id"]),
        (&json!("card"), &joined.card),
        "it leads to the card"
    );
    town.till.award(&joined.card, 30).await.applied();
    assert_eq!(told().await.len(), 1, "it was within reach before");

    // Spent and earned again it is news again.
    let ask = json!({ "card": joined.card, "points": 100, "reason": "Lunch" });
    let request = town.till.op("request_deduction", ask).await.applied()["request"].clone();
    ana.answer(&request, "accept").await.ok();
    town.till.award(&joined.card, 60).await.applied();
    assert_eq!(told().await.len(), 2);
}

#[each_engine]
async fn a_welcome_that_is_enough_for_a_reward_says_so() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    made(&owner, tea(&town, 20)).await;
    let welcome = json!({ "program": town.program(), "welcome_bonus": 25 });
    owner.op("update_program", welcome).await.applied();
    let (ana, _) = town.member("Ana").await;
    let list = ana.http.get("/api/notifications").await.ok();
    let all = list["notifications"].as_array().unwrap();
    assert!(all.iter().any(|it| it["title"] == "You have enough for Tea"), "{all:?}");
}

#[each_engine]
async fn a_reward_that_changed_or_went_is_not_asked_for() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    let (ana, joined) = town.member("Ana").await;
    town.till.award(&joined.card, 100).await.applied();
    let reward = made(&owner, tea(&town, 80)).await;
    let ask = |reward: &Value, points: Value| {
        let mut ask = json!({ "card": joined.card, "reward": reward, "reason": "Tea" });
        if points.is_number() {
            ask["points"] = points;
        }
        ask
    };
    let stale = town.till.op("request_deduction", ask(&reward, json!(70))).await;
    assert_eq!(stale.refused("reward_costs"), json!({ "cost": 80 }));
    let dear = made(&owner, tea(&town, 101)).await;
    let short = town.till.op("request_deduction", ask(&dear, Value::Null)).await;
    assert_eq!(short.refused("not_enough_points"), json!({ "available": 100, "needs": 101 }));
    owner.op("update_reward", json!({ "reward": reward, "status": "paused" })).await.applied();
    let gone = town.till.op("request_deduction", ask(&reward, json!(80))).await;
    gone.refused("reward_not_active");
    let bare = json!({ "card": joined.card, "reason": "Tea" });
    town.till.op("request_deduction", bare).await.error(422, "invalid_body");

    let (other, other_till) = town.other_shop().await;
    let gives = json!({ "kind": "text", "text": "Anything" });
    let body = json!({ "program": other.program, "name": "Theirs", "cost": 1, "gives": gives });
    let theirs = other_till.op("create_reward", body).await.applied()["reward"].clone();
    let foreign = town.till.op("request_deduction", ask(&theirs, Value::Null)).await;
    foreign.error(404, "reward_unknown");
    assert_eq!(ana.card().await["held"], 0);
}

#[each_engine]
async fn rewards_are_a_managers_to_make_and_give_something_for_something() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    town.till.op("create_reward", tea(&town, 80)).await.error(403, "not_allowed");
    let with = |cost: i64, gives: Value| json!({ "program": town.program(), "name": "Off", "cost": cost, "gives": gives });
    let percent = |percent: i64| json!({ "kind": "percent_off", "percent": percent });
    let money = |amount: i64, currency: &str| json!({ "kind": "money_off", "amount": { "amount": amount, "currency": currency } });
    for (body, code) in [
        (with(0, percent(10)), "points_out_of_range"),
        (with(1, percent(101)), "setting_out_of_range"),
        (with(1, money(0, "KES")), "setting_out_of_range"),
        (with(1, money(5_000, "UGX")), "other_currency"),
    ] {
        owner.op("create_reward", body).await.refused(code);
    }
    for malformed in [json!({ "kind": "wishes" }), json!({ "kind": "text" })] {
        owner.op("create_reward", with(1, malformed)).await.error(422, "invalid_body");
    }
    owner.op("create_reward", with(1, money(5_000, "KES"))).await.applied();
}
