//! Points are spent only with the customer's yes, which proves itself.

use crate::http::Answer;
use crate::town::{Customer, Joined, TestTown};
use reda_cluster::each_engine;
use reda_domain::Timestamp;
use reda_server::now;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A member with some points.
async fn with_points(town: &TestTown, points: i64) -> (Customer, Joined) {
    let (ana, joined) = town.member("Ana").await;
    town.till.award(&joined.card, points).await.applied();
    (ana, joined)
}

fn asking(card: &Value, points: i64) -> Value {
    json!({ "card": card, "points": points, "reason": "50 shillings off" })
}

async fn deduct(town: &TestTown, card: &Value, points: i64) -> Value {
    town.till.op("request_deduction", asking(card, points)).await.applied()["request"].clone()
}

/// Balance, held and available of the person's only card.
async fn points(ana: &Customer) -> [i64; 3] {
    let card = ana.card().await;
    ["balance", "held", "available"].map(|name| card[name].as_i64().unwrap())
}

async fn delete(person: &Customer, path: &str) -> u16 {
    Answer::of(person.http.call(Method::DELETE, path)).await.status
}

/// The business lets this stand for a signature.
async fn allow(town: &TestTown, evidence: &str) {
    let allow = json!({ "settings": { "approval_evidence": [evidence] } });
    let shop = format!("/api/businesses/{}", town.shop.business);
    town.owner().await.patch(&shop, allow).await.ok();
}

/// The person takes their key back, and that was so long ago.
async fn without_a_key(town: &TestTown, person: &Customer, ago_ms: i64) {
    let gone = format!("/api/me/keys/{}", person.key_id.as_str().unwrap());
    assert_eq!(delete(person, &gone).await, 204);
    keys_lie_back(town, ago_ms).await;
}

/// The only key there is was made, and taken back, so much earlier.
async fn keys_lie_back(town: &TestTown, ms: i64) {
    let earlier = "UPDATE customer_keys SET created_at_ms = created_at_ms - $1,
        revoked_at_ms = revoked_at_ms - $1";
    town.sql(earlier, [ms.into()]).await;
}

#[each_engine]
async fn points_are_set_aside_until_the_yes_and_then_spent() {
    let town = TestTown::open().await;
    let (ana, joined) = with_points(&town, 100).await;
    let (mut page, mut till) = (ana.page().await, town.till.line().await);
    let request = deduct(&town, &joined.card, 60).await;
    assert_eq!(points(&ana).await, [100, 60, 40]);
    let shown = page.sees("request", |it| it["id"] == request).await;
    assert_eq!(
        (&shown["kind"], &shown["points"], &shown["reason"], &shown["card"]),
        (&json!("points_deduction"), &json!(60), &json!("50 shillings off"), &joined.card)
    );
    page.sees("notification", |it| it["type"] == "points_request").await;
    till.sees("card", |it| it["held"] == 60 && it["available"] == 40).await;

    let answered = ana.answer(&request, "accept").await.ok();
    assert_eq!(
        (&answered["request"]["status"], &answered["card"]),
        (&json!("accepted"), &joined.card)
    );
    assert_eq!(points(&ana).await, [40, 0, 40]);
    till.sees("card", |it| it["balance"] == 40 && it["held"] == 0).await;
    till.sees("request", |it| it["id"] == request && it["status"] == "accepted").await;
    let told = till.sees("notification", |it| it["type"] == "points_request_approved").await;
    assert_eq!(told["message"], "60 points were deducted.");
    page.sees("notification", |it| it["type"] == "points_deducted").await;
    let entries = format!("/api/me/cards/{}/entries", joined.card.as_str().unwrap());
    let line = ana.http.get(&entries).await.ok()["items"][0].clone();
    assert_eq!(
        (&line["kind"], &line["delta"], &line["balance_after"], &line["reason"]),
        (&json!("redeem"), &json!(-60), &json!(40), &json!("50 shillings off"))
    );
    let proven =
        "SELECT COUNT(*) FROM points_entries e JOIN consents c ON c.request_id = e.request_id
        WHERE e.kind = 'redeem' AND c.signature IS NOT NULL AND c.channel = 'app'";
    assert_eq!(town.number(proven, []).await, 1, "the ledger proves the yes");
}

#[each_engine]
async fn a_no_a_cancel_and_silence_set_the_points_free() {
    let town = TestTown::open().await;
    let (ana, joined) = with_points(&town, 100).await;
    let mut till = town.till.line().await;
    let declined = deduct(&town, &joined.card, 10).await;
    let cancelled = deduct(&town, &joined.card, 20).await;
    let silent = deduct(&town, &joined.card, 30).await;
    assert_eq!(points(&ana).await, [100, 60, 40]);
    ana.answer_with(&declined, json!({ "answer": "decline" })).await.ok();
    assert_eq!(points(&ana).await, [100, 50, 50]);
    town.till.op("cancel_request", json!({ "request": cancelled })).await.applied();
    assert_eq!(points(&ana).await, [100, 30, 70]);
    town.sql("UPDATE approval_requests SET expires_at_ms = 1 WHERE status = 'pending'", []).await;
    ana.answer(&silent, "accept").await.error(409, "request_expired");
    till.sees("request", |it| it["id"] == silent && it["status"] == "expired").await;
    assert_eq!(points(&ana).await, [100, 0, 100]);
    let voided = "SELECT COUNT(*) FROM hold_outcomes WHERE outcome = 'voided'";
    assert_eq!(town.number(voided, []).await, 3);
    let found = town.till.scan(&ana.code_now()).await.applied();
    assert_eq!((&found["status"], &found["declined_until"]), (&json!("member"), &Value::Null));
}

#[each_engine]
async fn a_cancel_tells_when_the_yes_was_first() {
    let town = TestTown::open().await;
    let (ana, joined) = with_points(&town, 100).await;
    let request = deduct(&town, &joined.card, 60).await;
    ana.answer(&request, "accept").await.ok();
    let cancel = json!({ "request": request });
    let details = town.till.op("cancel_request", cancel).await.refused("already_answered");
    assert_eq!(details, json!({ "answer": "accept" }));

    let request = deduct(&town, &joined.card, 10).await;
    let cancel = town.till.op("cancel_request", json!({ "request": request }));
    let (cancelled, answered) = tokio::join!(cancel, ana.answer(&request, "accept"));
    let spent = points(&ana).await[0] == 30;
    match spent {
        true => drop((cancelled.refused("already_answered"), answered.ok())),
        false => drop((cancelled.applied(), answered.error(409, "request_cancelled"))),
    }
    assert_eq!(points(&ana).await[1], 0);
}

#[each_engine]
async fn nobody_asks_for_more_than_there_is() {
    let town = TestTown::open().await;
    let (ana, joined) = with_points(&town, 100).await;
    deduct(&town, &joined.card, 60).await;
    let more = town.till.op("request_deduction", asking(&joined.card, 41)).await;
    let details = more.refused("not_enough_points");
    assert_eq!(details, json!({ "available": 40, "needs": 41 }));
    for none in [0, -5] {
        town.till
            .op("request_deduction", asking(&joined.card, none))
            .await
            .refused("points_out_of_range");
    }
    let unsaid = json!({ "card": joined.card, "points": 1, "reason": " " });
    town.till.op("request_deduction", unsaid).await.error(422, "bad_reason");
    let many = (0..20).map(|_| town.till.op("request_deduction", asking(&joined.card, 7)));
    let outcomes = futures_util::future::join_all(many).await;
    let held = outcomes.iter().filter(|it| it.body["outcome"] == "applied").count();
    assert_eq!(held, 5);
    assert_eq!(points(&ana).await, [100, 95, 5]);
}

#[each_engine]
async fn a_yes_about_points_needs_the_customers_own_signature() {
    let town = TestTown::open().await;
    let (ana, joined) = with_points(&town, 100).await;
    let request = deduct(&town, &joined.card, 60).await;
    let accept = json!({ "answer": "accept" });
    ana.answer_with(&request, accept.clone()).await.error(422, "signature_needed");
    let other = deduct(&town, &joined.card, 20).await;
    let forms = [
        ana.signature(&other, "accept").await,
        ana.signature(&request, "decline").await,
        town.customer("Ben").await.signature_of(&ana.request(&request).await, "accept"),
    ];
    for signature in forms {
        let body = json!({ "answer": "accept", "signature": signature });
        ana.answer_with(&request, body).await.error(422, "signature_invalid");
    }
    assert_eq!(points(&ana).await, [100, 80, 20]);
    let ben = town.customer("Ben").await;
    ben.answer_with(&request, accept).await.error(404, "request_unknown");
    ana.answer(&request, "accept").await.ok();
}

#[each_engine]
async fn a_key_beside_another_approves_points_a_day_later() {
    let town = TestTown::open().await;
    let (ana, joined) = with_points(&town, 100).await;
    // The first key lies a little back; a thief adds one of their own.
    let thief = ana.with_another_key(201).await;
    let request = deduct(&town, &joined.card, 60).await;
    let details = thief.answer(&request, "accept").await.error(409, "key_too_new");
    let until: Timestamp = serde_json::from_value(details["until"].clone()).unwrap();
    assert!(until.ms_since(now()) > DAY_MS - 60_000);
    let gone = format!("/api/me/keys/{}", ana.key_id.as_str().unwrap());
    assert_eq!(delete(&thief, &gone).await, 204);
    thief.answer(&request, "accept").await.error(409, "key_too_new");
    ana.answer(&request, "accept").await.error(422, "signature_invalid");
    let a_day_ago =
        "UPDATE customer_keys SET created_at_ms = created_at_ms - $1 WHERE revoked_at_ms IS NULL";
    town.sql(a_day_ago, [DAY_MS.into()]).await;
    thief.answer(&request, "accept").await.ok();
    assert_eq!(points(&ana).await, [40, 0, 40]);
}

#[each_engine]
async fn a_person_is_told_of_each_key_after_their_first() {
    let town = TestTown::open().await;
    let (ana, _) = with_points(&town, 100).await;
    let told = async |ana: &Customer| -> Vec<Value> {
        let all = ana.http.get("/api/notifications").await.ok();
        let all = all["notifications"].as_array().unwrap().clone();
        let keys: Vec<Value> = all.into_iter().filter(|it| it["type"] == "key_added").collect();
        keys
    };
    assert_eq!(told(&ana).await, [] as [Value; 0]);
    let mut page = ana.page().await;
    ana.with_another_key(201).await;
    let shown = page.sees("notification", |it| it["type"] == "key_added").await;
    assert_eq!(shown["title"], "Another device shows your code");
    assert!(shown["message"].as_str().unwrap().contains("It is called other."), "{shown}");
    ana.with_another_key(202).await;
    assert_eq!(told(&ana).await.len(), 2);
}

#[each_engine]
async fn without_a_key_only_what_the_business_allows_is_a_yes() {
    let town = TestTown::open().await;
    let (ana, joined) = with_points(&town, 100).await;
    without_a_key(&town, &ana, DAY_MS).await;
    let request = deduct(&town, &joined.card, 60).await;
    let accept = json!({ "answer": "accept" });
    ana.answer_with(&request, accept.clone()).await.error(403, "evidence_not_allowed");
    allow(&town, "app").await;
    ana.answer_with(&request, accept).await.ok();
    assert_eq!(points(&ana).await, [40, 0, 40]);
    let review = format!("/api/businesses/{}/review", town.shop.business);
    let listed = town.owner().await.get(&review).await.ok();
    let is_yes = |it: &&Value| it["request"] == request;
    let yes = listed["items"].as_array().unwrap().iter().find(is_yes).expect("it is listed");
    assert_eq!((&yes["why"], &yes["channel"]), (&json!(["weak_evidence"]), &json!("app")));
}

#[each_engine]
async fn a_signed_yes_about_points_is_not_in_the_review_list() {
    let town = TestTown::open().await;
    let (ana, joined) = with_points(&town, 100).await;
    let request = deduct(&town, &joined.card, 60).await;
    ana.answer(&request, "accept").await.ok();
    let review = format!("/api/businesses/{}/review", town.shop.business);
    let listed = town.owner().await.get(&review).await.ok();
    let answers =
        listed["items"].as_array().unwrap().iter().filter(|it| it["channel"] != Value::Null);
    assert_eq!(answers.count(), 0);
}

#[each_engine]
async fn taking_the_key_away_does_not_stand_for_its_signature_for_a_day() {
    let town = TestTown::open().await;
    let (ana, joined) = with_points(&town, 100).await;
    allow(&town, "app").await;
    without_a_key(&town, &ana, 0).await;
    let accept = json!({ "answer": "accept" });
    let request = deduct(&town, &joined.card, 60).await;
    ana.answer_with(&request, accept.clone()).await.error(422, "signature_needed");
    let no = json!({ "answer": "decline" });
    ana.answer_with(&request, no).await.ok();
    assert_eq!(points(&ana).await, [100, 0, 100], "a no needs none");
    keys_lie_back(&town, DAY_MS - 60_000).await;
    let request = deduct(&town, &joined.card, 60).await;
    ana.answer_with(&request, accept.clone()).await.error(422, "signature_needed");
    keys_lie_back(&town, 60_000).await;
    ana.answer_with(&request, accept).await.ok();
    assert_eq!(points(&ana).await, [40, 0, 40]);
}

#[each_engine]
async fn digits_read_out_are_a_yes_about_points_where_the_business_allows_it() {
    let town = TestTown::open().await;
    let (ana, joined) = with_points(&town, 100).await;
    town.sql("UPDATE users SET phone_verified = 1 WHERE id = $1", [ana.user.0.into()]).await;
    without_a_key(&town, &ana, DAY_MS).await;
    ana.http.post("/api/auth/sign-out", json!({})).await.ok();
    town.passes(2000);
    let to = format!("+254{}", &ana.phone[1..]);
    deduct(&town, &joined.card, 10).await;
    assert_eq!(town.letters(&to).len(), 0, "no message where its answer would not count");
    allow(&town, "sms_code").await;
    let request = deduct(&town, &joined.card, 60).await;
    let letter = town.letter(&to);
    assert!(letter.text.contains("60"), "{}", letter.text);
    let yes = |code: &str| json!({ "request": request, "code": code });
    town.till.op("answer_by_code", yes("000000x")).await.refused("answer_code_wrong");
    town.till.op("answer_by_code", yes(&letter.code)).await.applied();
    const BALANCE: &str = "SELECT balance FROM loyalty_cards WHERE balance > 0";
    assert_eq!(town.number(BALANCE, []).await, 40);
    assert!(town.balances_agree().await);
}

#[each_engine]
async fn the_business_says_how_long_the_customer_has() {
    let town = TestTown::open().await;
    let (ana, joined) = with_points(&town, 100).await;
    let at = |it: &Value| serde_json::from_value::<Timestamp>(it.clone()).unwrap();
    for minutes in [2, 10] {
        let change = json!({ "settings": { "approval_minutes": minutes } });
        let shop = format!("/api/businesses/{}", town.shop.business);
        town.owner().await.patch(&shop, change).await.ok();
        let request = deduct(&town, &joined.card, 5).await;
        let shown = ana.request(&request).await;
        let lasts = at(&shown["expires_at"]).ms_since(at(&shown["asked_at"]));
        assert_eq!(lasts, minutes * 60_000);
        assert_eq!(shown["counter_until"], shown["expires_at"]);
    }
}

#[each_engine]
async fn asking_again_under_one_id_holds_once() {
    let town = TestTown::open().await;
    let (ana, joined) = with_points(&town, 100).await;
    let id = Uuid::now_v7();
    let first = town.till.op_as(id, "request_deduction", asking(&joined.card, 60)).await.applied();
    let again = town.till.op_as(id, "request_deduction", asking(&joined.card, 60)).await.applied();
    assert_eq!(first, again);
    assert_eq!(points(&ana).await, [100, 60, 40]);
    let (_, other) = town.other_shop().await;
    other.op("request_deduction", asking(&joined.card, 1)).await.error(404, "card_unknown");
}
