//! What lapses, and what does not.

use crate::books::Outcome;
use crate::shop::{Shop, at};
use reda_actions::*;
use reda_domain::effects::Effects;
use reda_domain::expiry::Expiry;
use reda_domain::notice::NoticeKind;
use reda_domain::points::Points;
use reda_domain::program::ProgramStatus;
use reda_domain::refusal::Refusal;
use reda_domain::request::RequestAnswer;
use reda_domain::{CardId, RequestId, Timestamp};

const YEAR: Expiry = Expiry::AfterEarning { months: 12 };

/// Amina's card in the first programme, whose points lapse.
fn card(shop: &mut Shop) -> CardId {
    set(shop, YEAR);
    let owner = Actor::Staff(shop.counters[0]);
    let ask = shop.op(owner, AskEnrollment { whom: at(0), program: shop.programs[0] });
    shop.one(&ask).unwrap();
    let (request, answer) = (RequestId::from(ask.id), RequestAnswer::Accept);
    let yes = AnswerRequest { request, answer, signature: None, language: None };
    let yes = shop.op(Actor::Person(shop.people[0]), yes);
    shop.one(&yes).unwrap();
    CardId(yes.id.derive("card"))
}

fn set(shop: &mut Shop, expiry: Expiry) {
    let status = UpdateProgram::status(shop.programs[0], ProgramStatus::Active);
    let set = UpdateProgram { status: None, expiry: Some(expiry), ..status };
    let op = shop.op(Actor::Staff(shop.counters[0]), set);
    shop.one(&op).unwrap();
}

/// Points, and the time they came at; a second passes.
fn award(shop: &mut Shop, card: CardId, points: i64) -> Timestamp {
    let (to, worth) = (AwardTo::Card(card), Worth::Points(Points(points)));
    let op = shop.op(Actor::Staff(shop.counters[0]), AwardPoints { to, worth, sale: None });
    shop.one(&op).unwrap();
    shop.now = shop.now.plus_ms(1_000);
    shop.now.plus_ms(-1_000)
}

/// What came before `over` lapses; of what came from then until now the customer is warned.
fn lapse(shop: &mut Shop, card: CardId, over: Timestamp) -> Outcome {
    let since = shop.books.programs[&shop.programs[0]].expiry_since;
    let warnings = vec![Warning { from: over, to: shop.now, on: "21/12/2026".to_owned() }];
    let op = shop.op(Actor::Server, ExpirePoints { card, since, over, warnings });
    shop.one(&op)
}

/// Points that lapsed, and points that were warned of.
fn told(effects: &Effects) -> (i64, i64) {
    let sum = |of: fn(&NoticeKind) -> Option<Points>| {
        effects.notices.iter().filter_map(|it| of(&it.kind)).map(|points| points.0).sum()
    };
    let lapsed = sum(|it| match it {
        NoticeKind::PointsExpired { points, .. } => Some(*points),
        _ => None,
    });
    let warned = sum(|it| match it {
        NoticeKind::PointsExpiring { points, .. } => Some(*points),
        _ => None,
    });
    (lapsed, warned)
}

#[test]
fn what_came_before_lapses_and_what_came_after_is_warned_of() {
    let mut shop = Shop::open();
    let card = card(&mut shop);
    award(&mut shop, card, 70);
    let over = award(&mut shop, card, 30);
    assert_eq!(told(&lapse(&mut shop, card, over).unwrap()), (70, 30));
    assert_eq!(shop.books.cards[&card].balance, Points(30));
    assert_eq!(told(&lapse(&mut shop, card, over).unwrap()), (0, 30), "nothing lapses twice");
}

#[test]
fn points_that_a_customer_is_asked_for_do_not_lapse_before_the_answer() {
    let mut shop = Shop::open();
    let card = card(&mut shop);
    award(&mut shop, card, 70);
    let (points, reason) = (Some(Points(50)), Some("Tea".to_owned()));
    let ask = RequestDeduction { card, points, reason, reward: None };
    let ask = shop.op(Actor::Staff(shop.counters[0]), ask);
    shop.one(&ask).unwrap();
    let now = shop.now;
    assert_eq!(told(&lapse(&mut shop, card, now).unwrap()), (20, 0));
    assert_eq!(shop.books.cards[&card].available(), Points(0));
    let request = RequestId::from(ask.id);
    let cancel = shop.op(Actor::Staff(shop.counters[0]), CancelRequest { request });
    shop.one(&cancel).unwrap();
    assert_eq!(told(&lapse(&mut shop, card, now).unwrap()), (50, 0));
}

#[test]
fn a_rule_that_is_another_by_now_takes_nothing() {
    let mut shop = Shop::open();
    let card = card(&mut shop);
    award(&mut shop, card, 70);
    let since = shop.books.programs[&shop.programs[0]].expiry_since;
    set(&mut shop, Expiry::AfterEarning { months: 24 });
    let stale = ExpirePoints { card, since, over: shop.now, warnings: vec![] };
    let op = shop.op(Actor::Server, stale);
    assert_eq!(told(&shop.one(&op).unwrap()), (0, 0));
    set(&mut shop, Expiry::Never);
    let now = shop.now;
    assert_eq!(told(&lapse(&mut shop, card, now).unwrap()), (0, 0));
}

#[test]
fn an_idle_card_loses_all_and_one_in_use_nothing() {
    let mut shop = Shop::open();
    let card = card(&mut shop);
    set(&mut shop, Expiry::Inactivity { months: 6 });
    award(&mut shop, card, 70);
    let last = award(&mut shop, card, 30);
    assert_eq!(told(&lapse(&mut shop, card, last).unwrap()), (0, 100));
    assert_eq!(told(&lapse(&mut shop, card, last.plus_ms(1)).unwrap()), (100, 0));
}

#[test]
fn nobody_but_the_server_lets_points_lapse() {
    let mut shop = Shop::open();
    let card = card(&mut shop);
    let (since, over) = (shop.now, shop.now);
    let act = ExpirePoints { card, since, over, warnings: vec![] };
    for actor in [Actor::Staff(shop.counters[0]), Actor::Person(shop.people[0]), Actor::Nobody] {
        let op = shop.op(actor, act.clone());
        assert_eq!(shop.one(&op), Err(Refusal::NotAllowed));
    }
}
