//! What the counter draws and sends: who is there, what is typed, how far a question has come.

use crate::error::WireError;
use reda_domain::language::Language;
use reda_domain::money::Money;
use reda_domain::points::Points;
use reda_domain::program::{EarnRule, ProgramStatus};
use reda_domain::request::RequestAnswer;
use reda_domain::reward::Gives;
use reda_domain::tier::Tier;
use reda_domain::wording::ConsentTexts;
use reda_domain::{CardId, HandleId, ProgramId, RequestId, RewardId, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

views! {
    LookUp { text: String }
    PictureFile {
        /// The file's bytes in base64: PNG, JPEG, WebP, GIF or BMP.
        data: String,
    }
    AmountText { text: String }
    ReadOut { code: String }
    InPerson {
        answer: RequestAnswer,
        /// The language that the question was shown in.
        language: Language,
    }


    /// The counter.
    CounterView {
        stage: CounterStage,
        program: Option<ProgramLine>,
        /// What the points of the card at the counter buy, the cheapest first; what is out of
        /// reach, too.
        rewards: Vec<RewardLine>,
        /// The last award, until the next customer.
        last_award: Option<AwardLine>,
        /// The screen may be turned to a customer, who answers on it. The shop's setting; where it
        /// is undecided the server decides, and refuses.
        in_person: bool,
    }
    ProgramLine {
        id: ProgramId,
        name: String,
        status: ProgramStatus,
        earn: EarnRule,
        /// From the least on.
        tiers: Vec<Tier>,
    }
    /// Something that points buy, for one card.
    RewardLine {
        id: RewardId,
        name: String,
        cost: Points,
        gives: Gives,
        /// The balance after a yes.
        leaves: Points,
        /// How many points are lacking; 0 where there are enough.
        missing: Points,
    }
    /// The person at the counter, as far as the shop may see them.
    PersonLine {
        /// Missing while only an address is known.
        id: Option<HandleId>,
        name: String,
        /// First name, for sentences.
        short_name: String,
        initials: String,
        /// Masked, of members only, or of whom an address was typed.
        phone: Option<String>,
    }
    CardLine {
        id: CardId,
        number: String,
        balance: Points,
        available: Points,
        /// All that it ever earned, which tiers count by.
        earned: Points,
        /// The tier that it is in, by its name.
        tier: Option<String>,
    }
    AwardLine {
        name: String,
        points: Points,
        /// The balance that the server has now; missing while the points wait on an answer.
        balance: Option<Points>,
        at: Timestamp,
    }
    /// What an amount as typed comes to.
    AmountView {
        amount: Option<Money>,
        /// What it would earn in the counter's programme.
        points: Option<Points>,
        /// The tier that multiplies them, where one does.
        tier: Option<Tier>,
        /// Why it cannot be awarded; missing for an empty field.
        error: Option<WireError>,
    }
    /// What points as typed come to.
    SpendView {
        points: Option<Points>,
        /// The balance after a yes.
        leaves: Option<Points>,
        /// Why they cannot be asked for; missing for an empty field.
        error: Option<WireError>,
    }
    SpendAsk {
        /// The points, as typed; a reward's cost stands instead of them.
        text: String,
        /// What for: the customer reads it. A reward's name stands instead of it.
        reason: String,
        reward: Option<RewardId>,
    }
}

/// What the counter shows of the customer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum CounterStage {
    Idle,
    LookingUp {
        /// What is looked up, masked; missing for a code.
        shown: Option<String>,
    },
    Member {
        person: PersonLine,
        card: CardLine,
        joined_at: Option<Timestamp>,
        last_visit_at: Option<Timestamp>,
        award: AwardState,
    },
    /// The member was asked for points.
    Spending {
        person: PersonLine,
        card: CardLine,
        points: Points,
        /// What for.
        reason: String,
        /// The reward that they buy, where it is one.
        reward: Option<RewardId>,
        state: SpendState,
    },
    NotMember {
        person: PersonLine,
        /// After a no: from when the customer may be asked again.
        ask_again_from: Option<Timestamp>,
        /// Why asking was refused just now.
        refused: Option<WireError>,
    },
    /// The request is on its way to the server.
    Asking {
        person: PersonLine,
    },
    /// The customer has the request.
    Waiting {
        person: PersonLine,
        request: RequestId,
        asked_at: Timestamp,
        /// Until when the counter waits.
        counter_until: Timestamp,
        /// From when it may be sent again.
        send_again_from: Timestamp,
        /// The customer has it on the screen.
        seen: bool,
        /// Points that are posted if the customer accepts.
        waiting: Points,
        award: AwardState,
        /// What is asked, for a customer to whom the screen is turned.
        text: Option<ConsentTexts>,
    },
    Accepted {
        person: PersonLine,
        card: CardLine,
        accepted_at: Timestamp,
        /// Points that had waited on the answer.
        posted: Points,
        award: AwardState,
    },
    Declined {
        person: PersonLine,
        ask_again_from: Timestamp,
    },
    /// The counter waited long enough; the request stays open on the customer's phone.
    NoAnswer {
        person: PersonLine,
        request: RequestId,
        open_until: Timestamp,
        waiting: Points,
        send_again_from: Timestamp,
        text: Option<ConsentTexts>,
    },
    Cancelled {
        person: PersonLine,
    },
    /// A code or look-up that led nowhere.
    Refused {
        error: WireError,
    },
}

/// An award on its way.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum AwardState {
    #[default]
    Ready,
    Sending,
    Refused {
        error: WireError,
    },
}

/// How far a request for points has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SpendState {
    /// On its way to the server.
    Asking,
    /// The customer has it.
    Waiting {
        request: RequestId,
        asked_at: Timestamp,
        /// Until when the points are set aside, and the answer counts.
        until: Timestamp,
        send_again_from: Timestamp,
        /// The customer has it on the screen.
        seen: bool,
        /// The code on the customer's phone, shown here again, is a yes too.
        by_code: bool,
        /// Why the code that was shown last is none.
        refused: Option<WireError>,
    },
    /// It is being taken back; an answer may still be first.
    Cancelling,
    /// The points were taken: the card's balance is what is left.
    Approved {
        at: Timestamp,
    },
    Declined,
    /// Nobody answered in time; nothing was taken.
    TimedOut,
    Cancelled,
}
