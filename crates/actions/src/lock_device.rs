//! A copy of a till was seen, so neither the till nor its copy goes on.

use crate::op::{Actor, Ctx, Op, Stop, Verb};
use reda_domain::business::Device;
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::refusal::Refusal;
use reda_domain::scope::Scope;
use reda_domain::world::{NotLoaded, World};
use reda_domain::{BusinessId, DeviceId};
use serde_json::json;

/// Locks a till until it is paired anew; the server asks for it.
#[derive(Clone, Debug)]
pub struct LockDevice {
    pub business: BusinessId,
    pub device: DeviceId,
}

impl Verb for LockDevice {
    fn needs(&self, _op: &Op) -> Needs {
        vec![Need::Device(self.device)]
    }

    fn concerns(&self, _op: &Op, _world: &World) -> Result<Vec<Scope>, NotLoaded> {
        Ok(vec![Scope::Business(self.business)])
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        if op.actor != Actor::Server {
            return Err(Refusal::NotAllowed.into());
        }
        let old = world.device(self.device)?.filter(|it| it.business == self.business);
        let old = old.ok_or(Refusal::DeviceUnknown)?;
        let locked_at = Some(old.locked_at.unwrap_or(ctx.now));
        Ok(Effects {
            answer: json!({ "device": old.id }),
            changes: vec![Change::Device(Device { locked_at, ..old.clone() })],
            ..Effects::default()
        })
    }
}
