//! What a batch has before it decides: the answers that are known, and the world.

use super::kept::{Given, Kept};
use super::remembered::Remembered;
use super::{BatchError, Job};
use reda_domain::needs::Needs;
use reda_domain::scope::Scope;
use reda_domain::world::World;
use reda_domain::{OperationId, Timestamp};
use reda_store::tables::operations::{self, Answered};
use reda_store::{Tx, load};
use std::collections::{BTreeSet, HashMap};

pub(super) struct Gathered<'a> {
    /// What became of the operations that were applied or refused before.
    pub(super) known: HashMap<OperationId, Answered>,
    /// The jobs that are not known yet; of several with one id the first.
    pub(super) fresh: Vec<&'a Job>,
    pub(super) world: World,
    /// What of it was not read now.
    pub(super) given: Given,
}

impl<'a> Gathered<'a> {
    pub(super) async fn read(
        tx: &mut Tx,
        jobs: &'a [Job],
        now: Timestamp,
        remembered: &mut Remembered,
    ) -> Result<Self, BatchError> {
        let ids = jobs.iter().map(|job| job.op.id);
        let (known, version) = operations::known_as_of(tx, ids).await?;
        remembered.as_of(version);
        let fresh = fresh(jobs, &known);
        let (world, given) = load_world(tx, &fresh, now, &remembered.kept).await?;
        Ok(Self { known, fresh, world, given })
    }

    /// The same without asking the database: as if none of the operations were known, and only
    /// where everything that they need is kept.
    pub(super) fn remembered(jobs: &'a [Job], kept: &Kept) -> Result<Option<Self>, BatchError> {
        let known = HashMap::new();
        let fresh = fresh(jobs, &known);
        let (mut world, mut given) = (World::default(), Given::new());
        let first: Needs = fresh.iter().flat_map(|job| job.op.needs()).collect();
        kept.give(&first, &mut world, &mut given);
        if !world.missing(first).is_empty() {
            return Ok(None);
        }
        let then = needs_then(&fresh, &world)?;
        kept.give(&then, &mut world, &mut given);
        let has_all = world.missing(then).is_empty();
        Ok(has_all.then_some(Self { known, fresh, world, given }))
    }

    /// The scopes that the fresh operations may touch.
    pub(super) fn scopes(&self) -> Result<BTreeSet<Scope>, BatchError> {
        let mut scopes = BTreeSet::new();
        for job in &self.fresh {
            scopes.extend(job.op.scopes(&self.world)?);
        }
        Ok(scopes)
    }

    /// Takes out the operations that may touch more than `locked`: they turned out to be about
    /// something else than when the locks were taken, and go to the next batch.
    pub(super) fn keep_within(
        &mut self,
        locked: impl Fn(&Scope) -> bool,
    ) -> Result<BTreeSet<OperationId>, BatchError> {
        let mut put_off = BTreeSet::new();
        for job in &self.fresh {
            if !job.op.scopes(&self.world)?.iter().all(&locked) {
                put_off.insert(job.op.id);
            }
        }
        self.fresh.retain(|job| !put_off.contains(&job.op.id));
        Ok(put_off)
    }
}

/// The jobs that are not known yet; of several with one id the first.
fn fresh<'a>(jobs: &'a [Job], known: &HashMap<OperationId, Answered>) -> Vec<&'a Job> {
    let mut seen = BTreeSet::new();
    let is_fresh = |job: &&Job| !known.contains_key(&job.op.id) && seen.insert(job.op.id);
    jobs.iter().filter(is_fresh).collect()
}

fn needs_then(jobs: &[&Job], world: &World) -> Result<Needs, BatchError> {
    let mut then = Needs::new();
    for job in jobs {
        then.extend(job.op.needs_then(world)?);
    }
    Ok(then)
}

/// Two rounds of bounded sets; what is kept of them is not read.
async fn load_world(
    tx: &mut Tx,
    jobs: &[&Job],
    now: Timestamp,
    kept: &Kept,
) -> Result<(World, Given), BatchError> {
    let (mut world, mut given) = (World::default(), Given::new());
    let first: Needs = jobs.iter().flat_map(|job| job.op.needs()).collect();
    kept.give(&first, &mut world, &mut given);
    load(tx, &mut world, first, now).await?;
    let then = needs_then(jobs, &world)?;
    kept.give(&then, &mut world, &mut given);
    load(tx, &mut world, then, now).await?;
    Ok((world, given))
}
