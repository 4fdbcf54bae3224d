//! A code shown while points are asked for, fact by fact.

use super::spending::asked_row;
use super::*;
use reda_domain::PrintedCodeId;
use reda_domain::code::ServerKeyId;
use reda_protocol::rpc::SpendState;

const BARAKA: HandleId = HandleId(Uuid::from_u128(77));
/// What the shop lets a code approve at once.
const CODE_POINTS: Points = Points(500);

fn printed() -> String {
    let key = PrivateKey::from_bytes(&[1; 32]).unwrap();
    Code::printed(ServerKeyId(1), PrintedCodeId(Uuid::nil()), &key).to_text()
}

impl Shop {
    /// Amina was asked for 200 points, and the shop lets codes approve.
    fn takes_codes() -> Self {
        let mut shop = Self::spending();
        shop.counter.set_code_points(Some(CODE_POINTS));
        shop
    }

    fn shown(&self) -> Vec<&str> {
        let answers = self.sent.iter().filter_map(|(_, verb)| match verb {
            Verb::AnswerByCode(answer) if answer.request == REQUEST => Some(answer.code.as_str()),
            _ => None,
        });
        answers.collect()
    }

    /// Whether the view offers codes, and why the last one was none.
    fn by_code(&self) -> (bool, Option<String>) {
        match self.spend_state() {
            SpendState::Waiting { by_code, refused, .. } => (by_code, refused.map(|it| it.code)),
            other => panic!("nobody waits at {other:?}"),
        }
    }
}

#[test]
fn the_customers_own_code_is_their_yes_where_the_shop_lets_it() {
    let mut shop = Shop::takes_codes();
    assert_eq!(shop.by_code(), (true, None));
    let before = shop.sent.len();
    shop.code_of(Some(AMINA), &code(1, 2));
    shop.code_of(Some(AMINA), &code(1, 2));
    assert_eq!(shop.shown(), [code(1, 2)], "once while it is under way");
    assert_eq!(shop.sent.len(), before + 1, "and no scan");
    assert_eq!(shop.others.last(), Some(&Effect::CodeRead));
    shop.answer(json!({ "request": REQUEST, "card": CARD, "entry": Uuid::nil() }));
    shop.ends(RequestStatus::Accepted, 1_040);
    assert_eq!(shop.spend_state(), SpendState::Approved { at: shop.now });
}

#[test]
fn where_the_shop_does_not_let_it_a_code_waits_for_its_turn() {
    let mut shop = Shop::spending();
    shop.code_of(Some(AMINA), &code(1, 2));
    assert_eq!((shop.shown().len(), shop.by_code()), (0, (false, None)));
}

#[test]
fn a_code_that_is_no_yes_says_why_until_another_is_shown() {
    let mut shop = Shop::takes_codes();
    shop.code_of(Some(AMINA), &code(1, 2));
    shop.reject("code_used");
    assert_eq!(shop.by_code().1.as_deref(), Some("code_used"));
    shop.code_of(Some(BARAKA), &code(2, 2));
    assert_eq!(shop.by_code().1.as_deref(), Some("code_not_theirs"));
    shop.code(&printed());
    assert_eq!(shop.by_code().1.as_deref(), Some("evidence_not_allowed"));
    shop.online = false;
    shop.code_of(Some(AMINA), &code(1, 2));
    assert_eq!(shop.by_code().1.as_deref(), Some("offline"));
    assert_eq!(shop.shown().len(), 1);
    shop.online = true;
    shop.code_of(Some(AMINA), &code(1, 2));
    assert_eq!((shop.shown().len(), shop.by_code().1), (2, None));
}

#[test]
fn somebody_elses_code_is_looked_up_once_the_question_is_over() {
    let mut shop = Shop::takes_codes();
    shop.code_of(Some(BARAKA), &code(2, 2));
    shop.ends(RequestStatus::Declined, 1_240);
    shop.clear();
    assert_eq!(shop.others.last(), Some(&Effect::LookAgain));
}

#[test]
fn a_code_shown_before_the_question_has_come_or_after_its_end_is_no_yes() {
    let mut shop = Shop::member(1_240);
    shop.counter.set_code_points(Some(CODE_POINTS));
    shop.spend(200);
    shop.code_of(Some(AMINA), &code(1, 2));
    shop.answer(json!({ "request": REQUEST, "hold": Uuid::nil() }));
    shop.facts.request = Some(asked_row(&shop));
    shop.see();
    assert_eq!(shop.by_code(), (true, None));
    shop.ends(RequestStatus::Declined, 1_240);
    shop.code_of(Some(AMINA), &code(1, 2));
    assert_eq!((shop.shown().len(), shop.spend_state()), (0, SpendState::Declined));
}

#[test]
fn codes_are_not_offered_for_more_than_they_approve() {
    let mut shop = Shop::takes_codes();
    shop.counter.set_code_points(Some(Points(199)));
    assert!(!shop.by_code().0);
}
