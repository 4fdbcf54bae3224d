//! What is left of a till that was taken out of its shop: the things that were never answered, for the
//! owner, and nothing that is sent by itself.

use crate::server::{AMINA, CARD, SHOP, Server, card_with, member_with, within};
use crate::{Shop, code, config, open};
use reda_domain::BusinessId;
use reda_protocol::frame::EntityKind;
use reda_protocol::operation::Operation;
use reda_protocol::rpc::{Changed, ConnectionStatus, CounterStage, UnsentKind};
use reda_till::{TillConfig, Unsent};
use serde_json::json;
use std::path::Path;
use tokio::net::TcpListener;
use uuid::Uuid;

/// A till whose award to Amina has no answer yet.
async fn awarding(dir: &Path) -> (Shop, Server, TcpListener, Operation) {
    let (mut shop, mut server, listener) = open(dir, None).await;
    let amina = json!({
        "id": AMINA, "name": "Amina Odhiambo", "phone": "+254722000412", "email": null,
        "visits": 1, "spend": 0, "joined_at": "2026-11-01T10:00:00Z", "last_visit_at": null,
    });
    let card = card_with(40);
    let rows = vec![(EntityKind::Card, CARD, card), (EntityKind::Member, AMINA, amina)];
    server.changes(rows).await;
    shop.does("counter.look_up", json!({ "text": code() })).await;
    let scan = server.hear_op("scan").await;
    server.apply(&scan, member_with(40)).await;
    shop.counter(|stage| matches!(stage, CounterStage::Member { .. })).await;
    shop.does("counter.award", json!({ "text": "1,700" })).await;
    let award = server.hear_op("award_points").await;
    (shop, server, listener, award)
}

/// The same, turned away.
async fn turned_away(dir: &Path) -> (Shop, TcpListener, Operation) {
    let (mut shop, server, listener, award) = awarding(dir).await;
    server.turn_away().await;
    shop.is(ConnectionStatus::Refused).await;
    (shop, listener, award)
}

#[tokio::test]
async fn what_was_never_answered_is_kept_and_outlives_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let (shop, _listener, award) = turned_away(dir.path()).await;
    assert!(shop.till.app_parts().await.unwrap().locked, "nobody sells at it any more");
    shop.till.stop().await;
    let unsent = Unsent::in_folder(dir.path());
    let items = unsent.view().items;
    assert_eq!(items.len(), 1, "the look-up was answered");
    let it = &items[0];
    assert_eq!((it.id, it.what), (award.id, UnsentKind::Awarded));
    assert_eq!(it.whom.as_deref(), Some("Amina Odhiambo"));
    assert_eq!(it.shop.as_deref(), Some("Baraka"));
    assert_eq!(json!(it.amount), json!({ "amount": 170_000, "currency": "KES" }));
    let saved = unsent.save(dir.path()).unwrap();
    let text = std::fs::read_to_string(saved.path).unwrap();
    for part in ["award_points", "Amina Odhiambo", "079927398713", "170000,KES"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("token"), "{text}");
}

#[tokio::test]
async fn what_a_till_without_the_line_was_at_is_there_when_it_ends_or_is_cut_off() {
    let dir = tempfile::tempdir().unwrap();
    let (mut shop, server, listener, award) = awarding(dir.path()).await;
    let unsent = Unsent::in_folder(dir.path());
    assert_eq!(unsent.count(), 0, "the answer is still to be expected");
    drop((server, listener));
    while unsent.count() == 0 {
        shop.changes(&[Changed::App]).await;
    }
    assert_eq!(unsent.view().items[0].id, award.id, "also where the power fails now");
    shop.till.stop().await;
    assert_eq!(unsent.count(), 1);
}

#[tokio::test]
async fn a_till_that_ends_before_the_answer_says_so_at_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let (shop, _server, _listener, award) = awarding(dir.path()).await;
    shop.till.stop().await;
    assert_eq!(Unsent::in_folder(dir.path()).view().items[0].id, award.id);
}

#[tokio::test]
async fn another_shop_is_sent_nothing_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let (shop, _listener, _) = turned_away(dir.path()).await;
    shop.till.stop().await;
    for business in [BusinessId(Uuid::from_u128(77)), SHOP] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let joined = TillConfig { business, ..config(dir.path(), &listener, None) };
        let mut shop = Shop::start(joined).await;
        let mut server = Server::greet_of(&listener, business).await;
        shop.is(ConnectionStatus::Online).await;
        shop.does("counter.look_up", json!({ "text": code() })).await;
        // The first thing that it hears is what was asked since.
        server.hear_op("scan").await;
        shop.till.stop().await;
    }
    assert_eq!(Unsent::in_folder(dir.path()).count(), 1, "the owner still has it");
}

#[tokio::test]
async fn a_till_that_is_let_in_again_sends_it_and_what_is_answered_is_struck_out() {
    let dir = tempfile::tempdir().unwrap();
    let (mut shop, listener, award) = turned_away(dir.path()).await;
    shop.till.try_now().await;
    let (mut server, _) = Server::greet(&listener).await;
    let again = server.hear_op("award_points").await;
    assert_eq!((again.id, again.body), (award.id, award.body));
    let unsent = Unsent::in_folder(dir.path());
    assert_eq!(unsent.count(), 1);
    server.apply(&Operation { body: json!({}), ..award }, json!({})).await;
    within(async {
        while unsent.count() > 0 {
            shop.changes(&[Changed::App]).await;
        }
    })
    .await;
}
