//! A person takes back what they agreed to with a business.

use crate::ending;
use crate::op::{Ctx, Op, Stop, Verb};
use reda_domain::BusinessId;
use reda_domain::effects::Effects;
use reda_domain::needs::Needs;
use reda_domain::refusal::Refusal;
use reda_domain::scope::Scope;
use reda_domain::world::{NotLoaded, World};
use serde_json::json;

/// Ends every membership there, and makes what the business keeps nobody's (SPEC CU-8).
#[derive(Clone, Debug)]
pub struct LeaveBusiness {
    pub business: BusinessId,
}

impl Verb for LeaveBusiness {
    fn needs(&self, op: &Op) -> Needs {
        op.person().map_or(vec![], ending::needs)
    }

    fn needs_then(&self, op: &Op, world: &World) -> Result<Needs, NotLoaded> {
        let Ok(user) = op.person() else { return Ok(vec![]) };
        match world.handle_of(self.business, user)? {
            Some(handle) => ending::needs_then(handle, world),
            None => Ok(vec![]),
        }
    }

    fn concerns(&self, op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        let Ok(user) = op.person() else { return Ok(vec![]) };
        let known = world.handle_of(self.business, user)?;
        Ok(known.map(|_| Scope::Business(self.business)).into_iter().collect())
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let user = op.person()?;
        let handle = world.handle_of(self.business, user)?.ok_or(Refusal::BusinessUnknown)?;
        let mut effects =
            Effects { answer: json!({ "business": self.business }), ..Effects::default() };
        ending::part(handle, op, world, ctx, &mut effects)?;
        Ok(effects)
    }
}
