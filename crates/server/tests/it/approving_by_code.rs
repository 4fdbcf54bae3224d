//! Points approved by the code that a customer's phone shows at this moment: off by default, each code
//! once, and only so many points.

use crate::http::Answer;
use crate::town::{Customer, Joined, TestTown, Till};
use futures_util::future::{join, join_all};
use reda_cluster::each_engine;
use reqwest::Method;
use serde_json::{Value, json};

const MINUTE_MS: i64 = 60_000;

/// A town whose shop lets codes approve, and a member with points.
async fn town_with_points(points: i64) -> (TestTown, Customer, Joined) {
    let town = TestTown::open().await;
    allow(&town, json!({})).await;
    let (ana, joined) = town.member("Ana").await;
    town.till.award(&joined.card, points).await.applied();
    later(&town);
    (town, ana, joined)
}

async fn allow(town: &TestTown, further: Value) {
    let mut settings = json!({ "approval_evidence": ["fresh_code"] });
    settings.as_object_mut().unwrap().extend(further.as_object().unwrap().clone());
    let shop = format!("/api/businesses/{}", town.shop.business);
    town.owner().await.patch(&shop, json!({ "settings": settings })).await.ok();
}

/// Codes have changed, and those from before count no more.
fn later(town: &TestTown) {
    town.passes(2 * MINUTE_MS);
}

/// The code on the person's page by the server's clock.
fn code(town: &TestTown, ana: &Customer) -> String {
    ana.code_at(town.clock.now())
}

async fn ask(till: &Till, card: &Value, points: i64) -> Value {
    let body = json!({ "card": card, "points": points, "reason": "Tea" });
    till.op("request_deduction", body).await.applied()["request"].clone()
}

async fn show(till: &Till, request: &Value, code: &str) -> Answer {
    till.op("answer_by_code", json!({ "request": request, "code": code })).await
}

async fn balance(ana: &Customer) -> i64 {
    ana.card().await["balance"].as_i64().unwrap()
}

#[each_engine]
async fn a_code_shown_now_approves_only_where_the_business_allows_it() {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    town.till.award(&joined.card, 100).await.applied();
    later(&town);
    let request = ask(&town.till, &joined.card, 60).await;
    show(&town.till, &request, &code(&town, &ana)).await.refused("evidence_not_allowed");
    allow(&town, json!({})).await;
    let mut page = ana.page().await;
    let answered = show(&town.till, &request, &code(&town, &ana)).await.applied();
    assert_eq!((&answered["request"], &answered["card"]), (&request, &joined.card));
    assert_eq!(balance(&ana).await, 40);
    page.sees("notification", |it| it["type"] == "points_deducted").await;
    let record = "SELECT COUNT(*) FROM consents c JOIN code_uses u ON u.request_id = c.request_id
        WHERE c.channel = 'code' AND c.answer = 'accept' AND c.staff_id IS NOT NULL
        AND c.signature IS NULL AND u.points = 60";
    assert_eq!(town.number(record, []).await, 1);
    let again = show(&town.till, &request, &code(&town, &ana)).await.applied();
    assert_eq!(again["request"], request, "answered the same way already");
    let log = "SELECT result FROM qr_scan_logs ORDER BY at_ms, id";
    assert_eq!(town.texts(log, []).await, ["not_enrolled", "refused", "member"]);
    town.books_are_sound().await;
}

#[each_engine]
async fn only_the_asked_persons_living_code_of_now_approves() {
    let (town, ana, joined) = town_with_points(100).await;
    let request = ask(&town.till, &joined.card, 10).await;
    let brian = town.customer("Brian").await;
    show(&town.till, &request, &code(&town, &brian)).await.refused("code_not_theirs");
    let old = ana.code_at(town.clock.now().plus_ms(-2 * MINUTE_MS));
    show(&town.till, &request, &old).await.refused("code_expired");
    let printed = ana.http.get("/api/me/codes/printed").await.ok()["text"].clone();
    let printed = printed.as_str().unwrap();
    show(&town.till, &request, printed).await.refused("evidence_not_allowed");
    let digits = ana.http.post("/api/me/short-codes", json!({})).await.ok()["code"].clone();
    show(&town.till, &request, digits.as_str().unwrap()).await.refused("answer_code_wrong");
    show(&town.till, &request, "R1AAAA").await.refused("code_damaged");
    let thief = ana.with_another_key(201).await;
    show(&town.till, &request, &code(&town, &thief)).await.refused("key_too_new");
    let key = format!("/api/me/keys/{}", ana.key_id.as_str().unwrap());
    Answer::of(ana.http.call(Method::DELETE, &key)).await;
    show(&town.till, &request, &code(&town, &ana)).await.refused("code_revoked");
    assert_eq!(balance(&ana).await, 100);
}

#[each_engine]
async fn joining_is_not_agreed_to_by_a_code() {
    let (town, _, _) = town_with_points(100).await;
    let brian = town.customer("Brian").await;
    let found = town.till.scan(&code(&town, &brian)).await.applied();
    let request = town.ask(&found["customer"]["id"]).await;
    show(&town.till, &request, &code(&town, &brian)).await.refused("answer_code_wrong");
}

#[each_engine]
async fn a_code_approves_once() {
    let (town, ana, joined) = town_with_points(100).await;
    let (first, second) =
        (ask(&town.till, &joined.card, 10).await, ask(&town.till, &joined.card, 20).await);
    let shown = code(&town, &ana);
    show(&town.till, &first, &shown).await.applied();
    show(&town.till, &second, &shown).await.refused("code_used");
    assert_eq!(balance(&ana).await, 90);
    town.passes(MINUTE_MS);
    show(&town.till, &second, &code(&town, &ana)).await.applied();
    assert_eq!(balance(&ana).await, 70);
}

#[each_engine]
async fn of_many_requests_at_once_one_code_approves_one() {
    let (town, ana, joined) = town_with_points(100).await;
    let mut requests = vec![];
    for _ in 0..8 {
        requests.push(ask(&town.till, &joined.card, 10).await);
    }
    let shown = code(&town, &ana);
    let answers = join_all(requests.iter().map(|it| show(&town.till, it, &shown))).await;
    let applied = answers.iter().filter(|it| it.body["outcome"] == "applied").count();
    let used = answers.iter().filter(|it| it.body["code"] == "code_used").count();
    assert_eq!((applied, used), (1, 7), "{answers:?}");
    assert_eq!(balance(&ana).await, 90);
    town.books_are_sound().await;
}

#[each_engine]
async fn a_code_that_another_shop_saw_approves_nothing_here() {
    let (town, ana, joined) = town_with_points(100).await;
    let (_, elsewhere) = town.other_shop().await;
    let request = ask(&town.till, &joined.card, 10).await;
    let shown = code(&town, &ana);
    elsewhere.scan(&shown).await.applied();
    show(&town.till, &request, &shown).await.refused("code_used");
    later(&town);
    let request = ask(&town.till, &joined.card, 10).await;
    town.till.scan(&code(&town, &ana)).await.applied();
    show(&town.till, &request, &code(&town, &ana)).await.applied();
}

#[each_engine]
async fn a_code_shown_in_two_shops_at_once_approves_in_one_at_most() {
    let (town, ana, joined) = town_with_points(100).await;
    let (shop, elsewhere) = town.other_shop().await;
    let allow = json!({ "approval_evidence": ["fresh_code"] });
    let there = format!("/api/businesses/{}", shop.business);
    let owner = town.signed_in("0721000002").await;
    owner.patch(&there, json!({ "settings": allow })).await.ok();
    let found = elsewhere.scan(&code(&town, &ana)).await.applied();
    let body = json!({ "customer": found["customer"]["id"], "program": shop.program });
    let joining = elsewhere.op("ask_enrollment", body).await.applied()["request"].clone();
    let card = ana.answer(&joining, "accept").await.ok()["card"].clone();
    elsewhere.award(&card, 50).await.applied();
    later(&town);
    let (here, there) = (ask(&town.till, &joined.card, 10).await, ask(&elsewhere, &card, 10).await);
    let shown = code(&town, &ana);
    let both = join(show(&town.till, &here, &shown), show(&elsewhere, &there, &shown)).await;
    let applied = [&both.0, &both.1].iter().filter(|it| it.body["outcome"] == "applied").count();
    assert_eq!(applied, 1, "{both:?}");
    assert_eq!(town.number("SELECT COUNT(*) FROM code_uses", []).await, 1);
}

#[each_engine]
async fn codes_approve_so_many_points_at_once_and_in_a_day() {
    let (town, ana, joined) = town_with_points(3000).await;
    let spend = async |points| {
        let request = ask(&town.till, &joined.card, points).await;
        let answer = show(&town.till, &request, &code(&town, &ana)).await;
        town.passes(MINUTE_MS);
        answer
    };
    let max = |answer: Answer| answer.body["details"]["max"].clone();
    assert_eq!(max(spend(501).await), 500);
    spend(500).await.applied();
    spend(400).await.applied();
    assert_eq!(max(spend(101).await), 100);
    spend(101).await.refused("code_limit");
    let yesterday = "UPDATE code_uses SET at_ms = at_ms - 86400000 WHERE points = 500";
    town.sql(yesterday, []).await;
    spend(101).await.applied();
    assert_eq!(balance(&ana).await, 3000 - 1001);
}

#[each_engine]
async fn the_business_says_how_many_points_a_code_approves() {
    let (town, ana, joined) = town_with_points(3000).await;
    allow(&town, json!({ "fresh_code_points": 20, "fresh_code_points_day": 30 })).await;
    let request = ask(&town.till, &joined.card, 21).await;
    show(&town.till, &request, &code(&town, &ana)).await.refused("code_limit");
    let request = ask(&town.till, &joined.card, 20).await;
    show(&town.till, &request, &code(&town, &ana)).await.applied();
    later(&town);
    let request = ask(&town.till, &joined.card, 11).await;
    let refused = show(&town.till, &request, &code(&town, &ana)).await;
    assert_eq!(refused.body["details"], json!({ "max": 10 }));
    assert_eq!(balance(&ana).await, 2980);
}
