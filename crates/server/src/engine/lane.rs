//! The lane: takes whatever waits and does it in one transaction.

use super::batch::{Settled, run_batch};
use super::remembered::Remembered;
use super::{BatchError, Done, EngineError, Job};
use crate::clock::Clock;
use crate::hub::Hub;
use crate::metrics::Metrics;
use reda_store::{Db, StoreError};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tracing::{error, warn};

/// Operations in one transaction: the more wait, the more pages of the database they share.
const BATCH_MAX: usize = 1024;
/// How often a batch is tried when other servers are in its way, or the database is away.
const TRIES_MAX: u32 = 6;
/// Before the second try; each further one waits twice as long.
const PAUSE: Duration = Duration::from_millis(5);
/// How often operations are put off to the next batch before they fail.
const PUT_OFF_MAX: u32 = 8;

pub(super) struct Lane {
    pub(super) db: Db,
    pub(super) hub: Arc<Hub>,
    pub(super) clock: Clock,
    /// The epoch that new feeds start with.
    pub(super) epoch: i64,
    pub(super) metrics: Arc<Metrics>,
    pub(super) remembered: Remembered,
}

/// Works until nobody can ask any more. No timer: an idle operation is committed at once.
pub(super) async fn run(mut lane: Lane, mut waiting: mpsc::Receiver<Job>) {
    let mut jobs = Vec::with_capacity(BATCH_MAX);
    while waiting.recv_many(&mut jobs, BATCH_MAX).await > 0 {
        lane.settle(std::mem::take(&mut jobs)).await;
    }
}

impl Lane {
    async fn settle(&mut self, mut jobs: Vec<Job>) {
        for _ in 0..PUT_OFF_MAX {
            if jobs.is_empty() {
                return;
            }
            match self.run(&jobs).await {
                Ok(settled) => jobs = self.answer(jobs, settled),
                // One bad operation must not take its neighbours down.
                Err(error) if jobs.len() > 1 => {
                    let operations = jobs.len();
                    warn!(operations, "a batch failed and is tried one by one: {error}");
                    for job in jobs {
                        Box::pin(self.settle(vec![job])).await;
                    }
                    return;
                }
                Err(error) => return self.fail(jobs, &error),
            }
        }
        self.fail(jobs, &BatchError::Restless);
    }

    /// Runs a batch, again where it may do in a moment.
    async fn run(&mut self, jobs: &[Job]) -> Result<Settled, BatchError> {
        let mut pause = PAUSE;
        for _ in 1..TRIES_MAX {
            match self.try_once(jobs).await {
                Err(BatchError::Store(error)) if self.may_do_again(&error) => {
                    warn!(operations = jobs.len(), "a batch is tried again: {error}");
                }
                done => return done,
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        self.try_once(jobs).await
    }

    async fn try_once(&mut self, jobs: &[Job]) -> Result<Settled, BatchError> {
        let done = run_batch(self, jobs).await;
        if done.is_err() {
            self.remembered.forget();
        }
        done
    }

    /// On a shared database a key may be taken because another server was quicker, whose answer
    /// stands there the next time. A commit that nobody confirmed is found the same way.
    fn may_do_again(&self, error: &StoreError) -> bool {
        error.is_passing() || (error.is_taken() && self.db.is_shared())
    }

    /// Answers what was settled; the rest is for the next batch.
    fn answer(&self, jobs: Vec<Job>, settled: Settled) -> Vec<Job> {
        for (scope, seq) in settled.moved {
            self.hub.moved(scope, seq);
        }
        self.metrics.batch(jobs.len(), settled.commit);
        let mut rest = vec![];
        for (job, answer) in jobs.into_iter().zip(settled.answers) {
            match answer {
                // Whoever asked may have gone; the operation stands all the same.
                Some(answer) => {
                    self.count(&job, &answer);
                    drop(job.reply.send(answer));
                }
                None => rest.push(job),
            }
        }
        rest
    }

    fn count(&self, job: &Job, answer: &Result<Done, EngineError>) {
        let kind = job.op.act.kind();
        match answer {
            Err(_) => self.metrics.operation(kind, "failed", None),
            Ok(Done { replayed: true, .. }) => self.metrics.operation(kind, "replayed", None),
            Ok(Done { result, .. }) => match &result.refused {
                Some(refusal) => self.metrics.operation(kind, "rejected", Some(&refusal.code())),
                None => self.metrics.operation(kind, "applied", None),
            },
        }
    }

    fn fail(&self, jobs: Vec<Job>, error: &BatchError) {
        for job in jobs {
            error!(operation.id = %job.op.id, kind = job.op.act.kind(), "operation failed: {error:#}");
            self.metrics.operation(job.op.act.kind(), "failed", None);
            let _ = job.reply.send(Err(EngineError::Failed));
        }
    }
}
