//! Holds: points set aside while a customer is asked for them.

use crate::points::Points;
use crate::{BusinessId, CardId, EntryId, HoldId, RequestId, Timestamp};

/// What became of a hold; each has one outcome, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The points were spent by this entry.
    Posted(EntryId),
    /// The points are free again.
    Voided,
}

impl Outcome {
    /// The outcome as it stands in the database.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Posted(_) => "posted",
            Outcome::Voided => "voided",
        }
    }

    /// The entry that spent the points.
    pub fn entry(self) -> Option<EntryId> {
        match self {
            Outcome::Posted(entry) => Some(entry),
            Outcome::Voided => None,
        }
    }
}

/// Points of a card set aside until its customer answered, or the time is over. A hold fails
/// where the points are short, so that an approval can never overdraw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    pub id: HoldId,
    pub card: CardId,
    pub business: BusinessId,
    pub request: RequestId,
    pub points: Points,
    pub placed_at: Timestamp,
    pub expires_at: Timestamp,
    pub outcome: Option<(Outcome, Timestamp)>,
}

impl Hold {
    /// Whether its points are still set aside.
    pub fn is_open(&self) -> bool {
        self.outcome.is_none()
    }

    /// The hold with its outcome.
    pub fn closed(&self, outcome: Outcome, at: Timestamp) -> Self {
        Self { outcome: Some((outcome, at)), ..self.clone() }
    }
}
