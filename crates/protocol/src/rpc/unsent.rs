//! What a till asked of its server and was never answered.

use reda_domain::money::Money;
use reda_domain::points::Points;
use reda_domain::{OperationId, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

views! {
    /// The oldest first.
    UnsentView { items: Vec<UnsentLine> }
    UnsentLine {
        id: OperationId,
        at: Timestamp,
        what: UnsentKind,
        /// A name, else a masked address, else a card's number; missing where the till knew none.
        whom: Option<String>,
        /// Below zero where points were to be taken.
        points: Option<Points>,
        amount: Option<Money>,
        /// Missing where the till did not know its shop yet.
        shop: Option<String>,
    }
}

/// What was asked for; look-ups change nothing and are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum UnsentKind {
    Awarded,
    PointsAsked,
    AskedToJoin,
    TakenBack,
    Answered,
    WrittenDown,
    Corrected,
    Reversed,
    /// Notes, names, merging, printed codes.
    CustomerChanged,
    /// Programmes, rewards, settings.
    ShopChanged,
}
