//! A cashier sends a pending request again.

use crate::ask_enrollment::{own_request, put};
use crate::op::{Ctx, Op, Stop, Verb};
use crate::request_deduction::asking;
use reda_domain::RequestId;
use reda_domain::Timestamp;
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::permission::Action;
use reda_domain::refusal::Refusal;
use reda_domain::request::{
    COUNTER_WAIT_MS, RESEND_AFTER_MS, Request, RequestAnswer, RequestKind, RequestStatus,
};
use reda_domain::scope::Scope;
use reda_domain::world::{NotLoaded, World};
use serde_json::json;

/// Tells the person once more, and lets the counter wait anew.
#[derive(Clone, Debug)]
pub struct ResendRequest {
    pub request: RequestId,
}

impl Verb for ResendRequest {
    fn needs(&self, _op: &Op) -> Needs {
        vec![Need::Request(self.request)]
    }

    fn needs_then(&self, _op: &Op, world: &World) -> Result<Needs, NotLoaded> {
        let request = world.request(self.request)?;
        Ok(request.map_or(vec![], |request| vec![Need::Program(request.program)]))
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
        let retry_at = request.sent_at.plus_ms(RESEND_AFTER_MS);
        if ctx.now < retry_at {
            return Err(Refusal::SentTooRecently { retry_at }.into());
        }
        if request.kind == RequestKind::PointsDeduction {
            return self.once_more(request, world, ctx);
        }
        let program = world.program(request.program)?.ok_or(Refusal::ProgramUnknown)?;
        let again = Request {
            sent_at: ctx.now,
            counter_until: ctx.now.plus_ms(COUNTER_WAIT_MS),
            ..request.clone()
        };
        put(again, program, world)
    }
}

impl ResendRequest {
    /// About points the person is told again; their time stays what it is.
    fn once_more(&self, request: &Request, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let shop = world.business(request.business)?.ok_or(Refusal::BusinessUnknown)?;
        let again = Request { sent_at: ctx.now, ..request.clone() };
        Ok(Effects {
            answer: json!({ "request": again.id }),
            notices: asking(&again, shop).into_iter().collect(),
            changes: vec![Change::Request(again)],
            ..Effects::default()
        })
    }
}

/// Whose feed a change of the request touches, besides the asker's.
pub(crate) fn concerned(id: RequestId, world: &World) -> Result<Vec<Scope>, NotLoaded> {
    let user = world.request(id)?.and_then(|request| request.asked.user);
    Ok(user.map(Scope::User).into_iter().collect())
}

/// Why a request can no longer be changed; `None` while it is open.
pub(crate) fn closed(request: &Request, now: Timestamp) -> Option<Refusal> {
    match request.status {
        RequestStatus::Pending if request.is_open(now) => None,
        RequestStatus::Pending | RequestStatus::Expired => Some(Refusal::RequestExpired),
        RequestStatus::Cancelled => Some(Refusal::RequestCancelled),
        RequestStatus::Accepted => Some(Refusal::AlreadyAnswered { answer: RequestAnswer::Accept }),
        RequestStatus::Declined => {
            Some(Refusal::AlreadyAnswered { answer: RequestAnswer::Decline })
        }
    }
}
