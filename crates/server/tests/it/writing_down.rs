//! Customers whom a shop writes down by an address: nobody's account until they claim it.

use crate::files::Files;
use crate::http::{Answer, Http};
use crate::town::{Customer, TestTown};
use futures_util::future::join_all;
use reda_cluster::each_engine;
use reda_domain::business::Role;
use serde_json::{Value, json};

const PHONE: &str = "0733000777";
const E164: &str = "+254733000777";
const ANAS: &str = "+254722000001";

/// A town whose server has no way to send messages.
async fn without_messages() -> TestTown {
    let files = Files::new().await;
    let config = reda_server::ServerConfig { dev_messages: None, ..files.config() };
    TestTown::open_with(config, files).await
}

/// Writes down a person called Auntie; the shop's handle for them.
pub(crate) async fn write_down(by: &Http, phone: &str) -> Value {
    let body = json!({ "name": "Auntie", "phone": phone });
    by.op("create_customer", body).await.applied()["customer"].clone()
}

pub(crate) async fn in_person(town: &TestTown, request: &Value, answer: &str) -> Answer {
    let body = json!({ "request": request, "answer": answer });
    town.till.op("answer_in_person", body).await
}

async fn listed(town: &TestTown, owner: &Http) -> Value {
    let list = format!("/api/businesses/{}/customers", town.shop.business);
    owner.get(&list).await.ok()["items"].clone()
}

#[each_engine]
async fn the_same_address_has_the_same_handle_in_one_shop_and_another_elsewhere() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    let handle = write_down(&owner, PHONE).await;
    assert_eq!(write_down(&owner, "+254 733 000 777").await, handle);
    assert_ne!(write_down(&owner, "0733000778").await, handle);
    let by_mail = json!({ "email": "auntie@example.com" });
    let other = owner.op("create_customer", by_mail).await.applied();
    assert_ne!(other["customer"], handle);
    let (_, elsewhere) = town.other_shop().await;
    let body = json!({ "phone": PHONE });
    let there = elsewhere.op("create_customer", body).await.applied();
    assert_ne!(there["customer"], handle);
    let rows = "SELECT COUNT(*) FROM users WHERE phone = $1 AND phone_verified = 0";
    assert_eq!(town.number(rows, [E164.into()]).await, 2, "each shop's own note");
}

#[each_engine]
async fn writing_down_is_for_managers_and_needs_one_address() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    let body = json!({ "phone": PHONE });
    town.till.op("create_customer", body).await.error(403, "not_allowed");
    for wrong in
        [json!({ "name": "Auntie" }), json!({ "phone": PHONE, "email": "auntie@example.com" })]
    {
        owner.op("create_customer", wrong).await.error(422, "invalid_body");
    }
    owner.op("create_customer", json!({ "phone": "0722" })).await.error(422, "bad_phone");
    owner
        .op("create_customer", json!({ "phone": PHONE, "name": " " }))
        .await
        .error(422, "bad_name");
}

#[each_engine]
async fn whether_there_is_an_account_is_not_told_and_it_is_not_touched() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    let ana = town.verified("Ana").await;
    let met = town.till.scan(&ana.code_now()).await.applied()["customer"]["id"].clone();
    let before = ana.http.get("/api/me").await.ok();
    let body = json!({ "name": "Auntie", "phone": ana.phone });
    let with_account = owner.op("create_customer", body).await.applied();
    let without = json!({ "name": "Auntie", "phone": PHONE });
    let without = owner.op("create_customer", without).await.applied();
    for answer in [&with_account, &without] {
        let names: Vec<&String> = answer.as_object().unwrap().keys().collect();
        assert_eq!(names, ["customer"]);
    }
    assert_ne!(with_account["customer"], met, "the address does not lead to whom the shop met");
    assert_eq!(ana.http.get("/api/me").await.ok(), before);
    let asks: Vec<Value> = join_all([&with_account, &without].map(async |it| {
        let body = json!({ "customer": it["customer"], "program": town.program() });
        town.till.op("ask_enrollment", body).await.applied()
    }))
    .await;
    assert!(asks.iter().all(|it| it.as_object().unwrap().len() == 1), "{asks:?}");
}

#[each_engine]
async fn whom_the_shop_wrote_down_is_no_member_before_their_yes() {
    let town = without_messages().await;
    let owner = town.owner().await;
    let mut till = town.till.line().await;
    let handle = write_down(&owner, PHONE).await;
    assert_eq!(listed(&town, &owner).await, json!([]));
    let request = town.ask(&handle).await;
    assert_eq!(town.ask(&handle).await, request, "asked once");
    let pending = listed(&town, &owner).await;
    assert_eq!((&pending[0]["id"], &pending[0]["name"]), (&handle, &json!("Auntie")));
    assert_eq!((&pending[0]["status"], &pending[0]["phone"]), (&json!("pending"), &Value::Null));
    in_person(&town, &request, "accept").await.applied();
    let member = till.sees("member", |_| true).await;
    assert_eq!(
        (&member["id"], &member["name"], &member["phone"]),
        (&handle, &json!("Auntie"), &json!(E164))
    );
    assert_eq!(write_down(&owner, PHONE).await, handle, "the member that they became");
}

#[each_engine]
async fn digits_read_out_claim_what_was_written_down() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    let handle = write_down(&owner, PHONE).await;
    let request = town.ask(&handle).await;
    assert_eq!(town.ask_phone(PHONE).await, request, "by number it is the same question");
    let letter = town.letter(E164);
    town.read_out(&request, &letter.code).await.applied();
    let members = listed(&town, &owner).await;
    assert_eq!((&members[0]["id"], &members[0]["name"]), (&handle, &json!("Auntie")));
    let owns = "SELECT COUNT(*) FROM users WHERE phone = $1 AND phone_verified = 1
        AND name IS NULL";
    assert_eq!(town.number(owns, [E164.into()]).await, 1, "the name is the shop's alone");
    let told = "SELECT COUNT(*) FROM users WHERE phone = $1";
    assert_eq!(town.number(told, [E164.into()]).await, 1);
    town.books_are_sound().await;
}

#[each_engine]
async fn an_account_that_answers_joins_itself_and_leaves_no_note_of_it() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    let ana = town.verified("Ana").await;
    let handle = write_down(&owner, &ana.phone).await;
    let request = town.ask(&handle).await;
    let letter = town.letter(ANAS);
    let card = town.read_out(&request, &letter.code).await.applied()["card"].clone();
    assert_eq!(ana.card().await["id"], card);
    let told = "SELECT COUNT(*) FROM users WHERE phone = $1";
    assert_eq!(town.number(told, [ANAS.into()]).await, 1, "the note is empty");
    let members = listed(&town, &owner).await;
    assert_eq!((members.as_array().unwrap().len(), &members[0]["name"]), (1, &json!("Ana")));
    assert_eq!(write_down(&owner, &ana.phone).await, members[0]["id"], "the member's own handle");
    let body = json!({ "customer": handle, "program": town.program() });
    town.till.op("ask_enrollment", body).await.error(404, "customer_unknown");
    town.books_are_sound().await;
}

#[each_engine]
async fn an_account_may_answer_such_a_question_on_its_own_page() {
    for answer in ["accept", "decline"] {
        let town = TestTown::open().await;
        let owner = town.owner().await;
        let ana = town.verified("Ana").await;
        let request = town.ask(&write_down(&owner, &ana.phone).await).await;
        ana.answer_with(&request, json!({ "answer": answer })).await.ok();
        let told = "SELECT COUNT(*) FROM users WHERE phone = $1";
        assert_eq!(town.number(told, [ANAS.into()]).await, 1, "nothing but the account");
        let cards = ana.http.get("/api/me/cards").await.ok()["items"].as_array().unwrap().len();
        assert_eq!(cards == 1, answer == "accept");
    }
}

#[each_engine]
async fn a_no_counts_for_whoever_is_written_down_again() {
    let town = without_messages().await;
    let owner = town.owner().await;
    let handle = write_down(&owner, PHONE).await;
    let request = town.ask(&handle).await;
    in_person(&town, &request, "decline").await.applied();
    let told = "SELECT COUNT(*) FROM users WHERE phone = $1 OR name = 'Auntie'";
    assert_eq!(town.number(told, [E164.into()]).await, 0, "nothing of them stays");
    let again = write_down(&owner, PHONE).await;
    assert_ne!(again, handle);
    for whom in [json!({ "customer": again }), json!({ "phone": PHONE })] {
        let mut body = whom.clone();
        body["program"] = json!(town.program());
        town.till.op("ask_enrollment", body).await.refused("declined_recently");
    }
}

/// How a question ends without a yes.
const NOES: [&str; 5] = ["in person", "by link", "on the page", "taken back", "run out"];

async fn ends(town: &TestTown, request: &Value, how: &str, owner_of_number: &Customer) {
    const WEEK_MS: i64 = 7 * 24 * 60 * 60 * 1000;
    match how {
        "in person" => drop(in_person(town, request, "decline").await.applied()),
        "by link" => drop(town.follow(&town.letter(ANAS), "decline").await.ok()),
        "on the page" => {
            let no = json!({ "answer": "decline" });
            owner_of_number.answer_with(request, no).await.ok();
        }
        "taken back" => {
            let body = json!({ "request": request });
            town.till.op("cancel_request", body).await.applied();
        }
        "run out" => {
            town.passes(WEEK_MS);
            town.server.app().run_jobs().await;
        }
        other => unreachable!("{other}"),
    }
}

/// Rows of people called Auntie or with Ana's number, her own account aside.
async fn notes(town: &TestTown, ana: &Customer) -> i64 {
    let notes = "SELECT COUNT(*) FROM users WHERE (phone = $1 OR name = 'Auntie') AND id <> $2";
    town.number(notes, [ANAS.into(), ana.user.0.into()]).await
}

#[each_engine]
async fn whoever_was_written_down_and_asked_by_number_leaves_nothing_without_a_yes() {
    for how in NOES {
        for written_first in [true, false] {
            let town = TestTown::open().await;
            let in_person = json!({ "settings": { "in_person": true } });
            let owner = town.owner().await;
            let shop = format!("/api/businesses/{}", town.shop.business);
            owner.patch(&shop, in_person).await.ok();
            let ana = town.verified("Ana").await;
            if written_first {
                write_down(&owner, &ana.phone).await;
            }
            let request = town.ask_phone(&ana.phone).await;
            write_down(&owner, &ana.phone).await;
            assert_eq!(notes(&town, &ana).await, 1);
            ends(&town, &request, how, &ana).await;
            assert_eq!(notes(&town, &ana).await, 0, "{how}, written first: {written_first}");
            let pending = "SELECT COUNT(*) FROM approval_requests WHERE status = 'pending'";
            assert_eq!(town.number(pending, []).await, 0, "{how}");
            town.books_are_sound().await;
        }
    }
}

#[each_engine]
async fn an_account_that_is_asked_by_number_joins_itself_and_leaves_no_note_of_it() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    let ana = town.verified("Ana").await;
    let handle = write_down(&owner, &ana.phone).await;
    let request = town.ask_phone(&ana.phone).await;
    ana.answer(&request, "accept").await.ok();
    assert_eq!(notes(&town, &ana).await, 0);
    let members = listed(&town, &owner).await;
    assert_eq!((members.as_array().unwrap().len(), &members[0]["name"]), (1, &json!("Ana")));
    let body = json!({ "customer": handle, "program": town.program() });
    town.till.op("ask_enrollment", body).await.error(404, "customer_unknown");
    assert_eq!(write_down(&owner, &ana.phone).await, members[0]["id"]);
    town.books_are_sound().await;
}

#[each_engine]
async fn nobody_accepts_for_themselves_as_a_person_written_down() {
    let town = without_messages().await;
    let owner = town.owner().await;
    let zuhura = town.verified("Zuhura").await;
    let request = town.ask(&write_down(&owner, &zuhura.phone).await).await;
    let till = town.hire(&zuhura, Role::Cashier).await;
    let body = json!({ "request": request, "answer": "accept" });
    till.op("answer_in_person", body).await.refused("own_answer");
}

#[each_engine]
async fn many_at_once_write_one_person_down() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    let handles = join_all((0..16).map(|_| write_down(&owner, PHONE))).await;
    assert!(handles.iter().all(|it| *it == handles[0]), "{handles:?}");
    assert_eq!(town.number("SELECT COUNT(*) FROM business_customers", []).await, 1);
}
