//! One-time links: a page without script, and the same as JSON.

use crate::files::Files;
use crate::town::{PROGRAM, SHOP, TestTown};
use reda_cluster::each_engine;
use reda_domain::request::ENROLLMENT_REQUEST_MS;
use serde_json::json;
use uuid::Uuid;

const PHONE: &str = "0733000777";
const E164: &str = "+254733000777";

#[each_engine]
async fn a_request_by_number_goes_there_with_a_code_and_a_link() {
    let town = TestTown::open().await;
    town.ask_phone(PHONE).await;
    let letter = town.letter(E164);
    assert_eq!(letter.code.len(), 6);
    for part in [&letter.code, " = YES", PROGRAM, SHOP] {
        assert!(letter.text.contains(part), "{}", letter.text);
    }
    // 128 bits in base32.
    assert_eq!(letter.link.len(), "/r/".len() + 26, "{}", letter.link);
}

#[each_engine]
async fn reading_a_link_changes_nothing_however_often() {
    let town = TestTown::open().await;
    town.ask_phone(PHONE).await;
    let letter = town.letter(E164);
    let rows = town.rows().await;
    for path in [letter.link.clone(), format!("{}?lang=sw", letter.link)] {
        let (status, headers, page) = town.page(&path).await;
        assert_eq!(status, 200, "{page}");
        let header = |name: &str| headers[name].to_str().unwrap().to_owned();
        assert!(header("content-security-policy").starts_with("default-src 'none'"));
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert!(!page.contains("<script") && !page.contains("style="), "{page}");
        let buttons: Vec<_> = page.matches("<button name=\"answer\" value=").collect();
        assert_eq!(buttons.len(), 2, "two buttons of one look: {page}");
    }
    let shown = town.http.get(&format!("/api{}", letter.link)).await.ok();
    assert_eq!(shown["request"]["text"]["en"]["shares"][1], "Your phone number");
    let text = shown.to_string();
    assert!(!text.contains("733000777") && !text.contains("733 •••"), "{text}");
    assert_eq!(town.rows().await, rows);
}

#[each_engine]
async fn the_page_shows_the_words_that_the_record_names() {
    let town = TestTown::open().await;
    town.ask_phone(PHONE).await;
    let letter = town.letter(E164);
    let shown = town.http.get(&format!("/api{}", letter.link)).await.ok()["request"].clone();
    for (language, path) in [("en", "?lang=en"), ("sw", "?lang=sw")] {
        let (_, _, page) = town.page(&format!("{}{path}", letter.link)).await;
        let words = &shown["text"][language];
        for part in ["question", "sees", "never_sees", "purpose", "freedom", "accept", "decline"] {
            let words = words[part].as_str().unwrap();
            assert!(page.contains(words), "{words}: {page}");
        }
        for list in ["shares", "never_shares"] {
            for item in words[list].as_array().unwrap() {
                assert!(page.contains(item.as_str().unwrap()), "{item}: {page}");
            }
        }
    }
    let (status, page) = town.press(&letter.link, "accept").await;
    assert_eq!(status, 200);
    assert!(page.contains("Umejiunga na Baraka Points"), "{page}");
    let records = "SELECT answer || ' ' || channel || ' ' || wording || ' ' || language
        FROM consents WHERE staff_id IS NULL AND key_id IS NULL";
    assert_eq!(town.texts(records, []).await, ["accept link enrollment-1 sw"]);
}

#[each_engine]
async fn an_answer_by_link_can_be_sent_again() {
    let town = TestTown::open().await;
    town.ask_phone(PHONE).await;
    let (path, id) = (format!("/api{}", town.letter(E164).link), Uuid::now_v7());
    let answer = |answer: &str| town.http.post_as(id, &path, json!({ "answer": answer }));
    let first = answer("accept").await.ok();
    let rows = town.rows().await;
    assert_eq!(answer("accept").await.ok(), first);
    answer("decline").await.error(409, "operation_reused");
    assert_eq!(town.rows().await, rows);
}

#[each_engine]
async fn a_yes_by_link_makes_the_account_of_whoever_has_the_number() {
    let town = TestTown::open().await;
    let mut till = town.till.line().await;
    let request = town.ask_phone(PHONE).await;
    town.till.award_on(&request, 30).await.applied();
    let letter = town.letter(E164);
    let first = town.follow(&letter, "accept").await.ok();
    assert_eq!(town.follow(&letter, "accept").await.ok(), first, "the same again");
    let details = town.follow(&letter, "decline").await.error(409, "already_answered");
    assert_eq!(details, json!({ "answer": "accept" }));
    let member = till.sees("member", |it| it["phone"] == E164).await;
    assert!(member["name"].as_str().unwrap().starts_with("Customer "), "{member}");
    till.sees("card", |it| it["id"] == first["card"] && it["balance"] == 30).await;
    let owner = "SELECT COUNT(*) FROM users WHERE phone = $1 AND phone_verified = 1";
    assert_eq!(town.number(owner, [E164.into()]).await, 1);
    let (status, _, page) = town.page(&letter.link).await;
    assert!(status == 200 && page.contains("You joined Baraka Points"), "{page}");
}

#[each_engine]
async fn a_yes_by_link_is_the_owners_whoever_else_claims_the_number() {
    let town = TestTown::open().await;
    let (ana, ben) = (town.verified("Ana").await, town.customer("Ben").await);
    let phone = ana.phone.clone();
    town.sql(
        "UPDATE users SET phone = $1 WHERE id = $2",
        [format!("+254{}", &phone[1..]).into(), ben.user.0.into()],
    )
    .await;
    town.ask_phone(&phone).await;
    town.follow(&town.letter(&format!("+254{}", &phone[1..])), "accept").await.ok();
    assert_eq!(ana.card().await["business_name"], SHOP);
    assert_eq!(ben.http.get("/api/me/cards").await.ok()["items"], json!([]));
}

#[each_engine]
async fn a_no_by_link_makes_nothing_and_counts_for_thirty_days() {
    let town = TestTown::open().await;
    let rows = town.number("SELECT COUNT(*) FROM users", []).await;
    let request = town.ask_phone(PHONE).await;
    let (status, page) = town.press(&town.letter(E164).link, "decline").await;
    assert!(status == 200 && page.contains("Umekataa Baraka Points"), "{page}");
    assert_eq!(town.number("SELECT COUNT(*) FROM users", []).await, rows);
    let body = json!({ "phone": PHONE, "program": town.program() });
    town.till.op("ask_enrollment", body).await.refused("declined_recently");
    town.till.award_on(&request, 5).await.refused("already_answered");
    assert_eq!(town.letters(E164).len(), 1, "nothing more was sent");
}

#[each_engine]
async fn a_link_dies_with_its_request() {
    let town = TestTown::open().await;
    let request = town.ask_phone(PHONE).await;
    let letter = town.letter(E164);
    town.till.op("cancel_request", json!({ "request": request })).await.applied();
    town.follow(&letter, "accept").await.error(409, "request_cancelled");
    let (status, page) = town.press(&letter.link, "accept").await;
    assert!(status == 200 && page.contains("Ombi hili halipo wazi tena"), "{page}");
    assert!(!page.contains("<form"), "{page}");

    town.ask_phone(PHONE).await;
    let letter = town.letter(E164);
    town.passes(ENROLLMENT_REQUEST_MS);
    town.follow(&letter, "accept").await.error(409, "request_expired");
    assert_eq!(town.number("SELECT COUNT(*) FROM loyalty_cards", []).await, 0);
}

#[each_engine]
async fn a_made_up_link_leads_nowhere() {
    let town = TestTown::open().await;
    for token in ["A", &"A".repeat(26), &"a".repeat(3000), "%2e%2e%2fme", "' OR 1=1 --"] {
        let (status, _, page) = town.page(&format!("/r/{token}")).await;
        assert_eq!(status, 404, "{token}");
        assert!(page.contains("There is nothing here"), "{page}");
        town.http.get(&format!("/api/r/{token}")).await.error(404, "request_unknown");
        let body = json!({ "answer": "accept" });
        town.http.post(&format!("/api/r/{token}"), body).await.error(404, "request_unknown");
    }
    town.ask_phone(PHONE).await;
    let link = town.letter(E164).link;
    let (status, page) = town.press(&link, "maybe").await;
    assert_eq!(status, 422, "{page}");
    let wrong = json!({ "answer": "accept", "force": true });
    town.http.post(&format!("/api{link}"), wrong).await.error(422, "invalid_body");
    let (_, _, page) = town.page(&link).await;
    assert!(page.contains("--brand") && !page.contains("@font-face"));
}

#[each_engine]
async fn names_on_the_page_are_text() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    let name = r#"<img src=x onerror="alert(1)"> & 'co' {shop}"#;
    let body = json!({ "program": town.program(), "name": name });
    owner.op("update_program", body).await.applied();
    town.ask_phone(PHONE).await;
    let link = town.letter(E164).link;
    let (_, _, page) = town.page(&link).await;
    assert!(!page.contains("<img") && page.contains("&lt;img src=x onerror=&quot;"), "{page}");
    assert!(page.contains("&amp; &#39;co&#39; {shop}"), "{page}");
    let (_, page) = town.press(&link, "accept").await;
    assert!(!page.contains("<img") && page.contains("&#39;co&#39; {shop}"), "{page}");
}

#[each_engine]
async fn without_a_channel_no_code_and_no_link_are_made() {
    let files = Files::new().await;
    let config = reda_server::ServerConfig { dev_messages: None, ..files.config() };
    let town = TestTown::open_with(config, files).await;
    town.ask_phone(PHONE).await;
    assert_eq!(town.number("SELECT COUNT(*) FROM request_links", []).await, 0);
    assert_eq!(town.number("SELECT COUNT(*) FROM one_time_codes", []).await, 0);
}

#[each_engine]
async fn neither_token_nor_number_stands_in_the_database_once_it_is_over() {
    let town = TestTown::open().await;
    let request = town.ask_phone(PHONE).await;
    let letter = town.letter(E164);
    let kept = "SELECT hash FROM request_links";
    assert!(!town.texts(kept, []).await.join(" ").contains(&letter.link[3..]));
    town.till.op("cancel_request", json!({ "request": request })).await.applied();
    let kept = "SELECT COALESCE(asked_address, 'forgotten') || ' ' || LENGTH(asked_hash)
        FROM approval_requests";
    assert_eq!(town.texts(kept, []).await, ["forgotten 64"]);
    assert_eq!(town.number("SELECT COUNT(*) FROM one_time_codes", []).await, 0);
}
