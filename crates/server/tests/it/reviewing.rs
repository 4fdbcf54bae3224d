//! What managers are shown as large or unusual.

use crate::http::Http;
use crate::town::TestTown;
use reda_cluster::each_engine;
use serde_json::{Value, json};

fn path(town: &TestTown) -> String {
    format!("/api/businesses/{}/review", town.shop.business)
}

/// The list, with nothing unusual about the hour.
async fn open_all_day(town: &TestTown, owner: &Http) {
    let change = json!({ "settings": { "opens": "00:00", "closes": "00:00" } });
    owner.patch(&format!("/api/businesses/{}", town.shop.business), change).await.ok();
}

async fn items(town: &TestTown, owner: &Http) -> Vec<Value> {
    let page = owner.get(&path(town)).await.ok();
    assert_eq!(page["next"], Value::Null);
    page["items"].as_array().expect("a list").clone()
}

fn sale(card: &Value, points: i64) -> Value {
    json!({ "card": card, "points": points, "sale": "42" })
}

#[each_engine]
async fn large_lines_and_awards_without_a_sale_are_listed_with_who_made_them() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    open_all_day(&town, &owner).await;
    let (_, joined) = town.member("Ana").await;
    town.till.op("award_points", sale(&joined.card, 10)).await.applied();
    assert_eq!(items(&town, &owner).await, [] as [Value; 0]);
    town.till.award(&joined.card, 20).await.applied();
    town.till.op("award_points", sale(&joined.card, 500)).await.applied();
    let taken = json!({ "card": joined.card, "points": -500, "reason": "Typed twice" });
    owner.op("adjust_points", taken).await.applied();
    let listed = items(&town, &owner).await;
    let said: Vec<_> = listed.iter().map(|it| (&it["kind"], &it["points"], &it["why"])).collect();
    let (large, unsold) = (json!(["large"]), json!(["without_sale"]));
    assert_eq!(
        said,
        [
            (&json!("adjust"), &json!(-500), &large),
            (&json!("earn"), &json!(500), &large),
            (&json!("earn"), &json!(20), &unsold),
        ]
    );
    let award = &listed[2];
    assert_eq!((&award["name"], &award["customer"]), (&json!("Ana"), &joined.handle));
    assert_eq!((&award["card"], &award["staff"]), (&joined.card, &json!(town.till.access.staff)));
    assert_eq!(award["device"], json!(town.till.access.device));
}

#[each_engine]
async fn many_awards_to_one_card_within_a_day_are_listed() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    open_all_day(&town, &owner).await;
    let (_, friend) = town.member("Ana").await;
    let (_, other) = town.member("Ben").await;
    for _ in 0..5 {
        town.till.op("award_points", sale(&friend.card, 10)).await.applied();
    }
    for _ in 0..4 {
        town.till.op("award_points", sale(&other.card, 10)).await.applied();
    }
    let listed = items(&town, &owner).await;
    assert_eq!(listed.len(), 1);
    assert_eq!((&listed[0]["card"], &listed[0]["why"]), (&friend.card, &json!(["many_awards"])));
    town.passes(24 * 60 * 60 * 1000);
    let owner = town.owner().await;
    owner.op("award_points", sale(&friend.card, 10)).await.applied();
    assert_eq!(items(&town, &owner).await.len(), 1, "another day");
}

#[each_engine]
async fn points_that_move_at_night_and_a_yes_at_the_till_are_listed() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    open_all_day(&town, &owner).await;
    let shop = format!("/api/businesses/{}", town.shop.business);
    owner.patch(&shop, json!({ "settings": { "in_person": true } })).await.ok();
    let ben = town.customer("Ben").await;
    let (_, request) = town.asked(&ben).await;
    let yes = json!({ "request": request, "answer": "accept" });
    town.till.op("answer_in_person", yes).await.applied();
    let listed = items(&town, &owner).await;
    assert_eq!(
        (&listed[0]["why"], &listed[0]["channel"], &listed[0]["request"]),
        (&json!(["weak_evidence"]), &json!("in_person"), &request)
    );
    assert_eq!(listed[0]["name"], "Ben");

    town.till.op("award_points", sale(&ben.card().await["id"], 10)).await.applied();
    assert_eq!(items(&town, &owner).await.len(), 1);
    // Where the shop is, it is another hour: open for one minute that is not now.
    let minute = reda_server::now().0.div_euclid(60_000).rem_euclid(24 * 60);
    let time = |minute: i64| {
        let minute = minute.rem_euclid(24 * 60);
        format!("{:02}:{:02}", minute / 60, minute % 60)
    };
    let closed =
        json!({ "time_zone": "UTC", "opens": time(minute - 90), "closes": time(minute - 30) });
    owner.patch(&shop, json!({ "settings": closed })).await.ok();
    let listed = items(&town, &owner).await;
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[0]["why"], json!(["off_hours"]));
}

#[each_engine]
async fn the_list_goes_on_where_a_page_ended() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    open_all_day(&town, &owner).await;
    let (_, joined) = town.member("Ana").await;
    for points in [1, 2, 3] {
        town.till.award(&joined.card, points).await.applied();
        town.till.op("award_points", sale(&joined.card, 7)).await.applied();
    }
    let limits = json!({ "settings": { "review_awards": 100 } });
    owner.patch(&format!("/api/businesses/{}", town.shop.business), limits).await.ok();
    let mut seen = vec![];
    let mut after = String::new();
    loop {
        let page = owner.get(&format!("{}?limit=1{after}", path(&town))).await.ok();
        let items = page["items"].as_array().expect("a list");
        seen.extend(items.iter().map(|it| it["points"].as_i64().expect("points")));
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(seen, [3, 2, 1]);
}

#[each_engine]
async fn the_list_is_for_managers_of_the_shop() {
    let town = TestTown::open().await;
    town.till.http.get(&path(&town)).await.error(403, "not_allowed");
    let (_, other) = town.other_shop().await;
    other.http.get(&path(&town)).await.error(404, "business_unknown");
    let owner = town.owner().await;
    owner.get(&format!("{}?after=nonsense", path(&town))).await.error(422, "invalid_body");
    let change = json!({ "settings": { "time_zone": "Nowhere/Town" } });
    let shop = format!("/api/businesses/{}", town.shop.business);
    let details = owner.patch(&shop, change).await.error(422, "setting_out_of_range");
    assert_eq!(details, json!({ "setting": "time_zone" }));
}
