//! What people read back: notifications, entries, cards, programmes.

use crate::town::TestTown;
use reda_cluster::each_engine;
use serde_json::{Value, json};

#[each_engine]
async fn a_notification_has_the_fields_that_integrators_know() {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    town.till.award(&joined.card, 5).await.applied();
    let page = ana.http.get("/api/notifications").await.ok();
    let items = page["notifications"].as_array().unwrap();
    assert_eq!((&page["message"], &page["count"]), (&json!("OK"), &json!(items.len())));
    let newest = items[0].as_object().unwrap();
    let mut fields: Vec<_> = newest.keys().map(String::as_str).collect();
    fields.sort_unstable();
    let known = [
        "channel",
        "created_at",
        "delivered_at",
        "email_error",
        "email_sent",
        "id",
        "is_read",
        "message",
        "metadata",
        "related_id",
        "related_type",
        "sent_at",
        "sms_error",
        "sms_sent",
        "title",
        "type",
        "updated_at",
    ];
    assert_eq!(fields, known);
    assert_eq!((&newest["type"], &newest["related_id"]), (&json!("points_added"), &joined.card));
    let told: Vec<_> = items.iter().map(|it| it["type"].as_str().unwrap()).collect();
    assert_eq!(told, ["points_added", "card_created", "enrollment_request", "qr_scanned"]);
}

#[each_engine]
async fn notifications_come_in_pages_and_are_read_one_or_all() {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    for _ in 0..3 {
        town.till.award(&joined.card, 1).await.applied();
    }
    let mut page = ana.page().await;
    let list = async |query: &str| {
        let answer = ana.http.get(&format!("/api/notifications{query}")).await.ok();
        let items = answer["notifications"].as_array().unwrap().clone();
        items.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let all = list("").await;
    assert_eq!(all.len(), 6);
    assert_eq!(list("?limit=2").await, all[..2]);
    assert_eq!(list("?limit=2&offset=4").await, all[4..]);
    assert_eq!(list("?limit=-1").await, all[..1]);
    assert_eq!(list("?limit=1000000&offset=-3").await, all);

    let one = format!("/api/notifications/{}/read", all[2]);
    for _ in 0..2 {
        assert_eq!(ana.http.patch(&one, json!(null)).await.ok()["notification"]["is_read"], true);
    }
    page.sees("notification", |it| it["id"] == all[2] && it["is_read"] == true).await;
    assert_eq!(ana.http.patch("/api/notifications/read/all", json!(null)).await.ok()["count"], 5);
    assert_eq!(ana.http.patch("/api/notifications/read/all", json!(null)).await.ok()["count"], 0);
    page.until(|feed| {
        feed.all("notification").iter().all(|it| it["is_read"] == true).then_some(())
    })
    .await;
}

#[each_engine]
async fn a_member_of_staff_reads_the_shops_notification_and_the_till_sees_it() {
    let town = TestTown::open().await;
    let mut till = town.till.line().await;
    town.member("Ana").await;
    let owner = town.owner().await;
    let told = owner.get("/api/notifications").await.ok()["notifications"][0].clone();
    assert_eq!(
        (&told["type"], &told["title"]),
        (&json!("enrollment_accepted"), &json!("Ana joined Baraka Points"))
    );
    let path = format!("/api/notifications/{}/read", told["id"].as_str().unwrap());
    owner.patch(&path, json!(null)).await.ok();
    till.sees("notification", |it| it["id"] == told["id"] && it["is_read"] == true).await;
}

#[each_engine]
async fn entries_come_in_pages_the_newest_first() {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    for points in 1..=5 {
        town.till.award(&joined.card, points).await.applied();
    }
    let path = format!("/api/me/cards/{}/entries", joined.card.as_str().unwrap());
    let mut seen: Vec<i64> = vec![];
    let mut after = String::new();
    loop {
        let page: Value = ana.http.get(&format!("{path}?limit=2{after}")).await.ok();
        let items = page["items"].as_array().unwrap();
        seen.extend(items.iter().map(|it| it["delta"].as_i64().unwrap()));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen, [5, 4, 3, 2, 1]);
    ana.http.get(&format!("{path}?after=x")).await.error(422, "invalid_body");
    assert_eq!(ana.http.get(&format!("{path}?limit=0")).await.ok()["items"][0]["delta"], 5);
}

#[each_engine]
async fn requests_are_listed_by_status() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let (_, request) = town.asked(&ana).await;
    let list = async |query: &str| {
        let page = ana.http.get(&format!("/api/me/requests{query}")).await.ok();
        page["items"].as_array().unwrap().len()
    };
    assert_eq!((list("?status=pending").await, list("?status=accepted").await), (1, 0));
    ana.answer(&request, "accept").await.ok();
    assert_eq!((list("?status=pending").await, list("?status=accepted").await), (0, 1));
    assert_eq!(list("").await, 1);
    ana.http.get("/api/me/requests?status=maybe").await.error(422, "invalid_body");
}

#[each_engine]
async fn a_persons_requests_come_in_pages_the_newest_first() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let handle = town.till.scan(&ana.code_now()).await.applied()["customer"]["id"].clone();
    let mut asked = vec![];
    for _ in 0..5 {
        let request = town.ask(&handle).await;
        town.till.op("cancel_request", json!({ "request": request })).await.applied();
        asked.insert(0, request);
        town.passes(1000);
    }
    for filter in ["", "&status=cancelled"] {
        let mut seen = vec![];
        let mut after = String::new();
        loop {
            let page = ana.http.get(&format!("/api/me/requests?limit=2{filter}{after}")).await.ok();
            seen.extend(page["items"].as_array().unwrap().iter().map(|it| it["id"].clone()));
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        assert_eq!(seen, asked, "{filter}");
    }
    ana.http.get("/api/me/requests?after=x").await.error(422, "invalid_body");
}

#[each_engine]
async fn a_member_is_found_by_number_by_mail_and_by_card() {
    let town = TestTown::open().await;
    let ana = town.verified("Ana").await;
    let joined = town.join(&ana).await;
    let with_mail = "UPDATE users SET email = 'ana@example.com', email_verified = 1 WHERE id = $1";
    town.sql(with_mail, [ana.user.0.into()]).await;
    town.till.award(&joined.card, 9).await.applied();
    let number = ana.card().await["number"].as_str().unwrap().to_owned();
    let spaced = format!("{} {} {}", &number[..4], &number[4..8], &number[8..]);
    let digit =
        char::from_digit((number.chars().next_back().unwrap().to_digit(10).unwrap() + 1) % 10, 10);
    let mistyped = format!("{}{}", &number[..11], digit.unwrap());
    let find = |by: Value| town.till.op("find_customer", by);
    for by in [
        json!({ "phone": "0722 000 001" }),
        json!({ "phone": "+254722000001" }),
        json!({ "email": "ANA@example.com" }),
        json!({ "card": number }),
        json!({ "card": spaced }),
    ] {
        let found = find(by).await.applied();
        assert_eq!(
            (&found["status"], &found["customer"]["id"]),
            (&json!("member"), &joined.handle)
        );
        assert_eq!(found["customer"]["display_name"], "Ana");
        assert_eq!(found["enrollments"][0]["balance"], 9);
    }
    find(json!({ "card": mistyped })).await.error(404, "card_unknown");
    find(json!({ "card": "123456789015" })).await.error(404, "card_unknown");
    find(json!({})).await.error(422, "invalid_body");
    find(json!({ "phone": "0722000001", "card": number })).await.error(422, "invalid_body");
    let told = "SELECT COUNT(*) FROM notifications WHERE type = 'qr_scanned'";
    assert_eq!(town.number(told, []).await, 1, "a look-up is no scan of their code");
}

#[each_engine]
async fn a_till_reads_its_shops_programmes() {
    let town = TestTown::open().await;
    let path = format!("/api/businesses/{}/programs", town.shop.business);
    let programs = town.till.http.get(&path).await.ok();
    assert_eq!(programs["items"][0]["id"], json!(town.program()));
    let (other, _) = town.other_shop().await;
    let others = format!("/api/businesses/{}/programs", other.business);
    town.till.http.get(&others).await.error(404, "business_unknown");
}

#[each_engine]
async fn the_page_is_asked_for_each_time_and_never_posted_to() {
    let town = TestTown::open().await;
    town.http.post("/", json!({})).await.error(404, "not_found");
    town.http.get("/index.html/..%2f..").await.error(404, "not_found");
}
