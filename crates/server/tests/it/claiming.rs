//! People who joined in person, and claim their cards by proving the address that they said.

use crate::code_sign_in::{code, code_in, cookie, give, post_with};
use crate::files::Files;
use crate::line::Line;
use crate::town::TestTown;
use crate::writing_down::in_person;
use reda_cluster::each_engine;
use reda_server::{Registration, ServerConfig};
use serde_json::{Value, json};

const NUMBER: &str = "0722000777";
const E164: &str = "+254722000777";

/// Who joined, without any account: the shop's handle for them, and their card.
pub(crate) struct AtTill {
    pub(crate) handle: Value,
    pub(crate) card: Value,
}

/// Whoever stands at the till says a number, and yes, and gets points.
pub(crate) async fn joins_in_person(town: &TestTown, phone: &str, points: i64) -> AtTill {
    let shop = format!("/api/businesses/{}", town.shop.business);
    let lets = json!({ "settings": { "in_person": true } });
    town.owner().await.patch(&shop, lets).await.ok();
    let request = town.ask_phone(phone).await;
    let card = in_person(town, &request, "accept").await.applied()["card"].clone();
    town.till.award(&card, points).await.applied();
    let mut till = town.till.line().await;
    let handle = till.sees("card", |it| it["id"] == card).await["member"].clone();
    AtTill { handle, card }
}

/// Signs in by a code that goes to the number: the session.
pub(crate) async fn signs_in_by_code(town: &TestTown, phone: &str, e164: &str) -> Value {
    let (cookie, code) = code(town, phone, e164).await;
    give(town, &cookie, phone, &code).await.ok()
}

async fn claims(town: &TestTown) -> i64 {
    let lines = "SELECT COUNT(*) FROM audit_lines WHERE kind = 'prove_address'";
    town.number(lines, []).await
}

#[each_engine]
async fn who_joined_in_person_finds_their_card_by_proving_the_number() {
    let files = Files::new().await;
    let closed = ServerConfig { registration: Registration::Closed, ..files.config() };
    let town = TestTown::open_with(closed, files).await;
    let mut till = town.till.line().await;
    let joined = joins_in_person(&town, NUMBER, 50).await;
    let session = signs_in_by_code(&town, NUMBER, E164).await;
    let token = session["token"].as_str().unwrap();
    let cards = town.http.with_token(token).get("/api/me/cards").await.ok();
    assert_eq!(
        (&cards["items"][0]["id"], &cards["items"][0]["balance"]),
        (&joined.card, &json!(50))
    );
    let mut page = Line::welcomed(&town.server.socket_url(), token).await;
    page.sees("card", |it| it["id"] == joined.card && it["balance"] == 50).await;
    town.till.award(&joined.card, 5).await.applied();
    page.sees("card", |it| it["balance"] == 55).await;
    till.sees("member", |it| it["id"] == joined.handle && it["phone"] == E164).await;
    let again = signs_in_by_code(&town, NUMBER, E164).await;
    assert_eq!(again["user"]["id"], session["user"]["id"]);
    assert_eq!(town.number("SELECT COUNT(*) FROM users WHERE phone = $1", [E164.into()]).await, 1);
    assert_eq!(claims(&town).await, 2);
    town.books_are_sound().await;
}

#[each_engine]
async fn a_member_who_proves_the_number_that_they_joined_with_in_person_has_one_card() {
    let town = TestTown::open().await;
    let (ana, own) = town.member("Ana").await;
    town.till.award(&own.card, 40).await.applied();
    let note = joins_in_person(&town, NUMBER, 50).await;
    let asked = json!({ "card": note.card, "points": 10, "reason": "Tea" });
    town.till.op("request_deduction", asked).await.applied();
    let mut till = town.till.line().await;
    let mut page = ana.page().await;
    till.sees("card", |it| it["id"] == note.card && it["held"] == 10).await;
    let patched = ana.http.patch("/api/me", json!({ "phone": NUMBER })).await;
    let code = code_in(&town.message_to(E164, 1).await);
    let body = json!({ "phone": NUMBER, "code": code });
    post_with(&ana.http, &cookie(&patched), "/api/me/address", body).await.ok();
    till.gone("member", &note.handle).await;
    till.gone("card", &note.card).await;
    till.sees("card", |it| it["id"] == own.card && it["balance"] == 90).await;
    till.sees("member", |it| it["id"] == own.handle && it["phone"] == E164).await;
    till.sees("request", |it| it["kind"] == "points_deduction" && it["status"] == "cancelled")
        .await;
    page.sees("card", |it| it["id"] == own.card && it["balance"] == 90).await;
    page.sees("notification", |it| it["type"] == "cards_merged").await;
    let told = "SELECT COUNT(*) FROM users WHERE phone = $1";
    assert_eq!(town.number(told, [E164.into()]).await, 1, "the note is empty");
    assert_eq!(claims(&town).await, 1);
    town.books_are_sound().await;
}

#[each_engine]
async fn an_account_finds_the_card_that_it_joined_for_in_person_by_signing_in() {
    let town = TestTown::open().await;
    let ana = town.verified("Ana").await;
    let joined = joins_in_person(&town, &ana.phone, 50).await;
    let mut page = ana.page().await;
    let mut till = town.till.line().await;
    assert_eq!(ana.http.get("/api/me/cards").await.ok()["items"], json!([]));
    signs_in_by_code(&town, &ana.phone, "+254722000001").await;
    page.sees("card", |it| it["id"] == joined.card && it["balance"] == 50).await;
    till.gone("member", &joined.handle).await;
    till.sees("key", |it| it["id"] == ana.key_id).await;
    let found = town.till.scan(&ana.code_now()).await.applied();
    assert_eq!(found["status"], "member");
    town.till.award(&joined.card, 5).await.applied();
    assert_eq!(ana.card().await["balance"], 55);
    town.books_are_sound().await;
}
