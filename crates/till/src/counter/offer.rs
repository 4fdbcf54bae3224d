//! What the programme of the card at the counter gives: points by its rule and tiers, and rewards
//! for points.

use super::Counter;
use super::stage::{Accepted, Member, Stage};
use crate::amount;
use reda_domain::language::Language;
use reda_domain::points::Points;
use reda_domain::tier;
use reda_protocol::entity::RewardBody;
use reda_protocol::error::WireError;
use reda_protocol::rpc::{AmountView, CardLine, ProgramLine, RewardLine};

/// A programme, and what its points buy now, the cheapest first.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Offer {
    pub(crate) program: ProgramLine,
    pub(crate) rewards: Vec<RewardBody>,
}

impl Counter {
    /// What an amount as typed would earn whoever is at the counter.
    pub(crate) fn amount(&self, text: &str, language: Language) -> AmountView {
        let offered = self.offer.as_ref().map(|offer| &offer.program);
        let Some(program) = offered.or(self.program.as_ref()) else {
            let error = Some(WireError::of("program_unknown", language));
            return AmountView { amount: None, points: None, tier: None, error };
        };
        let earned = self.stage.card().map_or(Points(0), |card| card.earned);
        amount::view(text, program.earn, tier::reached(&program.tiers, earned), language)
    }

    /// What the points of the card at the counter buy.
    pub(super) fn rewards(&self) -> Vec<RewardLine> {
        let (Some(card), Some(offer)) = (self.stage.card(), &self.offer) else { return vec![] };
        offer.rewards.iter().map(|reward| line(reward, card)).collect()
    }

    /// The card as it is shown, in the tier that it has reached.
    pub(super) fn tiered(&self, card: CardLine) -> CardLine {
        let Some(offer) = &self.offer else { return card };
        let tier = tier::reached(&offer.program.tiers, card.earned).map(|tier| tier.name.clone());
        CardLine { tier, ..card }
    }
}

impl Stage {
    /// The card at the counter.
    fn card(&self) -> Option<&CardLine> {
        match self {
            Stage::Member(Member { card, .. }) | Stage::Accepted(Accepted { card, .. }) => {
                Some(card)
            }
            Stage::Spending(spending) => Some(&spending.member.card),
            Stage::Idle
            | Stage::LookingUp { .. }
            | Stage::NotMember { .. }
            | Stage::Asking(_)
            | Stage::Open(_)
            | Stage::Declined { .. }
            | Stage::Cancelled(_)
            | Stage::Refused(_) => None,
        }
    }
}

fn line(reward: &RewardBody, card: &CardLine) -> RewardLine {
    RewardLine {
        id: reward.id,
        name: reward.name.clone(),
        cost: reward.cost,
        gives: reward.gives.clone(),
        leaves: Points(card.balance.0 - reward.cost.0),
        missing: Points((reward.cost.0 - card.available.0).max(0)),
    }
}
