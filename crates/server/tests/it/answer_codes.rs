//! Codes that ask for an answer: how many go out, where to, and how often they are tried.

use crate::files::Files;
use crate::town::TestTown;
use reda_cluster::each_engine;
use reda_domain::business::Role;
use reda_domain::request::{ASK_AGAIN_AFTER_MS, RESEND_AFTER_MS};
use reda_server::ServerConfig;
use serde_json::{Value, json};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const PHONE: &str = "0733000777";
const E164: &str = "+254733000777";

async fn take_back(town: &TestTown, request: &Value) {
    town.till.op("cancel_request", json!({ "request": request })).await.applied();
}

/// Six other digits.
fn other_than(code: &str) -> String {
    let number: u32 = code.parse().unwrap();
    format!("{:06}", (number + 1) % 1_000_000)
}

/// Makes the count that is over its bound a day old.
async fn a_day_later(town: &TestTown, kind: &'static str) {
    let earlier = "UPDATE attempts SET since_ms = since_ms - $1 WHERE kind = $2 AND n > 6";
    town.sql(earlier, [(DAY_MS + 1).into(), kind.into()]).await;
}

#[each_engine]
async fn asking_and_taking_back_does_not_send_again_and_again() {
    let town = TestTown::open().await;
    for round in 1..=8 {
        let request = town.ask_phone(PHONE).await;
        assert_eq!(town.letters(E164).len(), round.min(6), "the shop is told nothing else");
        take_back(&town, &request).await;
    }
    town.ask_phone("0733000778").await;
    town.letter("+254733000778");
    let sign_in = town.http.post("/api/auth/code", json!({ "phone": PHONE })).await;
    assert_eq!(sign_in.status, 204);
    let text = town.message_to(E164, 6).await;
    assert!(text.contains("not even a shop"), "questions keep nobody from signing in: {text}");
    a_day_later(&town, "answer_codes_to_address").await;
    town.ask_phone(PHONE).await;
    assert_eq!(town.letters(E164).len(), 7);
}

#[each_engine]
async fn a_shop_has_only_so_many_codes_sent_a_day() {
    let town = TestTown::open().await;
    let (shop, other) = town.other_shop().await;
    let counted = "INSERT INTO attempts (kind, subject, n, since_ms)
        VALUES ('answer_codes_of_shop', $1, 499, $2)";
    let here = town.shop.business.to_string();
    town.sql(counted, [here.into(), town.clock.now().0.into()]).await;
    for (phone, e164, letters) in [(PHONE, E164, 1), ("0733000778", "+254733000778", 0)] {
        town.ask_phone(phone).await;
        assert_eq!(town.letters(e164).len(), letters);
    }
    let body = json!({ "phone": "0733000778", "program": shop.program });
    other.op("ask_enrollment", body).await.applied();
    town.letter("+254733000778");
}

#[each_engine]
async fn no_question_goes_abroad_unless_the_server_is_told_so() {
    let (phone, files) = ("+256772123456", Files::new().await);
    let abroad = ServerConfig { codes_abroad: true, ..files.config() };
    let at_home = TestTown::open().await;
    at_home.ask_phone(phone).await;
    assert_eq!(at_home.letters(phone).len(), 0);
    let abroad = TestTown::open_with(abroad, files).await;
    abroad.ask_phone(phone).await;
    assert_eq!(abroad.letters(phone).len(), 1);
}

#[each_engine]
async fn a_new_question_gives_no_new_tries_without_end() {
    let town = TestTown::open().await;
    for _ in 0..2 {
        let request = town.ask_phone(PHONE).await;
        let wrong = other_than(&town.letter(E164).code);
        for _ in 0..5 {
            town.read_out(&request, &wrong).await.refused("answer_code_wrong");
        }
        take_back(&town, &request).await;
    }
    let request = town.ask_phone(PHONE).await;
    let code = town.letter(E164).code;
    town.read_out(&request, &code).await.refused("answer_code_wrong");
    a_day_later(&town, "wrong_answers_to_address").await;
    town.read_out(&request, &code).await.applied();
}

#[each_engine]
async fn a_cashier_guesses_only_so_often_whomever_they_ask() {
    let town = TestTown::open().await;
    let zuhura = town.customer("Zuhura").await;
    let right = async |n: usize| {
        let request = town.ask_phone(&format!("073300080{n}")).await;
        (request, town.letter(&format!("+25473300080{n}")).code)
    };
    for n in 0..6 {
        let (request, code) = right(n).await;
        // The last one's fifth try is the right one: it is no wrong one, and takes none back.
        for _ in 0..if n == 5 { 4 } else { 5 } {
            town.read_out(&request, &other_than(&code)).await.refused("answer_code_wrong");
        }
        if n == 5 {
            town.read_out(&request, &code).await.applied();
        }
    }
    let (request, code) = right(6).await;
    town.read_out(&request, &other_than(&code)).await.refused("answer_code_wrong");
    let facts = town.read_out(&request, &code).await.error(429, "rate_limited");
    assert!((86_000..=86_400).contains(&facts["retry_after"].as_i64().unwrap()), "{facts}");
    let colleague = town.hire(&zuhura, Role::Cashier).await;
    let body = json!({ "request": request, "code": code });
    colleague.op("answer_by_code", body).await.applied();
}

#[each_engine]
async fn whoever_said_no_gets_no_message_and_the_shop_cannot_tell() {
    let town = TestTown::open().await;
    let mut till = town.till.line().await;
    let dan = town.verified("Dan").await;
    let (_, request) = town.asked(&dan).await;
    dan.answer(&request, "decline").await.ok();
    let mut told = vec![];
    for phone in [dan.phone.as_str(), PHONE] {
        let request = town.ask_phone(phone).await;
        let mut shown = till.sees("request", |it| it["id"] == request).await;
        for own in ["id", "asked_address", "asked_at", "expires_at", "counter_until"] {
            shown[own] = Value::Null;
        }
        town.passes(RESEND_AFTER_MS);
        let again = json!({ "request": request });
        let mut again = town.till.op("resend_request", again).await.applied();
        again["request"] = Value::Null;
        let guessed = town.read_out(&request, "no digits").await.refused("answer_code_wrong");
        told.push((shown, again, guessed));
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(town.letters(E164).len(), 2);
    assert_eq!(town.letters("+254722000001").len(), 0);
    let counted = "SELECT MIN(n) FROM attempts WHERE kind = 'answer_codes_to_address'";
    assert_eq!(town.number(counted, []).await, 2, "what does not go out is counted alike");

    let thirty_days_on = "UPDATE approval_requests SET closed_at_ms = closed_at_ms - $1
        WHERE status = 'declined'";
    town.sql(thirty_days_on, [ASK_AGAIN_AFTER_MS.into()]).await;
    take_back(&town, &town.ask_phone(&dan.phone).await).await;
    town.ask_phone(&dan.phone).await;
    assert_eq!(town.letters("+254722000001").len(), 1);
}
