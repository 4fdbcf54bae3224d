//! Asking somebody to join: waiting, sending again, taking back, and every end of it.

use super::*;

#[test]
fn a_phone_that_is_no_members_can_be_asked_by_its_number() {
    let mut shop = Shop::open();
    let phone = LookUp::parse("0722000412", "KE", false).unwrap();
    shop.does(|counter, ctx| counter.look_up(phone, ctx));
    assert_eq!(shop.stage(), CounterStage::LookingUp { shown: Some("0722 ••• 412".into()) });
    shop.answer(json!({ "status": "not_enrolled", "ask": { "phone": "+254722000412" } }));
    let CounterStage::NotMember { person, .. } = shop.stage() else { panic!() };
    assert_eq!((person.id, person.name.as_str()), (None, "0722 ••• 412"));
    shop.ask();
    let Verb::AskEnrollment(ask) = &shop.sent[1].1 else { panic!() };
    assert_eq!((ask.phone.as_deref(), ask.customer), (Some("+254722000412"), None));
}

#[test]
fn asking_waits_with_a_ring_and_then_goes_on_without_an_answer() {
    let mut shop = Shop::not_member();
    shop.ask();
    assert_eq!(shop.stage_name(), "asking");
    let Verb::AskEnrollment(ask) = &shop.sent[1].1 else { panic!() };
    assert_eq!((ask.customer, ask.program), (Some(AMINA), PROGRAM));
    shop.answer(json!({ "request": REQUEST }));
    let until = shop.now.plus_ms(COUNTER_WAIT_MS);
    let CounterStage::Waiting { counter_until, send_again_from, .. } = shop.stage() else {
        panic!()
    };
    assert_eq!(counter_until, until);
    assert_eq!(send_again_from, shop.now.plus_ms(RESEND_AFTER_MS));
    shop.see_request(RequestStatus::Pending, 0);
    assert_eq!(shop.counter.tick_at(shop.now), Some(until));
    shop.now = until;
    let CounterStage::NoAnswer { open_until, .. } = shop.stage() else { panic!() };
    assert_eq!(open_until, shop.facts.request.as_ref().unwrap().expires_at);
    assert_eq!(shop.counter.tick_at(shop.now), None);
}

#[test]
fn the_till_shows_that_the_customer_has_the_request_on_the_screen() {
    let mut shop = Shop::waiting();
    assert!(matches!(shop.stage(), CounterStage::Waiting { seen: false, .. }));
    shop.facts.request.as_mut().unwrap().seen_at = Some(shop.now);
    shop.see();
    assert!(matches!(shop.stage(), CounterStage::Waiting { seen: true, .. }));
}

#[test]
fn acceptance_shows_the_card_and_what_had_waited() {
    let mut shop = Shop::waiting();
    shop.award(170_000);
    shop.answer(waiting_data(17, 17));
    shop.see_request(RequestStatus::Pending, 17);
    assert!(matches!(shop.stage(), CounterStage::Waiting { waiting: Points(17), .. }));
    assert_eq!(shop.view().last_award.unwrap().balance, None);
    shop.accept(17);
    let CounterStage::Accepted { person, card, posted, .. } = shop.stage() else { panic!() };
    assert_eq!(person.name, "Amina Odhiambo");
    assert_eq!((card.balance, posted), (Points(17), Points(17)));
    assert_eq!(shop.view().last_award.unwrap().balance, Some(Points(17)));
}

#[test]
fn an_acceptance_without_its_card_is_not_shown_yet() {
    let mut shop = Shop::waiting();
    shop.see_request(RequestStatus::Accepted, 0);
    assert_eq!(shop.stage_name(), "waiting");
    shop.accept(0);
    assert_eq!(shop.stage_name(), "accepted");
}

#[test]
fn acceptance_after_the_counter_stopped_waiting_still_shows() {
    let mut shop = Shop::waiting();
    shop.now = shop.now.plus_ms(3 * MINUTE);
    assert_eq!(shop.stage_name(), "no_answer");
    shop.accept(0);
    assert_eq!(shop.stage_name(), "accepted");
}

#[test]
fn a_no_says_from_when_to_ask_again_and_drops_what_waited() {
    let mut shop = Shop::waiting();
    shop.award(170_000);
    shop.answer(waiting_data(17, 17));
    shop.see_request(RequestStatus::Declined, 0);
    let CounterStage::Declined { ask_again_from, .. } = shop.stage() else { panic!() };
    assert_eq!(ask_again_from, shop.now.plus_ms(ASK_AGAIN_AFTER_MS));
    assert_eq!(shop.view().last_award, None);
}

#[test]
fn an_expired_request_leaves_someone_who_can_be_asked() {
    let mut shop = Shop::waiting();
    shop.see_request(RequestStatus::Expired, 0);
    assert_eq!(shop.stage_name(), "not_member");
}

#[test]
fn someone_who_said_no_is_not_asked_until_then() {
    let mut shop = Shop::open();
    shop.code(&code(1, 7));
    let until = shop.now.plus_ms(MINUTE);
    let found = json!({ "status": "not_enrolled", "customer": amina(), "declined_until": until });
    shop.answer(found);
    assert!(matches!(shop.stage(), CounterStage::NotMember { ask_again_from: Some(_), .. }));
    assert_eq!(shop.is_refused(|counter, ctx| counter.ask(ctx)), "declined_recently");
    shop.now = until;
    assert!(matches!(shop.stage(), CounterStage::NotMember { ask_again_from: None, .. }));
    shop.ask();
    assert_eq!(shop.stage_name(), "asking");
}

#[test]
fn a_refused_ask_says_why() {
    let mut shop = Shop::not_member();
    shop.ask();
    let until = shop.now.plus_ms(MINUTE);
    let refused = WireError::of("declined_recently", Language::En).with(json!({ "until": until }));
    shop.answer_to(1, Err(refused));
    let CounterStage::NotMember { ask_again_from, refused, .. } = shop.stage() else { panic!() };
    assert_eq!(ask_again_from, Some(until));
    assert_eq!(refused.unwrap().code, "declined_recently");
}

#[test]
fn a_customer_with_a_pending_request_is_waited_for() {
    let mut shop = Shop::open();
    shop.code(&code(1, 7));
    shop.answer(json!({ "status": "pending", "customer": amina(), "request": REQUEST }));
    shop.see_request(RequestStatus::Pending, 34);
    assert!(matches!(shop.stage(), CounterStage::Waiting { waiting: Points(34), .. }));
}

#[test]
fn sending_again_moves_the_ring_on() {
    let mut shop = Shop::waiting();
    assert_eq!(shop.is_refused(|counter, ctx| counter.send_again(ctx)), "sent_too_recently");
    shop.now = shop.now.plus_ms(3 * MINUTE);
    shop.does(|counter, ctx| counter.send_again(ctx));
    assert_eq!(shop.to_the_caller, 1);
    shop.answer_moved(json!({ "request": REQUEST }), 11);
    let until = shop.now.plus_ms(COUNTER_WAIT_MS);
    let ring = |shop: &Shop| match shop.stage() {
        CounterStage::Waiting { counter_until, .. } => Some(counter_until),
        _ => None,
    };
    assert_eq!(ring(&shop), Some(until));
    shop.see();
    assert_eq!(ring(&shop), Some(until), "the row from before the answer does not count");
    shop.facts.cursor = cursor(1, 11);
    shop.facts.request.as_mut().unwrap().counter_until = until.plus_ms(5);
    shop.see();
    assert_eq!(ring(&shop), Some(until.plus_ms(5)));
}

#[test]
fn taking_back_ends_the_request() {
    let mut shop = Shop::waiting();
    shop.does(|counter, ctx| counter.cancel(ctx));
    assert!(matches!(shop.sent.last(), Some((_, Verb::CancelRequest(_)))));
    assert_eq!(shop.stage_name(), "waiting");
    shop.answer(json!({ "request": REQUEST }));
    assert_eq!(shop.stage_name(), "cancelled");
    shop.ask();
    assert_eq!(shop.stage_name(), "asking");
}

#[test]
fn a_request_that_another_till_took_back_is_shown_so() {
    let mut shop = Shop::waiting();
    shop.see_request(RequestStatus::Cancelled, 0);
    assert_eq!(shop.stage_name(), "cancelled");
}

#[test]
fn taking_back_too_late_shows_the_acceptance() {
    let mut shop = Shop::waiting();
    shop.does(|counter, ctx| counter.cancel(ctx));
    shop.reject("already_answered");
    assert_eq!(shop.stage_name(), "waiting");
    shop.accept(0);
    assert_eq!(shop.stage_name(), "accepted");
}
