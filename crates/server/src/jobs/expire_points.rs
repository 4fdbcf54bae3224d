//! Lets points lapse whose time is over and warns of those whose time will be, once a day of each
//! shop's own. What is done is one operation a card and day; a day that is through is noted, so that
//! nobody looks at its cards again.

use super::{Job, JobError, PORTION, Turn, submit};
use crate::app::App;
use crate::days::{day_of, number, of_number, plus, start_of, zone_of};
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use reda_actions::{ExpirePoints, Warning};
use reda_domain::expiry::{Expiry, FIRST_AFTER_DAYS, WARNED_DAYS};
use reda_domain::program::Program;
use reda_domain::{BusinessId, CardId, OperationId, Timestamp};
use reda_store::StoreError;
use reda_store::tables::{businesses, expiry_days, lots, programs};
use std::collections::BTreeSet;
use uuid::Uuid;

const NEVER: Timestamp = Timestamp(i64::MIN);

/// A programme and a day of its shop's that nobody has been through.
struct Due {
    program: Program,
    today: Date,
    day: Day,
}

/// What a day means under a rule: which points lapse by when they came, and which are warned of.
#[derive(Debug, PartialEq, Eq)]
struct Day {
    over: Timestamp,
    warnings: Vec<Warning>,
}

pub(super) async fn run(app: &App, now: Timestamp) -> Result<(), JobError> {
    let due = due(app, now).await?;
    if due.is_empty() {
        return Ok(());
    }
    let Some(turn) = Turn::take(app, Job::ExpirePoints).await? else {
        return Ok(());
    };
    for one in &due {
        if !pass(app, &turn, one, now).await? {
            break;
        }
    }
    Ok(turn.end(app).await?)
}

/// The programmes that have a new day.
async fn due(app: &App, now: Timestamp) -> Result<Vec<Due>, StoreError> {
    let mut tx = app.db.snapshot().await?;
    let programs = programs::expiring(&mut tx).await?;
    let shops: BTreeSet<BusinessId> = programs.iter().map(|it| it.business).collect();
    let shops = businesses::by_ids(&mut tx, shops).await?;
    let mut due = vec![];
    for program in programs {
        let Some(shop) = shops.iter().find(|it| it.id == program.business) else { continue };
        let zone = zone_of(shop);
        let (since, today) = (day_of(program.expiry_since, &zone), day_of(now, &zone));
        let last = expiry_days::last(&mut tx, program.id, program.expiry_since).await?;
        let last = last.map_or(plus(since, -1), of_number);
        if last < today {
            let day = Day::of(program.expiry, since, last, today, &zone);
            due.push(Due { program, today, day });
        }
    }
    Ok(due)
}

impl Day {
    /// Nothing lapses before the rule is so old that everybody was warned. `last` is the day before
    /// whose warnings went out.
    fn of(rule: Expiry, since: Date, last: Date, today: Date, zone: &TimeZone) -> Self {
        let Some(months) = rule.months() else {
            return Self { over: NEVER, warnings: vec![] };
        };
        let first = plus(since, FIRST_AFTER_DAYS);
        // Points last through the same day so many months later.
        let begun = |day: Date| start_of(day.saturating_sub(i64::from(months).months()), zone);
        let over = if today < first { NEVER } else { begun(today) };
        let mut from = over;
        let mut warnings = vec![];
        for days in WARNED_DAYS {
            let (told, tells) = (plus(last, days), plus(today, days));
            if tells < first {
                continue;
            }
            let untold = if told < first { NEVER } else { begun(told) };
            let (after, to) = (untold.max(from), begun(tells));
            if after < to {
                let on = plus(told, 1).max(first);
                let on = format!("{:02}/{:02}/{}", on.day(), on.month(), on.year());
                warnings.push(Warning { from: after, to, on });
            }
            from = from.max(to);
        }
        Self { over, warnings }
    }

    /// The latest coming of points that the day has to do with.
    fn horizon(&self) -> Timestamp {
        self.warnings.iter().map(|it| it.to).fold(self.over, Timestamp::max)
    }
}

/// Goes through a programme's cards; `false` where it is another node's turn, or none's.
async fn pass(app: &App, turn: &Turn, one: &Due, now: Timestamp) -> Result<bool, JobError> {
    let mut after = CardId(Uuid::nil());
    loop {
        if !turn.goes_on(app).await? {
            return Ok(false);
        }
        let cards = concerned(app, one, after).await?;
        for card in &cards {
            let act = ExpirePoints {
                card: *card,
                since: one.program.expiry_since,
                over: one.day.over,
                warnings: one.day.warnings.clone(),
            };
            submit(app, operation(*card, one), now, act.into()).await?;
        }
        match cards.last() {
            Some(last) => after = *last,
            None => break,
        }
    }
    let mut tx = app.db.begin().await?;
    let (program, since) = (one.program.id, one.program.expiry_since);
    expiry_days::done(&mut tx, program, since, number(one.today)).await?;
    tx.commit().await?;
    Ok(true)
}

async fn concerned(app: &App, one: &Due, after: CardId) -> Result<Vec<CardId>, StoreError> {
    let (program, horizon) = (one.program.id, one.day.horizon());
    if horizon == NEVER {
        return Ok(vec![]);
    }
    let mut tx = app.db.snapshot().await?;
    match one.program.expiry {
        Expiry::Never => Ok(vec![]),
        Expiry::AfterEarning { .. } => lots::aging(&mut tx, program, horizon, after, PORTION).await,
        Expiry::Inactivity { .. } => lots::idle(&mut tx, program, horizon, after, PORTION).await,
    }
}

/// By card, rule and day: whoever gets there second does nothing.
fn operation(card: CardId, one: &Due) -> OperationId {
    let (since, day) = (one.program.expiry_since.0, number(one.today));
    OperationId(OperationId(card.0).derive(&format!("expire:{since}:{day}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Expiry = Expiry::AfterEarning { months: 12 };

    fn day(month: i8, day: i8) -> Date {
        Date::constant(2026, month, day)
    }

    fn at(year: i16, month: i8, day: i8) -> Timestamp {
        start_of(Date::constant(year, month, day), &TimeZone::UTC)
    }

    fn on(rule: Expiry, since: Date, last: Date, today: Date) -> Day {
        Day::of(rule, since, last, today, &TimeZone::UTC)
    }

    #[test]
    fn a_day_takes_what_is_over_and_warns_a_week_and_a_month_ahead() {
        let found = on(RULE, day(1, 1), day(6, 14), day(6, 15));
        assert_eq!(found.over, at(2025, 6, 15));
        let warned = |from, to, on: &str| Warning { from, to, on: on.to_owned() };
        assert_eq!(
            found.warnings,
            [
                warned(at(2025, 6, 21), at(2025, 6, 22), "22/06/2026"),
                warned(at(2025, 7, 14), at(2025, 7, 15), "15/07/2026"),
            ]
        );
    }

    #[test]
    fn a_new_rule_warns_of_all_that_is_old_and_takes_nothing_for_a_month() {
        let start = on(RULE, day(6, 1), day(5, 31), day(6, 1));
        assert_eq!(start.over, NEVER);
        assert_eq!(start.warnings.len(), 1, "{start:?}");
        assert_eq!(start.warnings[0].from, NEVER);
        assert_eq!(start.warnings[0].on, "01/07/2026");
        let before = on(RULE, day(6, 1), day(6, 29), day(6, 30));
        assert_eq!(before.over, NEVER);
        let first = on(RULE, day(6, 1), day(6, 30), day(7, 1));
        assert_eq!(first.over, at(2025, 7, 1));
    }

    #[test]
    fn a_second_warning_comes_a_week_before_the_first_day() {
        let found = on(RULE, day(6, 1), day(6, 23), day(6, 24));
        assert_eq!(found.warnings[0].from, NEVER);
        assert_eq!((found.warnings[0].to, &*found.warnings[0].on), (at(2025, 7, 1), "01/07/2026"));
    }

    #[test]
    fn days_without_a_server_are_made_up_for_without_saying_anything_twice() {
        let found = on(RULE, day(1, 1), day(6, 1), day(6, 15));
        let [week, month] = &found.warnings[..] else { panic!("{found:?}") };
        // What is over by now is taken, not warned of.
        assert_eq!((week.from, week.to), (at(2025, 6, 15), at(2025, 6, 22)));
        assert_eq!((month.from, month.to), (at(2025, 7, 1), at(2025, 7, 15)));
    }

    #[test]
    fn months_of_different_lengths_keep_the_order_of_days() {
        let rule = Expiry::AfterEarning { months: 1 };
        let over = |today| on(rule, Date::constant(2025, 1, 1), plus(today, -1), today).over;
        assert_eq!(over(day(2, 28)), at(2026, 1, 28));
        assert_eq!(over(day(3, 1)), at(2026, 2, 1));
        assert_eq!(over(day(3, 31)), at(2026, 2, 28));
    }
}
