//! The doctor finds what is inconsistent, and what it mends is whole again.

use crate::town::{Customer, Joined, TestTown};
use reda_cluster::each_engine;
use reda_domain::scope::{EntityKind, Scope, Touched};
use reda_domain::{EnrollmentId, Timestamp};
use reda_server::Clock;
use reda_server::doctor::{Ailment, Report, visit};
use reda_store::Val;
use reda_store::tables::feed;
use serde_json::{Value, json};
use uuid::Uuid;

async fn look(town: &TestTown) -> Vec<Ailment> {
    let at = town.database();
    visit(&at, false, &Clock::default()).await.expect("the doctor looks").found
}

/// Stops the server, mends, starts it again; nothing is wrong then.
async fn mended(town: TestTown) -> (Report, TestTown) {
    let at = town.database();
    let (report, town) = town
        .restarted_after(async || visit(&at, true, &Clock::default()).await.expect("it mends"))
        .await;
    assert!(report.is_sound(), "{report:?}");
    assert_eq!(look(&town).await, []);
    (report, town)
}

fn id(value: &Value) -> Uuid {
    serde_json::from_value(value.clone()).expect("an id")
}

/// A member with 40 points.
async fn member() -> (TestTown, Customer, Joined) {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    town.till.award(&joined.card, 40).await.applied();
    assert_eq!(look(&town).await, [], "a healthy shop");
    (town, ana, joined)
}

/// Runs statements that the schema itself would refuse.
async fn force(town: &TestTown, statements: &[(&'static str, Vec<Val>)]) {
    let mut tx = town.server.app().db().begin().await.unwrap();
    for (sql, vals) in statements {
        tx.exec(*sql, vals.clone()).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[each_engine]
async fn a_busy_shop_is_healthy() {
    let (town, _, joined) = member().await;
    let ben = town.customer("Ben").await;
    let (_, request) = town.asked(&ben).await;
    town.till.award_on(&request, 7).await.applied();
    town.asked(&town.customer("Cleo").await).await;
    let print = json!({ "customer": joined.handle });
    town.owner().await.op("issue_printed_code", print).await.applied();
    ben.answer(&request, "accept").await.ok();
    ben.http.patch("/api/notifications/preferences", json!({ "sms_enabled": true })).await.ok();
    assert_eq!(look(&town).await, []);
}

#[each_engine]
async fn a_balance_is_made_from_its_entries() {
    let (town, _, joined) = member().await;
    let card = id(&joined.card);
    town.sql("UPDATE loyalty_cards SET balance = 90 WHERE id = $1", [card.into()]).await;
    let found = look(&town).await;
    assert!(matches!(found[..], [Ailment::BalanceOff { has: 90, .. }]), "{found:?}");
    assert_eq!(
        found[0].to_string(),
        format!("card {card} says 90 points, its entries add up to 40")
    );
    let (_, town) = mended(town).await;
    let balance = "SELECT balance FROM loyalty_cards WHERE id = $1";
    assert_eq!(town.number(balance, [card.into()]).await, 40);
}

/// A member of whom 10 points of 40 are asked; the request.
async fn asked_for_points() -> (TestTown, Joined, Value) {
    let (town, _, joined) = member().await;
    let body = json!({ "card": joined.card, "points": 10, "reason": "Tea" });
    let request = town.till.op("request_deduction", body).await.applied()["request"].clone();
    assert_eq!(look(&town).await, [], "a healthy shop");
    (town, joined, request)
}

#[each_engine]
async fn points_set_aside_for_a_closed_question_are_set_free() {
    let (town, joined, request) = asked_for_points().await;
    let close = "UPDATE approval_requests SET status = 'cancelled', closed_at_ms = 1 WHERE id = $1";
    town.sql(close, [id(&request).into()]).await;
    let found = look(&town).await;
    assert!(matches!(found[..], [Ailment::OrphanHold(_)]), "{found:?}");
    let (report, town) = mended(town).await;
    assert!(matches!(report.mended[..], [Ailment::OrphanHold(_), Ailment::HeldOff { .. }]));
    let outcomes = town.texts("SELECT outcome FROM hold_outcomes", []).await;
    assert_eq!(outcomes, ["voided"]);
    let held = "SELECT held FROM loyalty_cards WHERE id = $1";
    assert_eq!(town.number(held, [id(&joined.card).into()]).await, 0);
}

#[each_engine]
async fn what_a_card_sets_aside_is_made_from_its_open_holds() {
    let (town, joined, _) = asked_for_points().await;
    let card = id(&joined.card);
    town.sql("UPDATE loyalty_cards SET held = 15 WHERE id = $1", [card.into()]).await;
    let found = look(&town).await;
    assert!(matches!(found[..], [Ailment::HeldOff { has: 15, holds: 10, .. }]), "{found:?}");
    let (_, town) = mended(town).await;
    let held = "SELECT held FROM loyalty_cards WHERE id = $1";
    assert_eq!(town.number(held, [card.into()]).await, 10);
}

#[tokio::test]
async fn entries_that_disagree_are_told_and_left_alone() {
    let (town, _, joined) = member().await;
    force(
        &town,
        &[
            ("DROP TRIGGER points_entries_are_never_edited", vec![]),
            (
                "UPDATE points_entries SET delta = 41 WHERE card_id = $1",
                vec![id(&joined.card).into()],
            ),
        ],
    )
    .await;
    let at = town.database();
    town.server.stop().await;
    let report = visit(&at, true, &Clock::default()).await.unwrap();
    assert!(!report.is_sound());
    assert_eq!(report.mended, []);
    assert!(matches!(report.found[..], [Ailment::BalanceOff { .. }]), "{report:?}");
}

#[tokio::test]
async fn an_enrolment_gets_the_card_that_it_lacks() {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    let card = id(&joined.card);
    force(
        &town,
        &[
            ("UPDATE approval_requests SET status = 'cancelled', card_id = NULL", vec![]),
            ("DELETE FROM feed WHERE entity_id = $1", vec![card.into()]),
            ("DELETE FROM loyalty_cards WHERE id = $1", vec![card.into()]),
        ],
    )
    .await;
    let enrollment = town.texts("SELECT LOWER(HEX(id)) FROM enrollments", []).await.remove(0);
    let enrollment = EnrollmentId(Uuid::parse_str(&enrollment).unwrap());
    assert_eq!(look(&town).await, [Ailment::EnrollmentWithoutCard(enrollment)]);
    let (_, town) = mended(town).await;
    let session = town.signed_in(&ana.phone).await;
    let cards = session.get("/api/me/cards").await.ok();
    let card = cards["items"][0]["id"].clone();
    town.till.award(&card, 5).await.applied();
}

#[tokio::test]
async fn an_award_that_waited_and_got_lost_is_posted() {
    let town = TestTown::open().await;
    let ana = town.customer("Ana").await;
    let (_, request) = town.asked(&ana).await;
    town.till.award_on(&request, 7).await.applied();
    let card = ana.answer(&request, "accept").await.ok()["card"].clone();
    let of_card: Vec<Val> = vec![id(&card).into()];
    force(
        &town,
        &[
            ("DROP TRIGGER points_entries_are_never_deleted", vec![]),
            ("DELETE FROM points_entries WHERE card_id = $1", of_card.clone()),
            ("UPDATE loyalty_cards SET balance = 0, entries = 0 WHERE id = $1", of_card.clone()),
        ],
    )
    .await;
    let found = look(&town).await;
    assert!(matches!(found[..], [Ailment::AwardNotPosted { .. }]), "{found:?}");
    let (_, town) = mended(town).await;
    let balance = "SELECT balance FROM loyalty_cards WHERE id = $1";
    assert_eq!(town.number(balance, of_card).await, 7);
}

#[each_engine]
async fn a_row_that_no_feed_shows_is_told_again() {
    let (town, ana, joined) = member().await;
    let card = id(&joined.card);
    let lose = [
        ("DELETE FROM feed WHERE entity_id = $1", vec![card.into()]),
        ("UPDATE loyalty_cards SET user_seq = NULL WHERE id = $1", vec![card.into()]),
    ];
    force(&town, &lose).await;
    let untold = |scope| Ailment::Untold(Touched { scope, entity: EntityKind::Card, id: card });
    let expected = [untold(Scope::Business(town.shop.business)), untold(Scope::User(ana.user))];
    assert_eq!(look(&town).await, expected);
    let (_, town) = mended(town).await;
    let mut till = town.till.line().await;
    till.sees("card", |it| it["id"] == joined.card && it["balance"] == 40).await;
}

#[tokio::test]
async fn a_members_key_is_told_to_the_shop_again() {
    let (town, ana, _) = member().await;
    let shop = Scope::Business(town.shop.business);
    let key = id(&ana.key_id);
    let lose = "DELETE FROM feed WHERE entity_id = $1 AND scope = $2";
    force(&town, &[(lose, vec![key.into(), feed::key(shop)])]).await;
    let untold = Touched { scope: shop, entity: EntityKind::Key, id: key };
    assert_eq!(look(&town).await, [Ailment::Untold(untold)]);
    mended(town).await;
}

#[each_engine]
async fn a_head_behind_its_feed_is_raised() {
    let (town, _, joined) = member().await;
    let scope = Scope::Business(town.shop.business);
    let newest = "SELECT MAX(seq) FROM feed WHERE scope = $1";
    let newest = town.number(newest, [feed::key(scope)]).await;
    town.sql("UPDATE feed_heads SET seq = 1 WHERE scope = $1", [feed::key(scope)]).await;
    assert_eq!(look(&town).await, [Ailment::HeadBehind { scope, newest }]);
    let (_, town) = mended(town).await;
    town.till.award(&joined.card, 2).await.applied();
    let mut till = town.till.line().await;
    till.sees("card", |it| it["balance"] == 42).await;
}

#[tokio::test]
async fn a_printed_code_of_somebody_else_is_revoked() {
    let (town, ana, joined) = member().await;
    let print = json!({ "customer": joined.handle });
    let code = town.owner().await.op("issue_printed_code", print).await.applied();
    let zed = town.customer("Zed").await;
    let give = "UPDATE printed_codes SET user_id = $1 WHERE user_id = $2";
    town.sql(give, [zed.user.0.into(), ana.user.0.into()]).await;
    let found = look(&town).await;
    assert!(matches!(found[..], [Ailment::PrintedCodeAstray(_)]), "{found:?}");
    let (_, town) = mended(town).await;
    town.till.scan(code["text"].as_str().unwrap()).await.refused("code_revoked");
}

#[tokio::test]
async fn what_only_a_backup_knows_is_told_and_left_alone() {
    let (town, _, _) = member().await;
    let shop = Scope::Business(town.shop.business);
    force(
        &town,
        &[
            ("DROP TRIGGER operations_are_never_edited", vec![]),
            (
                "UPDATE operations SET result = '{}' WHERE id = (
                    SELECT operation_id FROM audit_log WHERE scope = $1 AND n = 2)",
                vec![feed::key(shop)],
            ),
            (
                "INSERT INTO operations (id, hash, kind, actor, result, applied_at_ms)
                 VALUES ($1, 'x', 'scan', 'server', '{\"data\":{}}', $2)",
                vec![Uuid::now_v7().into(), Timestamp(0).0.into()],
            ),
        ],
    )
    .await;
    let at = town.database();
    town.server.stop().await;
    let report = visit(&at, true, &Clock::default()).await.unwrap();
    assert_eq!(report.mended, []);
    let words: Vec<String> = report.found.iter().map(ToString::to_string).collect();
    assert!(words[0].ends_with("line 2 was altered"), "{words:?}");
    assert!(words[1].contains("has no line in the audit log"), "{words:?}");
    assert_eq!(words.len(), 2, "{words:?}");
}

#[tokio::test]
async fn a_file_that_a_server_has_open_is_looked_at_but_not_mended() {
    let (town, _, joined) = member().await;
    let off = "UPDATE loyalty_cards SET balance = 90 WHERE id = $1";
    town.sql(off, [id(&joined.card).into()]).await;
    let at = town.database();
    let refused = visit(&at, true, &Clock::default()).await.unwrap_err();
    assert!(refused.to_string().contains("another server has this database open"), "{refused}");
    assert_eq!(look(&town).await.len(), 1);
}

#[each_engine]
async fn what_was_mended_has_its_line() {
    let (town, _, joined) = member().await;
    let off = "UPDATE loyalty_cards SET balance = 90 WHERE id = $1";
    town.sql(off, [id(&joined.card).into()]).await;
    let (_, town) = mended(town).await;
    let lines = "SELECT facts FROM audit_lines WHERE kind = 'repair'";
    assert_eq!(town.texts(lines, []).await, ["{\"data\":{\"found\":\"balance_off\"}}"]);
}
