//! A manager renames a till.

use crate::op::{Ctx, Op, StaffActor, Stop, Verb};
use reda_domain::DeviceId;
use reda_domain::business::Device;
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::permission::Action;
use reda_domain::refusal::Refusal;
use reda_domain::world::World;
use serde_json::json;

/// Gives a till another name.
#[derive(Clone, Debug)]
pub struct UpdateDevice {
    pub device: DeviceId,
    pub name: String,
}

impl Verb for UpdateDevice {
    fn needs(&self, _op: &Op) -> Needs {
        vec![Need::Device(self.device)]
    }

    fn decide(&self, op: &Op, world: &World, _ctx: &Ctx) -> Result<Effects, Stop> {
        let by = op.staff_may(Action::ManageDevices)?;
        let old = own_device(self.device, by, world)?;
        let device = Device { name: self.name.clone(), ..old.clone() };
        Ok(Effects {
            answer: json!({ "device": device.id }),
            changes: vec![Change::Device(device)],
            ..Effects::default()
        })
    }
}

/// A till of the asker's own business, revoked or not.
pub(crate) fn own_device(id: DeviceId, by: StaffActor, world: &World) -> Result<&Device, Stop> {
    let device = world.device(id)?.filter(|it| it.business == by.business);
    device.ok_or(Stop::Refused(Refusal::DeviceUnknown))
}
