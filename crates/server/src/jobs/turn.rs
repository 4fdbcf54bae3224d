//! A node's turn at a job: its lease, with the token that tells it from every other turn.

use super::Job;
use crate::app::App;
use reda_domain::Timestamp;
use reda_store::StoreError;
use reda_store::tables::job_leases;

/// A turn lasts this long from its last sign of life, in milliseconds.
const TURN_MS: i64 = 60 * 1000;

/// The right to do a job's work for now.
pub(super) struct Turn {
    job: Job,
    token: i64,
}

impl Turn {
    /// Takes the turn; `None` while another node has it.
    pub(super) async fn take(app: &App, job: Job) -> Result<Option<Self>, StoreError> {
        let now = app.now();
        let mut tx = app.db.begin().await?;
        let token = job_leases::take(&mut tx, job.name(), now, now.plus_ms(TURN_MS)).await?;
        tx.commit().await?;
        Ok(token.map(|token| Self { job, token }))
    }

    /// Whether to go on: the server is not stopping, and nobody else took over meanwhile.
    pub(super) async fn goes_on(&self, app: &App) -> Result<bool, StoreError> {
        if *app.draining.borrow() {
            return Ok(false);
        }
        self.until(app, app.now().plus_ms(TURN_MS)).await
    }

    /// Leaves the job to whoever comes next.
    pub(super) async fn end(self, app: &App) -> Result<(), StoreError> {
        self.until(app, Timestamp(0)).await.map(drop)
    }

    async fn until(&self, app: &App, until: Timestamp) -> Result<bool, StoreError> {
        let mut tx = app.db.begin().await?;
        let own = job_leases::extend(&mut tx, self.job.name(), self.token, until).await?;
        tx.commit().await?;
        Ok(own)
    }
}
