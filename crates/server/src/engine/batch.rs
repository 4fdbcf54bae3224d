//! One batch: known operations, loads, decisions, writes, commit.

use super::lane::Lane;
use super::write::Written;
use super::{BatchError, Done, EngineError, Job, StoredResult};
use crate::clock;
use reda_actions::{Ctx, Op, Stop};
use reda_domain::effects::Effects;
use reda_domain::needs::Needs;
use reda_domain::scope::Scope;
use reda_domain::world::World;
use reda_domain::{OperationId, Timestamp};
use reda_store::tables::{feed, operations};
use reda_store::{Tx, load};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A committed batch.
pub(super) struct Settled {
    /// In the order of the jobs.
    pub(super) answers: Vec<Result<Done, EngineError>>,
    pub(super) moved: Vec<(Scope, i64)>,
}

/// What an operation of this batch comes to.
enum Decision {
    Effects(Effects),
    Refused(reda_domain::refusal::Refusal),
}

pub(super) async fn run_batch(lane: &Lane, jobs: &[Job]) -> Result<Settled, BatchError> {
    let now = lane.clock.now();
    let mut tx = lane.db.begin().await?;
    let ids: Vec<OperationId> = jobs.iter().map(|job| job.op.id).collect();
    let known = operations::known(&mut tx, ids).await?;
    let fresh = first_of_each(jobs, &known);
    let mut world = load_world(&mut tx, &fresh, now).await?;
    let heads = lock_heads(&mut tx, &fresh, &world, lane.epoch).await?;
    let mut written = Written::new(heads, now);
    let mut decided: HashMap<OperationId, (String, StoredResult)> = HashMap::new();
    let mut new: BTreeSet<OperationId> = BTreeSet::new();
    for job in &fresh {
        let ctx = Ctx { now, random: clock::random() };
        let result = match decide(job, &world, &ctx)? {
            Decision::Effects(effects) => {
                world.apply(&effects);
                written.take(&mut tx, &mut world, &job.op, effects).await?
            }
            Decision::Refused(refusal) => StoredResult {
                refused: Some(refusal),
                data: serde_json::Value::Null,
                moved: BTreeMap::new(),
            },
        };
        written.note(job, result.clone());
        new.insert(job.op.id);
        decided.insert(job.op.id, (job.hash.clone(), result));
    }
    for (id, (hash, result)) in known {
        decided.insert(id, (hash, stored(id, result)?));
    }
    let moved = written.save(&mut tx, &mut decided).await?;
    tx.commit().await?;
    Ok(Settled { answers: answers(jobs, &decided, new), moved })
}

/// The jobs that are not known yet; of several with one id the first.
fn first_of_each<'a, T>(jobs: &'a [Job], known: &HashMap<OperationId, T>) -> Vec<&'a Job> {
    let mut seen = BTreeSet::new();
    jobs.iter().filter(|job| !known.contains_key(&job.op.id) && seen.insert(job.op.id)).collect()
}

/// Two rounds of bounded sets.
async fn load_world(tx: &mut Tx, jobs: &[&Job], now: Timestamp) -> Result<World, BatchError> {
    let mut world = World::default();
    let first: Needs = jobs.iter().flat_map(|job| job.op.needs()).collect();
    load(tx, &mut world, first, now).await?;
    let mut then = Needs::new();
    for job in jobs {
        then.extend(job.op.needs_then(&world)?);
    }
    load(tx, &mut world, then, now).await?;
    Ok(world)
}

/// The heads of every scope that the batch may touch, sorted, new ones at 0.
async fn lock_heads(
    tx: &mut Tx,
    jobs: &[&Job],
    world: &World,
    epoch: i64,
) -> Result<BTreeMap<Scope, feed::Head>, BatchError> {
    let mut scopes = BTreeSet::new();
    for job in jobs {
        scopes.extend(job.op.scopes(world)?);
    }
    let mut heads = feed::heads(tx, &scopes).await?;
    for scope in scopes {
        let start = feed::Head { epoch, seq: 0, audit_hash: String::new(), audit_n: 0 };
        heads.entry(scope).or_insert(start);
    }
    Ok(heads)
}

fn decide(job: &Job, world: &World, ctx: &Ctx) -> Result<Decision, BatchError> {
    match job.op.decide(world, ctx) {
        Ok(effects) => Ok(Decision::Effects(effects)),
        Err(Stop::Refused(refusal)) => Ok(Decision::Refused(refusal)),
        Err(Stop::NotLoaded(error)) => Err(error.into()),
    }
}

fn stored(id: OperationId, value: serde_json::Value) -> Result<StoredResult, BatchError> {
    serde_json::from_value(value).map_err(|error| {
        let value = format!("{id}: {error}");
        reda_store::StoreError::Corrupt { table: "operations", column: "result", value }.into()
    })
}

fn answers(
    jobs: &[Job],
    decided: &HashMap<OperationId, (String, StoredResult)>,
    mut new: BTreeSet<OperationId>,
) -> Vec<Result<Done, EngineError>> {
    let answer = |job: &Job| {
        let (hash, result) = decided.get(&job.op.id).ok_or(EngineError::Failed)?;
        // The first of several with one id did it; the others are replays, or another thing.
        let replayed = !new.remove(&job.op.id);
        if *hash == job.hash {
            Ok(Done { result: result.clone(), replayed })
        } else {
            Err(EngineError::Reused)
        }
    };
    jobs.iter().map(answer).collect()
}

impl Written {
    fn note(&mut self, job: &Job, result: StoredResult) {
        let op: &Op = &job.op;
        self.operations.push((op.clone(), job.hash.clone(), result));
    }
}
