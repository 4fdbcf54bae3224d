//! Managers mend the ledger by new entries; nothing is ever edited.

use crate::town::{Joined, TestTown, Till};
use reda_cluster::each_engine;
use reda_domain::business::Role;
use serde_json::{Value, json};
use uuid::Uuid;

fn adjusting(card: &Value, points: i64) -> Value {
    json!({ "card": card, "points": points, "reason": "Typed twice" })
}

fn reversing(entry: &Value) -> Value {
    json!({ "entry": entry, "reason": "Goods came back" })
}

/// A manager at the till, and a member with some points.
async fn scene(points: i64) -> (TestTown, Till, crate::town::Customer, Joined, Value) {
    let town = TestTown::open().await;
    let moses = town.customer("Moses").await;
    let manager = town.hire(&moses, Role::Manager).await;
    let (ana, joined) = town.member("Ana").await;
    let entry = town.till.award(&joined.card, points).await.applied()["entry"].clone();
    (town, manager, ana, joined, entry)
}

#[each_engine]
async fn an_adjustment_has_a_reason_that_the_customer_reads() {
    let (_town, manager, ana, joined, _) = scene(100).await;
    let mut page = ana.page().await;
    let data = manager.op("adjust_points", adjusting(&joined.card, -30)).await.applied();
    assert_eq!((&data["points"], &data["balance"]), (&json!(-30), &json!(70)));
    let told = page.sees("notification", |it| it["type"] == "points_adjusted").await;
    assert_eq!(told["message"], "−30: Typed twice. Balance 70.");
    manager.op("adjust_points", adjusting(&joined.card, 5)).await.applied();
    assert_eq!(ana.card().await["balance"], 75);
}

#[each_engine]
async fn an_adjustment_takes_at_most_what_is_available() {
    let (town, manager, ana, joined, _) = scene(100).await;
    let ask = json!({ "card": joined.card, "points": 60, "reason": "Tea" });
    town.till.op("request_deduction", ask).await.applied();
    let details = manager.op("adjust_points", adjusting(&joined.card, -41)).await;
    let details = details.refused("not_enough_points");
    assert_eq!(details, json!({ "available": 40, "needs": 41 }));
    manager.op("adjust_points", adjusting(&joined.card, -40)).await.applied();
    assert_eq!(ana.card().await["available"], 0);
    manager.op("adjust_points", adjusting(&joined.card, 0)).await.refused("points_out_of_range");
}

#[each_engine]
async fn each_role_adjusts_within_its_limit() {
    let (town, manager, _, joined, _) = scene(100).await;
    let owner = town.owner().await;
    let details = manager.op("adjust_points", adjusting(&joined.card, 1001)).await;
    assert_eq!(details.refused("adjust_limit"), json!({ "max": 1000 }));
    owner.op("adjust_points", adjusting(&joined.card, 1001)).await.applied();
    let change = json!({ "settings": { "adjust_max_manager": 2000 } });
    owner.patch(&format!("/api/businesses/{}", town.shop.business), change).await.ok();
    manager.op("adjust_points", adjusting(&joined.card, 1001)).await.applied();
    town.till.op("adjust_points", adjusting(&joined.card, 1)).await.error(403, "not_allowed");
}

#[each_engine]
async fn an_entry_is_taken_back_once_by_one_that_names_it() {
    let (town, manager, ana, joined, entry) = scene(100).await;
    let data = manager.op("reverse_entry", reversing(&entry)).await.applied();
    assert_eq!((&data["points"], &data["balance"]), (&json!(-100), &json!(0)));
    let details = manager.op("reverse_entry", reversing(&entry)).await.refused("already_reversed");
    assert_eq!(details["entry"], data["entry"]);
    manager.op("reverse_entry", reversing(&data["entry"])).await.refused("not_reversible");
    let unknown = reversing(&json!(Uuid::now_v7()));
    manager.op("reverse_entry", unknown).await.error(404, "entry_unknown");
    town.till.op("reverse_entry", reversing(&entry)).await.error(403, "not_allowed");
    let (_, other) = town.other_shop().await;
    other.op("reverse_entry", reversing(&entry)).await.error(404, "entry_unknown");
    assert_eq!(ana.card().await["balance"], 0);
    assert_eq!(joined.card, ana.card().await["id"]);
    let path = format!(
        "/api/businesses/{}/customers/{}/timeline",
        town.shop.business,
        joined.handle.as_str().unwrap()
    );
    let line = manager.http.get(&path).await.ok();
    let results = |what: &str| {
        let of = |it: &&Value| it["what"] == what;
        line["items"].as_array().unwrap().iter().find(of).unwrap()["result"].clone()
    };
    assert_eq!((results("earn"), results("reverse")), (json!("reversed"), Value::Null));
}

#[each_engine]
async fn giving_back_what_was_spent_is_within_the_limit_of_the_role() {
    let (town, manager, ana, joined, entry) = scene(1001).await;
    let owner = town.owner().await;
    let ask = json!({ "card": joined.card, "points": 1001, "reason": "Television" });
    let request = town.till.op("request_deduction", ask).await.applied()["request"].clone();
    ana.answer(&request, "accept").await.ok();
    let path = format!("/api/me/cards/{}/entries", joined.card.as_str().unwrap());
    let spent = ana.http.get(&path).await.ok()["items"][0]["id"].clone();
    let refused = manager.op("reverse_entry", reversing(&spent)).await.refused("adjust_limit");
    assert_eq!(refused, json!({ "max": 1000 }));
    owner.op("reverse_entry", reversing(&spent)).await.applied();
    assert_eq!(ana.card().await["balance"], 1001);
    manager.op("reverse_entry", reversing(&entry)).await.applied();
    assert_eq!(ana.card().await["balance"], 0, "what takes points has no limit");
}

#[each_engine]
async fn a_card_that_owes_pays_first() {
    let (town, manager, ana, joined, entry) = scene(100).await;
    let ask = json!({ "card": joined.card, "points": 60, "reason": "Tea" });
    let request = town.till.op("request_deduction", ask).await.applied()["request"].clone();
    ana.answer(&request, "accept").await.ok();
    let data = manager.op("reverse_entry", reversing(&entry)).await.applied();
    assert_eq!((&data["balance"], &data["available"]), (&json!(-60), &json!(0)));
    town.till.award(&joined.card, 50).await.applied();
    assert_eq!(
        (&ana.card().await["balance"], &ana.card().await["available"]),
        (&json!(-10), &json!(0))
    );
    town.till.award(&joined.card, 50).await.applied();
    assert_eq!(ana.card().await["available"], 40);
}

#[each_engine]
async fn what_a_reversal_no_longer_covers_is_no_longer_asked_the_youngest_first() {
    let (town, manager, ana, joined, entry) = scene(50).await;
    town.till.award(&joined.card, 50).await.applied();
    let (mut page, mut till) = (ana.page().await, town.till.line().await);
    let mut asked = vec![];
    for points in [30, 30, 30] {
        let ask = json!({ "card": joined.card, "points": points, "reason": "Tea" });
        asked.push(town.till.op("request_deduction", ask).await.applied()["request"].clone());
    }
    manager.op("reverse_entry", reversing(&entry)).await.applied();
    let card = ana.card().await;
    assert_eq!(
        (&card["balance"], &card["held"], &card["available"]),
        (&json!(50), &json!(30), &json!(20))
    );
    for request in &asked[1..] {
        till.sees("request", |it| it["id"] == *request && it["status"] == "cancelled").await;
        ana.answer(request, "accept").await.error(409, "request_cancelled");
    }
    page.sees("notification", |it| it["type"] == "points_request_closed").await;
    till.sees("notification", |it| it["type"] == "points_request_cancelled").await;
    ana.answer(&asked[0], "accept").await.ok();
    assert_eq!(ana.card().await["balance"], 20);
}
