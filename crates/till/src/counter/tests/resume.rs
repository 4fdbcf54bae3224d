//! Going on after a restart, fact by fact.

use super::spending::asked_row;
use super::*;
use reda_protocol::rpc::SpendState;

impl Shop {
    /// Started again while Amina's answer about 200 points is awaited.
    fn restarted() -> Self {
        let mut shop = Self::open();
        shop.facts.request = Some(asked_row(&shop));
        shop.facts.card = Some(card_row(1_240));
        shop.facts.member = Some(member_row());
        shop.counter.resume(&shop.facts, shop.now);
        shop
    }
}

#[test]
fn a_till_that_starts_again_waits_on_for_the_answer() {
    let mut shop = Shop::restarted();
    let CounterStage::Spending { person, points, reason, state, .. } = shop.stage() else {
        panic!()
    };
    assert_eq!((person.name.as_str(), points), ("Amina Odhiambo", Points(200)));
    assert_eq!(reason, asked_row(&shop).reason.unwrap());
    assert!(matches!(state, SpendState::Waiting { request: REQUEST, .. }), "{state:?}");
    shop.ends(RequestStatus::Accepted, 1_040);
    assert_eq!(shop.spend_state(), SpendState::Approved { at: shop.now });
}

#[test]
fn stepping_back_after_a_restart_takes_the_request_back() {
    let mut shop = Shop::restarted();
    shop.clear();
    let [(_, Verb::CancelRequest(cancel))] = shop.sent.as_slice() else { panic!() };
    assert_eq!(cancel.request, REQUEST);
}

#[test]
fn nothing_is_taken_up_once_somebody_was_here() {
    let mut shop = Shop::open();
    assert!(shop.counter.is_fresh());
    shop.code(&code(1, 1));
    shop.clear();
    assert_eq!((shop.stage_name(), shop.counter.is_fresh()), ("idle".into(), false));
}

#[test]
fn without_the_members_row_there_is_nothing_to_show_yet() {
    let mut shop = Shop::open();
    shop.facts.request = Some(asked_row(&shop));
    shop.counter.resume(&shop.facts, shop.now);
    assert_eq!((shop.stage_name(), shop.counter.is_fresh()), ("idle".into(), true));
}
