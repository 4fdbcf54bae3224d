//! Which of a card's points run out soon, and on which of the shop's days: what the daily job
//! (`jobs/expire_points.rs`) will do, told beforehand.

use crate::days::{day_of, plus, start_of};
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use reda_domain::Timestamp;
use reda_domain::expiry::{Expiry, FIRST_AFTER_DAYS, Lots, WARNED_DAYS};
use reda_domain::points::Points;
use reda_domain::program::Program;
use std::collections::BTreeMap;

/// How far ahead is soon, as with the first warning.
const SOON_DAYS: i64 = WARNED_DAYS[1];

/// The latest coming of points that can run out soon, with the moment itself not among them;
/// `None` where points stay for ever.
pub(crate) fn horizon(program: &Program, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let months = program.expiry.months()?;
    Some(start_of(begun(plus(day_of(now, zone), SOON_DAYS), months), zone))
}

/// The points that run out soon by the days at whose beginning they are gone.
pub(crate) fn ahead(
    program: &Program,
    balance: Points,
    left: &Lots,
    now: Timestamp,
    zone: &TimeZone,
) -> Vec<(Date, Points)> {
    let today = day_of(now, zone);
    let first = plus(day_of(program.expiry_since, zone), FIRST_AFTER_DAYS).max(today);
    let gone = |at: Timestamp, months| gone_on(day_of(at, zone), months).max(first);
    let mut days: BTreeMap<Date, i64> = BTreeMap::new();
    match program.expiry {
        Expiry::Never => {}
        Expiry::AfterEarning { months } => {
            for lot in &left.lots {
                *days.entry(gone(lot.at, months)).or_default() += lot.points.0;
            }
        }
        Expiry::Inactivity { months } => {
            let on = left.active_at.map(|at| gone(at, months));
            days.extend(on.filter(|_| balance > Points(0)).map(|on| (on, balance.0)));
        }
    }
    let soon = plus(today, SOON_DAYS);
    days.into_iter().filter(|(on, _)| *on <= soon).map(|(on, n)| (on, Points(n))).collect()
}

/// Points that came before this day are gone at the beginning of `day`: they last through the same
/// day so many months later.
fn begun(day: Date, months: u32) -> Date {
    day.saturating_sub(i64::from(months).months())
}

/// The first day at whose beginning points that came on `came` are gone.
fn gone_on(came: Date, months: u32) -> Date {
    // Months of different lengths put it off by a few days at most.
    let mut day = plus(came.saturating_add(i64::from(months).months()), 1);
    while begun(day, months) <= came && day < Date::MAX {
        day = plus(day, 1);
    }
    day
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i16, month: i8, day: i8) -> Date {
        Date::constant(year, month, day)
    }

    #[test]
    fn points_last_through_the_same_day_months_later() {
        assert_eq!(gone_on(day(2026, 1, 15), 2), day(2026, 3, 16));
        assert_eq!(gone_on(day(2026, 1, 31), 1), day(2026, 3, 1));
        assert_eq!(gone_on(day(2026, 2, 28), 1), day(2026, 4, 1));
        assert_eq!(gone_on(day(2024, 2, 29), 12), day(2025, 3, 1));
    }

    #[test]
    fn no_day_before_takes_them() {
        for n in 0..800 {
            let came = plus(day(2023, 12, 1), n);
            for months in [1, 2, 6, 12] {
                let gone = gone_on(came, months);
                assert!(begun(gone, months) > came, "{came} {months}");
                assert!(begun(plus(gone, -1), months) <= came, "{came} {months}");
            }
        }
    }
}
