//! Single verbs: facts that were once broken, or easily could be.

use crate::shop::{Shop, at};
use reda_actions::{
    Actor, AnswerRequest, AskEnrollment, AwardPoints, AwardTo, CodeRead, RegisterKey, Scan, Worth,
};
use reda_domain::card::EntryKind;
use reda_domain::points::Points;
use reda_domain::refusal::Refusal;
use reda_domain::request::{ENROLLMENT_REQUEST_MS, RequestAnswer, RequestStatus};
use reda_domain::{CardId, KeyId, RequestId};

/// Amina's key; scanning names her by it.
fn key(shop: &mut Shop) -> KeyId {
    let public_key = "key of Amina".to_owned();
    let register = RegisterKey { public_key, label: "phone".to_owned() };
    let op = shop.op(Actor::Person(shop.people[0]), register);
    shop.one(&op).unwrap();
    KeyId::from(op.id)
}

/// Scans Amina at the first shop.
fn scanned(shop: &mut Shop) {
    let read = CodeRead::Rotating { key: key(shop), step: 1 };
    let op = shop.op(Actor::Staff(shop.counters[0]), Scan { read });
    shop.one(&op).unwrap();
}

fn asked(shop: &mut Shop, program: usize) -> Result<RequestId, Refusal> {
    let whom = shop.whom(shop.counters[0].business, 0);
    let ask = AskEnrollment { whom, program: shop.programs[program] };
    let op = shop.op(Actor::Staff(shop.counters[0]), ask);
    shop.one(&op)?;
    Ok(RequestId::from(op.id))
}

fn accept(shop: &mut Shop, request: RequestId) -> CardId {
    let answer = RequestAnswer::Accept;
    let op = shop.op(
        Actor::Person(shop.people[0]),
        AnswerRequest { request, answer, signature: None, language: None },
    );
    shop.one(&op).unwrap();
    CardId(op.id.derive("card"))
}

fn award(shop: &mut Shop, to: AwardTo, points: i64) {
    let worth = Worth::Points(Points(points));
    let op = shop.op(Actor::Staff(shop.counters[0]), AwardPoints { to, worth, sale: None });
    shop.one(&op).unwrap();
}

#[test]
fn a_second_award_is_the_cards_second_entry() {
    let mut shop = Shop::open();
    scanned(&mut shop);
    let request = asked(&mut shop, 0).unwrap();
    let card = accept(&mut shop, request);
    award(&mut shop, AwardTo::Card(card), 5);
    award(&mut shop, AwardTo::Card(card), 6);
    let places: Vec<_> = shop.books.entries.iter().map(|it| (it.n, it.balance_after.0)).collect();
    assert_eq!(places, [(1, 5), (2, 11)]);
    assert_eq!(shop.books.cards[&card].entries, 2);
}

#[test]
fn the_welcome_bonus_comes_before_what_waited_and_once() {
    let mut shop = Shop::open();
    scanned(&mut shop);
    let request = asked(&mut shop, 1).unwrap();
    award(&mut shop, AwardTo::Request(request), 7);
    award(&mut shop, AwardTo::Request(request), 8);
    let card = accept(&mut shop, request);
    accept(&mut shop, request);
    award(&mut shop, AwardTo::Request(request), 9);
    let lines: Vec<_> = shop.books.entries.iter().map(|it| (it.kind, it.n, it.delta.0)).collect();
    let earn = EntryKind::Earn;
    assert_eq!(lines, [(EntryKind::Bonus, 1, 50), (earn, 2, 7), (earn, 3, 8), (earn, 4, 9)]);
    assert_eq!(shop.books.cards[&card].balance, Points(74));
}

#[test]
fn asking_again_after_a_request_ran_out_closes_the_old_one() {
    let mut shop = Shop::open();
    scanned(&mut shop);
    let old = asked(&mut shop, 0).unwrap();
    shop.now = shop.now.plus_ms(ENROLLMENT_REQUEST_MS);
    let new = asked(&mut shop, 0).unwrap();
    assert_eq!(shop.books.requests[&old].status, RequestStatus::Expired);
    assert_eq!(shop.books.requests[&old].closed_at, Some(shop.now));
    assert_eq!(shop.books.requests[&new].status, RequestStatus::Pending);
}

#[test]
fn one_person_who_was_asked_by_hand_and_by_number_gets_one_card() {
    let mut shop = Shop::open();
    let by_number = AskEnrollment { whom: at(0), program: shop.programs[0] };
    let op = shop.op(Actor::Staff(shop.counters[0]), by_number);
    shop.one(&op).unwrap();
    scanned(&mut shop);
    let by_hand = asked(&mut shop, 0).unwrap();
    let card = accept(&mut shop, by_hand);
    accept(&mut shop, RequestId::from(op.id));
    assert_eq!(shop.books.cards.len(), 1);
    assert_eq!(shop.books.enrollments.len(), 1);
    assert_eq!(shop.books.requests[&RequestId::from(op.id)].card, Some(card));
}
