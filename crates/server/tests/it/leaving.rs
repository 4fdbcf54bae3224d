//! Leaving: a programme, a business. The books stay, and name nobody.

use crate::town::TestTown;
use reda_cluster::each_engine;
use serde_json::{Value, json};

#[each_engine]
async fn who_leaves_a_programme_has_no_card_and_loses_its_points_by_an_entry() {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    town.till.award(&joined.card, 40).await.applied();
    let mut till = town.till.line().await;
    till.sees("card", |it| it["id"] == joined.card).await;
    let path = format!("/api/me/programs/{}/leave", town.program());
    assert_eq!(ana.http.post(&path, json!({})).await.status, 204);
    till.gone("card", &joined.card).await;
    assert_eq!(ana.http.get("/api/me/cards").await.ok()["items"], json!([]));
    town.till.award(&joined.card, 5).await.error(404, "card_unknown");
    let lapsed = "SELECT COUNT(*) FROM points_entries WHERE kind = 'expire' AND delta = -40
        AND balance_after = 0 AND reason = 'left'";
    assert_eq!(town.number(lapsed, []).await, 1);
    assert!(town.balances_agree().await);
    // The business still knows the member, who may join again with a new card.
    assert_eq!(ana.http.get("/api/me/businesses").await.ok()["items"][0]["cards"], json!([]));
    ana.http.post(&path, json!({})).await.error(404, "program_unknown");
    let again = town.join(&ana).await;
    assert_eq!(again.handle, joined.handle);
    assert_ne!(again.card, joined.card);
    town.till.award(&again.card, 7).await.applied();
    assert_eq!(ana.card().await["balance"], 7);
}

#[each_engine]
async fn who_leaves_a_business_is_nobody_there() {
    let town = TestTown::open().await;
    let ana = town.verified("Anastasia").await;
    let joined = town.join(&ana).await;
    town.till.award(&joined.card, 40).await.applied();
    let owner = town.owner().await;
    let print = json!({ "customer": joined.handle });
    let printed = owner.op("issue_printed_code", print).await.applied();
    let (_, waiting) = town.member("Ben").await;
    let mut till = town.till.line().await;
    let mut page = ana.page().await;
    till.sees("member", |it| it["id"] == joined.handle).await;
    page.sees("card", |it| it["id"] == joined.card).await;

    let path = format!("/api/me/businesses/{}/leave", town.shop.business);
    assert_eq!(ana.http.post(&path, json!({})).await.status, 204);
    till.gone("member", &joined.handle).await;
    till.gone("card", &joined.card).await;
    till.gone("key", &ana.key_id).await;
    page.gone("card", &joined.card).await;
    page.gone("business", &json!(town.shop.business)).await;
    till.caught_up().await;
    let text = format!("{:?}", till.feed());
    assert!(!text.contains("Anastasia") && !text.contains("722000001"), "{text}");
    till.sees("member", |it| it["id"] == waiting.handle).await;
    assert_eq!(ana.http.get("/api/me/businesses").await.ok()["items"], json!([]));
    ana.http.post(&path, json!({})).await.error(404, "business_unknown");
    town.till.scan(printed["text"].as_str().unwrap()).await.refused("code_revoked");

    // Coming back, the person is somebody new to the shop.
    let found = town.till.scan(&ana.code_now()).await.applied();
    assert_eq!(found["status"], "not_enrolled");
    assert_ne!(found["customer"]["id"], joined.handle);
    let names = "SELECT COALESCE(u.name, '') || COALESCE(u.phone, '') FROM business_customers c
        JOIN users u ON u.id = c.user_id WHERE c.ended_at_ms IS NOT NULL";
    assert_eq!(town.texts(names, []).await, [""]);
    let withdrawn = "SELECT COUNT(*) FROM consents WHERE withdrawn_at_ms IS NOT NULL";
    assert_eq!(town.number(withdrawn, []).await, 1);
    assert!(town.balances_agree().await);
}

#[each_engine]
async fn who_leaves_takes_those_along_who_were_merged_into_them() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    let (ana, kept) = town.member("Ana").await;
    let (_, second) = town.noted("Ben").await;
    let (cleo, third) = town.noted("Cleo").await;
    town.till.award(&third.card, 5).await.applied();
    for [keep, merge] in [[&second, &third], [&kept, &second]] {
        let merge = json!({ "keep": keep.handle, "merge": merge.handle });
        owner.op("merge_customers", merge).await.applied();
    }
    let line = format!(
        "/api/businesses/{}/customers/{}/timeline",
        town.shop.business,
        kept.handle.as_str().unwrap()
    );
    let passed = owner.get(&line).await.ok();
    let points = passed["items"].as_array().unwrap().iter().filter(|it| it["kind"] == "points");
    assert_eq!(points.count(), 5, "one award, and two moves");
    let path = format!("/api/me/businesses/{}/leave", town.shop.business);
    assert_eq!(ana.http.post(&path, json!({})).await.status, 204);
    for whose in [
        "SELECT COUNT(*) FROM business_customers c JOIN users u ON u.id = c.user_id
            WHERE u.name IS NOT NULL",
        "SELECT COUNT(*) FROM loyalty_cards c JOIN users u ON u.id = c.user_id
            WHERE u.name IS NOT NULL",
        "SELECT COUNT(*) FROM enrollments e JOIN customers c ON c.id = e.customer_id
            JOIN users u ON u.id = c.user_id WHERE u.name IS NOT NULL",
    ] {
        assert_eq!(town.number(whose, []).await, 0, "{whose}");
    }
    let cleo = town.by_code(&cleo).await;
    cleo.post(&path, json!({})).await.error(404, "business_unknown");
    town.books_are_sound().await;
}

#[each_engine]
async fn leaving_takes_open_questions_back() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let (_, request) = town.asked(&ana).await;
    let mut till = town.till.line().await;
    till.sees("request", |it| it["id"] == request && it["status"] == "pending").await;
    let path = format!("/api/me/businesses/{}/leave", town.shop.business);
    assert_eq!(ana.http.post(&path, json!({})).await.status, 204);
    till.sees("request", |it| it["id"] == request && it["status"] == "cancelled").await;
    let none = ana.http.get("/api/me/requests").await.ok();
    assert_eq!(none["items"], Value::Array(vec![]));
    let answer = format!("/api/requests/{}/answer", request.as_str().unwrap());
    ana.http.post(&answer, json!({ "answer": "accept" })).await.error(404, "request_unknown");
}

#[each_engine]
async fn what_one_shop_forgets_another_keeps() {
    let town = TestTown::open().await;
    let (ana, _) = town.member("Ana").await;
    let (shop, other) = town.other_shop().await;
    let found = other.scan(&ana.code_now()).await.applied();
    let ask = json!({ "customer": found["customer"]["id"], "program": shop.program });
    let request = other.op("ask_enrollment", ask).await.applied()["request"].clone();
    let there = ana.answer(&request, "accept").await.ok();
    let path = format!("/api/me/businesses/{}/leave", town.shop.business);
    assert_eq!(ana.http.post(&path, json!({})).await.status, 204);
    other.award(&there["card"], 9).await.applied();
    let left = ana.http.get("/api/me/businesses").await.ok();
    assert_eq!(left["items"][0]["id"], json!(shop.business));
    assert_eq!(left["items"][0]["cards"][0]["balance"], 9);
}
