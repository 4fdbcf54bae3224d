//! What ends with a membership: a card with its points, the enrolment, open questions. Decides
//! nothing: who may end what is the verbs' matter.

use crate::deduction::freed;
use crate::op::{Ctx, Op, Stop};
use reda_domain::card::{Card, Entry, EntryKind, NewEntry};
use reda_domain::customer::{BusinessCustomer, Enrollment, Parting, PrintedCode};
use reda_domain::effects::{Change, Effects};
use reda_domain::hold::Outcome;
use reda_domain::needs::{Need, Needs};
use reda_domain::points::Points;
use reda_domain::refusal::Refusal;
use reda_domain::request::{Request, RequestStatus};
use reda_domain::scope::{EntityKind, Scope, Touched};
use reda_domain::world::{NotLoaded, World};
use reda_domain::{CustomerId, EntryId, UserId};

/// What ending a person's memberships needs.
pub(crate) fn needs(user: UserId) -> Needs {
    vec![
        Need::User(user),
        Need::HandlesOf(user),
        Need::CardsOf(user),
        Need::KeysOf(user),
        Need::RequestsOf(user),
        Need::PrintedCodesOf(user),
    ]
}

/// What the first load tells of a handle that ends.
pub(crate) fn needs_then(handle: &BusinessCustomer, world: &World) -> Result<Needs, NotLoaded> {
    let cards = world.cards_of(handle.business, handle.user)?;
    let ends = |card: &Card| [Need::Enrollment(card.enrollment), Need::DeductionsOf(card.id)];
    let enrollments = cards.flat_map(ends);
    Ok(enrollments.chain([Need::NoticesAbout(handle.id)]).collect())
}

/// A line that is no award: points move, or lapse.
pub(crate) struct Line {
    pub(crate) id: EntryId,
    pub(crate) delta: Points,
    pub(crate) kind: EntryKind,
    /// A word, which pages spell out.
    pub(crate) reason: &'static str,
}

/// The card with the line on it, and the line.
pub(crate) fn put_line(card: &Card, line: Line, op: &Op, ctx: &Ctx) -> Result<(Card, Entry), Stop> {
    let by = op.staff();
    let new = NewEntry {
        reason: Some(line.reason.to_owned()),
        staff: by.map(|by| by.staff),
        device: by.and_then(|by| by.device),
        at: op.at,
        ..NewEntry::plain(line.id, line.kind, line.delta, op.id, ctx.now)
    };
    Ok(card.posted(new).ok_or(Refusal::BalanceTooLarge)?)
}

/// Ends a card: its points lapse by an entry, so that the books count none that nobody can spend.
/// What it owes stays written on it.
pub(crate) fn end_card(
    card: &Card,
    op: &Op,
    world: &World,
    ctx: &Ctx,
    effects: &mut Effects,
) -> Result<(), Stop> {
    let mut ended = without_holds(card, world, ctx, effects)?;
    if card.balance > Points(0) {
        let line = Line {
            id: EntryId(op.id.derive(&format!("lapsed:{}", card.id))),
            delta: Points(-card.balance.0),
            kind: EntryKind::Expire,
            reason: "left",
        };
        let (lapsed, entry) = put_line(&ended, line, op, ctx)?;
        ended = lapsed;
        effects.changes.push(Change::Entry(entry));
    }
    if let Some(enrollment) = world.enrollment(card.enrollment)? {
        let ended = Enrollment { ended_at: Some(ctx.now), ..enrollment.clone() };
        effects.changes.push(Change::Enrollment(ended));
    }
    effects.changes.push(Change::Card(Card { ended_at: Some(ctx.now), ..ended }));
    Ok(())
}

/// The card with nothing set aside: what was asked of it is asked no more.
pub(crate) fn without_holds(
    card: &Card,
    world: &World,
    ctx: &Ctx,
    effects: &mut Effects,
) -> Result<Card, Stop> {
    let mut free = card.clone();
    for hold in world.open_holds_of(card.id)? {
        free = freed(free, hold);
        effects.changes.push(Change::Hold(hold.closed(Outcome::Voided, ctx.now)));
        let asked = world.request(hold.request)?;
        effects.changes.extend(asked.map(|it| Change::Request(cancelled(it, ctx))));
    }
    Ok(free)
}

/// The request, taken back: whom it asked is not to be asked any more.
pub(crate) fn cancelled(request: &Request, ctx: &Ctx) -> Request {
    let status = RequestStatus::Cancelled;
    let mut closed = Request { status, closed_at: Some(ctx.now), ..request.clone() };
    closed.asked.address = None;
    closed
}

/// Ends everything between a person and a business; a pseudonym takes their place in its books.
pub(crate) fn part(
    handle: &BusinessCustomer,
    op: &Op,
    world: &World,
    ctx: &Ctx,
    effects: &mut Effects,
) -> Result<(), Stop> {
    let (user, business) = (handle.user, handle.business);
    for card in world.cards_of(business, user)? {
        end_card(card, op, world, ctx, effects)?;
    }
    let open = world.requests_of(business, user)?.filter(|it| it.closed_at.is_none());
    effects.changes.extend(open.map(|it| Change::Request(cancelled(it, ctx))));
    let here = |code: &&PrintedCode| code.issued_by.is_some_and(|(at, _)| at == business);
    let live = world.printed_codes_of(user)?.filter(here).filter(|it| it.revoked_at.is_none());
    effects.changes.extend(
        live.map(|it| Change::PrintedCode(PrintedCode { revoked_at: Some(ctx.now), ..it.clone() })),
    );
    let told = world.notices_about(handle.id)?.cloned();
    effects.changes.extend(told.map(Change::Unsaid));
    if handle.is_member() {
        let at = |id| Touched { scope: Scope::Business(business), entity: EntityKind::Key, id };
        effects.also_touched.extend(world.keys_of(user)?.map(|key| at(key.id.0)));
    }
    let derived = |what: &str| op.id.derive(&format!("{what}:{}", handle.id));
    effects.changes.extend([
        Change::BusinessCustomer(BusinessCustomer { ended_at: Some(ctx.now), ..handle.clone() }),
        Change::Parting(Parting {
            id: handle.id,
            business,
            user,
            stand_in: UserId(derived("stand_in")),
            stand_in_customer: CustomerId(derived("stand_in_customer")),
            at: ctx.now,
        }),
    ]);
    Ok(())
}
