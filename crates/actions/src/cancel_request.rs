//! A cashier takes a pending request back.

use crate::ask_enrollment::own_request;
use crate::op::{Ctx, Op, Stop, Verb};
use crate::resend_request::{closed, concerned};
use reda_domain::RequestId;
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::permission::Action;
use reda_domain::request::{Request, RequestStatus};
use reda_domain::scope::Scope;
use reda_domain::world::{NotLoaded, World};
use serde_json::json;

/// Closes the request; awards that waited on it are dropped.
#[derive(Clone, Debug)]
pub struct CancelRequest {
    pub request: RequestId,
}

impl Verb for CancelRequest {
    fn needs(&self, _op: &Op) -> Needs {
        vec![Need::Request(self.request)]
    }

    fn concerns(&self, _op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        concerned(self.request, world)
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let by = op.staff_may(Action::AskCustomer)?;
        let request = own_request(self.request, by, world)?;
        if let Some(why) = closed(request, ctx.now) {
            return Err(why.into());
        }
        let cancelled = Request {
            status: RequestStatus::Cancelled,
            closed_at: Some(ctx.now),
            ..request.clone()
        };
        Ok(Effects {
            answer: json!({ "request": cancelled.id }),
            changes: vec![Change::Request(cancelled)],
            ..Effects::default()
        })
    }
}
