//! Consent records: what a person answered, how we know, and which words they read.

use crate::language::Language;
use crate::request::RequestAnswer;
use crate::{
    BusinessId, ConsentId, DeviceId, KeyId, ProgramId, RequestId, StaffId, Timestamp, UserId,
};
use serde::{Deserialize, Serialize};

/// How the answer reached us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AnswerChannel {
    /// The person's own page, signed in.
    App,
    /// A one-time link that went to the person's address.
    Link,
    /// Six digits that went to the person's address, read out at the till.
    SmsCode,
    /// The till, turned to the person.
    InPerson,
    /// The code of that moment on the person's own page, shown to the till.
    Code,
}

impl AnswerChannel {
    /// Whether the answer is weak evidence: a member of staff, or whoever was forwarded a link or
    /// a picture of a code, could have given it (SPEC 3a, attack 5).
    pub fn is_weak(self) -> bool {
        match self {
            AnswerChannel::App | AnswerChannel::SmsCode => false,
            AnswerChannel::Link | AnswerChannel::InPerson | AnswerChannel::Code => true,
        }
    }
}

/// The record of one answer; holds ids and facts, no personal value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    pub id: ConsentId,
    pub request: RequestId,
    pub business: BusinessId,
    pub program: ProgramId,
    /// Missing where somebody without an account said no: it makes none.
    pub user: Option<UserId>,
    pub answer: RequestAnswer,
    pub channel: AnswerChannel,
    /// The version of the wording that was on the screen, and its language.
    pub wording: String,
    pub language: Language,
    /// Who brought the answer and at which till, where it came through the shop.
    pub staff: Option<StaffId>,
    pub device: Option<DeviceId>,
    /// The key that signed, and its signature in base64.
    pub key: Option<KeyId>,
    pub signature: Option<String>,
    pub at: Timestamp,
}
