//! A manager writes a person down: an address that nobody has proven, and a name. It is no account
//! and no membership; the person claims it by a code that goes to the address (SPEC CU-2).

use crate::answerer::{nobody, with_address};
use crate::op::{Ctx, Op, StaffActor, Stop, Verb};
use reda_domain::address::Address;
use reda_domain::customer::BusinessCustomer;
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::permission::Action;
use reda_domain::refusal::Refusal;
use reda_domain::scope::Scope;
use reda_domain::user::User;
use reda_domain::world::{NotLoaded, World};
use reda_domain::{HandleId, UserId};
use serde_json::json;

/// Writes a person down, once: the same address has the same handle. Whether it is anybody's
/// account is not told, and an account is never touched.
#[derive(Clone, Debug)]
pub struct CreateCustomer {
    pub address: Address,
    /// What the business calls them; on a person who was written down before, in place of the name
    /// from then.
    pub name: Option<String>,
}

impl CreateCustomer {
    fn newcomer(op: &Op) -> UserId {
        UserId(op.id.derive("user"))
    }

    /// The member whom the address is known to lead to, as a look-up by it says.
    fn member<'w>(
        &self,
        by: StaffActor,
        world: &'w World,
    ) -> Result<Option<&'w BusinessCustomer>, NotLoaded> {
        let Some(owner) = world.user_at(&self.address)? else {
            return Ok(None);
        };
        Ok(world.handle_of(by.business, owner.id)?.filter(|handle| handle.is_member()))
    }

    fn written(&self, op: &Op, by: StaffActor, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let shop = world.business(by.business)?.ok_or(Refusal::BusinessUnknown)?;
        let user = nobody(Self::newcomer(op), shop.language, ctx);
        let user = with_address(User { name: self.name.clone(), ..user }, &self.address, false);
        let id = HandleId(op.id.derive("handle"));
        let handle = BusinessCustomer::stranger(id, by.business, user.id, ctx.now);
        Ok(Effects {
            changes: vec![Change::User(user), Change::BusinessCustomer(handle)],
            ..answer(id)
        })
    }
}

impl Verb for CreateCustomer {
    fn needs(&self, op: &Op) -> Needs {
        vec![
            Need::UserAt(self.address.clone()),
            Need::ProfilesAt(self.address.clone()),
            Need::HandlesOf(Self::newcomer(op)),
        ]
    }

    fn needs_then(&self, _op: &Op, world: &World) -> Result<Needs, NotLoaded> {
        Ok(world.user_at(&self.address)?.map(|user| Need::HandlesOf(user.id)).into_iter().collect())
    }

    fn concerns(&self, op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        let written = world.profiles_at(&self.address)?.map(|user| user.id);
        Ok(written.chain([Self::newcomer(op)]).map(Scope::User).collect())
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let by = op.staff_may(Action::CreateCustomer)?;
        if let Some(member) = self.member(by, world)? {
            return Ok(answer(member.id));
        }
        let Some((user, handle)) = world.profile_of(by.business, &self.address)? else {
            return self.written(op, by, world, ctx);
        };
        // What a member is called, staff write on the member.
        let renamed = self.name.clone().filter(|_| !handle.is_member());
        let change = renamed.map(|name| Change::User(User { name: Some(name), ..user.clone() }));
        Ok(Effects { changes: change.into_iter().collect(), ..answer(handle.id) })
    }
}

fn answer(handle: HandleId) -> Effects {
    Effects { answer: json!({ "customer": handle }), ..Effects::default() }
}
