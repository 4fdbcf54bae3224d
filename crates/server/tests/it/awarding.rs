//! Awards that the counter may and may not give.

use crate::town::TestTown;
use reda_cluster::each_engine;
use reda_domain::business::Role;
use serde_json::{Value, json};
use uuid::Uuid;

#[each_engine]
async fn points_are_whole_numbers_from_one_to_a_million() {
    let town = TestTown::open().await;
    let (_, joined) = town.member("Ana").await;
    for points in [-1, 0, 1_000_001, i64::MAX, i64::MIN] {
        let details = town.till.award(&joined.card, points).await.refused("points_out_of_range");
        assert_eq!(details, json!({ "min": 1, "max": 1_000_000 }));
    }
    for points in [json!(1.5), json!(1e300), json!("5"), json!([]), json!(true)] {
        let body = json!({ "card": joined.card, "points": points });
        let details = town.till.op("award_points", body).await.error(422, "invalid_body");
        assert!(details["reason"].is_string(), "{details}");
    }
    assert_eq!(town.number("SELECT COUNT(*) FROM points_entries", []).await, 0);
    town.till.award(&joined.card, 1_000_000).await.applied();
    town.till.award(&joined.card, 1).await.applied();
}

#[each_engine]
async fn an_amount_earns_by_the_rule_or_is_refused() {
    let town = TestTown::open().await;
    let (_, joined) = town.member("Ana").await;
    let award = |amount: Value, currency: &str| {
        let amount = json!({ "amount": amount, "currency": currency });
        town.till.op("award_points", json!({ "card": joined.card, "amount": amount }))
    };
    for amount in [0, -1, -1_000_000, 9_999] {
        award(json!(amount), "KES").await.refused("earns_nothing");
    }
    let details = award(json!(10_000), "USD").await.refused("other_currency");
    assert_eq!(details, json!({ "expected": "KES" }));
    award(json!(10_000_000_001_i64), "KES").await.refused("amount_too_large");
    award(json!(i64::MAX), "KES").await.refused("amount_too_large");
    award(json!(100.5), "KES").await.error(422, "invalid_body");
    award(json!(10_000), "kes").await.error(422, "invalid_body");
    award(json!(10_000), "SHILLINGS").await.error(422, "invalid_body");
    assert_eq!(award(json!(19_999), "KES").await.applied()["points"], 1);
    assert_eq!(award(json!(10_000_000_000_i64), "KES").await.applied()["points"], 1_000_000);
}

#[each_engine]
async fn an_award_has_one_target_and_one_worth() {
    let town = TestTown::open().await;
    let (_, joined) = town.member("Ana").await;
    let (card, request) = (joined.card, joined.request);
    let amount = json!({ "amount": 10_000, "currency": "KES" });
    for body in [
        json!({ "card": card }),
        json!({ "points": 5 }),
        json!({ "card": card, "request": request, "points": 5 }),
        json!({ "card": card, "points": 5, "amount": amount }),
        json!({ "card": "5", "points": 5 }),
    ] {
        town.till.op("award_points", body).await.error(422, "invalid_body");
    }
    let long = json!({ "card": card, "points": 5, "sale": "x".repeat(301) });
    town.till.op("award_points", long).await.error(413, "too_large");
    town.till.award(&json!(Uuid::now_v7()), 5).await.error(404, "card_unknown");
    town.till.award_on(&json!(Uuid::now_v7()), 5).await.error(404, "request_unknown");
}

#[each_engine]
async fn a_card_of_another_shop_is_unknown_here() {
    let town = TestTown::open().await;
    let (_, joined) = town.member("Ana").await;
    let (_, other) = town.other_shop().await;
    other.award(&joined.card, 5).await.error(404, "card_unknown");
    other.award_on(&joined.request, 5).await.error(404, "request_unknown");
    assert_eq!(town.number("SELECT COUNT(*) FROM points_entries", []).await, 0);
}

#[each_engine]
async fn nobody_awards_points_to_their_own_card() {
    let town = TestTown::open().await;
    let (zed, joined) = town.member("Zed").await;
    let at_till = town.hire(&zed, Role::Cashier).await;
    at_till.award(&joined.card, 5).await.refused("own_card");
    at_till.award_on(&joined.request, 5).await.refused("own_card");
    let without_till = json!({ "card": joined.card, "points": 5 });
    zed.http.op("award_points", without_till).await.refused("own_card");
    assert_eq!(town.number("SELECT COUNT(*) FROM points_entries", []).await, 0);
    town.till.award(&joined.card, 5).await.applied();
}

#[each_engine]
async fn nobody_awards_points_to_a_request_that_asks_themselves() {
    let town = TestTown::open().await;
    let zed = town.verified("Zed").await;
    let at_till = town.hire(&zed, Role::Cashier).await;
    let body = json!({ "phone": zed.phone, "program": town.program() });
    let request = at_till.op("ask_enrollment", body).await.applied()["request"].clone();
    at_till.award_on(&request, 5).await.refused("own_card");
}

#[each_engine]
async fn points_that_one_left_waiting_for_oneself_are_not_posted() {
    let town = TestTown::open().await;
    let zed = town.customer("Zed").await;
    let at_till = town.hire(&zed, Role::Cashier).await;
    // The number is nobody's yet, so nobody can know that the cashier asks themselves.
    let body = json!({ "phone": zed.phone, "program": town.program() });
    let request = at_till.op("ask_enrollment", body).await.applied()["request"].clone();
    at_till.award_on(&request, 500).await.applied();
    town.till.award_on(&request, 7).await.applied();
    town.sql("UPDATE users SET phone_verified = 1 WHERE id = $1", [zed.user.0.into()]).await;
    zed.answer_with(&request, json!({ "answer": "accept" })).await.ok();
    assert_eq!(zed.card().await["balance"], 7, "only what a colleague awarded");
    let told = town.texts("SELECT title FROM notifications WHERE type = 'points_added'", []).await;
    assert_eq!(told, ["You earned 7 points"]);
}

#[each_engine]
async fn a_card_holds_no_more_than_can_be_counted_exactly() {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    town.till.award(&joined.card, 1).await.applied();
    let nearly_full: i64 = (1 << 53) - 10;
    town.sql("UPDATE loyalty_cards SET balance = $1", [nearly_full.into()]).await;
    town.till.award(&joined.card, 10).await.refused("balance_too_large");
    town.till.award(&joined.card, 9).await.applied();
    assert_eq!(ana.card().await["balance"], (1_i64 << 53) - 1);
}
