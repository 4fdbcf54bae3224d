//! A person takes the place that a shop made for their address.

use crate::op::{Ctx, Op, Stop, Verb};
use reda_domain::StaffId;
use reda_domain::address::Address;
use reda_domain::business::Staff;
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::refusal::Refusal;
use reda_domain::scope::Scope;
use reda_domain::user::User;
use reda_domain::world::{NotLoaded, World};
use serde_json::json;

/// Puts the person's own account in the place of the one that the shop made, which is emptied.
/// Only who has proven the address that was invited can.
#[derive(Clone, Debug)]
pub struct JoinStaff {
    pub staff: StaffId,
}

impl Verb for JoinStaff {
    fn needs(&self, _op: &Op) -> Needs {
        vec![Need::Staff(self.staff)]
    }

    fn needs_then(&self, _op: &Op, world: &World) -> Result<Needs, NotLoaded> {
        let place = world.staff(self.staff)?;
        Ok(place.map_or(vec![], |it| vec![Need::User(it.user), Need::StaffOf(it.business)]))
    }

    fn concerns(&self, _op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        let place = world.staff(self.staff)?;
        Ok(place.map_or(vec![], |it| vec![Scope::Business(it.business), Scope::User(it.user)]))
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let id = op.person()?;
        let me = world.user(id)?.ok_or(Refusal::CustomerUnknown)?;
        let place = world.staff(self.staff)?.filter(|it| it.is_live());
        let place = place.ok_or(Refusal::StaffUnknown)?;
        if place.user == id {
            // Asked again: it is theirs already.
            return Ok(Effects { answer: json!({ "staff": place.id }), ..Effects::default() });
        }
        let made = world.user(place.user)?.ok_or(Refusal::StaffUnknown)?;
        if place.joined_at.is_some() || !is_invited(me, made) {
            return Err(Refusal::StaffUnknown.into());
        }
        if world.staff_of(place.business)?.any(|it| it.user == id) {
            return Err(Refusal::AlreadyStaff.into());
        }
        let mine = Staff { user: id, joined_at: Some(ctx.now), ..place.clone() };
        let emptied = User { name: None, phone: None, email: None, ..made.clone() };
        Ok(Effects {
            answer: json!({ "staff": mine.id }),
            changes: vec![Change::Staff(mine), Change::User(emptied)],
            ..Effects::default()
        })
    }
}

/// Whether the address that a place was made for is one that the person has proven.
fn is_invited(me: &User, made: &User) -> bool {
    let phone = made.phone.clone().map(Address::Phone);
    let email = made.email.clone().map(Address::Email);
    phone.into_iter().chain(email).any(|address| me.owns(&address))
}
