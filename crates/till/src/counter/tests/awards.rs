//! Awards: to a card, to an open question, refused, and overtaken.

use super::*;

#[test]
fn an_award_shows_the_balance_that_the_server_has() {
    let mut shop = Shop::member(240);
    shop.award(170_000);
    assert_eq!(award_of(shop.stage()), AwardState::Sending);
    let Verb::AwardPoints(award) = &shop.sent[1].1 else { panic!() };
    assert_eq!((award.card, award.amount), (Some(CARD), Some(kes(170_000))));
    shop.answer_moved(award_data(17, 257), 12);
    shop.see();
    assert_eq!(balance_of(shop.stage()), 257, "the row from before the award does not count");
    let last = shop.view().last_award.unwrap();
    assert_eq!((last.points, last.balance), (Points(17), Some(Points(257))));
    shop.facts.cursor = cursor(1, 12);
    shop.facts.card = Some(card_row(260));
    shop.see();
    assert_eq!(balance_of(shop.stage()), 260, "another till awarded too");
}

#[test]
fn after_a_restore_the_replica_counts_again() {
    let mut shop = Shop::member(240);
    shop.award(170_000);
    shop.answer_moved(award_data(17, 257), 12);
    shop.facts.cursor = cursor(2, 3);
    shop.see();
    assert_eq!(balance_of(shop.stage()), 240);
}

#[test]
fn a_second_enter_awards_nothing() {
    let mut shop = Shop::member(240);
    shop.award(170_000);
    shop.award(170_000);
    assert_eq!(shop.sent.len(), 2);
    shop.answer(award_data(17, 257));
    shop.award(170_000);
    assert_eq!(shop.sent.len(), 3, "the next sale does");
}

#[test]
fn a_refused_award_says_why_and_can_be_tried_again() {
    let mut shop = Shop::member(240);
    shop.award(170_000);
    shop.reject("own_card");
    let refused = award_of(shop.stage());
    assert!(matches!(refused, AwardState::Refused { error } if error.code == "own_card"));
    assert_eq!(shop.view().last_award, None);
    shop.award(170_000);
    assert_eq!(award_of(shop.stage()), AwardState::Sending);
}

#[test]
fn an_award_without_an_answer_yet_waits_on_the_request() {
    let mut shop = Shop::waiting();
    shop.now = shop.now.plus_ms(3 * MINUTE);
    shop.award(170_000);
    let Verb::AwardPoints(award) = &shop.sent[2].1 else { panic!() };
    assert_eq!((award.card, award.request), (None, Some(REQUEST)));
    assert_eq!(shop.to_the_caller, 1, "this stage has no place for a refusal");
    shop.answer_moved(waiting_data(17, 51), 12);
    shop.see();
    assert!(matches!(shop.stage(), CounterStage::NoAnswer { waiting: Points(51), .. }));
}

#[test]
fn an_acceptance_that_overtakes_an_award_keeps_it() {
    let mut shop = Shop::waiting();
    shop.award(170_000);
    shop.accept(0);
    assert_eq!(award_of(shop.stage()), AwardState::Sending);
    shop.award(170_000);
    assert_eq!(shop.sent.len(), 3, "still one award");
    shop.answer(award_data(17, 17));
    assert_eq!((award_of(shop.stage()), balance_of(shop.stage())), (AwardState::Ready, 17));
}

#[test]
fn an_award_after_the_acceptance_goes_to_the_card() {
    let mut shop = Shop::waiting();
    shop.accept(0);
    shop.award(170_000);
    let Verb::AwardPoints(award) = &shop.sent[2].1 else { panic!() };
    assert_eq!((award.card, award.request), (Some(CARD), None));
}
