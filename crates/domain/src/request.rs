//! Approval requests: asking a person, and what can become of the question.

use crate::address::{Address, AddressHash};
use crate::points::Points;
use crate::{
    BusinessId, CardId, DeviceId, EntryId, HandleId, HoldId, ProgramId, RequestId, RewardId,
    StaffId, Timestamp, UserId,
};
use serde::{Deserialize, Serialize};

/// An enrolment request stays open this long, unless the business set another time (SPEC CU-7).
pub const ENROLLMENT_REQUEST_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// A customer who declined is not asked again for this long, unless the business set another time
/// (SPEC CU-7).
pub const ASK_AGAIN_AFTER_MS: i64 = 30 * 24 * 60 * 60 * 1000;
/// The counter waits this long for an answer, then goes on without (SPEC CU-7).
pub const COUNTER_WAIT_MS: i64 = 2 * 60 * 1000;
/// A request may be sent again after this long, so that a phone is not rung without end.
pub const RESEND_AFTER_MS: i64 = 20 * 1000;
/// As many awards may wait on one request as a customer could plausibly shop within its life.
pub const WAITING_AWARDS_MAX: u32 = 20;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RequestKind {
    Enrollment,
    PointsDeduction,
}

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RequestStatus {
    Pending,
    Accepted,
    Declined,
    Expired,
    Cancelled,
}

/// The two answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RequestAnswer {
    Accept,
    Decline,
}

impl RequestAnswer {
    /// The word inside a signed answer.
    pub fn word(self) -> &'static str {
        match self {
            RequestAnswer::Accept => "accept",
            RequestAnswer::Decline => "decline",
        }
    }
}

/// What is shared with the business when an enrolment is accepted (SPEC CU-5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Shared {
    Name,
    Phone,
    Email,
    /// The phone number, or the e-mail address where there is none: which of them the shop cannot
    /// know before the answer.
    PhoneOrEmail,
    Purchases,
    Visits,
    Points,
}

/// Whom a request asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The person, where the asker named one or the address is proven to be theirs.
    pub user: Option<UserId>,
    /// The asker's handle for the person, where it asked by that.
    pub handle: Option<HandleId>,
    /// The address, where it asked by that; then it learns nothing of the person before the
    /// answer, not even whether there is an account.
    pub address: Option<Address>,
    /// Of that address; it stays when the request closes and forgets the address itself, so that
    /// a no counts for as long as it should.
    pub hash: Option<AddressHash>,
}

/// What a deduction asks for; never changed once it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deduction {
    pub points: Points,
    pub reason: String,
    pub hold: HoldId,
    /// What the points buy, where it is one of the programme's rewards.
    pub reward: Option<RewardId>,
}

/// A question put to a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub id: RequestId,
    pub kind: RequestKind,
    pub status: RequestStatus,
    pub business: BusinessId,
    pub program: ProgramId,
    pub asked: Asked,
    pub staff: Option<StaffId>,
    pub device: Option<DeviceId>,
    pub asked_at: Timestamp,
    pub expires_at: Timestamp,
    /// Until when the counter waits; moved on by sending again.
    pub counter_until: Timestamp,
    pub sent_at: Timestamp,
    /// When it was first on the person's screen.
    pub seen_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    /// The card that accepting made, or that the points are on.
    pub card: Option<CardId>,
    pub deduction: Option<Deduction>,
    pub waiting: Vec<WaitingAward>,
}

impl Request {
    /// Whether it can still be answered at `now`, whatever its row says.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.status == RequestStatus::Pending && now < self.expires_at
    }

    /// The points that a yes takes; none where it is about joining.
    pub fn deducts(&self) -> Points {
        self.deduction.as_ref().map_or(Points(0), |deduction| deduction.points)
    }

    /// The request as it is once it is over: it forgets where it went.
    pub fn closed(&self, status: RequestStatus, at: Timestamp) -> Self {
        let asked = Asked { address: None, ..self.asked.clone() };
        Self { status, asked, closed_at: Some(at), ..self.clone() }
    }

    /// The points that wait on the acceptance.
    pub fn waiting_points(&self) -> Points {
        Points(self.waiting.iter().map(|award| award.points.0).sum())
    }
}

/// An award that is posted when the request it waits on is accepted (SPEC CU-6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingAward {
    /// The entry that it becomes; the id of the operation that asked for it.
    pub id: EntryId,
    /// Its place in the order of asking.
    pub n: i64,
    pub points: Points,
    /// The sale's amount in minor units, where the award came from one.
    pub amount: Option<i64>,
    pub sale: Option<String>,
    pub staff: Option<StaffId>,
    pub device: Option<DeviceId>,
    pub at: Timestamp,
}

/// The text that a customer's key signs to answer (ARCHITECTURE, "Identity and codes").
pub fn answer_text(request: &Request, answer: RequestAnswer) -> String {
    format!(
        "reda answer v1\n{}\n{}\n{}\n{}\n{}",
        request.id,
        request.business,
        answer.word(),
        request.deducts(),
        request.expires_at.0
    )
}
