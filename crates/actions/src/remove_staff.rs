//! A manager takes someone's place in the business, or someone gives up their own.

use crate::op::{Ctx, Op, Stop, Verb};
use crate::update_staff::{an_owner_stays, own_staff};
use reda_domain::StaffId;
use reda_domain::business::Staff;
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::refusal::Refusal;
use reda_domain::world::World;
use serde_json::json;

/// Ends a place: its tokens stop at once. The row stays, since entries name it.
#[derive(Clone, Debug)]
pub struct RemoveStaff {
    pub staff: StaffId,
}

impl Verb for RemoveStaff {
    fn needs(&self, op: &Op) -> Needs {
        let all = op.staff().map(|by| Need::StaffOf(by.business));
        all.into_iter().chain([Need::Staff(self.staff)]).collect()
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let by = op.staff().ok_or(Refusal::NotAllowed)?;
        let staff = own_staff(self.staff, by, world)?;
        if staff.id != by.staff && !by.role.manages(staff.role) {
            return Err(Refusal::NotAllowed.into());
        }
        an_owner_stays(staff, world)?;
        let removed = Staff { removed_at: Some(ctx.now), ..staff.clone() };
        Ok(Effects {
            answer: json!({ "staff": removed.id }),
            changes: vec![Change::Staff(removed)],
            ..Effects::default()
        })
    }
}
