//! Answers that come by the till: digits that the customer reads out, and the turned screen.

use super::*;
use reda_domain::request::RequestAnswer;
use reda_domain::wording::{self, Sharing};

fn in_person(answer: RequestAnswer) -> impl FnOnce(&mut Counter, &Ctx) -> Wish {
    move |counter, ctx| counter.answer_in_person(InPerson { answer, language: Language::Sw }, ctx)
}

fn digits(counter: &mut Counter, ctx: &Ctx) -> Wish {
    counter.answer_by_code("482913".into(), ctx)
}

#[test]
fn digits_that_are_read_out_answer_the_open_request() {
    let mut shop = Shop::waiting();
    shop.does(digits);
    let Verb::AnswerByCode(given) = &shop.sent[2].1 else { panic!() };
    assert_eq!((given.request, given.code.as_str()), (REQUEST, "482913"));
    assert_eq!((shop.stage_name(), shop.to_the_caller), ("waiting".into(), 1));
    shop.answer(json!({ "request": REQUEST, "card": CARD }));
    assert_eq!(shop.stage_name(), "waiting", "its row says so");
    shop.accept(0);
    assert_eq!(shop.stage_name(), "accepted");
}

#[test]
fn wrong_digits_leave_the_request_open_for_another_try() {
    let mut shop = Shop::waiting();
    shop.does(digits);
    shop.does(digits);
    assert_eq!(shop.sent.len(), 3, "one at a time");
    shop.reject("answer_code_wrong");
    assert_eq!(shop.stage_name(), "waiting");
    shop.does(digits);
    assert_eq!(shop.sent.len(), 4);
}

#[test]
fn the_turned_screen_has_the_question_in_both_languages() {
    let mut shop = Shop::waiting();
    assert!(matches!(shop.stage(), CounterStage::Waiting { text: None, .. }));
    let text = wording::now("Baraka", "Baraka Points", &Sharing::unknown());
    shop.facts.request.as_mut().unwrap().text = Some(text.clone());
    shop.see();
    let CounterStage::Waiting { text: shown, .. } = shop.stage() else { panic!() };
    assert_eq!(shown, Some(text));
    shop.now = shop.now.plus_ms(3 * MINUTE);
    assert!(matches!(shop.stage(), CounterStage::NoAnswer { text: Some(_), .. }));
}

#[test]
fn an_answer_in_person_says_in_which_language_it_was_given() {
    let mut shop = Shop::waiting();
    shop.does(in_person(RequestAnswer::Decline));
    let Verb::AnswerInPerson(given) = &shop.sent[2].1 else { panic!() };
    let said = (given.request, given.answer, given.language);
    assert_eq!(said, (REQUEST, RequestAnswer::Decline, Some(Language::Sw)));
    shop.answer(json!({ "request": REQUEST, "card": null }));
    shop.see_request(RequestStatus::Declined, 0);
    assert_eq!(shop.stage_name(), "declined");
}

#[test]
fn nobody_answers_about_points_on_the_shops_own_screen() {
    let mut shop = Shop::member(1_240);
    shop.does(in_person(RequestAnswer::Accept));
    shop.does(digits);
    assert_eq!(shop.sent.len(), 1);
}

#[test]
fn answers_need_the_line() {
    let mut shop = Shop::waiting();
    shop.online = false;
    assert_eq!(shop.is_refused(digits), "offline");
    assert_eq!(shop.is_refused(in_person(RequestAnswer::Accept)), "offline");
}
