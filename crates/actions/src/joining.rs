//! What joining makes: the customer, the shop's handle, enrolment and card, and the points that
//! waited. Decides nothing: whether there was a yes is the answer's matter.

use crate::award_points::post;
use crate::op::{Ctx, Op, Stop};
use reda_domain::card::{Card, EntryKind, card_number};
use reda_domain::customer::{BusinessCustomer, Customer, Enrollment};
use reda_domain::effects::{Change, Effects};
use reda_domain::points::Points;
use reda_domain::program::Program;
use reda_domain::refusal::Refusal;
use reda_domain::request::{Request, WaitingAward};
use reda_domain::user::User;
use reda_domain::world::World;
use reda_domain::{CardId, CustomerId, EnrollmentId, EntryId, HandleId};

/// Who turns out to have awarded points to themselves, through a request to their own address,
/// does not get them (SPEC 3a, attack 5).
pub(crate) fn without_own_awards(
    request: &Request,
    user: &User,
    world: &World,
) -> Result<Request, Stop> {
    let own: Vec<_> = world
        .staff_of(request.business)?
        .filter(|staff| staff.user == user.id)
        .map(|staff| staff.id)
        .collect();
    let mut kept = request.clone();
    kept.waiting.retain(|award| award.staff.is_none_or(|staff| !own.contains(&staff)));
    Ok(kept)
}

/// The person as the platform's customer; made at their first acceptance anywhere.
pub(crate) fn customer(
    op: &Op,
    user: &User,
    world: &World,
    ctx: &Ctx,
    effects: &mut Effects,
) -> Result<Customer, Stop> {
    if let Some(customer) = world.customer_of(user.id)? {
        return Ok(customer.clone());
    }
    let id = CustomerId(op.id.derive("customer"));
    let customer = Customer { id, user: user.id, created_at: ctx.now };
    effects.changes.push(Change::Customer(customer.clone()));
    Ok(customer)
}

/// The business's handle for the person, as that of a member.
pub(crate) fn joined(
    op: &Op,
    user: &User,
    request: &Request,
    customer: CustomerId,
    world: &World,
    ctx: &Ctx,
) -> Result<BusinessCustomer, Stop> {
    let known = world.handle_of(request.business, user.id)?.cloned();
    let mut handle = known.unwrap_or_else(|| {
        let id = HandleId(op.id.derive("handle"));
        BusinessCustomer::stranger(id, request.business, user.id, ctx.now)
    });
    handle.customer = Some(customer);
    handle.joined_at.get_or_insert(ctx.now);
    Ok(handle)
}

pub(crate) fn new_card(
    op: &Op,
    handle: &BusinessCustomer,
    customer: CustomerId,
    program: &Program,
    ctx: &Ctx,
    effects: &mut Effects,
) -> Card {
    let enrollment = Enrollment {
        id: EnrollmentId(op.id.derive("enrollment")),
        business: program.business,
        program: program.id,
        customer,
        handle: handle.id,
        joined_at: ctx.now,
        ended_at: None,
    };
    let card = Card {
        id: CardId(op.id.derive("card")),
        business: program.business,
        program: program.id,
        enrollment: enrollment.id,
        handle: handle.id,
        user: handle.user,
        number: card_number(&ctx.random),
        balance: Points(0),
        held: Points(0),
        earned: Points(0),
        entries: 0,
        created_at: ctx.now,
        ended_at: None,
    };
    effects.changes.push(Change::Enrollment(enrollment));
    card
}

/// Posts the welcome bonus of a new card, then the awards that waited, in the order of asking.
#[expect(clippy::too_many_arguments, reason = "one step of a single transaction")]
pub(crate) fn post_waiting(
    op: &Op,
    mut card: Card,
    program: &Program,
    request: &Request,
    handle: &mut BusinessCustomer,
    is_new: bool,
    ctx: &Ctx,
    effects: &mut Effects,
) -> Result<Card, Refusal> {
    if is_new && program.welcome_bonus > Points(0) {
        let bonus = WaitingAward {
            id: EntryId(op.id.derive("welcome_bonus")),
            n: 0,
            points: program.welcome_bonus,
            amount: None,
            sale: None,
            staff: None,
            device: None,
            at: ctx.now,
        };
        let (with_bonus, entry) = post(&card, &bonus, EntryKind::Bonus, op, ctx)?;
        card = with_bonus;
        effects.changes.push(Change::Entry(entry));
    }
    for award in &request.waiting {
        let (with_award, entry) = post(&card, award, EntryKind::Earn, op, ctx)?;
        card = with_award;
        handle.visited(award.amount.unwrap_or(0), ctx.now);
        effects.changes.push(Change::Entry(entry));
    }
    Ok(card)
}
