//! Awards that wait for the answer to a request.

use crate::town::TestTown;
use reda_cluster::each_engine;
use reda_domain::request::WAITING_AWARDS_MAX;
use serde_json::json;
use uuid::Uuid;

#[each_engine]
async fn the_acceptance_posts_what_waited_in_the_order_of_asking() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let mut page = ana.page().await;
    let (_, request) = town.asked(&ana).await;
    let ids = [(); 3].map(|()| Uuid::now_v7());
    for (id, (points, waiting)) in ids.iter().zip([(30, 30), (10, 40), (20, 60)]) {
        let body = json!({ "request": request, "points": points });
        let data = town.till.op_as(*id, "award_points", body).await.applied();
        assert_eq!(data, json!({ "entry": id, "points": points, "waiting": waiting }));
    }
    page.sees("request", |it| it["id"] == request && it["waiting"] == 60).await;
    let card = ana.answer(&request, "accept").await.ok()["card"].clone();
    page.sees("card", |it| it["id"] == card && it["balance"] == 60).await;
    let path = format!("/api/me/cards/{}/entries", card.as_str().unwrap());
    let lines = ana.http.get(&path).await.ok();
    let lines = lines["items"].as_array().unwrap();
    let told = |it: &serde_json::Value| {
        (it["id"].clone(), it["delta"].as_i64().unwrap(), it["balance_after"].as_i64().unwrap())
    };
    let newest_first: Vec<_> = lines.iter().map(told).collect();
    let [first, second, third] = ids.map(|id| json!(id));
    assert_eq!(newest_first, [(third, 20, 60), (second, 10, 40), (first, 30, 30)]);
    page.sees("notification", |it| it["title"] == "You earned 60 points").await;
}

#[each_engine]
async fn a_no_drops_what_waited() {
    let town = TestTown::open().await;
    let mut till = town.till.line().await;
    let ana = town.customer("Ana").await;
    let (_, request) = town.asked(&ana).await;
    town.till.award_on(&request, 30).await.applied();
    ana.answer(&request, "decline").await.ok();
    let told = till.sees("notification", |it| it["type"] == "enrollment_declined").await;
    assert_eq!(told["message"], "Nothing was saved. 30 waiting points were dropped.");
    let details = town.till.award_on(&request, 5).await.refused("already_answered");
    assert_eq!(details, json!({ "answer": "decline" }));
    assert_eq!(town.number("SELECT COUNT(*) FROM points_entries", []).await, 0);
}

#[each_engine]
async fn taking_a_request_back_drops_what_waited() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let (handle, request) = town.asked(&ana).await;
    town.till.award_on(&request, 30).await.applied();
    town.till.op("cancel_request", json!({ "request": request })).await.applied();
    town.till.award_on(&request, 5).await.refused("request_cancelled");
    let again = town.ask(&handle).await;
    ana.answer(&again, "accept").await.ok();
    assert_eq!(ana.card().await["balance"], 0);
}

#[each_engine]
async fn an_award_that_comes_after_the_yes_goes_to_the_card() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let (_, request) = town.asked(&ana).await;
    let early = Uuid::now_v7();
    let body = json!({ "request": request, "points": 3 });
    let waited = town.till.op_as(early, "award_points", body.clone()).await.applied();
    ana.answer(&request, "accept").await.ok();
    let data = town.till.award_on(&request, 4).await.applied();
    assert_eq!((&data["balance"], &data["available"]), (&json!(7), &json!(7)));
    // The early one, sent again, is answered as it was then.
    assert_eq!(town.till.op_as(early, "award_points", body).await.applied(), waited);
    assert_eq!(ana.card().await["balance"], 7);
}

#[each_engine]
async fn only_so_many_awards_wait_on_one_request() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let (_, request) = town.asked(&ana).await;
    for _ in 0..WAITING_AWARDS_MAX {
        town.till.award_on(&request, 1).await.applied();
    }
    let details = town.till.award_on(&request, 1).await.refused("too_many_waiting_awards");
    assert_eq!(details, json!({ "max": WAITING_AWARDS_MAX }));
    ana.answer(&request, "accept").await.ok();
    assert_eq!(ana.card().await["balance"], WAITING_AWARDS_MAX);
}

#[each_engine]
async fn awards_and_the_answer_at_once_lose_nothing() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let (_, request) = town.asked(&ana).await;
    let awards = futures_util::future::join_all((0..10).map(|_| town.till.award_on(&request, 3)));
    let (awards, answered) = tokio::join!(awards, ana.answer(&request, "accept"));
    answered.ok();
    for award in awards {
        award.applied();
    }
    assert_eq!(ana.card().await["balance"], 30);
    assert_eq!(town.number("SELECT COUNT(*) FROM points_entries", []).await, 10);
    assert_eq!(town.number("SELECT MAX(n) FROM points_entries", []).await, 10);
}
