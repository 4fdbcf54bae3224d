//! Rewards: what points are spent on.

use crate::money::{AMOUNT_MAX, Money};
use crate::points::{AWARD_MAX, Points};
use crate::program::NAME_MAX;
use crate::{BusinessId, ProgramId, RewardId, Timestamp};
use serde::{Deserialize, Serialize};

/// What a reward gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Gives {
    /// So much off a sale.
    MoneyOff { amount: Money },
    /// So many hundredths off a sale.
    PercentOff { percent: u32 },
    /// A thing of the shop's.
    Product { product: String },
    /// Whatever the words say.
    Text { text: String },
}

impl Gives {
    /// Whether anything is given, and all of it can be read.
    pub fn is_sound(&self) -> bool {
        let said = |text: &str| {
            (1..=NAME_MAX).contains(&text.chars().count()) && !text.chars().any(char::is_control)
        };
        match self {
            Gives::MoneyOff { amount } => (1..=AMOUNT_MAX).contains(&amount.amount),
            Gives::PercentOff { percent } => (1..=100).contains(percent),
            Gives::Product { product } => said(product),
            Gives::Text { text } => said(text),
        }
    }
}

/// Whether a reward can be had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RewardStatus {
    #[default]
    Active,
    /// Not now; it may come back.
    Paused,
}

/// Something that a programme's points buy. What was asked of a customer keeps its points and
/// words, whatever becomes of the reward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reward {
    pub id: RewardId,
    pub business: BusinessId,
    pub program: ProgramId,
    pub name: String,
    pub cost: Points,
    pub gives: Gives,
    pub status: RewardStatus,
    pub created_at: Timestamp,
}

/// The dearest reward that a balance has come to on its way from `before` to `after`, where there
/// is one. Each of them is come to once, until points are spent and earned again.
pub fn newly_reached<'a>(
    rewards: impl IntoIterator<Item = &'a Reward>,
    before: Points,
    after: Points,
) -> Option<&'a Reward> {
    let came = |it: &&Reward| it.is_active() && before < it.cost && it.cost <= after;
    rewards.into_iter().filter(came).max_by_key(|it| (it.cost, it.id))
}

impl Reward {
    /// Whether it can be had now.
    pub fn is_active(&self) -> bool {
        match self.status {
            RewardStatus::Active => true,
            RewardStatus::Paused => false,
        }
    }

    /// Whether its cost can be asked for at once.
    pub fn has_sound_cost(&self) -> bool {
        (1..=AWARD_MAX.0).contains(&self.cost.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use serde_json::json;
    use uuid::Uuid;

    #[test]
    fn what_is_given_is_told_apart_by_its_kind() {
        let amount = Money { amount: 5_000, currency: Currency::KES };
        for (gives, expected) in [
            (
                Gives::MoneyOff { amount },
                json!({ "kind": "money_off", "amount": { "amount": 5_000, "currency": "KES" } }),
            ),
            (Gives::PercentOff { percent: 10 }, json!({ "kind": "percent_off", "percent": 10 })),
            (Gives::Text { text: "Tea".into() }, json!({ "kind": "text", "text": "Tea" })),
        ] {
            assert!(gives.is_sound());
            assert_eq!(serde_json::to_value(&gives).unwrap(), expected);
            assert_eq!(serde_json::from_value::<Gives>(expected).unwrap(), gives);
        }
    }

    fn reward(n: u128, cost: i64, status: RewardStatus) -> Reward {
        Reward {
            id: RewardId(Uuid::from_u128(n)),
            business: BusinessId(Uuid::nil()),
            program: ProgramId(Uuid::nil()),
            name: "Tea".to_owned(),
            cost: Points(cost),
            gives: Gives::Text { text: "Tea".to_owned() },
            status,
            created_at: Timestamp(0),
        }
    }

    #[test]
    fn a_balance_comes_to_a_reward_once() {
        let rewards = [
            reward(1, 40, RewardStatus::Active),
            reward(2, 60, RewardStatus::Paused),
            reward(3, 80, RewardStatus::Active),
        ];
        let came = |before, after| {
            newly_reached(&rewards, Points(before), Points(after)).map(|it| it.cost.0)
        };
        assert_eq!(came(0, 39), None);
        assert_eq!(came(39, 40), Some(40));
        assert_eq!(
            came(40, 79),
            None,
            "it was come to before, and what is paused is not to be had"
        );
        assert_eq!(came(0, 80), Some(80), "of several the dearest is the news");
        assert_eq!(came(80, 500), None);
        assert_eq!(came(-10, 40), Some(40));
    }

    #[test]
    fn nothing_is_no_gift() {
        let amount = Money { amount: 0, currency: Currency::KES };
        assert!(!Gives::MoneyOff { amount }.is_sound());
        assert!(!Gives::PercentOff { percent: 0 }.is_sound());
        assert!(!Gives::PercentOff { percent: 101 }.is_sound());
        assert!(!Gives::Product { product: String::new() }.is_sound());
    }
}
