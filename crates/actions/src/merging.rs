//! What it comes to that two members of a shop are one person: no line of the ledger is lost, since
//! a card moves, or its points move by an entry on either side. Decides nothing: whether they are
//! one is the verbs' matter.

use crate::ending::{Line, cancelled, put_line, without_holds};
use crate::op::{Ctx, Op, Stop};
use crate::profiles::emptied;
use reda_domain::EntryId;
use reda_domain::card::{Card, EntryKind};
use reda_domain::customer::{BusinessCustomer, Enrollment, PrintedCode};
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::points::Points;
use reda_domain::profile::{Notes, Profile};
use reda_domain::refusal::{MergeObstacle, Refusal};
use reda_domain::scope::{EntityKind, Scope, Touched};
use reda_domain::world::World;

/// The two, as they are before: `merge`, whom a shop wrote down, becomes a part of `keep`, which need
/// not be stored yet.
pub(crate) struct Pair<'a> {
    pub(crate) keep: &'a BusinessCustomer,
    pub(crate) merge: &'a BusinessCustomer,
    /// What staff wrote about `keep`.
    pub(crate) wrote: Notes,
}

/// What merging needs of either.
pub(crate) fn needs_of(handle: &BusinessCustomer) -> Needs {
    vec![
        Need::User(handle.user),
        Need::CardsOf(handle.user),
        Need::EnrollmentsOf(handle.id),
        Need::KeysOf(handle.user),
        Need::RequestsOf(handle.user),
        Need::PrintedCodesOf(handle.user),
        Need::NoticesAbout(handle.id),
    ]
}

impl Pair<'_> {
    /// Merges the two, with all that hangs on them.
    pub(crate) fn merged(
        &self,
        op: &Op,
        world: &World,
        ctx: &Ctx,
        effects: &mut Effects,
    ) -> Result<(), Stop> {
        let (keep, merge) = (self.keep, self.merge);
        for card in world.cards_of(merge.business, merge.user)? {
            self.merge_card(card, op, world, ctx, effects)?;
        }
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
        let wrote = self.wrote.joined_with(&world.wrote_of(merge.id)?);
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
        Ok(())
    }

    fn merge_card(
        &self,
        card: &Card,
        op: &Op,
        world: &World,
        ctx: &Ctx,
        effects: &mut Effects,
    ) -> Result<(), Stop> {
        let (keep, merge) = (self.keep, self.merge);
        // Only whoever was asked could answer, and they have no card any more.
        let free = match card.held > Points(0) {
            true => without_holds(card, world, ctx, effects)?,
            false => card.clone(),
        };
        let mut own = world.cards_of(keep.business, keep.user)?;
        if let Some(into) = own.find(|it| it.program == card.program) {
            return join(&free, into, op, world, ctx, effects);
        }
        if let (Some(enrollment), Some(customer)) =
            (world.enrollment(card.enrollment)?, keep.customer)
        {
            let moved = Enrollment { customer, handle: keep.id, ..enrollment.clone() };
            effects.changes.push(Change::Enrollment(moved));
        }
        effects.changes.push(Change::Card(Card { handle: keep.id, user: keep.user, ..free }));
        // It is gone from the page that had it.
        let scope = Scope::User(merge.user);
        let gone = Touched { scope, entity: EntityKind::Card, id: card.id.0 };
        effects.also_touched.push(gone);
        Ok(())
    }
}

/// Merges one card into the other: the points move, and the card that gave them ends.
fn join(
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
