//! Spending points, fact by fact.

use super::super::spending::Wanted;
use super::*;
use reda_protocol::rpc::{SpendState, SpendView};

const REASON: &str = "KES 100 off";

/// The row of a request for 200 of Amina's points.
pub(super) fn asked_row(shop: &Shop) -> RequestBody {
    let expires_at = shop.now.plus_ms(2 * MINUTE);
    RequestBody {
        kind: RequestKind::PointsDeduction,
        card: Some(CARD),
        points: Points(200),
        reason: Some(REASON.into()),
        expires_at,
        counter_until: expires_at,
        ..request_row(shop.now)
    }
}

fn held(balance: i64, held: i64) -> CardBody {
    CardBody { held: Points(held), available: Points(balance - held), ..card_row(balance) }
}

fn wanted(points: i64) -> Wanted {
    Wanted { points: Points(points), reason: REASON.into(), reward: None }
}

impl Shop {
    pub(super) fn spend(&mut self, points: i64) {
        self.does(|counter, ctx| counter.spend(wanted(points), ctx));
    }

    /// Amina, who has 1,240 points, was asked for 200.
    pub(super) fn spending() -> Self {
        let mut shop = Self::member(1_240);
        shop.spend(200);
        shop.answer(json!({ "request": REQUEST, "hold": Uuid::nil() }));
        shop.facts.request = Some(asked_row(&shop));
        shop.facts.card = Some(held(1_240, 200));
        shop.see();
        shop
    }

    pub(super) fn ends(&mut self, status: RequestStatus, balance: i64) {
        self.facts.card = Some(card_row(balance));
        self.see_request(status, 0);
    }

    pub(super) fn spend_state(&self) -> SpendState {
        match self.stage() {
            CounterStage::Spending { state, .. } => state,
            other => panic!("no points are asked for at {other:?}"),
        }
    }

    fn card(&self) -> (i64, i64) {
        match self.stage() {
            CounterStage::Spending { card, .. } | CounterStage::Member { card, .. } => {
                (card.balance.0, card.available.0)
            }
            other => panic!("no card at {other:?}"),
        }
    }

    fn typed(&self, text: &str) -> SpendView {
        self.counter.spending(text, Language::En)
    }

    fn cancels(&self) -> usize {
        self.sent.iter().filter(|(_, verb)| matches!(verb, Verb::CancelRequest(_))).count()
    }
}

#[test]
fn points_as_typed_say_what_they_leave_or_why_not() {
    let shop = Shop::member(1_240);
    let fine = shop.typed(" 1,000 ");
    assert_eq!((fine.points, fine.leaves), (Some(Points(1_000)), Some(Points(240))));
    assert_eq!(shop.typed(" "), SpendView { points: None, leaves: None, error: None });
    for bad in ["0", "-5", "1.5", "x", "1000001", "99999999999999999999"] {
        assert_eq!(shop.typed(bad).error.unwrap().code, "points_out_of_range", "{bad}");
    }
    let short = shop.typed("1241").error.unwrap();
    assert_eq!(short.code, "not_enough_points");
    assert_eq!(short.details, Some(json!({ "available": 1_240, "needs": 1_241 })));
}

#[test]
fn points_that_are_set_aside_cannot_be_asked_for_again() {
    let mut shop = Shop::member(1_240);
    shop.facts.card = Some(held(1_240, 1_000));
    shop.see();
    assert_eq!(shop.typed("241").error.unwrap().code, "not_enough_points");
    assert_eq!(shop.typed("240").leaves, Some(Points(1_000)));
}

#[test]
fn asking_sets_points_aside_and_waits_with_the_holds_own_time() {
    let mut shop = Shop::member(1_240);
    shop.spend(200);
    assert_eq!(shop.spend_state(), SpendState::Asking);
    let Verb::RequestDeduction(ask) = &shop.sent[1].1 else { panic!() };
    assert_eq!((ask.card, ask.points), (CARD, Some(Points(200))));
    assert_eq!(ask.reason.as_deref(), Some(REASON));
    shop.answer(json!({ "request": REQUEST, "hold": Uuid::nil() }));
    assert_eq!((shop.spend_state(), shop.card()), (SpendState::Asking, (1_240, 1_040)));
    shop.facts.request = Some(asked_row(&shop));
    shop.see();
    let SpendState::Waiting { until, send_again_from, seen, .. } = shop.spend_state() else {
        panic!()
    };
    assert_eq!((until, seen), (shop.now.plus_ms(2 * MINUTE), false));
    assert_eq!(send_again_from, shop.now.plus_ms(RESEND_AFTER_MS));
}

#[test]
fn whoever_joined_just_now_can_spend_what_they_were_given() {
    let mut shop = Shop::waiting();
    shop.accept(1_240);
    shop.spend(200);
    assert_eq!((shop.spend_state(), shop.card()), (SpendState::Asking, (1_240, 1_240)));
}

#[test]
fn a_refused_ask_leaves_the_member_and_tells_the_caller() {
    let mut shop = Shop::member(1_240);
    shop.spend(200);
    assert_eq!(shop.to_the_caller, 1);
    shop.reject("not_enough_points");
    assert_eq!((shop.stage_name(), shop.card()), ("member".into(), (1_240, 1_240)));
}

#[test]
fn approval_shows_what_is_left() {
    let mut shop = Shop::spending();
    shop.ends(RequestStatus::Accepted, 1_040);
    assert_eq!(shop.spend_state(), SpendState::Approved { at: shop.now });
    assert_eq!(shop.card(), (1_040, 1_040));
    shop.clear();
    assert_eq!((shop.stage_name(), shop.card()), ("member".into(), (1_040, 1_040)));
}

#[test]
fn the_last_award_goes_with_the_balance_that_it_told() {
    let mut shop = Shop::member(1_206);
    shop.award(340_000);
    shop.answer(award_data(34, 1_240));
    shop.spend(200);
    shop.answer(json!({ "request": REQUEST, "hold": Uuid::nil() }));
    shop.facts.request = Some(asked_row(&shop));
    shop.see();
    assert!(shop.view().last_award.is_some(), "nothing was taken yet");
    shop.ends(RequestStatus::Accepted, 1_040);
    assert_eq!(shop.view().last_award, None);
}

#[test]
fn a_no_and_silence_take_nothing_and_can_be_asked_again() {
    for (status, state) in [
        (RequestStatus::Declined, SpendState::Declined),
        (RequestStatus::Expired, SpendState::TimedOut),
        (RequestStatus::Cancelled, SpendState::Cancelled),
    ] {
        let mut shop = Shop::spending();
        shop.ends(status, 1_240);
        assert_eq!((shop.spend_state(), shop.card()), (state, (1_240, 1_240)));
        shop.spend(100);
        assert_eq!(shop.spend_state(), SpendState::Asking);
        assert!(matches!(shop.sent.last(), Some((_, Verb::RequestDeduction(_)))));
    }
}

#[test]
fn the_end_of_the_ring_is_not_the_end_until_the_server_says_so() {
    let mut shop = Shop::spending();
    shop.now = shop.now.plus_ms(2 * MINUTE);
    shop.see();
    assert!(matches!(shop.spend_state(), SpendState::Waiting { .. }));
    shop.ends(RequestStatus::Expired, 1_240);
    assert_eq!(shop.spend_state(), SpendState::TimedOut);
}

#[test]
fn leaving_takes_the_request_back_first_and_waits_for_the_result() {
    let mut shop = Shop::spending();
    shop.clear();
    let Some((_, Verb::CancelRequest(cancel))) = shop.sent.last() else { panic!() };
    assert_eq!(cancel.request, REQUEST);
    assert_eq!(shop.spend_state(), SpendState::Cancelling);
    shop.clear();
    assert_eq!((shop.cancels(), shop.spend_state()), (1, SpendState::Cancelling));
    shop.answer(json!({ "request": REQUEST }));
    assert_eq!(shop.spend_state(), SpendState::Cancelled);
    shop.clear();
    assert_eq!(shop.stage_name(), "member");
    shop.clear();
    assert_eq!(shop.stage(), CounterStage::Idle);
}

#[test]
fn leaving_too_late_shows_the_approval() {
    let mut shop = Shop::spending();
    shop.does(|counter, ctx| counter.cancel(ctx));
    shop.reject("already_answered");
    assert_eq!(shop.spend_state(), SpendState::Cancelling, "which answer it was, the row says");
    shop.ends(RequestStatus::Accepted, 1_040);
    assert!(matches!(shop.spend_state(), SpendState::Approved { .. }));
}

#[test]
fn an_approval_that_overtakes_the_taking_back_stays() {
    let mut shop = Shop::spending();
    shop.clear();
    shop.ends(RequestStatus::Accepted, 1_040);
    shop.reject("already_answered");
    assert!(matches!(shop.spend_state(), SpendState::Approved { .. }));
}

#[test]
fn leaving_at_the_last_moment_says_that_time_was_over() {
    let mut shop = Shop::spending();
    shop.clear();
    shop.reject("request_expired");
    assert_eq!(shop.spend_state(), SpendState::TimedOut);
}

#[test]
fn leaving_before_the_server_has_the_request_takes_it_back_once_it_has() {
    let mut shop = Shop::member(1_240);
    shop.spend(200);
    shop.clear();
    assert_eq!((shop.cancels(), shop.spend_state()), (0, SpendState::Cancelling));
    shop.answer(json!({ "request": REQUEST, "hold": Uuid::nil() }));
    assert_eq!((shop.cancels(), shop.spend_state()), (1, SpendState::Cancelling));
    shop.answer(json!({ "request": REQUEST }));
    assert_eq!(shop.spend_state(), SpendState::Cancelled);
}

#[test]
fn a_taking_back_that_failed_leaves_the_question_open() {
    let mut shop = Shop::spending();
    shop.clear();
    shop.reject("busy");
    assert!(matches!(shop.spend_state(), SpendState::Waiting { .. }));
    shop.clear();
    assert_eq!(shop.cancels(), 2);
}

#[test]
fn without_the_line_one_more_step_back_is_always_out() {
    let mut shop = Shop::member(1_240);
    shop.online = false;
    let ask = |counter: &mut Counter, ctx: &Ctx| counter.spend(wanted(1), ctx);
    assert_eq!(shop.is_refused(ask), "offline");
    let mut shop = Shop::spending();
    shop.online = false;
    shop.clear();
    assert_eq!((shop.cancels(), shop.spend_state()), (1, SpendState::Cancelling));
    assert_eq!(shop.to_the_caller, 1, "only the ask: nobody waits for the line");
    shop.clear();
    assert_eq!(shop.stage(), CounterStage::Idle);
    shop.answer(json!({ "request": REQUEST }));
    assert_eq!(shop.stage(), CounterStage::Idle);
}

#[test]
fn other_customers_and_awards_wait_until_the_points_are_settled() {
    let mut shop = Shop::spending();
    shop.code(&code(2, 7));
    shop.award(170_000);
    let phone = LookUp::parse("0722000412", "KE", false).unwrap();
    shop.does(|counter, ctx| counter.look_up(phone, ctx));
    assert_eq!((shop.sent.len(), shop.stage_name()), (2, "spending".into()));
    shop.ends(RequestStatus::Accepted, 1_040);
    shop.others.clear();
    shop.clear();
    assert_eq!(shop.others, [Effect::LookAgain]);
    shop.code(&code(2, 7));
    assert_eq!(shop.stage_name(), "looking_up");
}

#[test]
fn a_second_press_asks_once() {
    let mut shop = Shop::member(1_240);
    shop.spend(200);
    shop.spend(200);
    assert_eq!(shop.sent.len(), 2);
    let mut shop = Shop::spending();
    shop.spend(200);
    assert_eq!(shop.sent.len(), 2);
}

#[test]
fn sending_again_leaves_the_time_as_it_is() {
    let mut shop = Shop::spending();
    assert_eq!(shop.is_refused(|counter, ctx| counter.send_again(ctx)), "sent_too_recently");
    let asked_at = shop.now;
    shop.now = shop.now.plus_ms(RESEND_AFTER_MS);
    shop.does(|counter, ctx| counter.send_again(ctx));
    shop.answer(json!({ "request": REQUEST }));
    shop.facts.request.as_mut().unwrap().seen_at = Some(shop.now);
    shop.see();
    let SpendState::Waiting { until, send_again_from, seen, .. } = shop.spend_state() else {
        panic!()
    };
    assert_eq!((until, seen), (asked_at.plus_ms(2 * MINUTE), true));
    assert_eq!(send_again_from, shop.now.plus_ms(RESEND_AFTER_MS));
}
