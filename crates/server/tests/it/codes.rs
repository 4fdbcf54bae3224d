//! What the counter is told about a code, and what the log keeps of it.

use crate::http::Answer;
use crate::town::{Customer, TestTown};
use reda_cluster::each_engine;
use reda_domain::PrintedCodeId;
use reda_domain::code::{Code, CodeId, ServerKeyId, step_at};
use reda_domain::signature::PrivateKey;
use reda_server::now;
use reda_store::tables::scans;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// Result and reason of every attempt so far.
async fn log(town: &TestTown) -> Vec<(String, Option<String>)> {
    let mut tx = town.server.app().db().snapshot().await.unwrap();
    scans::reasons(&mut tx, town.shop.business).await.unwrap()
}

fn stranger_key() -> PrivateKey {
    PrivateKey::from_bytes(&[99; 32]).unwrap()
}

/// Scans the text; it is refused with this code, and one line of the log says so.
async fn is_refused(town: &TestTown, text: &str, code: &str) {
    let before = log(town).await.len();
    let details = town.till.scan(text).await.refused(code);
    assert_eq!(details, Value::Null, "{code}");
    let lines = log(town).await;
    let line = ("refused".to_owned(), Some(code.to_owned()));
    assert_eq!(lines[before..], [line], "{code}");
}

#[each_engine]
async fn a_bad_code_is_refused_with_its_reason_and_logged() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let (genuine, step) = (ana.code_now(), step_at(now()));
    let unknown_key = Code::rotating(CodeId([7; 8]), step, &ana.private);
    let forged = Code::rotating(ana.code_id, step, &stranger_key());
    let someones = PrintedCodeId(Uuid::now_v7());
    let another_servers = Code::printed(ServerKeyId(2), someones, &stranger_key());
    let forged_print = Code::printed(ServerKeyId(1), someones, &stranger_key());

    is_refused(&town, &forged.to_text(), "code_forged").await;
    is_refused(&town, &forged_print.to_text(), "code_forged").await;
    is_refused(&town, &ana.code_off_by(-2), "code_expired").await;
    is_refused(&town, &ana.code_off_by(10), "code_not_yet").await;
    is_refused(&town, &unknown_key.to_text(), "code_unknown").await;
    is_refused(&town, &another_servers.to_text(), "code_unknown").await;
    is_refused(&town, &genuine[..genuine.len() - 5], "code_damaged").await;
    is_refused(&town, &genuine.replacen('A', "a", 1), "code_damaged").await;
    is_refused(&town, "", "not_a_code").await;
    is_refused(&town, "https://example.com/?q='; DROP TABLE users; --", "not_a_code").await;
    is_refused(&town, "\u{1f600}\0\u{202e}", "not_a_code").await;
}

#[each_engine]
async fn a_long_text_in_a_qr_code_is_not_a_code() {
    let town = TestTown::open().await;
    is_refused(&town, &"long ".repeat(800), "not_a_code").await;
    is_refused(&town, &format!("R1{}", "A".repeat(4000)), "not_a_code").await;
}

#[each_engine]
async fn a_refused_code_tells_the_customer_nothing_and_makes_no_handle() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    town.till.scan(&ana.code_off_by(-2)).await.refused("code_expired");
    assert_eq!(town.number("SELECT COUNT(*) FROM business_customers", []).await, 0);
    assert_eq!(town.number("SELECT COUNT(*) FROM notifications", []).await, 0);
}

#[each_engine]
async fn the_same_code_twice_in_a_row_identifies_twice() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let code = ana.code_now();
    let first = town.till.scan(&code).await.applied();
    let second = town.till.scan(&code).await.applied();
    assert_eq!(first, second);
    assert_eq!(log(&town).await.len(), 2);
    assert_eq!(town.number("SELECT COUNT(*) FROM business_customers", []).await, 1);
}

#[each_engine]
async fn a_code_of_the_step_before_or_after_still_identifies() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    // The step may change between the two lines, which makes an early one only fresher.
    town.till.scan(&ana.code_off_by(1)).await.applied();
    town.till.scan(&ana.code_now()).await.applied();
}

#[each_engine]
async fn a_code_of_a_revoked_key_is_refused() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    revoke_key(&ana, &ana.key_id).await;
    is_refused(&town, &ana.code_now(), "code_revoked").await;
}

async fn revoke_key(person: &Customer, key: &Value) {
    let path = format!("/api/me/keys/{}", key.as_str().unwrap());
    let revoked = Answer::of(person.http.call(Method::DELETE, &path)).await;
    assert_eq!(revoked.status, 204);
}

#[each_engine]
async fn a_key_is_revoked_by_its_owner_alone_and_the_tills_hear_of_it() {
    let town = TestTown::open().await;
    let ((ana, _), ben) = (town.member("Ana").await, town.customer("Ben").await);
    let path = format!("/api/me/keys/{}", ana.key_id.as_str().unwrap());
    let others = Answer::of(ben.http.call(Method::DELETE, &path)).await;
    others.error(404, "key_unknown");
    let mut till = town.till.line().await;
    till.sees("key", |it| it["id"] == ana.key_id && it["revoked"] == false).await;
    revoke_key(&ana, &ana.key_id).await;
    revoke_key(&ana, &ana.key_id).await;
    till.sees("key", |it| it["id"] == ana.key_id && it["revoked"] == true).await;
}

async fn printed(ana: &Customer) -> String {
    let code = ana.http.get("/api/me/codes/printed").await.ok();
    assert!(code["png"].as_str().unwrap().starts_with("iVBOR"), "a PNG");
    code["text"].as_str().unwrap().to_owned()
}

#[each_engine]
async fn a_persons_own_printed_code_identifies_and_stays_the_same() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let code = printed(&ana).await;
    assert_eq!(code, printed(&ana).await);
    let by_print = town.till.scan(&code).await.applied();
    let by_page = town.till.scan(&ana.code_now()).await.applied();
    assert_eq!(by_print["customer"], by_page["customer"]);
}

#[each_engine]
async fn a_printed_code_of_another_server_is_forged_here() {
    let (here, there) = (TestTown::open().await, TestTown::open().await);
    let ana = there.customer("Ana").await;
    is_refused(&here, &printed(&ana).await, "code_forged").await;
}

#[each_engine]
async fn a_printed_code_that_was_cancelled_is_refused() {
    let town = TestTown::open().await;
    let (_, joined) = town.member("Ana").await;
    let owner = town.owner().await;
    let body = json!({ "customer": joined.handle });
    let code = owner.op("issue_printed_code", body).await.applied();
    let code = code["text"].as_str().unwrap();
    assert_eq!(town.till.scan(code).await.applied()["status"], "member");
    town.sql("UPDATE printed_codes SET revoked_at_ms = 1", []).await;
    is_refused(&town, code, "code_revoked").await;
}

#[each_engine]
async fn a_printed_code_that_was_never_issued_is_unknown() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let code = printed(&ana).await;
    town.sql("DELETE FROM printed_codes WHERE user_id = $1", [ana.user.0.into()]).await;
    is_refused(&town, &code, "code_unknown").await;
}
