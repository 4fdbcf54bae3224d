//! A person becomes a member of staff.

use crate::op::{Actor, Ctx, Op, Stop, Verb};
use reda_domain::business::{Role, Staff};
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::refusal::Refusal;
use reda_domain::scope::Scope;
use reda_domain::world::{NotLoaded, World};
use reda_domain::{BusinessId, StaffId, UserId};
use serde_json::json;

/// Gives a user a role in a business; the server's own set-up asks for it.
#[derive(Clone, Debug)]
pub struct AddStaff {
    pub business: BusinessId,
    pub user: UserId,
    pub role: Role,
}

impl Verb for AddStaff {
    fn needs(&self, _op: &Op) -> Needs {
        vec![Need::Business(self.business), Need::User(self.user)]
    }

    fn concerns(&self, _op: &Op, _world: &World) -> Result<Vec<Scope>, NotLoaded> {
        Ok(vec![Scope::Business(self.business)])
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        if op.actor != Actor::Server {
            return Err(Refusal::NotAllowed.into());
        }
        world.business(self.business)?.ok_or(Refusal::BusinessUnknown)?;
        world.user(self.user)?.ok_or(Refusal::CustomerUnknown)?;
        let staff = Staff {
            id: StaffId::from(op.id),
            business: self.business,
            user: self.user,
            role: self.role,
            created_at: ctx.now,
            joined_at: Some(ctx.now),
            removed_at: None,
        };
        Ok(Effects {
            answer: json!({ "staff": staff.id }),
            changes: vec![Change::Staff(staff)],
            ..Effects::default()
        })
    }
}
