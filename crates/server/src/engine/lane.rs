//! The lane: takes whatever waits and does it in one transaction.

use super::batch::{Settled, run_batch};
use super::{EngineError, Job};
use crate::clock::Clock;
use crate::hub::Hub;
use reda_store::Db;
use std::sync::Arc;
use tokio::sync::mpsc;
use tracing::{error, warn};

/// Operations in one transaction.
const BATCH_MAX: usize = 256;

pub(super) struct Lane {
    pub(super) db: Db,
    pub(super) hub: Arc<Hub>,
    pub(super) clock: Clock,
    /// The epoch that new feeds start with.
    pub(super) epoch: i64,
}

/// Works until nobody can ask any more. No timer: an idle operation is committed at once.
pub(super) async fn run(lane: Lane, mut waiting: mpsc::Receiver<Job>) {
    let mut jobs = Vec::with_capacity(BATCH_MAX);
    while waiting.recv_many(&mut jobs, BATCH_MAX).await > 0 {
        lane.settle(std::mem::take(&mut jobs)).await;
    }
}

impl Lane {
    async fn settle(&self, jobs: Vec<Job>) {
        let whole = run_batch(self, &jobs).await;
        match whole {
            Ok(settled) => self.answer(jobs, settled),
            // One bad operation must not take its neighbours down.
            Err(error) if jobs.len() > 1 => {
                warn!(operations = jobs.len(), "a batch failed and is tried one by one: {error}");
                for job in jobs {
                    self.settle_one(job).await;
                }
            }
            Err(error) => self.fail(jobs, &error),
        }
    }

    async fn settle_one(&self, job: Job) {
        let jobs = vec![job];
        match run_batch(self, &jobs).await {
            Ok(settled) => self.answer(jobs, settled),
            Err(error) => self.fail(jobs, &error),
        }
    }

    fn answer(&self, jobs: Vec<Job>, settled: Settled) {
        for (scope, seq) in settled.moved {
            self.hub.moved(scope, seq);
        }
        for (job, answer) in jobs.into_iter().zip(settled.answers) {
            // Whoever asked may have gone; the operation stands all the same.
            let _ = job.reply.send(answer);
        }
    }

    fn fail(&self, jobs: Vec<Job>, error: &super::BatchError) {
        for job in jobs {
            error!(operation.id = %job.op.id, kind = job.op.act.kind(), "operation failed: {error:#}");
            let _ = job.reply.send(Err(EngineError::Failed));
        }
    }
}
