//! What a shop learns of people who did not say yes, and what strangers learn of anybody.

use crate::http::Http;
use crate::town::TestTown;
use reda_cluster::each_engine;
use serde_json::{Value, json};
use uuid::Uuid;

/// What looking a number up says, with the number taken out.
async fn looked_up(town: &TestTown, phone: &str) -> Value {
    let mut answer = town.till.op("find_customer", json!({ "phone": phone })).await.applied();
    let asked = answer["ask"]["phone"].take();
    assert_eq!(asked.as_str().map(|it| it.replace("+254", "0")).as_deref(), Some(phone));
    answer
}

#[each_engine]
async fn looking_a_number_up_does_not_tell_whether_there_is_an_account() {
    let town = TestTown::open().await;
    let (_account, scanned) = (town.verified("Ana").await, town.verified("Ben").await);
    let (pending, declined) = (town.verified("Cleo").await, town.verified("Dan").await);
    town.till.scan(&scanned.code_now()).await.applied();
    town.asked(&pending).await;
    let (_, request) = town.asked(&declined).await;
    declined.answer(&request, "decline").await.ok();

    let nobody = looked_up(&town, "0722000777").await;
    assert_eq!(nobody["status"], "not_enrolled");
    for phone in ["0722000001", "0722000002", "0722000003", "0722000004"] {
        assert_eq!(looked_up(&town, phone).await, nobody, "{phone}");
    }
    let named = "SELECT COUNT(*) FROM qr_scan_logs WHERE kind = 'phone' AND user_id IS NOT NULL";
    assert_eq!(town.number(named, []).await, 0, "the log names no stranger either");
}

#[each_engine]
async fn asking_by_number_does_not_tell_either() {
    let town = TestTown::open().await;
    let mut till = town.till.line().await;
    let declined = town.verified("Dan").await;
    let mut page = declined.page().await;
    let (_, request) = town.asked(&declined).await;
    declined.answer(&request, "decline").await.ok();
    let mut shown = vec![];
    for phone in ["0722000001", "0722000777"] {
        let body = json!({ "phone": phone, "program": town.program() });
        let request = town.till.op("ask_enrollment", body).await.applied()["request"].clone();
        let mut body = till.sees("request", |it| it["id"] == request).await;
        for own in ["id", "asked_address", "asked_at", "expires_at", "counter_until"] {
            body[own] = Value::Null;
        }
        shown.push(body);
        assert_eq!(looked_up(&town, phone).await["status"], "pending");
    }
    assert_eq!(shown[0], shown[1]);
    // Who said no is not asked again by another way.
    page.caught_up().await;
    assert_eq!(page.feed().all("request").len(), 1);
}

#[each_engine]
async fn a_request_by_number_does_not_say_that_it_was_seen() {
    let town = TestTown::open().await;
    let mut till = town.till.line().await;
    let ana = town.verified("Ana").await;
    let body = json!({ "phone": ana.phone, "program": town.program() });
    let request = town.till.op("ask_enrollment", body).await.applied()["request"].clone();
    till.sees("request", |it| it["id"] == request).await;
    till.caught_up().await;
    let head = till.feed().seq;
    let seen = format!("/api/requests/{}/seen", request.as_str().unwrap());
    assert_eq!(ana.http.post(&seen, json!({})).await.status, 204);
    till.caught_up().await;
    assert_eq!(till.feed().one("request", &request).unwrap()["seen_at"], Value::Null);
    assert_eq!(till.feed().seq, head, "the shop's feed does not even move");
    ana.answer(&request, "accept").await.ok();
    till.sees("request", |it| it["id"] == request && !it["seen_at"].is_null()).await;
}

#[each_engine]
async fn a_number_someone_declined_by_says_so_only_of_that_asking() {
    let town = TestTown::open().await;
    let dan = town.verified("Dan").await;
    let body = json!({ "phone": dan.phone, "program": town.program() });
    let request = town.till.op("ask_enrollment", body.clone()).await.applied()["request"].clone();
    dan.answer(&request, "decline").await.ok();
    town.till.op("ask_enrollment", body).await.refused("declined_recently");
    let found = town.till.scan(&dan.code_now()).await.applied();
    assert_eq!(
        (&found["status"], &found["declined_until"]),
        (&json!("not_enrolled"), &Value::Null)
    );
}

#[each_engine]
async fn a_no_leaves_nothing_of_the_person_with_the_shop() {
    let town = TestTown::open().await;
    let mut till = town.till.line().await;
    let ana = town.verified("Anastasia").await;
    let (_, request) = town.asked(&ana).await;
    ana.answer(&request, "decline").await.ok();
    till.sees("request", |it| it["id"] == request && it["status"] == "declined").await;
    till.caught_up().await;
    let feed = till.feed();
    for kind in ["member", "card", "key", "printed_code"] {
        assert_eq!(feed.all(kind), Vec::<&Value>::new(), "{kind}");
    }
    let text = format!("{feed:?}");
    for personal in ["Anastasia", "722000001", &ana.user.to_string()] {
        assert!(!text.contains(personal), "{personal} in {text}");
    }
    assert_eq!(town.number("SELECT COUNT(*) FROM customers", []).await, 0);
    let joined = "SELECT COUNT(*) FROM business_customers WHERE joined_at_ms IS NOT NULL";
    assert_eq!(town.number(joined, []).await, 0);
}

#[each_engine]
async fn two_shops_know_a_person_by_different_handles() {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    let (shop, other) = town.other_shop().await;
    let found = other.scan(&ana.code_now()).await.applied();
    assert_ne!(found["customer"]["id"], joined.handle);
    assert_eq!(found["status"], "not_enrolled", "what the neighbour has is none of their business");
    let body = json!({ "customer": joined.handle, "program": shop.program });
    other.op("ask_enrollment", body).await.error(404, "customer_unknown");
    let body = json!({ "customer": found["customer"]["id"], "program": town.program() });
    other.op("ask_enrollment", body).await.error(404, "program_unknown");
    let body = json!({ "request": joined.request });
    other.op("cancel_request", body.clone()).await.error(404, "request_unknown");
    other.op("resend_request", body).await.error(404, "request_unknown");
    let number = ana.card().await["number"].clone();
    let found = town.till.op("find_customer", json!({ "card": number })).await.applied();
    assert_eq!(found["customer"]["id"], joined.handle);
    other.op("find_customer", json!({ "card": number })).await.error(404, "card_unknown");
    // Another's business is named in vain.
    let here = json!({ "id": Uuid::now_v7(), "kind": "scan", "body": { "code": "x" },
        "business": town.shop.business });
    other.submit(here).await.error(403, "forbidden");
}

#[each_engine]
async fn every_address_of_the_api_refuses_the_wrong_person() {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    let ben = town.customer("Ben").await;
    let id = |value: &Value| value.as_str().unwrap().to_owned();
    let told = ana.http.get("/api/notifications").await.ok()["notifications"][0]["id"].clone();
    let (card, request, told) = (id(&joined.card), id(&joined.request), id(&told));
    let (shop, anas) = (town.shop.business, ana.user);

    let entries = format!("/api/me/cards/{card}/entries");
    ben.http.get(&entries).await.error(404, "card_unknown");
    ben.http.get(&format!("/api/businesses/{shop}/programs")).await.error(404, "business_unknown");
    for scope in [format!("b:{shop}"), format!("u:{anas}"), "p:".to_owned()] {
        let answer = ben.http.get(&format!("/api/changes?scope={scope}")).await;
        assert!(matches!(answer.status, 404 | 422), "{answer:?}");
    }
    let read = format!("/api/notifications/{told}/read");
    ben.http.patch(&read, json!(null)).await.error(404, "notification_unknown");
    let seen = format!("/api/requests/{request}/seen");
    ben.http.post(&seen, json!({})).await.error(404, "request_unknown");
    for kind in ["scan", "award_points"] {
        let body = json!({ "card": card, "points": 5 });
        let body = if kind == "scan" { json!({ "code": ana.code_now() }) } else { body };
        ben.http.op(kind, body).await.error(403, "forbidden");
    }
    assert_eq!(ben.http.get("/api/me/cards").await.ok()["items"], json!([]));
    assert_eq!(ben.http.get("/api/notifications").await.ok()["count"], 0);

    // A till is no person.
    for path in ["/api/me", "/api/me/keys", "/api/me/cards", "/api/me/codes/printed", &entries] {
        town.till.http.get(path).await.error(403, "forbidden");
    }
    for answer in nobodys(&town.http, &entries, &seen, &read).await {
        answer.error(401, "unauthorized");
    }
    let made_up = town.http.with_token("e30.e30.e30");
    for answer in nobodys(&made_up, &entries, &seen, &read).await {
        answer.error(401, "unauthorized");
    }
    let staff_alone = town.http.with_token(&town.till.staff_token);
    staff_alone.op("scan", json!({ "code": "x" })).await.error(401, "unauthorized");
}

/// Every call that is not public, by someone who is nobody.
async fn nobodys(http: &Http, entries: &str, seen: &str, read: &str) -> Vec<crate::http::Answer> {
    let mut answers = vec![];
    for path in [
        "/api/me",
        "/api/me/keys",
        "/api/me/codes/printed",
        "/api/me/cards",
        "/api/me/requests",
        "/api/notifications",
        "/api/changes?scope=b:01999999-0000-7000-8000-000000000001",
        "/api/businesses/01999999-0000-7000-8000-000000000001/programs",
        entries,
    ] {
        answers.push(http.get(path).await);
    }
    for path in ["/api/me/keys", "/api/operations", "/api/auth/sign-out", seen] {
        answers.push(http.post(path, json!({})).await);
    }
    for path in ["/api/me", "/api/notifications/read/all", read] {
        answers.push(http.patch(path, json!({})).await);
    }
    answers
}

#[each_engine]
async fn operations_and_audit_keep_no_personal_value() {
    let town = TestTown::open().await;
    let ana = town.verified("Anastasia").await;
    let (_, request) = town.asked(&ana).await;
    ana.answer(&request, "accept").await.ok();
    ana.http.patch("/api/me", json!({ "name": "Anastasia Wanjiru" })).await.ok();
    for body in [json!({ "phone": ana.phone }), json!({ "phone": "0722000777" })] {
        town.till.op("find_customer", body).await.applied();
    }
    let body = json!({ "phone": "0722000778", "program": town.program() });
    town.till.op("ask_enrollment", body).await.applied();
    let kept = [
        "SELECT hash || kind || result FROM operations",
        "SELECT kind || actor || facts FROM audit_lines",
        "SELECT kind || result || COALESCE(reason, '') FROM qr_scan_logs",
        "SELECT wording || language || COALESCE(signature, '') FROM consents",
    ];
    for sql in kept {
        let text = town.texts(sql, []).await.join("\n");
        for personal in ["Anastasia", "Wanjiru", "722000001", "722000777", "722000778"] {
            assert!(!text.contains(personal), "{personal}: {sql}");
        }
    }
}
