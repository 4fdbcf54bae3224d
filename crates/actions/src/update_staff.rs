//! A manager changes a member of staff: the role, the PIN, the name of who has not joined yet.

use crate::invite_staff::pin;
use crate::op::{Ctx, Op, StaffActor, Stop, Verb};
use reda_domain::StaffId;
use reda_domain::business::{Role, Staff};
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::refusal::Refusal;
use reda_domain::scope::Scope;
use reda_domain::user::User;
use reda_domain::world::{NotLoaded, World};
use serde_json::json;

/// What to change; what is missing stays. Everyone may change their own PIN.
#[derive(Clone, Debug)]
pub struct UpdateStaff {
    pub staff: StaffId,
    pub name: Option<String>,
    pub role: Option<Role>,
    /// Argon2id, in PHC form.
    pub pin_hash: Option<String>,
}

impl Verb for UpdateStaff {
    fn needs(&self, op: &Op) -> Needs {
        let all = op.staff().map(|by| Need::StaffOf(by.business));
        all.into_iter().chain([Need::Staff(self.staff)]).collect()
    }

    fn needs_then(&self, _op: &Op, world: &World) -> Result<Needs, NotLoaded> {
        Ok(world.staff(self.staff)?.map(|it| Need::User(it.user)).into_iter().collect())
    }

    fn concerns(&self, _op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        Ok(world.staff(self.staff)?.map(|it| Scope::User(it.user)).into_iter().collect())
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let by = op.staff().ok_or(Refusal::NotAllowed)?;
        let old = own_staff(self.staff, by, world)?;
        let own_pin = old.id == by.staff && self.name.is_none() && self.role.is_none();
        if !own_pin && !by.role.manages(old.role) {
            return Err(Refusal::NotAllowed.into());
        }
        let role = self.role.unwrap_or(old.role);
        if role != old.role {
            if !by.role.grants(role) {
                return Err(Refusal::NotAllowed.into());
            }
            an_owner_stays(old, world)?;
        }
        let mut changes = vec![Change::Staff(Staff { role, ..old.clone() })];
        if let Some(name) = &self.name {
            changes.push(Change::User(self.renamed(old, name, world)?));
        }
        if let Some(hash) = &self.pin_hash {
            changes.push(Change::StaffPin(pin(old, hash, ctx)));
        }
        Ok(Effects {
            answer: json!({ "staff": old.id, "role": role, "pin": self.pin_hash.is_some() }),
            changes,
            ..Effects::default()
        })
    }
}

impl UpdateStaff {
    /// The name of an account of their own is the person's to change.
    fn renamed(&self, staff: &Staff, name: &str, world: &World) -> Result<User, Stop> {
        let user = world.user(staff.user)?.ok_or(Refusal::StaffUnknown)?;
        if staff.joined_at.is_some() {
            return Err(Refusal::NotAllowed.into());
        }
        Ok(User { name: Some(name.to_owned()), ..user.clone() })
    }
}

/// A live member of the asker's own business.
pub(crate) fn own_staff(id: StaffId, by: StaffActor, world: &World) -> Result<&Staff, Stop> {
    let staff = world.staff(id)?.filter(|it| it.business == by.business && it.is_live());
    staff.ok_or(Stop::Refused(Refusal::StaffUnknown))
}

/// Refuses to take the role of owner from the last one.
pub(crate) fn an_owner_stays(leaving: &Staff, world: &World) -> Result<(), Stop> {
    let is_other = |it: &&Staff| it.role == Role::Owner && it.id != leaving.id;
    if leaving.role == Role::Owner && !world.staff_of(leaving.business)?.any(|it| is_other(&it)) {
        return Err(Refusal::LastOwner.into());
    }
    Ok(())
}
