//! Loyalty programmes and their earn rule.

use crate::money::Money;
use crate::points::{AWARD_MAX, Points};
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

/// So many points for each so much money, rounded down: a part of the unit earns nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EarnRule {
    pub points: Points,
    pub per: Money,
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
        if amount.currency != self.per.currency {
            return Err(NoEarning::OtherCurrency);
        }
        if amount.amount <= 0 {
            return Err(NoEarning::TooSmall);
        }
        let earned =
            i128::from(amount.amount) * i128::from(self.points.0) / i128::from(self.per.amount);
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
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use proptest::prelude::*;

    fn kes(amount: i64) -> Money {
        Money { amount, currency: Currency::KES }
    }

    const RULE: EarnRule =
        EarnRule { points: Points(1), per: Money { amount: 10_000, currency: Currency::KES } };

    #[test]
    fn a_part_of_the_unit_earns_nothing() {
        assert_eq!(RULE.points_for(kes(170_000)), Ok(Points(17)));
        assert_eq!(RULE.points_for(kes(19_999)), Ok(Points(1)));
        assert_eq!(RULE.points_for(kes(9_999)), Err(NoEarning::TooSmall));
        assert_eq!(RULE.points_for(kes(-10_000)), Err(NoEarning::TooSmall));
    }

    proptest! {
        #[test]
        fn splitting_a_sale_never_earns_more(a in 1i64..1_000_000_000, b in 1i64..1_000_000_000) {
            let earned = |amount| RULE.points_for(kes(amount)).map_or(0, |points| points.0);
            prop_assert!(earned(a) + earned(b) <= earned(a + b));
        }
    }
}
