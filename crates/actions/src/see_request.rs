//! A request was on the person's screen.

use crate::op::{Ctx, Op, Stop, Verb};
use reda_domain::RequestId;
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::refusal::Refusal;
use reda_domain::request::Request;
use reda_domain::scope::Scope;
use reda_domain::world::{NotLoaded, World};
use serde_json::json;

/// Tells the counter that the person has the question before them.
#[derive(Clone, Debug)]
pub struct SeeRequest {
    pub request: RequestId,
}

impl Verb for SeeRequest {
    fn needs(&self, _op: &Op) -> Needs {
        vec![Need::Request(self.request)]
    }

    fn concerns(&self, _op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        let request = world.request(self.request)?;
        Ok(request.map(|it| Scope::Business(it.business)).into_iter().collect())
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let user = op.person()?;
        let own = world.request(self.request)?.filter(|it| it.asked.user == Some(user));
        let request = own.ok_or(Refusal::RequestUnknown)?;
        let answer = json!({ "request": request.id });
        // Asked by address, the shop does not learn before the answer that anybody is there.
        let by_address = request.asked.address.is_some();
        if by_address || request.seen_at.is_some() || !request.is_open(ctx.now) {
            return Ok(Effects { answer, ..Effects::default() });
        }
        let seen = Request { seen_at: Some(ctx.now), ..request.clone() };
        Ok(Effects { answer, changes: vec![Change::Request(seen)], ..Effects::default() })
    }
}
