//! Businesses, their staff and their tills.

use crate::language::Language;
use crate::money::Currency;
use crate::settings::Settings;
use crate::{BusinessId, DeviceId, StaffId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// A shop or chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Business {
    pub id: BusinessId,
    pub name: String,
    /// ISO 3166 alpha-2.
    pub country: String,
    pub currency: Currency,
    pub language: Language,
    pub settings: Settings,
    pub created_at: Timestamp,
}

/// What a member of staff may do; see [`crate::permission`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Cashier,
    Manager,
    Owner,
}

/// A user's place in a business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staff {
    pub id: StaffId,
    pub business: BusinessId,
    pub user: UserId,
    pub role: Role,
    pub created_at: Timestamp,
}

/// A till.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    pub id: DeviceId,
    pub business: BusinessId,
    pub name: String,
    pub credential_hash: String,
    pub created_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
}
