//! Closes requests that nobody answered in time. The clock alone decides: from its last moment a
//! request can no longer be answered, whether or not this job has been by.

use super::{Job, JobError, PORTION, Turn, submit};
use crate::app::App;
use reda_actions::ExpireRequest;
use reda_domain::{OperationId, RequestId, Timestamp};
use reda_store::StoreError;
use reda_store::tables::requests;

const MINUTE_MS: i64 = 60 * 1000;

pub(super) async fn run(app: &App, now: Timestamp) -> Result<(), JobError> {
    let mut due = run_out(app, now).await?;
    if due.is_empty() {
        return Ok(());
    }
    let Some(turn) = Turn::take(app, Job::ExpireRequests).await? else {
        return Ok(());
    };
    while !due.is_empty() && turn.goes_on(app).await? {
        for request in &due {
            submit(app, operation(*request, now), now, ExpireRequest { request: *request }.into())
                .await?;
        }
        let rest = run_out(app, now).await?;
        // What would not close now is tried under another id, a minute later.
        let stuck = rest == due;
        due = if stuck { vec![] } else { rest };
    }
    Ok(turn.end(app).await?)
}

async fn run_out(app: &App, now: Timestamp) -> Result<Vec<RequestId>, StoreError> {
    let mut tx = app.db.snapshot().await?;
    requests::run_out(&mut tx, now, PORTION).await
}

/// By the minute: a refusal that a clock set back brought about must not stand for ever.
fn operation(request: RequestId, now: Timestamp) -> OperationId {
    let minute = now.0.div_euclid(MINUTE_MS);
    OperationId(OperationId(request.0).derive(&format!("expire:{minute}")))
}
