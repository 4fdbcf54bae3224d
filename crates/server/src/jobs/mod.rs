//! What the server does by itself, on one node at a time: a file per job.
//!
//! A job looks for work without a lease and takes its turn only where there is some, so that an
//! idle server writes nothing. It changes business data as everybody does, by operations, each of
//! them bounded, and with ids made from what they are about: two nodes that believe it is their
//! turn do nothing twice.

mod expire_points;
mod expire_requests;
mod turn;

use crate::app::App;
use crate::engine::{EngineError, StoredResult};
use reda_actions::{Act, Actor, Op};
use reda_domain::{OperationId, Timestamp};
use reda_store::StoreError;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};
use tracing::warn;
use turn::Turn;

/// How much a job does between two looks at whether it may go on.
const PORTION: i64 = 100;

/// A job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Job {
    ExpireRequests,
    ExpirePoints,
}

/// Why a job ended before its work did; it is tried again at its next time.
#[derive(Debug, thiserror::Error)]
enum JobError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl Job {
    const ALL: [Job; 2] = [Job::ExpireRequests, Job::ExpirePoints];

    /// As its lease names it.
    fn name(self) -> &'static str {
        match self {
            Job::ExpireRequests => "expire_requests",
            Job::ExpirePoints => "expire_points",
        }
    }

    fn every(self) -> Duration {
        match self {
            Job::ExpireRequests => Duration::from_secs(1),
            Job::ExpirePoints => Duration::from_secs(60),
        }
    }

    /// Does what is due at `now`.
    async fn run(self, app: &App, now: Timestamp) -> Result<(), JobError> {
        match self {
            Job::ExpireRequests => expire_requests::run(app, now).await,
            Job::ExpirePoints => expire_points::run(app, now).await,
        }
    }
}

/// The jobs of a running server.
pub(crate) struct Jobs(JoinSet<()>);

impl Jobs {
    /// Starts them; they end by themselves once the app drains.
    pub(crate) fn start(app: &App) -> Self {
        let mut tasks = JoinSet::new();
        for job in Job::ALL {
            tasks.spawn(repeat(app.clone(), job));
        }
        Self(tasks)
    }

    /// Waits until each is through with what it is at.
    pub(crate) async fn ended(self) {
        self.0.join_all().await;
    }
}

async fn repeat(app: App, job: Job) {
    let mut stopping = app.draining.subscribe();
    let mut times = interval(job.every());
    times.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            _ = times.tick() => {}
        }
        once(&app, job).await;
    }
}

async fn once(app: &App, job: Job) {
    let outcome = match job.run(app, app.now()).await {
        Ok(()) => "done",
        Err(error) => {
            warn!("job {} is put off: {error:#}", job.name());
            "put_off"
        }
    };
    app.metrics.job(job.name(), outcome);
}

impl App {
    /// Does at once what every job finds to do; for whoever does not want to wait.
    pub async fn run_jobs(&self) {
        for job in Job::ALL {
            once(self, job).await;
        }
    }
}

/// An operation of the server itself. What the rules refuse is no failure: the world moved on.
async fn submit(
    app: &App,
    id: OperationId,
    at: Timestamp,
    act: Act,
) -> Result<StoredResult, EngineError> {
    let op = Op { id, actor: Actor::Server, at, act };
    Ok(app.engine.submit(op, String::new()).await?.result)
}
