//! Asking a person to join: once, and not against their no.

use crate::town::TestTown;
use reda_cluster::each_engine;
use reda_domain::Timestamp;
use reda_domain::request::{ASK_AGAIN_AFTER_MS, RESEND_AFTER_MS};
use serde_json::{Value, json};
use uuid::Uuid;

fn id(value: &Value) -> Uuid {
    serde_json::from_value(value.clone()).unwrap()
}

fn at(value: &Value) -> Timestamp {
    serde_json::from_value(value.clone()).unwrap()
}

async fn set_status(town: &TestTown, status: &str) {
    let body = json!({ "program": town.program(), "status": status });
    town.owner().await.op("update_program", body).await.applied();
}

#[each_engine]
async fn asking_someone_pending_returns_the_pending_request() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let (handle, request) = town.asked(&ana).await;
    assert_eq!(town.ask(&handle).await, request);
    assert_eq!(town.number("SELECT COUNT(*) FROM approval_requests", []).await, 1);
    let asked = "SELECT COUNT(*) FROM notifications WHERE type = 'enrollment_request'";
    assert_eq!(town.number(asked, []).await, 1, "the phone rings once");
    let found = town.till.scan(&ana.code_now()).await.applied();
    assert_eq!((&found["status"], &found["request"]), (&json!("pending"), &request));
}

#[each_engine]
async fn someone_who_said_no_is_not_asked_again_for_thirty_days() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let (handle, request) = town.asked(&ana).await;
    let answered = ana.answer(&request, "decline").await.ok();
    let body = json!({ "customer": handle, "program": town.program() });
    let details = town.till.op("ask_enrollment", body).await.refused("declined_recently");
    let until = at(&details["until"]);
    assert_eq!(until, at(&answered["request"]["closed_at"]).plus_ms(ASK_AGAIN_AFTER_MS));
    let found = town.till.scan(&ana.code_now()).await.applied();
    assert_eq!((&found["status"], at(&found["declined_until"])), (&json!("not_enrolled"), until));
    assert_eq!(town.number("SELECT COUNT(*) FROM approval_requests", []).await, 1);

    let thirty_days_on = "UPDATE approval_requests SET closed_at_ms = closed_at_ms - $1";
    town.sql(thirty_days_on, [ASK_AGAIN_AFTER_MS.into()]).await;
    assert_ne!(town.ask(&handle).await, request);
}

#[each_engine]
async fn a_member_is_not_asked_again() {
    let town = TestTown::open().await;
    let (_, joined) = town.member("Ana").await;
    let body = json!({ "customer": joined.handle, "program": town.program() });
    let details = town.till.op("ask_enrollment", body).await.refused("already_member");
    assert_eq!(details["card"], joined.card);
}

#[each_engine]
async fn a_request_is_sent_again_but_not_at_once() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let (_, request) = town.asked(&ana).await;
    let body = json!({ "request": request });
    let details = town.till.op("resend_request", body.clone()).await.refused("sent_too_recently");
    let shown = ana.request(&request).await;
    assert_eq!(at(&details["retry_at"]), at(&shown["asked_at"]).plus_ms(RESEND_AFTER_MS));

    let earlier = "UPDATE approval_requests
        SET sent_at_ms = sent_at_ms - $1, counter_until_ms = counter_until_ms - $1";
    town.sql(earlier, [RESEND_AFTER_MS.into()]).await;
    town.till.op("resend_request", body).await.applied();
    assert!(at(&ana.request(&request).await["counter_until"]) >= at(&shown["counter_until"]));
    let asked = "SELECT COUNT(*) FROM notifications WHERE type = 'enrollment_request'";
    assert_eq!(town.number(asked, []).await, 2);
}

#[each_engine]
async fn a_request_that_was_taken_back_cannot_be_answered() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let mut page = ana.page().await;
    let (handle, request) = town.asked(&ana).await;
    let body = json!({ "request": request });
    town.till.op("cancel_request", body.clone()).await.applied();
    page.sees("request", |it| it["id"] == request && it["status"] == "cancelled").await;
    ana.answer(&request, "accept").await.error(409, "request_cancelled");
    town.till.op("cancel_request", body.clone()).await.refused("request_cancelled");
    town.till.op("resend_request", body).await.refused("request_cancelled");
    assert_ne!(town.ask(&handle).await, request, "taken back is not a no");
}

#[each_engine]
async fn a_paused_programme_takes_no_question_and_no_award_but_keeps_a_yes() {
    let town = TestTown::open().await;
    let (ana, ben) = (town.customer("Ana").await, town.customer("Ben").await);
    let (_, request) = town.asked(&ana).await;
    let ben = town.till.scan(&ben.code_now()).await.applied()["customer"]["id"].clone();
    set_status(&town, "paused").await;

    let ask = json!({ "customer": ben, "program": town.program() });
    let details = town.till.op("ask_enrollment", ask).await.refused("program_not_active");
    assert_eq!(details, json!({ "status": "paused" }));
    town.till.award_on(&request, 5).await.refused("program_not_active");
    let card = ana.answer(&request, "accept").await.ok()["card"].clone();
    town.till.award(&card, 5).await.refused("program_not_active");
    set_status(&town, "active").await;
    town.till.award(&card, 5).await.applied();
}

#[each_engine]
async fn an_ended_programme_takes_nobody_in() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let (_, request) = town.asked(&ana).await;
    set_status(&town, "ended").await;
    let details = ana.answer(&request, "accept").await.error(409, "program_not_active");
    assert_eq!(details, json!({ "status": "ended" }));
    assert_eq!(town.number("SELECT COUNT(*) FROM loyalty_cards", []).await, 0);
    ana.answer(&request, "decline").await.ok();
}

#[each_engine]
async fn a_draft_asks_nobody_until_it_is_activated() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let owner = town.owner().await;
    let earn = json!({ "points": 2, "per": { "amount": 5000, "currency": "KES" } });
    let body = json!({ "name": "Tea club", "kind": "points", "earn": earn, "welcome_bonus": 50 });
    let program = owner.op("create_program", body).await.applied()["program"].clone();
    let handle = town.till.scan(&ana.code_now()).await.applied()["customer"]["id"].clone();
    let ask = json!({ "customer": handle, "program": program });
    let details = town.till.op("ask_enrollment", ask.clone()).await.refused("program_not_active");
    assert_eq!(details, json!({ "status": "draft" }));

    let body = json!({ "program": program, "status": "active" });
    owner.op("update_program", body).await.applied();
    let request = town.till.op("ask_enrollment", ask).await.applied()["request"].clone();
    ana.answer(&request, "accept").await.ok();
    assert_eq!(ana.card().await["balance"], 50, "the welcome bonus");
    let back = json!({ "program": program, "status": "draft" });
    let details = owner.op("update_program", back).await.refused("program_cannot_become");
    assert_eq!(details, json!({ "from": "active", "to": "draft" }));
}

#[each_engine]
async fn a_programme_counts_only_the_shops_currency_and_whole_points() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    let program = |points: i64, amount: i64, currency: &str, bonus: i64| {
        let earn = json!({ "points": points, "per": { "amount": amount, "currency": currency } });
        json!({ "name": "Odd", "kind": "points", "earn": earn, "welcome_bonus": bonus })
    };
    let details =
        owner.op("create_program", program(1, 100, "EUR", 0)).await.refused("other_currency");
    assert_eq!(details, json!({ "expected": "KES" }));
    for bad in [program(0, 100, "KES", 0), program(1, 0, "KES", 0), program(1, 100, "KES", -1)] {
        owner.op("create_program", bad).await.refused("points_out_of_range");
    }
    let mut nameless = program(1, 100, "KES", 0);
    nameless["name"] = json!("  ");
    owner.op("create_program", nameless).await.error(422, "bad_name");
}

#[each_engine]
async fn a_question_names_one_person_and_a_programme_that_exists() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let handle = town.till.scan(&ana.code_now()).await.applied()["customer"]["id"].clone();
    let ask = |body: Value| town.till.op("ask_enrollment", body);
    let program = town.program();
    let phone = "0722000001";
    ask(json!({ "customer": handle, "phone": phone, "program": program }))
        .await
        .error(422, "invalid_body");
    ask(json!({ "program": program })).await.error(422, "invalid_body");
    ask(json!({ "phone": "12", "program": program })).await.error(422, "bad_phone");
    ask(json!({ "email": "ana", "program": program })).await.error(422, "bad_email");
    ask(json!({ "customer": handle, "program": Uuid::now_v7() }))
        .await
        .error(404, "program_unknown");
    ask(json!({ "customer": Uuid::now_v7(), "program": program }))
        .await
        .error(404, "customer_unknown");
    let unknown = json!({ "request": Uuid::now_v7() });
    town.till.op("cancel_request", unknown.clone()).await.error(404, "request_unknown");
    town.till.op("resend_request", unknown).await.error(404, "request_unknown");
}

#[each_engine]
async fn asking_by_phone_reaches_the_person_who_proved_to_own_it() {
    let town = TestTown::open().await;
    let mut till = town.till.line().await;
    let ana = town.verified("Ana").await;
    let body = json!({ "phone": ana.phone, "program": town.program() });
    let request = town.till.op("ask_enrollment", body).await.applied()["request"].clone();
    let shown = till.sees("request", |it| it["id"] == request).await;
    assert_eq!(shown["asked_address"], "0722 ••• 001");
    assert_eq!(shown["customer"], json!(null), "who it is, is not said before the answer");
    ana.answer(&request, "accept").await.ok();
    let member = till.sees("member", |it| it["name"] == "Ana").await;
    let found = town.till.op("find_customer", json!({ "phone": ana.phone })).await.applied();
    assert_eq!(found["status"], "member");
    assert_eq!(found["customer"]["id"], member["id"]);
}

#[each_engine]
async fn asking_by_phone_reaches_nobody_who_only_claims_it() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let body = json!({ "phone": ana.phone, "program": town.program() });
    let request = town.till.op("ask_enrollment", body).await.applied()["request"].clone();
    assert_eq!(ana.http.get("/api/me/requests").await.ok()["items"], json!([]));
    ana.answer_with(&request, json!({ "answer": "accept" })).await.error(404, "request_unknown");
    let user = "SELECT COUNT(*) FROM approval_requests WHERE user_id IS NULL AND id = $1";
    assert_eq!(town.number(user, [id(&request).into()]).await, 1);
}
