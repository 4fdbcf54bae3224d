//! A till joins a business.

use crate::op::{Actor, Ctx, Op, Stop, Verb};
use reda_domain::business::Device;
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::refusal::Refusal;
use reda_domain::scope::Scope;
use reda_domain::world::{NotLoaded, World};
use reda_domain::{BusinessId, DeviceId};
use serde_json::json;

/// Registers a till with the hash of its credential; the server's own set-up asks for it.
#[derive(Clone, Debug)]
pub struct AddDevice {
    pub business: BusinessId,
    pub name: String,
    pub credential_hash: String,
}

impl Verb for AddDevice {
    fn needs(&self, _op: &Op) -> Needs {
        vec![Need::Business(self.business)]
    }

    fn concerns(&self, _op: &Op, _world: &World) -> Result<Vec<Scope>, NotLoaded> {
        Ok(vec![Scope::Business(self.business)])
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        if op.actor != Actor::Server {
            return Err(Refusal::NotAllowed.into());
        }
        world.business(self.business)?.ok_or(Refusal::BusinessUnknown)?;
        let device = Device {
            id: DeviceId::from(op.id),
            business: self.business,
            name: self.name.clone(),
            credential_hash: self.credential_hash.clone(),
            created_at: ctx.now,
            revoked_at: None,
        };
        Ok(Effects {
            answer: json!({ "device": device.id }),
            changes: vec![Change::Device(device)],
            ..Effects::default()
        })
    }
}
