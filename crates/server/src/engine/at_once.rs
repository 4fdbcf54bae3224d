//! A batch about what is remembered: decided before the database is asked anything, and written in
//! one way to it, if all is as this lane left it.

use super::batch::{Settled, answers, decide_all};
use super::gather::Gathered;
use super::kept::assert_as_stored;
use super::lane::Lane;
use super::{BatchError, Job};
use reda_domain::OperationId;
use reda_domain::scope::Scope;
use reda_store::tables::feed::Head;
use reda_store::tables::operations;
use reda_store::{AsLeft, StoreError};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// Nothing where it has to be done the long way.
pub(super) async fn run_at_once(
    lane: &mut Lane,
    jobs: &[Job],
) -> Result<Option<Settled>, BatchError> {
    let now = lane.clock.now();
    let Some(gathered) = Gathered::remembered(jobs, &lane.remembered.kept)? else {
        return Ok(None);
    };
    let Some(heads) = lane.remembered.left.all(&gathered.scopes()?) else {
        return Ok(None);
    };
    if !gathered.given.values().all(|scope| heads.contains_key(scope)) {
        return Ok(None);
    }
    if cfg!(debug_assertions) {
        assert_remembered(lane, &gathered, &heads).await?;
    }
    let operations = gathered.fresh.iter().map(|job| job.op.id).collect();
    let mut tx = lane.db.at_once();
    let decided = decide_all(&mut tx, gathered, heads.clone(), now).await;
    let Some((written, mut decided)) = unless_asked(decided)? else { return Ok(None) };
    let new: BTreeSet<OperationId> = written.operations.iter().map(|it| it.id).collect();
    let saved = written.save(&mut tx, &mut decided).await;
    let Some(saved) = unless_asked(saved)? else { return Ok(None) };
    let left = AsLeft { version: lane.remembered.version, heads: &heads, operations };
    let committing = Instant::now();
    if !tx.commit_if(&left).await? {
        return Ok(None);
    }
    let commit = committing.elapsed();
    let moved = saved.moved.clone();
    lane.remembered.note(saved);
    Ok(Some(Settled { answers: answers(jobs, &decided, new, &BTreeSet::new()), moved, commit }))
}

/// Nothing where more was asked of the database than to write rows.
fn unless_asked<T>(done: Result<T, BatchError>) -> Result<Option<T>, BatchError> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(BatchError::Store(StoreError::NotBegun)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Fails loudly where something else is remembered than what is there, if nobody else has written.
async fn assert_remembered(
    lane: &Lane,
    gathered: &Gathered<'_>,
    heads: &BTreeMap<Scope, Head>,
) -> Result<(), BatchError> {
    let mut tx = lane.db.begin().await?;
    let ids = gathered.fresh.iter().map(|job| job.op.id);
    let (_, version) = operations::known_as_of(&mut tx, ids).await?;
    let scopes = heads.keys().copied().collect();
    let there = lane.remembered.left.lock(&mut tx, &scopes, lane.epoch).await?;
    if version == lane.remembered.version && lane.remembered.left.are(&there, &gathered.given) {
        assert_as_stored(&mut tx, &gathered.given, &gathered.world, lane.clock.now()).await?;
    }
    Ok(())
}
