//! Awards through the engine, in this process.

use super::place::Place;
use super::spread::Spread;
use crate::bench::clock::process_spent;
use crate::error::CommandError;
use reda_server::bench::{Ledger, Size};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// A shop for each connection of the measurement over HTTP.
const SIZE: Size = Size { shops: 32, members_of_each: 150 };
/// Callers who wait for their answer: twice what one batch takes, so that the next one is full
/// while this one is written.
const CALLERS: usize = 2 * BATCH;
/// Awards of one batch of the lane.
const BATCH: usize = 1024;
/// Awards before counting begins: a database of some age, whose room is used again.
const AGED: usize = 20_000;

pub(super) async fn open(place: &Place) -> Result<Arc<Ledger>, CommandError> {
    Ok(Arc::new(Ledger::make(place.at.clone(), SIZE).await?))
}

/// Each waits for the one before: what a single cashier sees.
pub(super) async fn one_by_one(ledger: &Ledger, awards: usize) -> Result<Spread, CommandError> {
    let mut spread = Spread::default();
    for _ in 0..awards {
        let began = Instant::now();
        ledger.one().await?;
        spread.note(began.elapsed());
    }
    Ok(spread)
}

/// Everybody at once; and the bytes that each award left, by table.
pub(super) async fn all_at_once(
    ledger: &Arc<Ledger>,
    awards: usize,
) -> Result<(Value, Value), CommandError> {
    from_callers(ledger, AGED).await?;
    ledger.vacuum().await?;
    let before = ledger.sizes().await?;
    let (began, cpu) = (Instant::now(), process_spent());
    let spread = from_callers(ledger, awards).await?;
    let mut facts = spread.told();
    facts["per_second"] = rate(spread.len(), began.elapsed());
    facts["cpu_us"] = json!(micros_of_each(process_spent() - cpu, spread.len()));
    let bytes = grown(&before, &ledger.sizes().await?, spread.len());
    Ok((facts, bytes))
}

async fn from_callers(ledger: &Arc<Ledger>, awards: usize) -> Result<Spread, CommandError> {
    let left = Arc::new(AtomicUsize::new(awards));
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        let (ledger, left) = (ledger.clone(), left.clone());
        callers.spawn(async move {
            let mut spread = Spread::default();
            while left
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1))
                .is_ok()
            {
                let began = Instant::now();
                ledger.one().await?;
                spread.note(began.elapsed());
            }
            Ok::<_, CommandError>(spread)
        });
    }
    let mut spread = Spread::default();
    while let Some(caller) = callers.join_next().await {
        spread.join(caller.expect("callers do not panic")?);
    }
    Ok(spread)
}

/// Writing and committing rows like these alone, a batch after the other: what asking, loading
/// and deciding cost comes on top.
pub(super) async fn rows_alone(ledger: &Ledger, awards: usize) -> Result<Value, CommandError> {
    let (mut written, mut took) = (0, Duration::ZERO);
    while written < awards {
        took += ledger.write_alone(BATCH).await?;
        written += BATCH;
    }
    Ok(json!({ "per_second": rate(written, took) }))
}

/// Whole ones per second.
pub(super) fn rate(done: usize, took: Duration) -> Value {
    let done = u32::try_from(done).unwrap_or(u32::MAX);
    json!((f64::from(done) / took.as_secs_f64()).round())
}

pub(super) fn micros_of_each(took: Duration, done: usize) -> f64 {
    let done = u32::try_from(done).unwrap_or(u32::MAX).max(1);
    (took / done).as_secs_f64() * 1e6
}

/// Bytes by which each table grew for each award.
fn grown(before: &[(String, i64)], after: &[(String, i64)], awards: usize) -> Value {
    let awards = i64::try_from(awards).unwrap_or(i64::MAX).max(1);
    let of = |name: &str| before.iter().find(|it| it.0 == name).map_or(0, |it| it.1);
    let mut tables = serde_json::Map::new();
    for (name, bytes) in after {
        let each = (bytes - of(name)) / awards;
        if each > 0 {
            tables.insert(name.clone(), json!(each));
        }
    }
    let all: i64 = tables.values().filter_map(Value::as_i64).sum();
    json!({ "each": all, "tables": tables })
}
