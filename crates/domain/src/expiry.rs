//! When points lapse, and which: the oldest first.
//!
//! A lot is what is left of points that came at one moment. Spending takes from the oldest. Points
//! that were taken back are no lot, as if they had never come; points that came back by taking a
//! line back are a new one. Days and months are the caller's matter: they depend on where the
//! shop is.

use crate::Timestamp;
use crate::card::{Entry, EntryKind};
use crate::points::Points;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A customer is warned so many days before, and again (SPEC PT-7).
pub const WARNED_DAYS: [i64; 2] = [7, 30];
/// Nothing lapses sooner after a rule was set, so that everybody was warned in time.
pub const FIRST_AFTER_DAYS: i64 = WARNED_DAYS[1];
/// Ten years: longer is for ever.
pub const MONTHS_MAX: u32 = 120;

/// How long points last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Expiry {
    #[default]
    Never,
    /// Each point so many months after it came.
    AfterEarning { months: u32 },
    /// All of a card so many months after points last came or were spent on it.
    Inactivity { months: u32 },
}

impl Expiry {
    /// For how long points last, in months; `None` where for ever.
    pub fn months(self) -> Option<u32> {
        match self {
            Expiry::Never => None,
            Expiry::AfterEarning { months } | Expiry::Inactivity { months } => Some(months),
        }
    }

    /// Between a month and ten years.
    pub fn is_sound(self) -> bool {
        self.months().is_none_or(|months| (1..=MONTHS_MAX).contains(&months))
    }
}

/// Points that came at one moment and are still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lot {
    pub at: Timestamp,
    pub points: Points,
}

/// A card's lots, as its first `entries` lines leave them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lots {
    pub entries: i64,
    /// The oldest first.
    pub lots: Vec<Lot>,
    /// When points last came or were spent.
    pub active_at: Option<Timestamp>,
}

impl Lots {
    /// The lots of a card with these lines, in their order.
    pub fn of(entries: &[Entry]) -> Self {
        let taken_back: BTreeSet<_> = entries.iter().filter_map(|it| it.reverses).collect();
        let came = |it: &&Entry| it.delta > Points(0) && !taken_back.contains(&it.id);
        let undone: BTreeSet<_> = entries
            .iter()
            .filter(|it| it.delta > Points(0) && taken_back.contains(&it.id))
            .map(|it| it.id)
            .collect();
        let went = |it: &&Entry| {
            it.delta < Points(0) && it.reverses.is_none_or(|id| !undone.contains(&id))
        };
        let mut spent: i64 = entries.iter().filter(went).map(|it| -it.delta.0).sum();
        let mut lots = vec![];
        for entry in entries.iter().filter(came) {
            let from_this = spent.min(entry.delta.0);
            spent -= from_this;
            let points = Points(entry.delta.0 - from_this);
            if points > Points(0) {
                lots.push(Lot { at: entry.applied_at, points });
            }
        }
        let active = entries.iter().filter(|it| is_activity(it.kind));
        let active_at = active.map(|it| it.applied_at).max();
        Self { entries: entries.last().map_or(0, |it| it.n), lots, active_at }
    }

    /// The points whose time began in this span, by the rule: all of the card's at once where
    /// what counts is that nothing happened.
    pub fn begun(&self, rule: Expiry, balance: Points, from: Timestamp, to: Timestamp) -> Points {
        let within = |at: Timestamp| from <= at && at < to;
        match rule {
            Expiry::Never => Points(0),
            Expiry::AfterEarning { .. } => {
                Points(self.lots.iter().filter(|it| within(it.at)).map(|it| it.points.0).sum())
            }
            Expiry::Inactivity { .. } => match self.active_at {
                Some(at) if within(at) => Points(balance.0.max(0)),
                Some(_) | None => Points(0),
            },
        }
    }
}

/// Whether such a line says that the card is in use.
pub fn is_activity(kind: EntryKind) -> bool {
    match kind {
        EntryKind::Earn | EntryKind::Bonus | EntryKind::Redeem => true,
        EntryKind::Adjust | EntryKind::Expire | EntryKind::Reverse => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BusinessId, CardId, EntryId, OperationId};
    use proptest::prelude::*;
    use uuid::Uuid;

    fn id(n: i64) -> Uuid {
        Uuid::from_u128(u128::from(n.unsigned_abs()))
    }

    /// Lines with these points; some take back the line with that number.
    fn lines(of: &[(i64, Option<i64>)]) -> Vec<Entry> {
        let mut balance = 0;
        let line = |(n, (delta, reverses)): (i64, &(i64, Option<i64>))| {
            balance += delta;
            Entry {
                id: EntryId(id(n)),
                card: CardId(id(0)),
                n,
                business: BusinessId(id(0)),
                delta: Points(*delta),
                kind: match reverses {
                    Some(_) => EntryKind::Reverse,
                    None if *delta > 0 => EntryKind::Earn,
                    None => EntryKind::Redeem,
                },
                balance_after: Points(balance),
                amount: None,
                sale: None,
                reason: None,
                request: None,
                reverses: reverses.map(|n| EntryId(id(n))),
                staff: None,
                device: None,
                operation: OperationId(id(n)),
                at: Timestamp(n),
                applied_at: Timestamp(n),
            }
        };
        (1..).zip(of).map(line).collect()
    }

    fn lots(of: &[(i64, Option<i64>)]) -> Vec<(i64, i64)> {
        Lots::of(&lines(of)).lots.iter().map(|lot| (lot.at.0, lot.points.0)).collect()
    }

    #[test]
    fn the_oldest_points_are_spent_first() {
        assert_eq!(lots(&[(10, None), (20, None), (-15, None)]), [(2, 15)]);
        assert_eq!(lots(&[(10, None), (-10, None), (20, None)]), [(3, 20)]);
    }

    #[test]
    fn points_that_were_taken_back_leave_older_ones_alone() {
        assert_eq!(lots(&[(10, None), (20, None), (-20, Some(2))]), [(1, 10)]);
    }

    #[test]
    fn points_that_came_back_begin_anew() {
        assert_eq!(lots(&[(10, None), (-10, None), (10, Some(2))]), [(3, 10)]);
    }

    #[test]
    fn what_a_card_owes_is_paid_before_anything_can_lapse() {
        assert_eq!(lots(&[(10, None), (-10, None), (-10, Some(1)), (25, None)]), [(4, 15)]);
    }

    #[test]
    fn a_card_in_use_keeps_everything() {
        let lots = Lots::of(&lines(&[(10, None), (5, None)]));
        let rule = Expiry::Inactivity { months: 6 };
        let begun = |to| lots.begun(rule, Points(15), Timestamp(0), Timestamp(to));
        assert_eq!((begun(2), begun(3)), (Points(0), Points(15)));
    }

    proptest! {
        #[test]
        fn the_lots_of_a_card_are_its_balance(deltas in proptest::collection::vec(-50i64..100, 0..30)) {
            let mut balance = 0;
            let sound = deltas.into_iter().filter(|delta| {
                let fits = *delta != 0 && balance + delta >= 0;
                balance += if fits { *delta } else { 0 };
                fits
            });
            let of: Vec<_> = sound.map(|delta| (delta, None)).collect();
            let sum: i64 = lots(&of).iter().map(|(_, points)| points).sum();
            prop_assert_eq!(sum, balance);
        }
    }
}
