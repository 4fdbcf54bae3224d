//! What the counter knows of the customer.

use super::facts::Ahead;
use super::spending::Spending;
use reda_domain::points::Points;
use reda_domain::request::{COUNTER_WAIT_MS, RESEND_AFTER_MS};
use reda_domain::wording::ConsentTexts;
use reda_domain::{HandleId, OperationId, RequestId, Timestamp};
use reda_protocol::error::WireError;
use reda_protocol::rpc::{AwardState, CardLine, PersonLine};

/// How a customer is asked.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Whom {
    Handle(HandleId),
    Phone(String),
    Email(String),
}

/// The customer on the counter, as far as the shop may know them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Customer {
    pub(super) person: PersonLine,
    pub(super) whom: Whom,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Stage {
    Idle,
    LookingUp { shown: Option<String>, typed: Option<Customer> },
    Member(Member),
    Spending(Spending),
    NotMember { customer: Customer, ask_again_from: Option<Timestamp>, refused: Option<WireError> },
    Asking(Customer),
    Open(OpenRequest),
    Accepted(Accepted),
    Declined { customer: Customer, ask_again_from: Timestamp },
    Cancelled(Customer),
    Refused(WireError),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Member {
    pub(super) customer: Customer,
    pub(super) card: CardLine,
    pub(super) joined_at: Option<Timestamp>,
    pub(super) last_visit_at: Option<Timestamp>,
    pub(super) award: AwardState,
    pub(super) ahead: Ahead,
}

/// A request that waits for its answer, or whose card has not come yet.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct OpenRequest {
    pub(super) customer: Customer,
    pub(super) id: RequestId,
    pub(super) asked_at: Timestamp,
    /// Until when the counter waits; the request stays open after that.
    pub(super) counter_until: Timestamp,
    pub(super) open_until: Timestamp,
    pub(super) seen: bool,
    pub(super) waiting: Points,
    pub(super) award: AwardState,
    /// The question in words, once its row is there.
    pub(super) text: Option<Box<ConsentTexts>>,
    pub(super) ahead: Ahead,
}

impl OpenRequest {
    /// From when it may be sent again. The counter's wait starts anew at each sending.
    pub(super) fn send_again_from(&self) -> Timestamp {
        self.counter_until.plus_ms(RESEND_AFTER_MS - COUNTER_WAIT_MS)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Accepted {
    pub(super) customer: Customer,
    pub(super) card: CardLine,
    pub(super) accepted_at: Timestamp,
    /// What had waited on the answer.
    pub(super) posted: Points,
    pub(super) award: AwardState,
    pub(super) ahead: Ahead,
}

impl Stage {
    /// The person on the counter.
    pub(super) fn person(&self) -> Option<&PersonLine> {
        match self {
            Stage::Idle | Stage::LookingUp { .. } | Stage::Refused(_) => None,
            Stage::Member(Member { customer, .. })
            | Stage::Spending(Spending { member: Member { customer, .. }, .. })
            | Stage::NotMember { customer, .. }
            | Stage::Asking(customer)
            | Stage::Open(OpenRequest { customer, .. })
            | Stage::Accepted(Accepted { customer, .. })
            | Stage::Declined { customer, .. }
            | Stage::Cancelled(customer) => Some(&customer.person),
        }
    }

    /// Where an award stands, in the stages that take one.
    pub(super) fn award_mut(&mut self) -> Option<&mut AwardState> {
        match self {
            Stage::Member(Member { award, .. })
            | Stage::Open(OpenRequest { award, .. })
            | Stage::Accepted(Accepted { award, .. }) => Some(award),
            Stage::Idle
            | Stage::LookingUp { .. }
            | Stage::Spending(_)
            | Stage::NotMember { .. }
            | Stage::Asking(_)
            | Stage::Declined { .. }
            | Stage::Cancelled(_)
            | Stage::Refused(_) => None,
        }
    }

    /// Whether other customers must wait: points of this one are asked for, or the answer shows.
    pub(super) fn is_about_points(&self) -> bool {
        matches!(self, Stage::Spending(_))
    }

    /// Whether showing the same code again is to mean nothing: after a refusal or a request that
    /// was taken back it is another try.
    pub(super) fn keeps_its_code(&self) -> bool {
        self.person().is_some() && !matches!(self, Stage::Cancelled(_))
    }
}

/// An operation that was sent for the customer on the counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct UnderWay {
    pub(super) id: OperationId,
    pub(super) what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    LookUp,
    Ask,
    SendAgain,
    Cancel,
    Award,
    Spend,
    Answer,
    /// A code that was shown as a yes about points.
    Show,
}
