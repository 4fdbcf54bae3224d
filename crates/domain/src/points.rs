//! Points, counted exactly.

use serde::{Deserialize, Serialize};

/// A signed number of points; whole, |x| < 2⁵³ so that JavaScript counts them exactly too.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema), ts(type = "number"), schema(value_type = i64))]
#[serde(transparent)]
pub struct Points(pub i64);

/// The largest balance, and the largest integer that every party reads exactly (2⁵³ − 1).
pub const POINTS_MAX: i64 = (1 << 53) - 1;

/// The most that one award may give. Larger ones are typing errors at any shop we know of;
/// bulk corrections are made by adjusting.
pub const AWARD_MAX: Points = Points(1_000_000);

impl Points {
    /// The sum, or `None` where it would leave the countable range.
    pub fn checked_add(self, other: Points) -> Option<Points> {
        let sum = self.0.checked_add(other.0)?;
        (sum.abs() <= POINTS_MAX).then_some(Points(sum))
    }
}

impl std::fmt::Display for Points {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
