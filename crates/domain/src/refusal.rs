//! What the rules refuse, as values with the facts a screen needs.

use crate::points::Points;
use crate::program::ProgramStatus;
use crate::request::RequestAnswer;
use crate::{CardId, EntryId, Timestamp};
use serde::{Deserialize, Serialize};

/// Why an operation was refused. A refusal is a result: it is kept, and a replay gets it again.
///
/// Serialised it is the stable code and its facts; the sentences stand in the protocol's table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    /// The text is no code of this product.
    NotACode,
    /// The code is ours in form, but cannot be read whole.
    CodeDamaged,
    /// Nobody here has the key that the code names: another server's, or made up.
    CodeUnknown,
    /// The signature is not the named key's.
    CodeForged,
    /// The code is older than its window: a screenshot, or a phone whose clock is behind.
    CodeExpired,
    /// The code is from a clock that runs ahead.
    CodeNotYet,
    /// The key or the printed code was revoked.
    CodeRevoked,

    CustomerUnknown,
    CardUnknown,
    ProgramUnknown,
    RequestUnknown,
    BusinessUnknown,
    NotificationUnknown,
    KeyUnknown,
    StaffUnknown,
    DeviceUnknown,

    AlreadyMember {
        card: CardId,
    },
    /// The customer said no less than 30 days ago (SPEC CU-7).
    DeclinedRecently {
        until: Timestamp,
    },
    ProgramNotActive {
        status: ProgramStatus,
    },
    /// A programme does not go back to a draft, nor on after its end.
    ProgramCannotBecome {
        from: ProgramStatus,
        to: ProgramStatus,
    },
    RewardUnknown,
    /// The reward cannot be had now.
    RewardNotActive,
    /// The reward costs something else than was asked for.
    RewardCosts {
        cost: Points,
    },
    AlreadyAnswered {
        answer: RequestAnswer,
    },
    RequestExpired,
    RequestCancelled,
    SentTooRecently {
        retry_at: Timestamp,
    },
    TooManyWaitingAwards {
        max: u32,
    },

    /// What can be spent is less than what is asked for.
    NotEnoughPoints {
        available: Points,
        needs: Points,
    },
    /// The customer has a key, so a yes about points needs its signature.
    SignatureNeeded,
    /// The customer has no key, and the business does not let this way of answering stand for one.
    EvidenceNotAllowed,
    /// The code names somebody else than whom the request asks.
    CodeNotTheirs,
    /// The code approved something already, or was shown in another shop within its window: which
    /// of them is not this shop's to know.
    CodeUsed,
    /// More than codes may approve, at once or on this card within a day.
    CodeLimit {
        max: Points,
    },
    /// A key beside another, or soon after one, waits a day before it approves points.
    KeyTooNew {
        until: Timestamp,
    },
    EntryUnknown,
    AlreadyReversed {
        entry: EntryId,
    },
    /// A reversal is not reversed; a new entry says what is right.
    NotReversible,
    /// More than a role may adjust at once.
    AdjustLimit {
        max: Points,
    },

    PointsOutOfRange {
        min: Points,
        max: Points,
    },
    /// The amount is too small to earn a point.
    EarnsNothing,
    AmountTooLarge,
    OtherCurrency {
        expected: crate::money::Currency,
    },
    /// Staff do not award points to their own card.
    OwnCard,
    BalanceTooLarge,

    /// A setting of the business is out of its bounds.
    SettingOutOfRange {
        setting: String,
    },

    /// Two customers who cannot be made one.
    CannotMerge {
        why: MergeObstacle,
    },
    /// The short code is wrong, used, or older than two minutes.
    ShortCodeUnknown,
    /// A business keeps at least one owner.
    LastOwner,

    NotAllowed,
    /// The person has a place in this business already.
    AlreadyStaff,
    /// The digits are not those that were sent, or count no more.
    AnswerCodeWrong,
    /// The shop asks people through messages, not at its till.
    InPersonOff,
    /// Staff do not answer for themselves at the till.
    OwnAnswer,
    TooManyKeys {
        max: u32,
    },
    KeyInUse,
    /// The answer's signature is not the named key's over this request.
    SignatureInvalid,
}

/// What stands in the way of merging two customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MergeObstacle {
    /// They are one already.
    Same,
    /// One of them is the manager who asks.
    Yourself,
    /// Both are people with accounts, who could say no.
    BothHaveAccounts,
    /// The one who would end has an account, and the other has none: it goes the other way round.
    OtherHasAccount,
    /// Points are set aside on the card that would end.
    PointsHeld,
    /// The card that would end owes more than the other has.
    Owes,
}

impl Refusal {
    /// The stable code.
    pub fn code(&self) -> String {
        let json = serde_json::to_value(self).expect("a refusal is plain data");
        json["code"].as_str().expect("tagged by code").to_owned()
    }

    /// The facts beside the code; `None` where there are none.
    pub fn details(&self) -> Option<serde_json::Value> {
        let mut json = serde_json::to_value(self).expect("a refusal is plain data");
        let facts = json.as_object_mut().expect("tagged by code");
        facts.remove("code");
        (!facts.is_empty()).then_some(json)
    }
}
