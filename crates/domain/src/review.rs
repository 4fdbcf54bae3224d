//! What a manager should look at: lines of the ledger that are large, or unusual (SPEC PT-8), and
//! answers that prove themselves less than a signature does. Nothing here says that anybody did
//! wrong.

use crate::card::EntryKind;
use crate::points::Points;
use crate::settings::Settings;
use serde::{Deserialize, Serialize};

/// Awards to one card are counted over so long.
pub const AWARDS_WITHIN_MS: i64 = 24 * 60 * 60 * 1000;

/// Why something stands in the review list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// As many points as the business calls large, or more.
    Large,
    /// One of many awards to the card within a day.
    ManyAwards,
    /// An award with neither an amount nor a sale.
    WithoutSale,
    /// At an hour at which points do not usually move.
    OffHours,
    /// A yes that came by the till, a link or digits read out, or one to points without a signature.
    WeakEvidence,
}

/// What is known of a line of the ledger.
#[derive(Clone, Copy, Debug)]
pub struct Looked {
    pub kind: EntryKind,
    pub delta: Points,
    /// Whether a sale or its amount stands behind it.
    pub has_sale: bool,
    /// Awards to the same card within [`AWARDS_WITHIN_MS`] up to it, itself among them.
    pub awards: i64,
    /// Minutes since the shop's midnight.
    pub minute: u16,
}

impl Looked {
    /// What is unusual about it; most often nothing.
    pub fn why(&self, settings: &Settings) -> Vec<Why> {
        let award = match self.kind {
            EntryKind::Earn => true,
            EntryKind::Adjust | EntryKind::Reverse => false,
            // The customer's own doing, or the server's.
            EntryKind::Bonus | EntryKind::Redeem | EntryKind::Expire => return vec![],
        };
        let many = award && self.awards >= i64::from(settings.review_awards);
        [
            (Why::Large, self.delta.0.abs() >= settings.review_points.0),
            (Why::ManyAwards, many),
            (Why::WithoutSale, award && !self.has_sale),
            (Why::OffHours, !is_open(self.minute, settings)),
        ]
        .into_iter()
        .filter_map(|(why, is_so)| is_so.then_some(why))
        .collect()
    }
}

/// Whether points usually move at this minute. Hours that begin and end alike are the whole day.
fn is_open(minute: u16, settings: &Settings) -> bool {
    let (opens, closes) = (settings.opens.minutes(), settings.closes.minutes());
    match opens < closes {
        true => (opens..closes).contains(&minute),
        false => minute >= opens || minute < closes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preferences::TimeOfDay;

    const USUAL: Looked = Looked {
        kind: EntryKind::Earn,
        delta: Points(10),
        has_sale: true,
        awards: 1,
        minute: 12 * 60,
    };

    fn why(looked: Looked) -> Vec<Why> {
        looked.why(&Settings::default())
    }

    #[test]
    fn most_lines_are_nothing_to_look_at() {
        assert_eq!(why(USUAL), []);
        for kind in [EntryKind::Bonus, EntryKind::Redeem, EntryKind::Expire] {
            assert_eq!(why(Looked { kind, delta: Points(-90_000), minute: 0, ..USUAL }), []);
        }
    }

    #[test]
    fn each_reason_is_told_beside_the_others() {
        assert_eq!(why(Looked { delta: Points(500), ..USUAL }), [Why::Large]);
        assert_eq!(why(Looked { awards: 5, ..USUAL }), [Why::ManyAwards]);
        assert_eq!(why(Looked { has_sale: false, ..USUAL }), [Why::WithoutSale]);
        assert_eq!(why(Looked { minute: 23 * 60, ..USUAL }), [Why::OffHours]);
        let taken = Looked { kind: EntryKind::Adjust, delta: Points(-500), ..USUAL };
        assert_eq!(why(Looked { minute: 0, ..taken }), [Why::Large, Why::OffHours]);
    }

    #[test]
    fn hours_may_span_midnight() {
        let night = Settings {
            opens: TimeOfDay::of_minutes(18 * 60),
            closes: TimeOfDay::of_minutes(4 * 60),
            ..Settings::default()
        };
        let open = |hour: u16| is_open(hour * 60, &night);
        assert_eq!((open(20), open(2), open(4), open(12)), (true, true, false, false));
    }
}
