//! Load, decide, write: the only place that begins and commits transactions which change
//! business data.

mod at_once;
mod batch;
mod gather;
mod heads;
mod kept;
mod lane;
mod remembered;
mod write;

use crate::clock::Clock;
use crate::hub::Hub;
use crate::metrics::Metrics;
use reda_actions::Op;
use reda_domain::Timestamp;
use reda_domain::refusal::Refusal;
use reda_protocol::scope::Cursors;
use reda_store::{Db, StoreError};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Operations that may wait for the lane; beyond, callers are told that the server is busy.
const WAITING_MAX: usize = 4096;

/// What became of an operation, as it is kept: ids, codes and numbers only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredResult {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refusal>,
    #[serde(default)]
    pub data: Value,
    /// Where the feeds of whoever asked stood after it, where it shows in them.
    #[serde(skip)]
    pub moved: Cursors,
}

/// An answered operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    pub result: StoredResult,
    /// It had been applied or refused before; nothing changed now.
    pub replayed: bool,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    #[error("too many operations wait")]
    Busy,
    #[error("the operation's id was used for something else")]
    Reused,
    #[error("the operation failed; nothing of it was kept")]
    Failed,
    #[error("the engine has stopped")]
    Stopped,
}

struct Job {
    op: Op,
    hash: String,
    reply: oneshot::Sender<Result<Done, EngineError>>,
}

/// The way to the lane.
#[derive(Clone)]
pub struct Engine {
    jobs: mpsc::Sender<Job>,
}

impl Engine {
    /// Starts the lane; it ends when the last `Engine` is gone.
    pub(crate) fn start(
        db: Db,
        hub: Arc<Hub>,
        clock: Clock,
        epoch: i64,
        metrics: Arc<Metrics>,
    ) -> Self {
        let (jobs, waiting) = mpsc::channel(WAITING_MAX);
        let lane = lane::Lane { db, hub, clock, epoch, metrics, remembered: Default::default() };
        tokio::spawn(lane::run(lane, waiting));
        Self { jobs }
    }

    /// Applies an operation, or gives its first answer again. `hash` is of what was asked, without
    /// secrets.
    pub async fn submit(&self, op: Op, hash: String) -> Result<Done, EngineError> {
        let (reply, answer) = oneshot::channel();
        self.jobs.try_send(Job { op, hash, reply }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => EngineError::Busy,
            mpsc::error::TrySendError::Closed(_) => EngineError::Stopped,
        })?;
        answer.await.unwrap_or(Err(EngineError::Stopped))
    }
}

/// Does these operations as one batch, past the lane, and tells how long writing and committing
/// their rows alone took. For whoever measures; nothing else may be under way.
pub(crate) async fn writing_alone(
    db: &Db,
    now: Timestamp,
    operations: Vec<(Op, String)>,
) -> Result<Duration, EngineError> {
    let job = |(op, hash)| Job { op, hash, reply: oneshot::channel().0 };
    let jobs: Vec<Job> = operations.into_iter().map(job).collect();
    batch::writing_alone(db, now, &jobs).await.map_err(|error| {
        tracing::error!("a batch failed: {error:#}");
        EngineError::Failed
    })
}

/// Why a batch came to nothing.
#[derive(Debug, thiserror::Error)]
enum BatchError {
    #[error("what the operation is about changed whenever it was tried")]
    Restless,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    NotLoaded(#[from] reda_domain::world::NotLoaded),
    #[error("{kind} touched a scope whose head it had not locked: {scope}")]
    NotLocked { kind: &'static str, scope: reda_domain::scope::Scope },
}
