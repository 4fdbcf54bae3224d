//! People whom a shop wrote down: a name and an address that nobody has proven. They are nobody's
//! account, one shop's alone, and become their owner's once the address is proven (SPEC CU-2).

use crate::op::Stop;
use reda_domain::Timestamp;
use reda_domain::customer::BusinessCustomer;
use reda_domain::effects::Change;
use reda_domain::request::Request;
use reda_domain::user::User;
use reda_domain::world::World;

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
