//! A manager corrects a card, takes an entry back and prints a code; the shop decides who answers on
//! this screen.

use crate::server::{AMINA, CARD, SHOP, Server, card_with};
use crate::{Shop, open};
use reda_domain::settings::Settings;
use reda_protocol::error::WireError;
use reda_protocol::frame::EntityKind;
use reda_protocol::rpc::{AdjustCheck, Changed, PrintedCode, SoundAdjust, Why};
use serde_json::{Value, json};
use uuid::Uuid;

fn form(points: &str) -> Value {
    json!({ "card": CARD, "takes": true, "points": points, "reason": "Typed twice" })
}

/// Amina's card with 100 points, in the replica.
async fn amina(shop: &mut Shop, server: &mut Server) {
    server.changes(vec![(EntityKind::Card, CARD, card_with(100))]).await;
    shop.changes(&[Changed::Customers]).await;
}

async fn checked(shop: &Shop, points: &str) -> AdjustCheck {
    let answer = shop.call("customers.check_adjust", form(points)).await.unwrap();
    serde_json::from_value(answer).unwrap()
}

#[tokio::test]
async fn a_correction_is_looked_at_while_it_is_typed_and_sent_as_one_operation() {
    let dir = tempfile::tempdir().unwrap();
    let (mut shop, mut server, _listener) = open(dir.path(), None).await;
    amina(&mut shop, &mut server).await;
    let (points, leaves) = (reda_domain::points::Points(-30), reda_domain::points::Points(70));
    let sound = SoundAdjust { points, reason: "Typed twice".into(), leaves };
    assert_eq!(checked(&shop, "30").await.sound, Some(sound));
    let why = checked(&shop, "101").await.wrong.remove(0).why;
    assert_eq!(why, Why::NotEnough { available: reda_domain::points::Points(100) });
    assert_eq!(shop.call("customers.adjust", form("101")).await.unwrap_err().code, "invalid_body");

    let (answer, body) = tokio::join!(shop.call("customers.adjust", form("30")), async {
        let operation = server.hear_op("adjust_points").await;
        server.apply(&operation, json!({})).await;
        operation.body
    });
    answer.unwrap();
    assert_eq!(body, json!({ "card": CARD, "points": -30, "reason": "Typed twice" }));
}

#[tokio::test]
async fn an_entry_that_cannot_be_taken_back_is_refused_in_the_servers_words() {
    let dir = tempfile::tempdir().unwrap();
    let (shop, mut server, _listener) = open(dir.path(), None).await;
    let asked = json!({ "entry": Uuid::from_u128(5), "reason": "Goods came back" });
    let (answer, body) = tokio::join!(shop.call("customers.reverse", asked.clone()), async {
        let operation = server.hear_op("reverse_entry").await;
        let language = reda_domain::language::Language::En;
        server.refuse(&operation, WireError::of("already_reversed", language)).await;
        operation.body
    });
    assert_eq!((answer.unwrap_err().code.as_str(), body), ("already_reversed", asked));
}

#[tokio::test]
async fn a_printed_code_is_a_file_and_the_picture_in_it() {
    let dir = tempfile::tempdir().unwrap();
    let (shop, mut server, _listener) = open(dir.path(), None).await;
    let asked = json!({ "customer": AMINA });
    let (answer, ()) = tokio::join!(shop.call("customers.print_code", asked), async {
        let operation = server.hear_op("issue_printed_code").await;
        server.apply(&operation, json!({ "text": "R1", "png": "cGljdHVyZQ==" })).await;
    });
    let PrintedCode { file, png } = serde_json::from_value(answer.unwrap()).unwrap();
    assert_eq!(
        (std::fs::read(file.path).unwrap(), png),
        (b"picture".into(), "cGljdHVyZQ==".into())
    );
}

#[tokio::test]
async fn the_screen_is_turned_unless_the_shop_decided_against_it() {
    let dir = tempfile::tempdir().unwrap();
    let (mut shop, mut server, _listener) = open(dir.path(), None).await;
    assert!(shop.view().await.in_person, "undecided");
    let settings = Settings { in_person: Some(false), ..Settings::default() };
    let business = json!({
        "id": SHOP, "name": "Baraka", "country": "KE", "currency": "KES", "settings": settings,
    });
    server.changes(vec![(EntityKind::Business, SHOP.0, business)]).await;
    while shop.view().await.in_person {
        shop.changes(&[Changed::Counter]).await;
    }
}
