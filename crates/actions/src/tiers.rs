//! Tells a person that what a card has earned put it into another tier.

use reda_domain::card::Card;
use reda_domain::notice::{Notice, NoticeKind, Reader};
use reda_domain::points::Points;
use reda_domain::program::Program;

/// The news, where there is any. A card's first tier comes with the card, and is none.
pub(crate) fn tier_changed(
    before: Points,
    card: &Card,
    program: &Program,
    shop: &str,
) -> Option<Notice> {
    let now = program.tier_of(card.earned).map(|tier| &tier.name);
    if now == program.tier_of(before).map(|tier| &tier.name) {
        return None;
    }
    let kind = NoticeKind::TierChanged {
        shop: shop.to_owned(),
        program: program.name.clone(),
        tier: now.cloned(),
        card: card.id,
    };
    Some(Notice { to: Reader::Person(card.user), kind })
}
