//! A person deletes their account: nothing that names them stays anywhere, and the books keep
//! their lines (SPEC CU-8).

use crate::ending;
use crate::op::{Ctx, Op, Stop, Verb};
use crate::profiles::emptied;
use reda_domain::UserId;
use reda_domain::address::AddressHash;
use reda_domain::business::Role;
use reda_domain::customer::{BusinessCustomer, PrintedCode};
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::refusal::Refusal;
use reda_domain::scope::Scope;
use reda_domain::user::{CustomerKey, Erasure, User};
use reda_domain::world::{NotLoaded, World};
use serde_json::json;

/// Erases the asker. That it is they who ask was checked anew before.
#[derive(Clone, Debug)]
pub struct EraseMe {
    /// Of the addresses that are proven to be the asker's.
    pub addresses: Vec<AddressHash>,
}

impl Verb for EraseMe {
    fn needs(&self, op: &Op) -> Needs {
        let of = |user| [ending::needs(user), vec![Need::PlacesOf(user)]].concat();
        op.person().map_or(vec![], of)
    }

    fn needs_then(&self, op: &Op, world: &World) -> Result<Needs, NotLoaded> {
        let Ok(user) = op.person() else { return Ok(vec![]) };
        let mut needs = vec![];
        for handle in world.handles_of(user)? {
            needs.extend(ending::needs_then(handle, world)?);
        }
        needs.extend(world.places_of(user)?.map(|place| Need::StaffOf(place.business)));
        needs.extend(self.addresses.iter().cloned().map(Need::RequestsTo));
        let user = world.user(user)?;
        needs.extend(user.into_iter().flat_map(User::proven_addresses).map(Need::ProfilesAt));
        Ok(needs)
    }

    fn concerns(&self, op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        let Ok(user) = op.person() else { return Ok(vec![]) };
        let mut businesses: Vec<_> = world.handles_of(user)?.map(|it| it.business).collect();
        businesses.extend(world.places_of(user)?.map(|it| it.business));
        for address in &self.addresses {
            businesses.extend(world.asked_at(address)?.map(|it| it.business));
        }
        let people = written_down(user, world)?.into_iter().map(|it| Scope::User(it.id));
        Ok(businesses.into_iter().map(Scope::Business).chain(people).collect())
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let id = op.person()?;
        let user = world.user(id)?.ok_or(Refusal::CustomerUnknown)?;
        keep_owners(id, world)?;
        let mut effects = Effects { answer: json!({}), ..Effects::default() };
        for handle in world.handles_of(id)? {
            ending::part(handle, op, world, ctx, &mut effects)?;
        }
        for address in &self.addresses {
            let open = world.asked_at(address)?.filter(|it| it.closed_at.is_none());
            let cancelled = open.map(|it| Change::Request(ending::cancelled(it, ctx)));
            let not_yet: Vec<_> = cancelled.filter(|it| !effects.changes.contains(it)).collect();
            effects.changes.extend(not_yet);
        }
        effects.changes.extend(world.keys_of(id)?.map(|key| {
            let revoked_at = key.revoked_at.or(Some(ctx.now));
            Change::Key(CustomerKey { revoked_at, label: String::new(), ..key.clone() })
        }));
        let own = world.printed_codes_of(id)?.filter(|it| it.issued_by.is_none());
        effects.changes.extend(own.map(|it| {
            Change::PrintedCode(PrintedCode { revoked_at: Some(ctx.now), ..it.clone() })
        }));
        let nobody = User {
            name: None,
            phone: None,
            phone_verified: false,
            email: None,
            email_verified: false,
            password_hash: None,
            ..user.clone()
        };
        effects.changes.extend(written_down(id, world)?.iter().map(emptied));
        let addresses = self.addresses.clone();
        effects.changes.extend([
            Change::User(nobody),
            Change::Erasure(Erasure { id, addresses, at: ctx.now }),
        ]);
        Ok(effects)
    }
}

/// The notes that shops made of the person, by an address that is proven to be theirs, before any
/// yes. Who became a member under such a note stays one: nobody knows that it is the same person.
fn written_down(user: UserId, world: &World) -> Result<Vec<User>, NotLoaded> {
    let mut notes = vec![];
    for address in world.user(user)?.into_iter().flat_map(User::proven_addresses) {
        for profile in world.profiles_at(&address)? {
            let mut handles = world.handles_of(profile.id)?.peekable();
            // Whom a shop wrote down as its staff is no customer's note.
            if handles.peek().is_some() && !handles.any(BusinessCustomer::is_member) {
                notes.push(profile.clone());
            }
        }
    }
    Ok(notes)
}

/// A business keeps an owner: the last one hands it over first.
fn keep_owners(user: UserId, world: &World) -> Result<(), Stop> {
    for place in world.places_of(user)?.filter(|place| place.role == Role::Owner) {
        let mut owners = world.staff_of(place.business)?.filter(|other| other.role == Role::Owner);
        if !owners.any(|other| other.user != user) {
            return Err(Refusal::LastOwner.into());
        }
    }
    Ok(())
}
