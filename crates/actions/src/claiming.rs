//! Whoever proves an address takes what shops have of them by it: people who said yes at a till,
//! and whom nobody has claimed (SPEC CU-2). Decides nothing about the proof, which is the verbs'.

use crate::answering::needs_of;
use crate::joining::customer;
use crate::merging::{self, Pair};
use crate::op::{Ctx, Op, Stop};
use crate::profiles::is_idle;
use crate::register_key::shown_to;
use reda_domain::address::Address;
use reda_domain::customer::BusinessCustomer;
use reda_domain::effects::Effects;
use reda_domain::needs::{Need, Needs};
use reda_domain::notice::{Notice, NoticeKind, Reader};
use reda_domain::profile::Notes;
use reda_domain::refusal::Refusal;
use reda_domain::scope::Scope;
use reda_domain::user::User;
use reda_domain::world::{NotLoaded, World};
use reda_domain::{HandleId, UserId};

/// A member whom nobody has claimed, and the shop's handle for them.
type Unclaimed<'w> = (&'w User, &'w BusinessCustomer);

/// The members at an address whom nobody has claimed.
fn unclaimed<'w>(address: &'w Address, world: &'w World) -> Result<Vec<Unclaimed<'w>>, NotLoaded> {
    let mut all = vec![];
    for person in world.profiles_at(address)? {
        let joined = world.handles_of(person.id)?.filter(|handle| handle.is_member());
        all.extend(joined.map(|handle| (person, handle)));
    }
    Ok(all)
}

/// What claiming needs, once [`Need::ProfilesAt`] is loaded, of the members there and of whoever
/// may be the one to claim them.
pub(crate) fn needs(
    address: &Address,
    claimants: impl IntoIterator<Item = UserId>,
    world: &World,
) -> Result<Needs, NotLoaded> {
    let mut needs = vec![];
    let mut people: Vec<UserId> = claimants.into_iter().collect();
    for (person, handle) in unclaimed(address, world)? {
        people.push(person.id);
        needs.extend(merging::needs_of(handle));
        needs.extend([Need::Business(handle.business), Need::StaffOf(handle.business)]);
        let cards = world.cards_of(handle.business, person.id)?;
        needs.extend(cards.map(|card| Need::DeductionsOf(card.id)));
    }
    for user in people {
        needs.extend(needs_of(user));
        needs.push(Need::WroteOf(user));
    }
    Ok(needs)
}

/// Whose rows claiming changes, beside the claimant's own.
pub(crate) fn concerns(address: &Address, world: &World) -> Result<Vec<Scope>, NotLoaded> {
    let of = |(person, handle): Unclaimed<'_>| {
        [Scope::User(person.id), Scope::Business(handle.business)]
    };
    Ok(unclaimed(address, world)?.into_iter().flat_map(of).collect())
}

/// Those who are `claimant`'s for the asking: not if the shop has not seen them for long, and not
/// at a shop where the claimant works. There a colleague merges the two, since points do not come
/// to one's own card by one's own hand.
fn free_for<'w>(
    claimant: UserId,
    address: &'w Address,
    world: &'w World,
    ctx: &Ctx,
) -> Result<Vec<Unclaimed<'w>>, NotLoaded> {
    let mut free = vec![];
    for (person, handle) in unclaimed(address, world)? {
        let works_there = world.staff_of(handle.business)?.any(|staff| staff.user == claimant);
        if !is_idle(handle, ctx.now) && !works_there {
            free.push((person, handle));
        }
    }
    Ok(free)
}

/// Whom a newcomer turns out to be, who has proven the address: without the name, which is the
/// shop's, since the person has not said theirs.
pub(crate) fn known_as(
    newcomer: UserId,
    address: &Address,
    world: &World,
    ctx: &Ctx,
) -> Result<Option<User>, NotLoaded> {
    let free = free_for(newcomer, address, world, ctx)?;
    Ok(free.first().map(|(person, _)| User { name: None, ..(*person).clone() }))
}

/// Makes the members at an address the claimant's own: what a shop wrote down is emptied, and its
/// handle leads to the claimant's. One that cannot be merged, because a card owes more than the
/// other has, stays as it is until that is mended.
pub(crate) fn claimed(
    op: &Op,
    claimant: &User,
    address: &Address,
    world: &World,
    ctx: &Ctx,
) -> Result<Effects, Stop> {
    let mut all = Effects::default();
    let mut left: Option<World> = None;
    for (person, handle) in free_for(claimant.id, address, world, ctx)? {
        if person.id == claimant.id {
            continue;
        }
        let now = left.as_ref().unwrap_or(world);
        match claim(op, claimant, handle, now, ctx) {
            Ok(effects) => {
                left.get_or_insert_with(|| world.clone()).apply(&effects);
                all.changes.extend(effects.changes);
                all.notices.extend(effects.notices);
                all.also_touched.extend(effects.also_touched);
            }
            Err(Stop::Refused(_)) => {}
            Err(Stop::NotLoaded(missing)) => return Err(missing.into()),
        }
    }
    Ok(all)
}

fn claim(
    op: &Op,
    claimant: &User,
    handle: &BusinessCustomer,
    world: &World,
    ctx: &Ctx,
) -> Result<Effects, Stop> {
    let mut effects = Effects::default();
    let customer = customer(op, claimant, world, ctx, &mut effects)?;
    let known = world.handle_of(handle.business, claimant.id)?;
    let new = HandleId(op.id.derive(&format!("claimed:{}", handle.id)));
    let stranger = || BusinessCustomer::stranger(new, handle.business, claimant.id, ctx.now);
    let keep = known.cloned().unwrap_or_else(stranger);
    let keep = BusinessCustomer { customer: Some(customer.id), ..keep };
    let wrote = match known {
        Some(known) => world.wrote_of(known.id)?,
        None => Notes::default(),
    };
    Pair { keep: &keep, merge: handle, wrote }.merged(op, world, ctx, &mut effects)?;
    if keep.is_member() {
        let shop = world.business(handle.business)?.ok_or(Refusal::BusinessUnknown)?;
        let kind = NoticeKind::CardsMerged { shop: shop.name.clone() };
        effects.notices.push(Notice { to: Reader::Person(claimant.id), kind });
    } else {
        let joined = BusinessCustomer { joined_at: handle.joined_at, ..keep };
        let keys = world.keys_of(claimant.id)?;
        effects.also_touched.extend(keys.filter_map(|key| shown_to(&joined, key.id)));
    }
    Ok(effects)
}
