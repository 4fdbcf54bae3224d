//! People whom a shop wrote down: a name and an address that nobody has proven. They are nobody's
//! account, one shop's alone, and become their owner's once the address is proven (SPEC CU-2).

use crate::op::{Ctx, Stop};
use reda_domain::customer::BusinessCustomer;
use reda_domain::effects::Change;
use reda_domain::request::Request;
use reda_domain::user::User;
use reda_domain::world::World;
use reda_domain::{Timestamp, UserId};

/// A profile that nobody used for so long is not given away without the shop's word: a phone
/// number may have a new owner by then (SPEC 3a, attack 2).
const IDLE_MS: i64 = 365 * 24 * 60 * 60 * 1000;

/// Whether the profile behind a handle has been idle for so long.
pub(crate) fn is_idle(handle: &BusinessCustomer, now: Timestamp) -> bool {
    let used = handle.last_visit_at.or(handle.joined_at).unwrap_or(handle.created_at);
    used.plus_ms(IDLE_MS) <= now
}

/// What a shop wrote down of whom it asked, emptied: a request that ends without a yes leaves
/// nothing of the person with the business (SPEC CU-7).
pub(crate) fn forgotten(request: &Request, world: &World) -> Result<Option<Change>, Stop> {
    let Some(id) = request.asked.user else {
        return Ok(None);
    };
    let Some(profile) = world.user(id)?.filter(|user| user.is_profile()) else {
        return Ok(None);
    };
    if world.handle_of(request.business, id)?.is_none_or(|handle| handle.is_member()) {
        return Ok(None);
    }
    let nobody = User { name: None, phone: None, email: None, ..profile.clone() };
    Ok(Some(Change::User(nobody)))
}

/// What a shop wrote down of whom it asked, once that is somebody else's account: emptied, and the
/// handle leads to the member's.
pub(crate) fn recognised(
    request: &Request,
    member: &BusinessCustomer,
    world: &World,
    ctx: &Ctx,
) -> Result<Vec<Change>, Stop> {
    let Some(noted) = request.asked.user.filter(|id| *id != member.user) else {
        return Ok(vec![]);
    };
    let Some(emptied) = forgotten(request, world)? else {
        return Ok(vec![]);
    };
    let over = world.handle_of(request.business, noted)?.map(|handle| BusinessCustomer {
        ended_at: Some(ctx.now),
        merged_into: Some(member.id),
        ..handle.clone()
    });
    Ok(std::iter::once(emptied).chain(over.map(Change::BusinessCustomer)).collect())
}

/// The name under which a shop wrote down who joins now: it stays the shop's own for them.
pub(crate) fn named_by_shop(user: UserId, world: &World) -> Result<Option<String>, Stop> {
    let written = world.user(user)?.filter(|user| user.is_profile());
    Ok(written.and_then(|profile| profile.name.clone()))
}
