//! Consent records: what a person answered, how we know, and which words they read.

use crate::language::Language;
use crate::request::RequestAnswer;
use crate::{BusinessId, ConsentId, KeyId, ProgramId, RequestId, Timestamp, UserId};

/// How the answer reached us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerChannel {
    /// The person's own page, signed in.
    App,
}

impl AnswerChannel {
    /// The channel as it stands in the database.
    pub fn name(self) -> &'static str {
        match self {
            AnswerChannel::App => "app",
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
    pub user: UserId,
    pub answer: RequestAnswer,
    pub channel: AnswerChannel,
    /// The version of the wording that was on the screen, and its language.
    pub wording: String,
    pub language: Language,
    /// The key that signed, and its signature in base64.
    pub key: Option<KeyId>,
    pub signature: Option<String>,
    pub at: Timestamp,
}
