//! A till joins a business, or joins it anew.

use crate::op::{Actor, Ctx, Op, Stop, Verb};
use reda_domain::business::Device;
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::refusal::Refusal;
use reda_domain::scope::Scope;
use reda_domain::world::{NotLoaded, World};
use reda_domain::{BusinessId, DeviceId, StaffId};
use serde_json::json;

/// Registers a till, or unlocks one that is paired anew. The server asks for it, when an
/// invitation was used and in its own set-up.
#[derive(Clone, Debug)]
pub struct AddDevice {
    pub business: BusinessId,
    pub name: String,
    /// The till that is paired anew.
    pub anew: Option<DeviceId>,
    /// Who invited it.
    pub invited_by: Option<StaffId>,
}

impl Verb for AddDevice {
    fn needs(&self, _op: &Op) -> Needs {
        let anew = self.anew.map(Need::Device);
        [Need::Business(self.business)].into_iter().chain(anew).collect()
    }

    fn concerns(&self, _op: &Op, _world: &World) -> Result<Vec<Scope>, NotLoaded> {
        Ok(vec![Scope::Business(self.business)])
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        if op.actor != Actor::Server {
            return Err(Refusal::NotAllowed.into());
        }
        world.business(self.business)?.ok_or(Refusal::BusinessUnknown)?;
        let device = match self.anew {
            None => Device {
                id: DeviceId::from(op.id),
                business: self.business,
                name: self.name.clone(),
                created_at: ctx.now,
                revoked_at: None,
                locked_at: None,
            },
            Some(id) => {
                let old = world.device(id)?.filter(|it| it.business == self.business);
                let old = old.filter(|it| it.revoked_at.is_none());
                let old = old.ok_or(Refusal::DeviceUnknown)?;
                Device { name: self.name.clone(), locked_at: None, ..old.clone() }
            }
        };
        Ok(Effects {
            answer: json!({ "device": device.id, "invited_by": self.invited_by }),
            changes: vec![Change::Device(device)],
            ..Effects::default()
        })
    }
}
