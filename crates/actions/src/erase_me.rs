//! A person deletes their account: nothing that names them stays anywhere, and the books keep
//! their lines (SPEC CU-8).

use crate::ending;
use crate::op::{Ctx, Op, Stop, Verb};
use crate::profiles::emptied;
use reda_domain::UserId;
use reda_domain::address::{Address, AddressHash};
use reda_domain::business::Role;
use reda_domain::customer::PrintedCode;
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::profile::{Notes, Profile};
use reda_domain::refusal::Refusal;
use reda_domain::scope::Scope;
use reda_domain::user::{CustomerKey, Erasure, User};
use reda_domain::world::{NotLoaded, World};
use serde_json::json;

/// Erases the asker. That it is they who ask was checked anew before.
#[derive(Clone, Debug)]
pub struct EraseMe {
    /// That are proven to be the asker's, each with what is kept of it.
    pub addresses: Vec<(Address, AddressHash)>,
}

impl Verb for EraseMe {
    fn needs(&self, op: &Op) -> Needs {
        let of = |user| [ending::needs(user), vec![Need::PlacesOf(user)]].concat();
        let notes = self.addresses.iter().map(|(address, _)| Need::ProfilesAt(address.clone()));
        op.person().map_or(vec![], of).into_iter().chain(notes).collect()
    }

    fn needs_then(&self, op: &Op, world: &World) -> Result<Needs, NotLoaded> {
        let Ok(user) = op.person() else { return Ok(vec![]) };
        let mut needs = vec![];
        for handle in world.handles_of(user)? {
            needs.extend(ending::needs_then(handle, world)?);
        }
        needs.extend(world.places_of(user)?.map(|place| Need::StaffOf(place.business)));
        for (address, hash) in &self.addresses {
            needs.push(Need::RequestsTo(hash.clone()));
            for profile in world.profiles_at(address)? {
                needs.push(Need::PlacesOf(profile.id));
                needs.extend(world.handles_of(profile.id)?.map(|it| Need::NoticesAbout(it.id)));
            }
        }
        let user = world.user(user)?;
        needs.extend(user.into_iter().flat_map(User::proven_addresses).map(Need::ProfilesAt));
        Ok(needs)
    }

    fn concerns(&self, op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        let Ok(user) = op.person() else { return Ok(vec![]) };
        let mut businesses: Vec<_> = world.handles_of(user)?.map(|it| it.business).collect();
        businesses.extend(world.places_of(user)?.map(|it| it.business));
        for (_, hash) in &self.addresses {
            businesses.extend(world.asked_at(hash)?.map(|it| it.business));
        }
        let mut people = vec![];
        for profile in written_down(user, world)? {
            businesses.extend(world.handles_of(profile.id)?.map(|it| it.business));
            people.push(Scope::User(profile.id));
        }
        Ok(businesses.into_iter().map(Scope::Business).chain(people).collect())
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let id = op.person()?;
        let user = world.user(id)?.ok_or(Refusal::CustomerUnknown)?;
        keep_owners(id, world)?;
        let mut effects = Effects { answer: json!({ "user": id }), ..Effects::default() };
        for handle in world.handles_of(id)? {
            ending::part(handle, op, world, ctx, &mut effects)?;
        }
        for (_, hash) in &self.addresses {
            let open = world.asked_at(hash)?.filter(|it| it.closed_at.is_none());
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
        for profile in written_down(id, world)? {
            forget(&profile, world, &mut effects)?;
        }
        let addresses = self.addresses.iter().map(|(_, hash)| hash.clone()).collect();
        effects.changes.extend([
            Change::User(nobody),
            Change::Erasure(Erasure { id, addresses, at: ctx.now }),
        ]);
        Ok(effects)
    }
}

/// Whom shops wrote down by an address that is proven to be the person's, and whom nobody claimed.
fn written_down(user: UserId, world: &World) -> Result<Vec<User>, NotLoaded> {
    let mut notes = vec![];
    for address in world.user(user)?.into_iter().flat_map(User::proven_addresses) {
        for profile in world.profiles_at(&address)? {
            // Whom a shop wrote down as its staff is no customer's note.
            let is_known = world.handles_of(profile.id)?.next().is_some();
            if is_known || world.places_of(profile.id)?.next().is_none() {
                notes.push(profile.clone());
            }
        }
    }
    Ok(notes)
}

/// Takes out of a shop's note all that says who it is of. Who became a member under it stays one,
/// with nothing that names them: nobody knows that it is the same person.
fn forget(profile: &User, world: &World, effects: &mut Effects) -> Result<(), Stop> {
    effects.changes.push(emptied(profile));
    for handle in world.handles_of(profile.id)?.filter(|handle| handle.is_member()) {
        let told = world.notices_about(handle.id)?.cloned();
        effects.changes.extend(told.map(Change::Unsaid));
        let (business, wrote) = (handle.business, Notes::default());
        effects.changes.push(Change::Profile(Profile { id: handle.id, business, wrote }));
    }
    Ok(())
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
