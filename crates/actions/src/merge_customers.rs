//! A manager merges two members who are one person. No line of the ledger is lost: a card moves,
//! or its points move by an entry on either side.

use crate::ending::{Line, cancelled, put_line};
use crate::op::{Ctx, Op, StaffActor, Stop, Verb};
use crate::profiles::emptied;
use crate::update_customer::own_member;
use reda_domain::card::{Card, EntryKind};
use reda_domain::customer::{BusinessCustomer, Enrollment, PrintedCode};
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::notice::{Notice, NoticeKind, Reader};
use reda_domain::permission::Action;
use reda_domain::points::Points;
use reda_domain::profile::Profile;
use reda_domain::refusal::{MergeObstacle, Refusal};
use reda_domain::scope::{EntityKind, Scope, Touched};
use reda_domain::user::User;
use reda_domain::world::{NotLoaded, World};
use reda_domain::{EntryId, HandleId, UserId};
use serde_json::json;

/// Makes `merge` a part of `keep`. Whoever has an account stays: their points are not the shop's to
/// give away.
#[derive(Clone, Debug)]
pub struct MergeCustomers {
    pub keep: HandleId,
    pub merge: HandleId,
}

/// The two, as they are before.
struct Pair<'w> {
    keep: &'w BusinessCustomer,
    merge: &'w BusinessCustomer,
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
            None => Ok(Pair { keep, merge }),
        }
    }

    /// Merges one card into the other: the points move, and the card that gave them ends.
    fn join(
        &self,
        from: &Card,
        into: &Card,
        op: &Op,
        world: &World,
        ctx: &Ctx,
        effects: &mut Effects,
    ) -> Result<(), Stop> {
        let (mut ended, mut kept) = (from.clone(), into.clone());
        if from.balance != Points(0) {
            // Only a reversal may leave a card owing.
            let sum = into.balance.checked_add(from.balance).ok_or(Refusal::BalanceTooLarge)?;
            if sum < Points(0) || sum < into.held {
                return Err(Refusal::CannotMerge { why: MergeObstacle::Owes }.into());
            }
            let line = |card: &Card, delta: Points| Line {
                id: EntryId(op.id.derive(&format!("merged:{}:{}", from.id, card.id))),
                delta,
                kind: EntryKind::Adjust,
                reason: "merged",
            };
            let (emptied, gave) = put_line(from, line(from, Points(-from.balance.0)), op, ctx)?;
            let (filled, got) = put_line(into, line(into, from.balance), op, ctx)?;
            ended = emptied;
            kept = filled;
            effects.changes.extend([Change::Entry(gave), Change::Entry(got)]);
        }
        if let Some(enrollment) = world.enrollment(from.enrollment)? {
            let over = Enrollment { ended_at: Some(ctx.now), ..enrollment.clone() };
            effects.changes.push(Change::Enrollment(over));
        }
        // What the two earned counts together, though their entries stay where they are.
        let earned = Points(into.earned.0 + from.earned.0);
        effects.changes.extend([
            Change::Card(Card { earned, ..kept }),
            Change::Card(Card { ended_at: Some(ctx.now), ..ended }),
        ]);
        Ok(())
    }

    fn merge_cards(
        &self,
        pair: &Pair<'_>,
        op: &Op,
        world: &World,
        ctx: &Ctx,
        effects: &mut Effects,
    ) -> Result<(), Stop> {
        let (keep, merge) = (pair.keep, pair.merge);
        for card in world.cards_of(merge.business, merge.user)? {
            if card.held > Points(0) {
                // Only whoever was asked can answer, and they have no card any more.
                return Err(Refusal::CannotMerge { why: MergeObstacle::PointsHeld }.into());
            }
            let mut own = world.cards_of(keep.business, keep.user)?;
            if let Some(into) = own.find(|it| it.program == card.program) {
                self.join(card, into, op, world, ctx, effects)?;
                continue;
            }
            if let (Some(enrollment), Some(customer)) =
                (world.enrollment(card.enrollment)?, keep.customer)
            {
                let moved = Enrollment { customer, handle: keep.id, ..enrollment.clone() };
                effects.changes.push(Change::Enrollment(moved));
            }
            let moved = Card { handle: keep.id, user: keep.user, ..card.clone() };
            effects.changes.push(Change::Card(moved));
            // It is gone from the page that had it.
            let scope = Scope::User(merge.user);
            let gone = Touched { scope, entity: EntityKind::Card, id: card.id.0 };
            effects.also_touched.push(gone);
        }
        Ok(())
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

/// What the business keeps of the one person that the two are.
fn together(keep: &BusinessCustomer, merge: &BusinessCustomer) -> BusinessCustomer {
    let first = |a: Option<_>, b: Option<_>| a.into_iter().chain(b).min();
    BusinessCustomer {
        visits: keep.visits + merge.visits,
        spend: keep.spend.saturating_add(merge.spend),
        joined_at: first(keep.joined_at, merge.joined_at),
        first_visit_at: first(keep.first_visit_at, merge.first_visit_at),
        last_visit_at: keep.last_visit_at.max(merge.last_visit_at),
        ..keep.clone()
    }
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
                needs.extend([
                    Need::User(handle.user),
                    Need::CardsOf(handle.user),
                    Need::EnrollmentsOf(handle.id),
                    Need::KeysOf(handle.user),
                    Need::RequestsOf(handle.user),
                    Need::PrintedCodesOf(handle.user),
                    Need::NoticesAbout(handle.id),
                ]);
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
        let Pair { keep, merge } = pair;
        let mut effects = Effects { answer: json!({ "customer": keep.id }), ..Effects::default() };
        self.merge_cards(&pair, op, world, ctx, &mut effects)?;
        let asked = world.requests_of(merge.business, merge.user)?;
        let open = asked.filter(|it| it.closed_at.is_none());
        effects.changes.extend(open.map(|it| Change::Request(cancelled(it, ctx))));
        let here = |it: &&PrintedCode| it.issued_by == Some((merge.business, merge.id));
        let printed = world.printed_codes_of(merge.user)?.filter(here).map(|it| {
            let issued_by = Some((keep.business, keep.id));
            Change::PrintedCode(PrintedCode { user: keep.user, issued_by, ..it.clone() })
        });
        effects.changes.extend(printed);
        // They name somebody who is no member any more.
        let told = world.notices_about(merge.id)?.cloned();
        effects.changes.extend(told.map(Change::Unsaid));
        let scope = Scope::Business(merge.business);
        let keys = world.keys_of(merge.user)?;
        effects.also_touched.extend(keys.map(|key| Touched {
            scope,
            entity: EntityKind::Key,
            id: key.id.0,
        }));
        // What the shop wrote down of them is a part of the other one now.
        effects.changes.extend(world.user(merge.user)?.map(emptied));
        let wrote = world.wrote_of(keep.id)?.joined_with(&world.wrote_of(merge.id)?);
        let over = BusinessCustomer {
            ended_at: Some(ctx.now),
            merged_into: Some(keep.id),
            ..merge.clone()
        };
        effects.changes.extend([
            Change::BusinessCustomer(together(keep, merge)),
            Change::BusinessCustomer(over),
            Change::Profile(Profile { id: keep.id, business: keep.business, wrote }),
        ]);
        let shop = world.business(by.business)?.ok_or(Refusal::BusinessUnknown)?;
        let told = |user| {
            let kind = NoticeKind::CardsMerged { shop: shop.name.clone() };
            Notice { to: Reader::Person(user), kind }
        };
        effects.notices.extend([told(keep.user), told(merge.user)]);
        Ok(effects)
    }
}
