//! People whom a shop wrote down: a name and an address that nobody has proven. They are nobody's
//! account, one shop's alone, and become their owner's once the address is proven (SPEC CU-2).

use crate::op::{Ctx, Stop};
use reda_domain::customer::BusinessCustomer;
use reda_domain::effects::Change;
use reda_domain::needs::Need;
use reda_domain::request::Request;
use reda_domain::scope::Scope;
use reda_domain::user::User;
use reda_domain::world::{NotLoaded, World};
use reda_domain::{Timestamp, UserId};

/// A profile that nobody used for so long is not given away without the shop's word: a phone
/// number may have a new owner by then (SPEC 3a, attack 2).
const IDLE_MS: i64 = 365 * 24 * 60 * 60 * 1000;

/// Whether the profile behind a handle has been idle for so long.
pub(crate) fn is_idle(handle: &BusinessCustomer, now: Timestamp) -> bool {
    let used = handle.last_visit_at.or(handle.joined_at).unwrap_or(handle.created_at);
    used.plus_ms(IDLE_MS) <= now
}

/// A person whom a shop wrote down, and its handle for them.
type Noted<'w> = (&'w User, &'w BusinessCustomer);

/// Whom the shop wrote down, and now asks: by the handle, or by the same address. Members are no
/// notes any more.
fn noted<'w>(request: &'w Request, world: &'w World) -> Result<Vec<Noted<'w>>, NotLoaded> {
    let mut all = vec![];
    if let Some(id) = request.asked.user {
        let profile = world.user(id)?.filter(|user| user.is_profile());
        all.extend(profile.zip(world.handle_of(request.business, id)?));
    }
    if let Some(address) = &request.asked.address {
        let same = world.profile_of(request.business, address)?;
        all.extend(same.filter(|(user, _)| request.asked.user != Some(user.id)));
    }
    all.retain(|(_, handle)| !handle.is_member());
    Ok(all)
}

/// What finding the notes of whom a request asks needs, beyond the person it asks.
pub(crate) fn needs_noted(request: &Request) -> Option<Need> {
    request.asked.address.clone().map(Need::ProfilesAt)
}

/// Whose rows change with the end of a request: those of whom the shop wrote down.
pub(crate) fn concerned(request: &Request, world: &World) -> Result<Vec<Scope>, NotLoaded> {
    Ok(noted(request, world)?.into_iter().map(|(profile, _)| Scope::User(profile.id)).collect())
}

/// A person whom a shop wrote down, with nothing that says who it was.
pub(crate) fn emptied(profile: &User) -> Change {
    Change::User(User { name: None, phone: None, email: None, ..profile.clone() })
}

/// What a shop wrote down of whom it asked, emptied: a request that ends without a yes leaves
/// nothing of the person with the business (SPEC CU-7).
pub(crate) fn forgotten(request: &Request, world: &World) -> Result<Vec<Change>, Stop> {
    Ok(noted(request, world)?.into_iter().map(|(profile, _)| emptied(profile)).collect())
}

/// What a shop wrote down of whom it asked, once that is somebody else's account: emptied, and the
/// handle leads to the member's.
pub(crate) fn recognised(
    request: &Request,
    member: &BusinessCustomer,
    world: &World,
    ctx: &Ctx,
) -> Result<Vec<Change>, Stop> {
    let over = |handle: &BusinessCustomer| BusinessCustomer {
        ended_at: Some(ctx.now),
        merged_into: Some(member.id),
        ..handle.clone()
    };
    let others = noted(request, world)?.into_iter().filter(|(it, _)| it.id != member.user);
    let leads = |(it, handle)| [emptied(it), Change::BusinessCustomer(over(handle))];
    Ok(others.flat_map(leads).collect())
}

/// The name under which a shop wrote down who joins now: it stays the shop's own for them.
pub(crate) fn named_by_shop(user: UserId, world: &World) -> Result<Option<String>, Stop> {
    let written = world.user(user)?.filter(|user| user.is_profile());
    Ok(written.and_then(|profile| profile.name.clone()))
}
