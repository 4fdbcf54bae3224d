//! What the correction of a card draws and sends: a form as people type it, and what it comes to.

use super::Wrong;
use reda_domain::CardId;
use reda_domain::points::Points;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

views! {
    /// A correction as typed.
    AdjustForm {
        card: CardId,
        /// The points are taken; else they are added.
        takes: bool,
        points: String,
        /// The customer reads it.
        reason: String,
    }
    AdjustCheck {
        /// The most that whoever is switched on may add or take at once.
        max: Points,
        wrong: Vec<Wrong>,
        /// Missing while something is wrong.
        sound: Option<SoundAdjust>,
    }
    /// A correction that can be made.
    SoundAdjust {
        /// Below zero to take.
        points: Points,
        reason: String,
        /// The balance after it.
        leaves: Points,
    }
}
