//! Single verbs: facts that were once broken, or easily could be.

use crate::shop::{Shop, address, at, hash};
use reda_actions::*;
use reda_domain::address::{Address, AddressHash, Phone};
use reda_domain::card::EntryKind;
use reda_domain::language::Language;
use reda_domain::points::Points;
use reda_domain::refusal::{MergeObstacle, Refusal};
use reda_domain::request::{ENROLLMENT_REQUEST_MS, RequestAnswer, RequestStatus};
use reda_domain::{CardId, KeyId, RequestId, UserId};

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

/// Amina's card in the second programme, with points, and Brian's in the first, at one shop. Amina
/// is the shop's note of her by then.
fn two_members(shop: &mut Shop) -> (RequestId, CardId) {
    let mut join = |person: usize, program: usize| {
        let ask = AskEnrollment { whom: at(person), program: shop.programs[program] };
        let ask = shop.op(Actor::Staff(shop.counters[0]), ask);
        shop.one(&ask).unwrap();
        let (request, answer) = (RequestId::from(ask.id), RequestAnswer::Accept);
        let yes = AnswerRequest { request, answer, signature: None, language: None };
        let yes = shop.op(Actor::Person(shop.people[person]), yes);
        shop.one(&yes).unwrap();
        (request, CardId(yes.id.derive("card")))
    };
    let (request, card) = join(0, 1);
    join(1, 0);
    let amina = shop.books.users.get_mut(&shop.people[0]).expect("an account");
    (amina.password_hash, amina.phone_verified) = (None, false);
    (request, card)
}

/// Amina becomes a part of Brian.
fn merge(shop: &mut Shop) -> Result<(), Refusal> {
    let handle = |person| shop.handle(shop.counters[0].business, person).expect("a member");
    let act = MergeCustomers { keep: handle(1), merge: handle(0) };
    let op = shop.op(Actor::Staff(shop.counters[0]), act);
    shop.one(&op).map(|_| ())
}

#[test]
fn a_card_with_points_set_aside_does_not_move_by_a_merge() {
    let mut shop = Shop::open();
    let (_, card) = two_members(&mut shop);
    let (points, reason) = (Some(Points(10)), Some("Tea".to_owned()));
    let ask = RequestDeduction { card, points, reason, reward: None };
    let ask = shop.op(Actor::Staff(shop.counters[0]), ask);
    shop.one(&ask).unwrap();
    let why = MergeObstacle::PointsHeld;
    assert_eq!(merge(&mut shop), Err(Refusal::CannotMerge { why }));
    let take_back = CancelRequest { request: RequestId::from(ask.id) };
    let take_back = shop.op(Actor::Staff(shop.counters[0]), take_back);
    shop.one(&take_back).unwrap();
    merge(&mut shop).unwrap();
    assert_eq!(shop.books.cards[&card].user, shop.people[1]);
}

#[test]
fn an_award_by_an_old_question_does_not_find_a_card_that_moved_by_a_merge() {
    let mut shop = Shop::open();
    let (request, card) = two_members(&mut shop);
    merge(&mut shop).unwrap();
    let (to, worth) = (AwardTo::Request(request), Worth::Points(Points(5)));
    let act = AwardPoints { to, worth, sale: None };
    let op = shop.op(Actor::Staff(shop.counters[0]), act);
    assert_eq!(shop.one(&op).map(|_| ()), Err(Refusal::CardUnknown));
    award(&mut shop, AwardTo::Card(card), 5);
    assert_eq!(shop.books.cards[&card].balance, Points(55));
}

#[test]
fn what_was_asked_before_an_account_was_deleted_writes_nothing_after() {
    let mut shop = Shop::open();
    let amina = Actor::Person(shop.people[0]);
    let rename = UpdateMe { name: Some("Amina".to_owned()), language: None };
    let rename = shop.op(amina, rename);
    let register = RegisterKey { public_key: "key".to_owned(), label: "Amina's".to_owned() };
    let register = shop.op(amina, register);
    let erase = shop.op(amina, EraseMe { addresses: vec![] });
    shop.one(&erase).unwrap();
    for late in [rename, register] {
        assert_eq!(shop.one(&late).map(|_| ()), Err(Refusal::CustomerUnknown));
    }
    assert!(shop.books.users[&shop.people[0]].is_nobody());
}

/// Writes somebody down whose number nobody has proven, asks them after so many days, and hears
/// the digits. Whose the note is, and whose the card.
fn claimed_after(days: i64) -> (Shop, UserId, UserId) {
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    let mut shop = Shop::open();
    let owner = Actor::Staff(shop.counters[0]);
    let address = Address::Phone(Phone::from_e164("+254733000777".to_owned()));
    let write = CreateCustomer { address: address.clone(), name: Some("Auntie".to_owned()) };
    let write = shop.op(owner, write);
    shop.one(&write).unwrap();
    shop.now = shop.now.plus_ms(days * DAY_MS);
    let whom = Whom::Address(address.clone(), AddressHash("hers".to_owned()));
    let ask = shop.op(owner, AskEnrollment { whom, program: shop.programs[0] });
    shop.one(&ask).unwrap();
    let asked = AskedAt { request: RequestId::from(ask.id), address: Some(address) };
    let yes = shop.op(owner, AnswerByCode { asked, said: Said::Digits { right: true } });
    shop.one(&yes).unwrap();
    let card = shop.books.cards[&CardId(yes.id.derive("card"))].user;
    (shop, UserId(write.id.derive("user")), card)
}

#[test]
fn a_note_becomes_its_owners_within_a_year_and_nobodys_after() {
    let (_, note, owner) = claimed_after(364);
    assert_eq!(note, owner);
    let (shop, note, owner) = claimed_after(365);
    assert_ne!(note, owner, "the number may have a new owner by then");
    assert!(shop.books.users[&note].is_nobody());
}

/// The number of somebody without an account, as they say it at a till.
fn auntie() -> Address {
    Address::Phone(Phone::from_e164("+254733000777".to_owned()))
}

/// Somebody joins a programme in person at its shop's till, by a number, and gets points.
fn joined_in_person(shop: &mut Shop, at: Address, program: usize, points: i64) -> CardId {
    let counter = shop.counters[if program == 2 { 2 } else { 0 }];
    let by = Actor::Staff(counter);
    let whom = Whom::Address(at.clone(), AddressHash(format!("kept of {}", at.as_str())));
    let ask = shop.op(by, AskEnrollment { whom, program: shop.programs[program] });
    shop.one(&ask).unwrap();
    let asked = AskedAt { request: RequestId::from(ask.id), address: Some(at) };
    let (answer, language, has_messages) = (RequestAnswer::Accept, None, false);
    let yes = shop.op(by, AnswerInPerson { asked, answer, language, has_messages });
    shop.one(&yes).unwrap();
    let card = CardId(yes.id.derive("card"));
    let (to, worth) = (AwardTo::Card(card), Worth::Points(Points(points)));
    let award = shop.op(by, AwardPoints { to, worth, sale: None });
    shop.one(&award).unwrap();
    card
}

/// Proves a number, signed in or not; whose it is.
fn proved(shop: &mut Shop, actor: Actor, address: Address) -> UserId {
    let proof = shop.op(actor, ProveAddress { address, language: Language::En });
    let done = shop.one(&proof).unwrap();
    serde_json::from_value(done.answer["user"].clone()).unwrap()
}

#[test]
fn who_joined_at_two_shops_finds_both_cards_by_proving_the_number() {
    let mut shop = Shop::open();
    let first = joined_in_person(&mut shop, auntie(), 0, 50);
    let second = joined_in_person(&mut shop, auntie(), 2, 7);
    let user = proved(&mut shop, Actor::Nobody, auntie());
    for (card, points) in [(first, 50), (second, 7)] {
        let card = &shop.books.cards[&card];
        assert_eq!((card.user, card.balance), (user, Points(points)));
    }
    let at = |it: &&reda_domain::user::User| it.phone == shop.books.users[&user].phone;
    assert_eq!(shop.books.users.values().filter(at).count(), 1, "the notes are empty");
    assert_eq!(proved(&mut shop, Actor::Nobody, auntie()), user, "and again");
}

#[test]
fn points_that_are_set_aside_are_free_on_a_card_that_is_claimed() {
    let mut shop = Shop::open();
    let card = joined_in_person(&mut shop, auntie(), 0, 50);
    let (points, reason) = (Some(Points(10)), Some("Tea".to_owned()));
    let ask = RequestDeduction { card, points, reason, reward: None };
    let ask = shop.op(Actor::Staff(shop.counters[0]), ask);
    shop.one(&ask).unwrap();
    let amina = shop.people[0];
    assert_eq!(proved(&mut shop, Actor::Person(amina), auntie()), amina);
    let card = &shop.books.cards[&card];
    assert_eq!((card.user, card.balance, card.held), (amina, Points(50), Points(0)));
    let asked = &shop.books.requests[&RequestId::from(ask.id)];
    assert_eq!(asked.status, RequestStatus::Cancelled);
}

#[test]
fn a_card_is_claimed_within_a_year_and_not_after_nor_by_who_works_at_the_shop() {
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    for (days, prover, theirs) in [(364, 0, true), (365, 0, false), (0, 2, false)] {
        let mut shop = Shop::open();
        let card = joined_in_person(&mut shop, auntie(), 0, 50);
        shop.now = shop.now.plus_ms(days * DAY_MS);
        let prover = shop.people[prover];
        proved(&mut shop, Actor::Person(prover), auntie());
        assert_eq!(shop.books.cards[&card].user == prover, theirs, "{days} days");
    }
}

#[test]
fn a_card_that_owes_more_than_there_is_stays_the_notes() {
    let mut shop = Shop::open();
    let card = joined_in_person(&mut shop, auntie(), 0, 50);
    let first = shop.books.entries[0].id;
    let adjust = AdjustPoints { card, points: Points(-30), reason: "Miscounted".to_owned() };
    let back = ReverseEntry { entry: first, reason: "By mistake".to_owned() };
    let owner = Actor::Staff(shop.counters[0]);
    for act in [Act::from(adjust), Act::from(back)] {
        let op = shop.op(owner, act);
        shop.one(&op).unwrap();
    }
    let own = joined_in_person(&mut shop, address(0), 0, 5);
    let amina = proved(&mut shop, Actor::Nobody, address(0));
    assert_eq!(shop.books.cards[&own].user, amina);
    proved(&mut shop, Actor::Person(amina), auntie());
    assert_ne!(shop.books.cards[&card].user, amina, "5 points do not pay 30");
    award(&mut shop, AwardTo::Card(own), 25);
    proved(&mut shop, Actor::Nobody, auntie());
    let (from, into) = (&shop.books.cards[&card], &shop.books.cards[&own]);
    assert!(from.ended_at.is_some());
    assert_eq!((from.balance, into.balance), (Points(0), Points(0)));
}

#[test]
fn an_account_that_answers_one_shop_finds_its_card_of_another() {
    let mut shop = Shop::open();
    let card = joined_in_person(&mut shop, address(0), 2, 50);
    let ask = AskEnrollment { whom: at(0), program: shop.programs[0] };
    let ask = shop.op(Actor::Staff(shop.counters[0]), ask);
    shop.one(&ask).unwrap();
    let asked = AskedAt { request: RequestId::from(ask.id), address: Some(address(0)) };
    let (answer, language) = (RequestAnswer::Accept, None);
    let yes = shop.op(Actor::Nobody, AnswerByLink { asked, answer, language });
    shop.one(&yes).unwrap();
    assert_eq!(shop.books.cards[&card].user, shop.people[0]);
    assert_eq!(shop.books.cards[&CardId(yes.id.derive("card"))].user, shop.people[0]);
}

#[test]
fn who_deletes_their_account_is_named_no_more_by_a_card_that_they_never_claimed() {
    let mut shop = Shop::open();
    let card = joined_in_person(&mut shop, address(0), 0, 50);
    let erase = EraseMe { addresses: vec![(address(0), hash(0))] };
    let erase = shop.op(Actor::Person(shop.people[0]), erase);
    shop.one(&erase).unwrap();
    let card = &shop.books.cards[&card];
    assert_eq!((card.balance, card.ended_at), (Points(50), None), "the shop's books stay");
    assert!(shop.books.users[&card.user].is_nobody());
}
