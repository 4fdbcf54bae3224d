//! Tells a person that what came onto a card brought a reward within reach.

use reda_domain::card::Card;
use reda_domain::notice::{Notice, NoticeKind, Reader};
use reda_domain::points::Points;
use reda_domain::reward::newly_reached;
use reda_domain::world::{NotLoaded, World};

/// The news, where there is any; of several rewards it names the dearest.
pub(crate) fn reward_available(
    before: Points,
    card: &Card,
    shop: &str,
    world: &World,
) -> Result<Option<Notice>, NotLoaded> {
    let reward = newly_reached(world.rewards_of(card.program)?, before, card.balance);
    Ok(reward.map(|reward| {
        let kind = NoticeKind::RewardAvailable {
            shop: shop.to_owned(),
            reward: reward.name.clone(),
            cost: reward.cost,
            balance: card.balance,
            card: card.id,
        };
        Notice { to: Reader::Person(card.user), kind }
    }))
}
