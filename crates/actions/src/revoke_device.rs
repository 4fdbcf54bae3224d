//! A manager takes a till out of the business.

use crate::op::{Ctx, Op, Stop, Verb};
use crate::update_device::own_device;
use reda_domain::DeviceId;
use reda_domain::business::Device;
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::permission::Action;
use reda_domain::world::World;
use serde_json::json;

/// Revokes a till, for good: its tokens stop at once, and it deletes what it has.
#[derive(Clone, Debug)]
pub struct RevokeDevice {
    pub device: DeviceId,
}

impl Verb for RevokeDevice {
    fn needs(&self, _op: &Op) -> Needs {
        vec![Need::Device(self.device)]
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let by = op.staff_may(Action::ManageDevices)?;
        let old = own_device(self.device, by, world)?;
        let revoked_at = Some(old.revoked_at.unwrap_or(ctx.now));
        Ok(Effects {
            answer: json!({ "device": old.id }),
            changes: vec![Change::Device(Device { revoked_at, ..old.clone() })],
            ..Effects::default()
        })
    }
}
