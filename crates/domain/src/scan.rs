//! The log of attempts to identify a customer (SPEC SC-5). Holds no personal value.

use crate::points::Points;
use crate::{
    BusinessId, CardId, DeviceId, HandleId, KeyId, OperationId, RequestId, ScanId, StaffId,
    Timestamp, UserId,
};

/// How a customer was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScanKind {
    Rotating,
    Printed,
    /// A text that is no code of ours.
    Unknown,
    Phone,
    Email,
    CardNumber,
    ShortCode,
}

impl ScanKind {
    /// The kind as it stands in the database.
    pub fn name(self) -> &'static str {
        match self {
            ScanKind::Rotating => "rotating",
            ScanKind::Printed => "printed",
            ScanKind::Unknown => "unknown",
            ScanKind::Phone => "phone",
            ScanKind::Email => "email",
            ScanKind::CardNumber => "card",
            ScanKind::ShortCode => "short_code",
        }
    }
}

/// One attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    pub id: ScanId,
    pub business: BusinessId,
    pub device: Option<DeviceId>,
    pub staff: Option<StaffId>,
    pub kind: ScanKind,
    /// `member`, `not_enrolled`, `pending` or `refused`.
    pub result: &'static str,
    /// The refusal's code.
    pub reason: Option<String>,
    pub user: Option<UserId>,
    /// The business's handle for the person.
    pub handle: Option<HandleId>,
    /// The rotating code: its key and step.
    pub code: Option<(KeyId, u32)>,
    pub at: Timestamp,
}

/// For so long what codes approved counts towards a card's daily limit.
pub const CODE_USES_COUNT_MS: i64 = 24 * 60 * 60 * 1000;

/// A rotating code that approved something: it does so once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeUse {
    /// The operation that it was shown for.
    pub id: OperationId,
    pub key: KeyId,
    pub step: u32,
    pub business: BusinessId,
    /// What it approved, and how much of which card.
    pub request: RequestId,
    pub card: CardId,
    pub points: Points,
    pub at: Timestamp,
}
