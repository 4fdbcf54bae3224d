//! One batch: known operations, loads, locks, decisions, writes, commit.

use super::at_once::run_at_once;
use super::gather::Gathered;
use super::kept::assert_as_stored;
use super::lane::Lane;
use super::remembered::Remembered;
use super::write::Written;
use super::{BatchError, Done, EngineError, Job, StoredResult};
use crate::clock;
use reda_actions::{Ctx, Stop};
use reda_domain::effects::Effects;
use reda_domain::scope::Scope;
use reda_domain::world::World;
use reda_domain::{OperationId, Timestamp};
use reda_protocol::scope::{Cursor, ScopeName};
use reda_store::tables::feed::{self, Head};
use reda_store::tables::operations::Answered;
use reda_store::{Db, StoreError, Tx};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{Duration, Instant};

/// A committed batch.
pub(super) struct Settled {
    /// In the order of the jobs; `None` for one that goes to the next batch.
    pub(super) answers: Vec<Option<Result<Done, EngineError>>>,
    pub(super) moved: Vec<(Scope, i64)>,
    /// How long the commit took.
    pub(super) commit: Duration,
}

/// What an operation of this batch comes to.
enum Decision {
    Effects(Effects),
    Refused(reda_domain::refusal::Refusal),
}

pub(super) async fn run_batch(lane: &mut Lane, jobs: &[Job]) -> Result<Settled, BatchError> {
    if let Some(settled) = run_at_once(lane, jobs).await? {
        return Ok(settled);
    }
    let mut tx = lane.db.begin().await?;
    let remembered = &mut lane.remembered;
    let mut gathered = Gathered::read(&mut tx, jobs, lane.clock.now(), remembered).await?;
    let heads = remembered.left.lock(&mut tx, &gathered.scopes()?, lane.epoch).await?;
    // Whoever held the heads until now decided earlier, and so must not have decided by a later
    // time: what ran out for them has run out here.
    let now = lane.clock.now();
    let mut put_off = BTreeSet::new();
    if !tx.is_alone() && !remembered.left.are(&heads, &gathered.given) {
        // Another server worked under these heads, perhaps after they were read here.
        remembered.kept.forget();
        gathered = Gathered::read(&mut tx, jobs, now, remembered).await?;
        put_off = gathered.keep_within(|scope| heads.contains_key(scope))?;
    }
    if cfg!(debug_assertions) {
        assert_as_stored(&mut tx, &gathered.given, &gathered.world, now).await?;
    }
    let (written, mut decided) = decide_all(&mut tx, gathered, heads, now).await?;
    let new: BTreeSet<OperationId> = written.operations.iter().map(|it| it.id).collect();
    let saved = written.save(&mut tx, &mut decided).await?;
    let committing = Instant::now();
    tx.commit().await?;
    let commit = committing.elapsed();
    let moved = saved.moved.clone();
    remembered.note(saved);
    Ok(Settled { answers: answers(jobs, &decided, new, &put_off), moved, commit })
}

/// What the operations of a batch come to, by their ids: hash and result.
pub(super) type Decided = HashMap<OperationId, (String, StoredResult)>;

/// Decides one after the other; each sees what those before it did.
pub(super) async fn decide_all(
    tx: &mut Tx,
    gathered: Gathered<'_>,
    heads: BTreeMap<Scope, Head>,
    now: Timestamp,
) -> Result<(Written, Decided), BatchError> {
    let Gathered { known, fresh, world, given: _ } = gathered;
    let mut written = Written::new(world, heads, now);
    let mut decided = Decided::new();
    for job in &fresh {
        let ctx = Ctx { now, random: clock::random() };
        let result = match decide(job, &written.world, &ctx)? {
            Decision::Effects(effects) => written.take(tx, job, effects).await?,
            Decision::Refused(refusal) => written.refused(job, refusal),
        };
        decided.insert(job.op.id, (job.hash.clone(), result));
    }
    for (id, answered) in known {
        let result = again(tx, id, &answered).await?;
        decided.insert(id, (answered.hash, result));
    }
    Ok((written, decided))
}

/// The answer to an operation that was answered before.
async fn again(
    tx: &mut Tx,
    id: OperationId,
    answered: &Answered,
) -> Result<StoredResult, BatchError> {
    let mut result: StoredResult =
        serde_json::from_value(answered.result.clone()).map_err(|error| {
            let value = format!("{id}: {error}");
            StoreError::Corrupt { table: "operations", column: "result", value }
        })?;
    let scopes = answered.moved.iter().map(|(scope, _)| *scope).collect();
    let heads = feed::heads(tx, &scopes).await?;
    let moved = answered.moved.iter();
    result.moved =
        moved.filter_map(|(scope, seq)| cursor(*scope, heads.get(scope)?, *seq)).collect();
    Ok(result)
}

/// A place in a feed, for those who may read it.
pub(super) fn cursor(scope: Scope, head: &Head, seq: i64) -> Option<(ScopeName, Cursor)> {
    Some((ScopeName::of(scope)?, Cursor { epoch: Some(head.epoch), seq }))
}

/// Does what a batch does, and tells how long the writing and the commit alone took: the least
/// that a lane needs for these rows. For whoever measures.
pub(super) async fn writing_alone(
    db: &Db,
    now: Timestamp,
    jobs: &[Job],
) -> Result<Duration, BatchError> {
    let mut tx = db.begin().await?;
    let gathered = Gathered::read(&mut tx, jobs, now, &mut Remembered::default()).await?;
    let heads = feed::lock(&mut tx, &gathered.scopes()?).await?;
    let (written, mut decided) = decide_all(&mut tx, gathered, heads, now).await?;
    let writing = Instant::now();
    written.save(&mut tx, &mut decided).await?;
    tx.commit().await?;
    Ok(writing.elapsed())
}

fn decide(job: &Job, world: &World, ctx: &Ctx) -> Result<Decision, BatchError> {
    match job.op.decide(world, ctx) {
        Ok(effects) => Ok(Decision::Effects(effects)),
        Err(Stop::Refused(refusal)) => Ok(Decision::Refused(refusal)),
        Err(Stop::NotLoaded(error)) => Err(error.into()),
    }
}

pub(super) fn answers(
    jobs: &[Job],
    decided: &Decided,
    mut new: BTreeSet<OperationId>,
    put_off: &BTreeSet<OperationId>,
) -> Vec<Option<Result<Done, EngineError>>> {
    let mut answer = |job: &Job| {
        let (hash, result) = decided.get(&job.op.id).ok_or(EngineError::Failed)?;
        // The first of several with one id did it; the others are replays, or another thing.
        let replayed = !new.remove(&job.op.id);
        if *hash == job.hash {
            Ok(Done { result: result.clone(), replayed })
        } else {
            Err(EngineError::Reused)
        }
    };
    let answered = |job: &Job| (!put_off.contains(&job.op.id)).then(|| answer(job));
    jobs.iter().map(answered).collect()
}
