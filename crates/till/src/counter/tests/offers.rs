//! What a card's programme gives: tiers, and rewards to choose.

use super::super::spending::Wanted;
use super::*;
use reda_domain::RewardId;
use reda_domain::reward::{Gives, RewardStatus};
use reda_domain::tier::Tier;
use reda_protocol::entity::RewardBody;
use reda_protocol::rpc::{AmountView, SpendAsk};

const FLOUR: RewardId = RewardId(Uuid::from_u128(7));
const HAMPER: RewardId = RewardId(Uuid::from_u128(8));

fn reward(id: RewardId, name: &str, cost: i64) -> RewardBody {
    RewardBody {
        id,
        program: PROGRAM,
        name: name.into(),
        cost: Points(cost),
        gives: Gives::Product { product: name.into() },
        status: RewardStatus::Active,
    }
}

fn offer() -> Offer {
    let gold = Tier { name: "Gold".into(), from: Points(1_000), multiplier_percent: 150 };
    Offer {
        program: ProgramLine { tiers: vec![gold], ..program() },
        rewards: vec![reward(FLOUR, "Flour", 400), reward(HAMPER, "Hamper", 1_500)],
    }
}

impl Shop {
    /// Amina has this balance, and so much she earned.
    fn offering(balance: i64) -> Self {
        let mut shop = Self::member(balance);
        shop.facts.offer = Some(offer());
        shop.see();
        shop
    }

    fn chooses(&self, reward: RewardId) -> Result<Wanted, WireError> {
        let ask = SpendAsk { text: String::new(), reason: String::new(), reward: Some(reward) };
        self.counter.wanted(ask, Language::En)
    }

    fn typed_amount(&self, text: &str) -> AmountView {
        self.counter.amount(text, Language::En)
    }

    fn tier(&self) -> Option<String> {
        match self.stage() {
            CounterStage::Member { card, .. } => card.tier,
            other => panic!("no card at {other:?}"),
        }
    }
}

#[test]
fn rewards_say_what_they_leave_or_what_is_missing() {
    let shop = Shop::offering(1_240);
    let lines = shop.view().rewards;
    let of = |n: usize| (lines[n].name.as_str(), lines[n].leaves.0, lines[n].missing.0);
    assert_eq!((of(0), of(1)), (("Flour", 840, 0), ("Hamper", -260, 260)));
    assert_eq!(Shop::open().view().rewards, [], "nobody is at the counter");
}

#[test]
fn a_chosen_reward_is_asked_for_by_its_id_at_the_cost_that_was_seen() {
    let mut shop = Shop::offering(1_240);
    let wanted = shop.chooses(FLOUR).unwrap();
    shop.does(|counter, ctx| counter.spend(wanted, ctx));
    let Some((_, Verb::RequestDeduction(ask))) = shop.sent.last() else { panic!() };
    assert_eq!((ask.reward, ask.points, &ask.reason), (Some(FLOUR), Some(Points(400)), &None));
    let CounterStage::Spending { reason, reward, points, .. } = shop.stage() else { panic!() };
    assert_eq!((reason.as_str(), reward, points), ("Flour", Some(FLOUR), Points(400)));
}

#[test]
fn a_reward_out_of_reach_or_gone_is_not_asked_for() {
    let shop = Shop::offering(1_240);
    let short = shop.chooses(HAMPER).unwrap_err();
    assert_eq!(short.code, "not_enough_points");
    assert_eq!(short.details, Some(json!({ "available": 1_240, "needs": 1_500 })));
    assert_eq!(shop.chooses(RewardId(Uuid::nil())).unwrap_err().code, "reward_unknown");
}

#[test]
fn points_that_are_set_aside_bring_no_reward_within_reach() {
    let mut shop = Shop::offering(1_240);
    let (held, available) = (Points(1_000), Points(240));
    shop.facts.card = Some(CardBody { held, available, ..card_row(1_240) });
    shop.see();
    assert_eq!(shop.view().rewards[0].missing, Points(160));
}

#[test]
fn an_amount_earns_what_the_tier_of_the_card_makes_of_it() {
    let shop = Shop::offering(999);
    assert_eq!((shop.tier(), shop.typed_amount("1,700").points), (None, Some(Points(17))));
    let shop = Shop::offering(1_000);
    let gold = shop.typed_amount("1,700");
    assert_eq!((shop.tier().as_deref(), gold.points), (Some("Gold"), Some(Points(25))));
    assert_eq!(gold.tier.unwrap().multiplier_percent, 150);
}

#[test]
fn an_award_lifts_the_card_into_its_tier_at_once() {
    let mut shop = Shop::offering(990);
    shop.award(100_000);
    shop.answer(award_data(10, 1_000));
    assert_eq!(shop.tier().as_deref(), Some("Gold"));
    assert_eq!(shop.typed_amount("1,700").points, Some(Points(25)));
}

#[test]
fn without_anybody_an_amount_earns_by_the_rule_alone() {
    let mut shop = Shop::open();
    let beginners = Tier { name: "Bronze".into(), from: Points(0), multiplier_percent: 200 };
    assert_eq!(shop.typed_amount("1,700").points, Some(Points(17)));
    shop.counter.set_program(Some(ProgramLine { tiers: vec![beginners], ..program() }));
    assert_eq!(shop.typed_amount("1,700").points, Some(Points(34)), "as whoever joins would earn");
}
