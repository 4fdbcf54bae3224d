//! From a stranger at the counter to points on their phone.

use crate::town::{PROGRAM, SHOP, TestTown};
use reda_cluster::each_engine;
use reda_domain::scope::Scope;
use reda_store::tables::{audit, entries};
use serde_json::json;

#[each_engine]
async fn a_code_held_up_becomes_a_member_with_points_on_the_page() {
    let town = TestTown::open().await;
    let mut till = town.till.line().await;
    let ana = town.verified("Ana").await;
    let mut page = ana.page().await;

    // A stranger: the display name they chose, by the shop's own handle, and nothing else.
    let found = town.till.scan(&ana.code_now()).await.applied();
    assert_eq!(found["status"], "not_enrolled");
    assert_eq!(found["customer"]["display_name"], "Ana");
    assert_eq!(found["enrollments"], json!([]));
    let handle = found["customer"]["id"].clone();
    assert_ne!(handle, json!(ana.user), "a handle is no user id");
    let text = found.to_string();
    assert!(!text.contains("722000") && !text.contains(&ana.user.to_string()), "{text}");
    page.sees("notification", |it| it["type"] == "qr_scanned").await;

    // The question, on the page and pending at the till.
    let request = town.ask(&handle).await;
    let shown = page.sees("request", |it| it["id"] == request).await;
    assert_eq!((&shown["status"], &shown["kind"]), (&json!("pending"), &json!("enrollment")));
    assert_eq!(shown["shares"], json!(["name", "phone", "purchases", "visits", "points"]));
    assert_eq!(shown["never_shares"], json!(["email"]));
    assert_eq!((&shown["business_name"], &shown["program_name"]), (&json!(SHOP), &json!(PROGRAM)));
    page.sees("notification", |it| it["related_id"] == request).await;
    let pending = till.sees("request", |it| it["id"] == request).await;
    assert_eq!((&pending["customer"], &pending["seen_at"]), (&handle, &json!(null)));

    // The yes, and all that it makes.
    ana.http
        .post(&format!("/api/requests/{}/seen", request.as_str().unwrap()), json!({}))
        .await
        .ok();
    till.sees("request", |it| it["id"] == request && !it["seen_at"].is_null()).await;
    let answered = ana.answer(&request, "accept").await.ok();
    assert_eq!(answered["request"]["status"], "accepted");
    let card = answered["card"].clone();
    till.sees("request", |it| it["id"] == request && it["status"] == "accepted").await;
    let member = till.sees("member", |it| it["id"] == handle).await;
    assert_eq!((&member["name"], &member["phone"]), (&json!("Ana"), &json!("+254722000001")));
    let key = till.sees("key", |it| it["member"] == handle).await;
    assert_eq!(key["public_key"], ana.private.public().to_spki_base64());
    assert_eq!(key["label"], json!(null), "what people call their phones is theirs");
    till.sees("card", |it| it["id"] == card && it["member"] == handle).await;
    till.sees("notification", |it| it["type"] == "enrollment_accepted").await;
    page.sees("card", |it| it["id"] == card && it["balance"] == 0).await;
    page.sees("notification", |it| it["type"] == "card_created").await;
    page.sees("business", |it| it["name"] == SHOP).await;

    // The points.
    let amount = json!({ "amount": 124_050, "currency": "KES" });
    let body = json!({ "card": card, "amount": amount });
    let awarded = town.till.op("award_points", body).await.applied();
    assert_eq!((&awarded["points"], &awarded["balance"]), (&json!(12), &json!(12)));
    let awarded = town.till.award(&card, 8).await.applied();
    assert_eq!((&awarded["balance"], &awarded["available"]), (&json!(20), &json!(20)));
    page.sees("card", |it| it["id"] == card && it["balance"] == 20).await;
    page.sees("notification", |it| it["title"] == "You earned 8 points").await;
    till.sees("card", |it| it["id"] == card && it["balance"] == 20).await;
    let member = till.sees("member", |it| it["visits"] == 2).await;
    assert_eq!(member["spend"], 124_050);

    // The same in the calls and in the database.
    assert_eq!(ana.card().await["balance"], 20);
    let path = format!("/api/me/cards/{}/entries", card.as_str().unwrap());
    let lines = ana.http.get(&path).await.ok();
    let lines: Vec<_> = lines["items"].as_array().unwrap().iter().collect();
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[0]["delta"], &lines[0]["balance_after"]), (&json!(8), &json!(20)));
    assert_eq!((&lines[1]["delta"], &lines[1]["balance_after"]), (&json!(12), &json!(12)));
    assert_eq!(town.number("SELECT balance FROM loyalty_cards", []).await, 20);
    assert_eq!(town.number("SELECT CAST(SUM(delta) AS BIGINT) FROM points_entries", []).await, 20);
    let consent = town
        .texts(
            "SELECT answer || ' ' || channel || ' ' || wording || ' ' || language FROM consents",
            [],
        )
        .await;
    assert_eq!(consent, ["accept app enrollment-1 en"]);
    let signed = "SELECT COUNT(*) FROM consents WHERE signature IS NOT NULL AND key_id IS NOT NULL";
    assert_eq!(town.number(signed, []).await, 1);
    let mut tx = town.server.app().db().snapshot().await.unwrap();
    assert_eq!(entries::disagreeing(&mut tx).await.unwrap(), []);
    for scope in [Scope::Platform, Scope::Business(town.shop.business)] {
        assert_eq!(audit::first_broken(&mut tx, scope).await.unwrap(), None, "{scope}");
    }
}
