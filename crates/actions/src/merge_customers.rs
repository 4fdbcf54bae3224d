//! A manager merges two members who are one person.

use crate::merging::{Pair, needs_of};
use crate::op::{Ctx, Op, StaffActor, Stop, Verb};
use crate::update_customer::own_member;
use reda_domain::customer::BusinessCustomer;
use reda_domain::effects::Effects;
use reda_domain::needs::{Need, Needs};
use reda_domain::notice::{Notice, NoticeKind, Reader};
use reda_domain::permission::Action;
use reda_domain::points::Points;
use reda_domain::refusal::{MergeObstacle, Refusal};
use reda_domain::scope::Scope;
use reda_domain::user::User;
use reda_domain::world::{NotLoaded, World};
use reda_domain::{HandleId, UserId};
use serde_json::json;

/// Makes `merge` a part of `keep`. Whoever has an account stays: their points are not the shop's to
/// give away.
#[derive(Clone, Debug)]
pub struct MergeCustomers {
    pub keep: HandleId,
    pub merge: HandleId,
}

impl MergeCustomers {
    fn pair<'w>(&self, by: StaffActor, world: &'w World) -> Result<Pair<'w>, Stop> {
        let keep = own_member(self.keep, by, world)?;
        let merge = own_member(self.merge, by, world)?;
        let why = match (keep.id == merge.id, [keep.user, merge.user].contains(&by.user)) {
            (true, _) => Some(MergeObstacle::Same),
            // Points do not come to one's own card by one's own hand.
            (_, true) => Some(MergeObstacle::Yourself),
            (false, false) => taken(keep, merge, world)?,
        };
        match why {
            Some(why) => Err(Refusal::CannotMerge { why }.into()),
            None => Ok(Pair { keep, merge, wrote: world.wrote_of(keep.id)? }),
        }
    }
}

/// Whether the points of somebody would go who could have said no. Their yes nobody else can give.
fn taken(
    keep: &BusinessCustomer,
    merge: &BusinessCustomer,
    world: &World,
) -> Result<Option<MergeObstacle>, Stop> {
    Ok(match (has_account(keep.user, world)?, has_account(merge.user, world)?) {
        (_, false) => None,
        (true, true) => Some(MergeObstacle::BothHaveAccounts),
        (false, true) => Some(MergeObstacle::OtherHasAccount),
    })
}

/// Whether the person came forward: proved an address, chose a password, or has a key.
fn has_account(user: UserId, world: &World) -> Result<bool, Stop> {
    let is_profile = world.user(user)?.is_none_or(User::is_profile);
    Ok(!is_profile || world.keys_of(user)?.any(|key| key.revoked_at.is_none()))
}

impl Verb for MergeCustomers {
    fn needs(&self, _op: &Op) -> Needs {
        let of = |id| [Need::Handle(id), Need::Profile(id)];
        of(self.keep).into_iter().chain(of(self.merge)).collect()
    }

    fn needs_then(&self, _op: &Op, world: &World) -> Result<Needs, NotLoaded> {
        let mut needs = vec![];
        for id in [self.keep, self.merge] {
            if let Some(handle) = world.handle(id)? {
                needs.extend(needs_of(handle));
            }
        }
        Ok(needs)
    }

    fn concerns(&self, _op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        let mut people = vec![];
        for id in [self.keep, self.merge] {
            people.extend(world.handle(id)?.map(|handle| Scope::User(handle.user)));
        }
        Ok(people)
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let by = op.staff_may(Action::MergeCustomers)?;
        let pair = self.pair(by, world)?;
        let (keep, merge) = (pair.keep, pair.merge);
        if world.cards_of(merge.business, merge.user)?.any(|card| card.held > Points(0)) {
            // Only whoever was asked can answer, and they would have no card any more.
            return Err(Refusal::CannotMerge { why: MergeObstacle::PointsHeld }.into());
        }
        let points: i64 =
            world.cards_of(merge.business, merge.user)?.map(|card| card.balance.0).sum();
        let answer = json!({ "customer": keep.id, "merged": merge.id, "points": points });
        let mut effects = Effects { answer, ..Effects::default() };
        pair.merged(op, world, ctx, &mut effects)?;
        let shop = world.business(by.business)?.ok_or(Refusal::BusinessUnknown)?;
        let told = |user| {
            let kind = NoticeKind::CardsMerged { shop: shop.name.clone() };
            Notice { to: Reader::Person(user), kind }
        };
        effects.notices.extend([told(keep.user), told(merge.user)]);
        Ok(effects)
    }
}
