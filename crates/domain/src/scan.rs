//! The log of attempts to identify a customer (SPEC SC-5). Holds no personal value.

use crate::{BusinessId, DeviceId, ScanId, StaffId, Timestamp, UserId};

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
    pub at: Timestamp,
}
