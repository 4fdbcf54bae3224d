//! Answers that do not come from the person's own page: digits read out, the till turned round; and
//! all ways at once.

use crate::files::Files;
use crate::http::Answer;
use crate::town::TestTown;
use futures_util::future::{BoxFuture, FutureExt as _, join_all};
use reda_cluster::each_engine;
use reda_domain::business::Role;
use serde_json::{Value, json};
use uuid::Uuid;

const PHONE: &str = "0733000777";
const E164: &str = "+254733000777";

/// A town whose server has no way to send messages.
async fn without_messages() -> TestTown {
    let files = Files::new().await;
    let config = reda_server::ServerConfig { dev_messages: None, ..files.config() };
    TestTown::open_with(config, files).await
}

async fn in_person(town: &TestTown, request: &Value, answer: &str) -> Answer {
    let body = json!({ "request": request, "answer": answer, "language": "sw" });
    town.till.op("answer_in_person", body).await
}

async fn settings(town: &TestTown, change: Value) {
    let business = town.shop.business;
    let body = json!({ "settings": change });
    town.owner().await.patch(&format!("/api/businesses/{business}"), body).await.ok();
}

#[each_engine]
async fn digits_read_out_are_a_yes_and_prove_the_number() {
    let town = TestTown::open().await;
    let request = town.ask_phone(PHONE).await;
    let letter = town.letter(E164);
    let card = town.read_out(&request, &letter.code).await.applied()["card"].clone();
    let again = town.read_out(&request, &letter.code).await.applied();
    assert_eq!(again["card"], card, "answered the same way already");
    let owner = "SELECT COUNT(*) FROM users WHERE phone = $1 AND phone_verified = 1";
    assert_eq!(town.number(owner, [E164.into()]).await, 1);
    let found = town.till.op("find_customer", json!({ "phone": PHONE })).await.applied();
    assert_eq!((&found["status"], &found["enrollments"][0]["card"]), (&json!("member"), &card));
    let records = "SELECT answer || ' ' || channel FROM consents
        WHERE staff_id IS NOT NULL AND device_id IS NOT NULL";
    assert_eq!(town.texts(records, []).await, ["accept sms_code"]);
}

#[each_engine]
async fn five_wrong_readings_are_all_that_there_are() {
    let town = TestTown::open().await;
    let request = town.ask_phone(PHONE).await;
    let letter = town.letter(E164);
    let wrong = if letter.code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        town.read_out(&request, wrong).await.refused("answer_code_wrong");
    }
    town.read_out(&request, &letter.code).await.refused("answer_code_wrong");
    town.passes(60_000);
    town.till.op("resend_request", json!({ "request": request })).await.applied();
    let letter = town.letter(E164);
    town.read_out(&request, &letter.code).await.applied();
}

#[each_engine]
async fn digits_count_for_one_request_and_ten_minutes() {
    let town = TestTown::open().await;
    let first = town.ask_phone(PHONE).await;
    let second = town.ask_phone("0733000778").await;
    let (letter, other) = (town.letter(E164), town.letter("+254733000778"));
    if letter.code != other.code {
        town.read_out(&second, &letter.code).await.refused("answer_code_wrong");
    }
    town.passes(10 * 60 * 1000);
    town.read_out(&first, &letter.code).await.refused("answer_code_wrong");
    let unknown = json!(Uuid::now_v7());
    town.read_out(&unknown, &letter.code).await.error(404, "request_unknown");
}

#[each_engine]
async fn another_shop_uses_up_no_tries() {
    let town = TestTown::open().await;
    let request = town.ask_phone(PHONE).await;
    let (_, other) = town.other_shop().await;
    for _ in 0..6 {
        let body = json!({ "request": request, "code": "000000" });
        other.op("answer_by_code", body).await.error(404, "request_unknown");
    }
    town.read_out(&request, &town.letter(E164).code).await.applied();
}

#[each_engine]
async fn the_same_reading_again_is_answered_as_it_was_and_is_no_new_try() {
    let town = TestTown::open().await;
    let request = town.ask_phone(PHONE).await;
    let letter = town.letter(E164);
    let wrong = if letter.code == "000000" { "000001" } else { "000000" };
    let id = Uuid::now_v7();
    for _ in 0..8 {
        let body = json!({ "request": request, "code": wrong });
        town.till.op_as(id, "answer_by_code", body).await.refused("answer_code_wrong");
    }
    town.read_out(&request, &letter.code).await.applied();
}

#[each_engine]
async fn in_person_is_for_shops_that_cannot_send_messages_or_say_so() {
    let town = TestTown::open().await;
    let request = town.ask_phone(PHONE).await;
    in_person(&town, &request, "accept").await.refused("in_person_off");
    settings(&town, json!({ "in_person": true })).await;
    in_person(&town, &request, "accept").await.applied();

    let town = without_messages().await;
    let request = town.ask_phone(PHONE).await;
    settings(&town, json!({ "in_person": false })).await;
    in_person(&town, &request, "accept").await.refused("in_person_off");
    settings(&town, json!({ "in_person": null })).await;
    in_person(&town, &request, "accept").await.applied();
}

#[each_engine]
async fn a_yes_in_person_is_kept_with_who_held_the_till() {
    let town = without_messages().await;
    let ana = town.customer("Ana").await;
    let (_, request) = town.asked(&ana).await;
    let card = in_person(&town, &request, "accept").await.applied()["card"].clone();
    assert_eq!(ana.card().await["id"], card, "it is the account of whoever showed their code");
    let by = "SELECT COUNT(*) FROM consents WHERE channel = 'in_person' AND language = 'sw'
        AND staff_id = $1 AND device_id = $2 AND key_id IS NULL";
    let access = town.till.access;
    assert_eq!(town.number(by, [access.staff.0.into(), access.device.0.into()]).await, 1);
}

#[each_engine]
async fn a_yes_in_person_to_a_number_is_never_its_owners_account() {
    let town = without_messages().await;
    let mut till = town.till.line().await;
    let ana = town.verified("Anastasia").await;
    let request = town.ask_phone(&ana.phone).await;
    let mut page = ana.page().await;
    page.sees("request", |it| it["id"] == request).await;
    in_person(&town, &request, "accept").await.applied();
    let member = till.sees("member", |_| true).await;
    assert!(!member.to_string().contains("Anastasia"), "{member}");
    assert_eq!(member["phone"], "+254722000001", "what the shop was told, it knows");
    assert_eq!(ana.http.get("/api/me/cards").await.ok()["items"], json!([]));
    page.caught_up().await;
    assert_eq!(page.feed().one("request", &request), None, "it is not hers to answer any more");
    let verified =
        "SELECT COUNT(*) FROM users WHERE phone = '+254722000001' AND phone_verified = 1";
    assert_eq!(town.number(verified, []).await, 1);
    let found = town.till.op("find_customer", json!({ "phone": ana.phone })).await.applied();
    assert_eq!(found["customer"]["id"], member["id"]);
}

#[each_engine]
async fn a_cashier_cannot_accept_for_themselves() {
    let town = without_messages().await;
    let zuhura = town.verified("Zuhura").await;
    let (_, request) = town.asked(&zuhura).await;
    let by_number = town.ask_phone(&zuhura.phone).await;
    let till = town.hire(&zuhura, Role::Cashier).await;
    for request in [&request, &by_number] {
        let body = json!({ "request": request, "answer": "accept" });
        till.op("answer_in_person", body).await.refused("own_answer");
    }
    assert_eq!(town.number("SELECT COUNT(*) FROM loyalty_cards", []).await, 0);
}

#[each_engine]
async fn a_no_in_person_leaves_nothing_of_the_person() {
    let town = without_messages().await;
    let users = town.number("SELECT COUNT(*) FROM users", []).await;
    let request = town.ask_phone(PHONE).await;
    in_person(&town, &request, "decline").await.applied();
    assert_eq!(town.number("SELECT COUNT(*) FROM users", []).await, users);
    assert_eq!(town.number("SELECT COUNT(*) FROM business_customers", []).await, 0);
    in_person(&town, &request, "accept").await.refused("already_answered");
}

/// All ways to answer at once: one outcome, one card at most, and nobody is told another.
#[each_engine]
async fn of_all_ways_at_once_one_answer_stands() {
    for round in 0..4 {
        let town = TestTown::open().await;
        settings(&town, json!({ "in_person": true })).await;
        let ana = town.verified("Ana").await;
        let request = town.ask_phone(&ana.phone).await;
        let letter = town.letter("+254722000001");
        let page = |answer: &'static str| -> BoxFuture<'_, (bool, String)> {
            let body = json!({ "answer": answer });
            ana.answer_with(&request, body).map(move |it| said(it, answer)).boxed()
        };
        let link = |answer: &'static str| -> BoxFuture<'_, (bool, String)> {
            town.follow(&letter, answer).map(move |it| said(it, answer)).boxed()
        };
        let code = || -> BoxFuture<'_, (bool, String)> {
            town.read_out(&request, &letter.code).map(|it| said(it, "accept")).boxed()
        };
        let till = || -> BoxFuture<'_, (bool, String)> {
            in_person(&town, &request, "decline").map(|it| said(it, "decline")).boxed()
        };
        let cancel = async {
            let body = json!({ "request": request });
            said(town.till.op("cancel_request", body).await, "cancel")
        };
        let mut all = vec![
            page("accept"),
            link("accept"),
            code(),
            page("decline"),
            link("decline"),
            till(),
            cancel.boxed(),
            page("accept"),
            link("accept"),
        ];
        let first = round % all.len();
        all.rotate_left(first * 2);
        let said = join_all(all).await;
        let stood: std::collections::BTreeSet<&String> =
            said.iter().filter(|(stood, _)| *stood).map(|(_, way)| way).collect();
        assert_eq!(stood.len(), 1, "{said:?}");
        let cards = town.number("SELECT COUNT(*) FROM loyalty_cards", []).await;
        assert_eq!(cards == 1, stood.contains(&"accept".to_owned()), "{said:?}");
        let consents = town.number("SELECT COUNT(*) FROM consents", []).await;
        assert_eq!(consents == 0, stood.contains(&"cancel".to_owned()), "{said:?}");
    }
}

/// Whether an answer counted, and which it was; what did not count was refused.
fn said(answer: Answer, way: &str) -> (bool, String) {
    let applied = answer.status == 200 && answer.body["outcome"] != "rejected";
    assert!(applied || matches!(answer.status, 200 | 404 | 409), "{answer:?}");
    (applied, way.to_owned())
}

#[each_engine]
async fn thirty_two_yeses_from_eight_connections_make_one_card() {
    let town = TestTown::open().await;
    let ana = town.verified("Ana").await;
    let request = town.ask_phone(&ana.phone).await;
    let letter = town.letter("+254722000001");
    let mut connections = vec![];
    for n in 0..8 {
        let (town, ana, request, letter) = (&town, &ana, &request, &letter);
        connections.push(async move {
            for _ in 0..4 {
                match n % 3 {
                    0 => drop(town.follow(letter, "accept").await.ok()),
                    1 => drop(town.read_out(request, &letter.code).await.ok()),
                    _ => {
                        let body = json!({ "answer": "accept" });
                        drop(ana.answer_with(request, body).await.ok());
                    }
                }
            }
        });
    }
    join_all(connections).await;
    for table in ["loyalty_cards", "enrollments", "customers", "consents", "business_customers"] {
        let rows = town.rows().await;
        assert!(rows.contains(&(table, 1)), "{table}: {rows:?}");
    }
}
