//! A manager takes an entry of the ledger back, by another that names it.

use crate::award_points::posted_data;
use crate::close_request::to_staff;
use crate::deduction::freed;
use crate::op::{Ctx, Op, StaffActor, Stop, Verb};
use crate::tiers::tier_changed;
use reda_domain::EntryId;
use reda_domain::card::{Card, Entry, EntryKind, NewEntry};
use reda_domain::effects::{Change, Effects};
use reda_domain::hold::{Hold, Outcome};
use reda_domain::needs::{Need, Needs};
use reda_domain::notice::{Notice, NoticeKind, Reader};
use reda_domain::permission::Action;
use reda_domain::points::Points;
use reda_domain::refusal::Refusal;
use reda_domain::request::{Request, RequestStatus};
use reda_domain::scope::Scope;
use reda_domain::world::{NotLoaded, World};

/// Takes an entry back, once; one that took points, within the limit of the role. It alone may take a balance below zero: the card owes, and what it
/// earns next pays first. Holds that the rest no longer covers are voided, the youngest first.
#[derive(Clone, Debug)]
pub struct ReverseEntry {
    pub entry: EntryId,
    pub reason: String,
}

impl Verb for ReverseEntry {
    fn needs(&self, _op: &Op) -> Needs {
        vec![Need::Entry(self.entry)]
    }

    fn needs_then(&self, _op: &Op, world: &World) -> Result<Needs, NotLoaded> {
        let of = |it: &Entry| {
            vec![
                Need::Card(it.card),
                Need::DeductionsOf(it.card),
                Need::StaffOf(it.business),
                Need::ProgramOfCard(it.card),
            ]
        };
        Ok(world.entry(self.entry)?.map_or(vec![], of))
    }

    fn concerns(&self, _op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        let Some(entry) = world.entry(self.entry)? else { return Ok(vec![]) };
        Ok(world.card(entry.card)?.map(|card| Scope::User(card.user)).into_iter().collect())
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let by = op.staff_may(Action::AdjustPoints)?;
        let shop = world.business(by.business)?.ok_or(Refusal::BusinessUnknown)?;
        let old = self.reversible(by, world)?;
        let card = world.card(old.card)?.ok_or(Refusal::CardUnknown)?;
        let delta = Points(-old.delta.0);
        if delta > Points(0) && card.user == by.user {
            return Err(Refusal::OwnCard.into());
        }
        // What adds points is within the role's limit, by whatever name.
        let max = shop.settings.adjust_max(by.role);
        if delta > max {
            return Err(Refusal::AdjustLimit { max }.into());
        }
        let line = NewEntry {
            sale: old.sale.clone(),
            reason: Some(self.reason.clone()),
            reverses: Some(old.id),
            staff: Some(by.staff),
            device: by.device,
            at: op.at,
            ..NewEntry::plain(EntryId::from(op.id), EntryKind::Reverse, delta, op.id, ctx.now)
        };
        let earned_before = card.earned;
        let (mut card, entry) = card.posted(line).ok_or(Refusal::BalanceTooLarge)?;
        if matches!(old.kind, EntryKind::Earn | EntryKind::Bonus) {
            card.earned = Points(card.earned.0 + delta.0);
        }
        let told = NoticeKind::PointsReversed {
            shop: shop.name.clone(),
            points: delta,
            balance: card.balance,
            card: card.id,
        };
        let program = world.program(card.program)?.ok_or(Refusal::ProgramUnknown)?;
        let reversed = Notice { to: Reader::Person(card.user), kind: told };
        let tier = tier_changed(earned_before, &card, program, &shop.name);
        let mut effects = Effects {
            notices: std::iter::once(reversed).chain(tier).collect(),
            ..Effects::default()
        };
        let card = uncovered(card, &shop.name, world, ctx, &mut effects)?;
        effects.answer = posted_data(&entry, &card);
        effects.changes.extend([Change::Entry(entry), Change::Card(card)]);
        Ok(effects)
    }
}

impl ReverseEntry {
    fn reversible<'w>(&self, by: StaffActor, world: &'w World) -> Result<&'w Entry, Stop> {
        let own = world.entry(self.entry)?.filter(|entry| entry.business == by.business);
        let entry = own.ok_or(Refusal::EntryUnknown)?;
        if let Some(reversal) = world.reversal_of(entry.id)? {
            return Err(Refusal::AlreadyReversed { entry: reversal.id }.into());
        }
        match entry.kind {
            EntryKind::Earn
            | EntryKind::Bonus
            | EntryKind::Redeem
            | EntryKind::Adjust
            | EntryKind::Expire => Ok(entry),
            EntryKind::Reverse => Err(Refusal::NotReversible.into()),
        }
    }
}

/// Voids the youngest holds until the balance covers the rest; both sides are told.
fn uncovered(
    mut card: Card,
    shop: &str,
    world: &World,
    ctx: &Ctx,
    effects: &mut Effects,
) -> Result<Card, Stop> {
    for hold in world.open_holds_of(card.id)? {
        if card.held.0 <= card.balance.0.max(0) {
            break;
        }
        card = freed(card, hold);
        effects.changes.push(Change::Hold(hold.closed(Outcome::Voided, ctx.now)));
        if let Some(request) = world.request(hold.request)? {
            cancelled(request, hold, shop, world, ctx, effects)?;
        }
    }
    Ok(card)
}

fn cancelled(
    request: &Request,
    hold: &Hold,
    shop: &str,
    world: &World,
    ctx: &Ctx,
    effects: &mut Effects,
) -> Result<(), Stop> {
    let (points, id) = (hold.points, request.id);
    let closed = NoticeKind::PointsRequestClosed { shop: shop.to_owned(), points, request: id };
    let person = request.asked.user.map(Reader::Person);
    effects.notices.extend(person.map(|to| Notice { to, kind: closed }));
    let kind = NoticeKind::PointsRequestCancelled { points, request: id };
    effects.notices.extend(to_staff(request, &kind, world)?);
    let status = RequestStatus::Cancelled;
    effects.changes.push(Change::Request(Request {
        status,
        closed_at: Some(ctx.now),
        ..request.clone()
    }));
    Ok(())
}
