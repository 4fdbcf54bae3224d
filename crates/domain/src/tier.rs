//! Tiers: what a card has reached by all that it ever earned, and what that multiplies.

use crate::ProgramId;
use crate::points::{POINTS_MAX, Points};
use crate::program::NAME_MAX;
use serde::{Deserialize, Serialize};

/// The earn rule as it stands, in hundredths.
pub const AS_THE_RULE_SAYS: u32 = 100;
/// Tenfold: more is a typing error at any shop we know of.
pub const MULTIPLIER_MAX: u32 = 10 * AS_THE_RULE_SAYS;
/// As many tiers as anybody can keep apart.
pub const TIERS_MAX: usize = 10;

/// A tier. Spending points never takes it away; taking back what earned it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Tier {
    pub name: String,
    /// From so many points earned on.
    pub from: Points,
    /// What an amount of money earns here, in hundredths of the rule: 150 is half as much again.
    pub multiplier_percent: u32,
}

/// The tier of a card that has earned so much; none below the first.
pub fn reached(tiers: &[Tier], earned: Points) -> Option<&Tier> {
    tiers.iter().rev().find(|tier| tier.from <= earned)
}

/// What tiers multiply by for a card that has earned so much, in hundredths.
pub fn multiplier_percent(tiers: &[Tier], earned: Points) -> u32 {
    reached(tiers, earned).map_or(AS_THE_RULE_SAYS, |tier| tier.multiplier_percent)
}

/// What a card of a programme has earned while it is in a tier: from so much on, and less than that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    pub program: ProgramId,
    pub from: Points,
    pub below: Points,
}

/// The tiers of this name, which several programmes may have.
pub fn bands<'a>(
    programs: impl IntoIterator<Item = (ProgramId, &'a [Tier])>,
    name: &str,
) -> Vec<Band> {
    let band = |(program, tiers): (ProgramId, &[Tier])| {
        let at = tiers.iter().position(|tier| tier.name == name)?;
        let below = tiers.get(at + 1).map_or(Points(i64::MAX), |next| next.from);
        Some(Band { program, from: tiers[at].from, below })
    };
    programs.into_iter().filter_map(band).collect()
}

/// Whether a programme can have these tiers: named, each from more points than the one before.
pub fn are_sound(tiers: &[Tier]) -> bool {
    let named = |tier: &Tier| {
        let letters = tier.name.chars().count();
        (1..=NAME_MAX).contains(&letters) && !tier.name.chars().any(char::is_control)
    };
    let sound = |tier: &Tier| {
        let counted = (0..=POINTS_MAX).contains(&tier.from.0);
        named(tier) && counted && (1..=MULTIPLIER_MAX).contains(&tier.multiplier_percent)
    };
    tiers.len() <= TIERS_MAX
        && tiers.iter().all(sound)
        && tiers.windows(2).all(|pair| pair[0].from < pair[1].from && pair[0].name != pair[1].name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tier(name: &str, from: i64, multiplier_percent: u32) -> Tier {
        Tier { name: name.to_owned(), from: Points(from), multiplier_percent }
    }

    #[test]
    fn a_card_is_in_the_last_tier_that_it_reaches() {
        let tiers = [tier("Silver", 100, 120), tier("Gold", 500, 150)];
        let at = |earned| {
            let name = reached(&tiers, Points(earned)).map(|it| it.name.as_str());
            (name, multiplier_percent(&tiers, Points(earned)))
        };
        assert_eq!(at(99), (None, 100));
        assert_eq!(at(100), (Some("Silver"), 120));
        assert_eq!(at(500), (Some("Gold"), 150));
    }

    #[test]
    fn a_card_is_in_the_band_of_its_tier_and_in_no_other() {
        let id = |n| ProgramId(uuid::Uuid::from_u128(n));
        let tiers = [tier("Silver", 100, 120), tier("Gold", 500, 150)];
        let other = [tier("Gold", 10, 100)];
        let programs = [(id(1), &tiers[..]), (id(2), &other[..])];
        for earned in [0, 99, 100, 499, 500, POINTS_MAX] {
            for name in ["Silver", "Gold"] {
                let band = bands(programs, name)[0];
                let is_in = (band.from..band.below).contains(&Points(earned));
                let is_reached = reached(&tiers, Points(earned)).is_some_and(|it| it.name == name);
                assert_eq!((band.program, is_in), (id(1), is_reached), "{name}, {earned}");
            }
        }
        assert_eq!(bands(programs, "Gold").len(), 2);
        assert_eq!(bands(programs, "Bronze"), []);
    }

    #[test]
    fn tiers_rise_and_have_names() {
        assert!(are_sound(&[]));
        assert!(are_sound(&[tier("Silver", 0, 100), tier("Gold", 500, 150)]));
        for unsound in [
            vec![tier("Gold", 500, 150), tier("Silver", 0, 100)],
            vec![tier("Silver", 5, 100), tier("Gold", 5, 150)],
            vec![tier("Gold", 5, 100), tier("Gold", 6, 150)],
            vec![tier("", 5, 100)],
            vec![tier("Gold\n", 5, 100)],
            vec![tier("Gold", -1, 100)],
            vec![tier("Gold", 5, 0)],
            vec![tier("Gold", 5, 1_001)],
            (0..11).map(|n| tier(&n.to_string(), n, 100)).collect(),
        ] {
            assert!(!are_sound(&unsound), "{unsound:?}");
        }
    }
}
