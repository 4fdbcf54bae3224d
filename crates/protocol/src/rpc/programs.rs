//! What the settings of programmes and rewards draw and send: forms as people type them, what is wrong
//! in them, and what they come to.

use crate::entity::{ProgramBody, RewardBody};
use reda_domain::expiry::Expiry;
use reda_domain::money::{Currency, Money};
use reda_domain::points::Points;
use reda_domain::program::{EarnRule, Rounding};
use reda_domain::reward::Gives;
use reda_domain::tier::Tier;
use reda_domain::{ProgramId, RewardId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

views! {
    ProgramsView { shop: String, currency: Currency, programs: Vec<ProgramDetail> }
    ProgramDetail {
        program: ProgramBody,
        form: ProgramForm,
        /// The cheapest first; paused ones, too.
        rewards: Vec<RewardDetail>,
    }
    RewardDetail { reward: RewardBody, form: RewardForm }
    /// A programme as typed.
    ProgramForm {
        /// Missing for a new one.
        program: Option<ProgramId>,
        name: String,
        /// So many points for each so much money.
        points: String,
        per: String,
        rounding: Rounding,
        /// Empty is none.
        welcome_bonus: String,
        tiers: Vec<TierForm>,
        expiry: ExpiryKind,
        /// What is typed while points last for ever is kept and does not count.
        months: String,
    }
    TierForm {
        name: String,
        from: String,
        /// What the points are multiplied by: "1.5".
        times: String,
    }
    ProgramCheck {
        wrong: Vec<Wrong>,
        /// Missing while something is wrong.
        sound: Option<SoundProgram>,
    }
    /// A programme that the shop can have.
    SoundProgram {
        name: String,
        earn: EarnRule,
        welcome_bonus: Points,
        tiers: Vec<Tier>,
        expiry: Expiry,
        /// What a sale of ten times the rule's money earns.
        example: Option<Earned>,
    }
    Earned { amount: Money, points: Points }
    /// A reward as typed.
    RewardForm {
        program: ProgramId,
        /// Missing for a new one.
        reward: Option<RewardId>,
        name: String,
        cost: String,
        gives: GivesKind,
        /// So much money, so many hundredths, or words; without words the name says it.
        value: String,
    }
    RewardCheck {
        wrong: Vec<Wrong>,
        /// Missing while something is wrong.
        sound: Option<SoundReward>,
    }
    /// A reward that the shop can give.
    SoundReward { name: String, cost: Points, gives: Gives }
    /// What is wrong in a form.
    Wrong {
        /// The field by its name; those of tiers as `tiers.0.from`.
        field: String,
        why: Why,
    }
}

/// How long points last, without for how long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ExpiryKind {
    #[default]
    Never,
    AfterEarning,
    Inactivity,
}

/// What a reward gives, without how much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum GivesKind {
    MoneyOff,
    PercentOff,
    #[default]
    Product,
    Text,
}

/// Why a field cannot be as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Why {
    Empty,
    TooLong {
        #[ts(type = "number")]
        max: u32,
    },
    NotWhole,
    /// No amount of the shop's currency.
    NotMoney,
    /// No number with at most two decimals.
    NotNumber,
    OutOfRange {
        #[ts(type = "number")]
        min: i64,
        #[ts(type = "number")]
        max: i64,
    },
    /// Not above zero, or more than this.
    NotUpTo {
        #[ts(type = "number")]
        max: u32,
    },
    /// A tier begins where an earlier one does, or before it.
    NotRising,
    /// Another tier has this name.
    Twice,
    TooMany {
        #[ts(type = "number")]
        max: u32,
    },
    /// More than can be spent of the card.
    NotEnough {
        available: Points,
    },
}
