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
    /// When the person took the place with an account of their own. Until then `user` is one that
    /// the shop made, which nobody can sign in with.
    pub joined_at: Option<Timestamp>,
    pub removed_at: Option<Timestamp>,
}

impl Staff {
    /// Whether the place is held still.
    pub fn is_live(&self) -> bool {
        self.removed_at.is_none()
    }
}

/// The PIN that switches a member of staff on at a till. Never in a feed.
#[derive(Clone, PartialEq, Eq)]
pub struct StaffPin {
    /// Whose it is.
    pub id: StaffId,
    pub business: BusinessId,
    /// Argon2id, in PHC form.
    pub hash: String,
    pub set_at: Timestamp,
}

impl std::fmt::Debug for StaffPin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StaffPin({}, set at {})", self.id, self.set_at)
    }
}

/// A till.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    pub id: DeviceId,
    pub business: BusinessId,
    pub name: String,
    pub created_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
    /// Since when it is locked, as a copy of it was seen; until it is paired anew.
    pub locked_at: Option<Timestamp>,
}
