//! Loyalty programmes and their earn rule.

use crate::expiry::Expiry;
use crate::money::Money;
use crate::points::{AWARD_MAX, Points};
use crate::tier::{self, AS_THE_RULE_SAYS, Tier};
use crate::{BusinessId, ProgramId, Timestamp};
use serde::{Deserialize, Serialize};

/// What a programme counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProgramKind {
    Points,
}

/// Where a programme is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProgramStatus {
    Draft,
    Active,
    Paused,
    Ended,
}

impl ProgramStatus {
    /// Draft → active ⇄ paused → ended; ended is final.
    pub fn may_become(self, next: ProgramStatus) -> bool {
        use ProgramStatus::{Active, Draft, Ended, Paused};
        match (self, next) {
            (Draft, Active | Ended) | (Active, Paused | Ended) | (Paused, Active | Ended) => true,
            (Draft, Draft) | (Active, Active) | (Paused, Paused) | (Ended, Ended) => true,
            (Draft, Paused) | (Active | Paused, Draft) | (Ended, Draft | Active | Paused) => false,
        }
    }
}

/// What becomes of a part of a point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// It earns nothing, so that splitting a sale never pays.
    #[default]
    Down,
    /// A half and more earns a whole one.
    Nearest,
    /// It earns a whole one.
    Up,
}

impl Rounding {
    fn is_default(&self) -> bool {
        *self == Rounding::default()
    }
}

/// So many points for each so much money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EarnRule {
    pub points: Points,
    pub per: Money,
    /// Down where nothing is said.
    #[serde(default, skip_serializing_if = "Rounding::is_default")]
    #[cfg_attr(feature = "wire", ts(optional, as = "Option<Rounding>"))]
    pub rounding: Rounding,
}

/// Why an amount earns nothing under a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoEarning {
    /// The amount is in another currency than the rule.
    OtherCurrency,
    /// The amount is zero or negative, or too small for one point.
    TooSmall,
    /// The amount would give more than [`AWARD_MAX`].
    TooLarge,
}

impl EarnRule {
    /// A rule gives at least one point, for a positive amount.
    pub fn is_sound(&self) -> bool {
        (1..=AWARD_MAX.0).contains(&self.points.0) && self.per.amount > 0
    }

    /// The points that `amount` earns.
    pub fn points_for(&self, amount: Money) -> Result<Points, NoEarning> {
        self.points_times(amount, AS_THE_RULE_SAYS)
    }

    /// The points that `amount` earns in a tier that multiplies by so many hundredths: rounded
    /// once, at the end.
    pub fn points_times(&self, amount: Money, percent: u32) -> Result<Points, NoEarning> {
        if amount.currency != self.per.currency {
            return Err(NoEarning::OtherCurrency);
        }
        if amount.amount <= 0 {
            return Err(NoEarning::TooSmall);
        }
        let parts = i128::from(amount.amount) * i128::from(self.points.0) * i128::from(percent);
        let whole = i128::from(self.per.amount) * i128::from(AS_THE_RULE_SAYS);
        let earned = match self.rounding {
            Rounding::Down => parts / whole,
            Rounding::Nearest => (parts + whole / 2) / whole,
            Rounding::Up => (parts + whole - 1) / whole,
        };
        match i64::try_from(earned) {
            Ok(0) => Err(NoEarning::TooSmall),
            Ok(points) if points <= AWARD_MAX.0 => Ok(Points(points)),
            Ok(_) | Err(_) => Err(NoEarning::TooLarge),
        }
    }
}

/// The longest name of a programme, shop or person, in characters.
pub const NAME_MAX: usize = 80;

/// A loyalty programme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    pub id: ProgramId,
    pub business: BusinessId,
    pub name: String,
    pub kind: ProgramKind,
    pub status: ProgramStatus,
    pub earn: EarnRule,
    /// Given once, with the card.
    pub welcome_bonus: Points,
    /// From the least on; a card is in the last one that it reaches.
    pub tiers: Vec<Tier>,
    pub expiry: Expiry,
    /// Since when it is as it is: nothing expires before whom it concerns was warned.
    pub expiry_since: Timestamp,
    pub created_at: Timestamp,
}

impl Program {
    /// The tier of a card that has earned so much; none below the first.
    pub fn tier_of(&self, earned: Points) -> Option<&Tier> {
        tier::reached(&self.tiers, earned)
    }

    /// What the programme multiplies by for a card that has earned so much, in hundredths.
    pub fn multiplier_percent(&self, earned: Points) -> u32 {
        tier::multiplier_percent(&self.tiers, earned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use proptest::prelude::*;

    fn kes(amount: i64) -> Money {
        Money { amount, currency: Currency::KES }
    }

    const RULE: EarnRule = EarnRule {
        points: Points(1),
        per: Money { amount: 10_000, currency: Currency::KES },
        rounding: Rounding::Down,
    };

    #[test]
    fn a_part_of_the_unit_earns_nothing() {
        assert_eq!(RULE.points_for(kes(170_000)), Ok(Points(17)));
        assert_eq!(RULE.points_for(kes(19_999)), Ok(Points(1)));
        assert_eq!(RULE.points_for(kes(9_999)), Err(NoEarning::TooSmall));
        assert_eq!(RULE.points_for(kes(-10_000)), Err(NoEarning::TooSmall));
    }

    #[test]
    fn a_part_of_a_point_is_rounded_as_the_rule_says() {
        let rule = |rounding| EarnRule { rounding, ..RULE };
        for (amount, down, nearest, up) in
            [(10_000, 1, 1, 1), (14_999, 1, 1, 2), (15_000, 1, 2, 2), (20_001, 2, 2, 3)]
        {
            let earned = |rounding| rule(rounding).points_for(kes(amount));
            assert_eq!(earned(Rounding::Down), Ok(Points(down)), "{amount}");
            assert_eq!(earned(Rounding::Nearest), Ok(Points(nearest)), "{amount}");
            assert_eq!(earned(Rounding::Up), Ok(Points(up)), "{amount}");
        }
        assert_eq!(rule(Rounding::Nearest).points_for(kes(4_999)), Err(NoEarning::TooSmall));
        assert_eq!(rule(Rounding::Up).points_for(kes(1)), Ok(Points(1)));
    }

    #[test]
    fn a_tier_multiplies_before_anything_is_rounded() {
        // One and a half points for each unit; three for two.
        assert_eq!(RULE.points_times(kes(10_000), 150), Ok(Points(1)));
        assert_eq!(RULE.points_times(kes(20_000), 150), Ok(Points(3)));
        assert_eq!(RULE.points_times(kes(9_999), 150), Ok(Points(1)));
    }

    #[test]
    fn a_rule_that_rounds_down_says_nothing_of_it() {
        let json = serde_json::to_value(RULE).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "points": 1, "per": { "amount": 10_000, "currency": "KES" }
            })
        );
        assert_eq!(serde_json::from_value::<EarnRule>(json).unwrap(), RULE);
    }

    proptest! {
        #[test]
        fn splitting_a_sale_never_earns_more(a in 1i64..1_000_000_000, b in 1i64..1_000_000_000) {
            let earned = |amount| RULE.points_for(kes(amount)).map_or(0, |points| points.0);
            prop_assert!(earned(a) + earned(b) <= earned(a + b));
        }
    }
}
