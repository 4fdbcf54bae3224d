//! A person answers a request. Accepting makes all that membership is, once, or nothing.

use crate::award_points::{points_added, post};
use crate::op::{Ctx, Op, Stop, Verb};
use crate::register_key::shown_to;
use crate::resend_request::closed;
use reda_domain::business::{Role, Staff};
use reda_domain::card::{Card, EntryKind, card_number};
use reda_domain::consent::{AnswerChannel, Consent};
use reda_domain::customer::{BusinessCustomer, Customer, Enrollment};
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::notice::{Notice, NoticeKind, Reader};
use reda_domain::points::Points;
use reda_domain::program::{Program, ProgramStatus};
use reda_domain::refusal::Refusal;
use reda_domain::request::{Request, RequestAnswer, RequestStatus, WORDING_VERSION, WaitingAward};
use reda_domain::scope::Scope;
use reda_domain::user::User;
use reda_domain::world::{NotLoaded, World};
use reda_domain::{
    CardId, ConsentId, CustomerId, EnrollmentId, EntryId, HandleId, KeyId, RequestId,
};
use serde_json::json;

/// A signature that came with the answer; whether it is the key's was found before the lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedSignature {
    pub key: KeyId,
    pub value: String,
    pub valid: bool,
}

/// Answers a request as the person it asks.
#[derive(Clone, Debug)]
pub struct AnswerRequest {
    pub request: RequestId,
    pub answer: RequestAnswer,
    pub signature: Option<CheckedSignature>,
}

impl Verb for AnswerRequest {
    fn needs(&self, op: &Op) -> Needs {
        let of = |user| {
            vec![
                Need::User(user),
                Need::HandlesOf(user),
                Need::CardsOf(user),
                Need::CustomerOf(user),
                Need::KeysOf(user),
            ]
        };
        [vec![Need::Request(self.request)], op.person().map_or(vec![], of)].concat()
    }

    fn needs_then(&self, _op: &Op, world: &World) -> Result<Needs, NotLoaded> {
        let of = |request: &Request| {
            vec![
                Need::Business(request.business),
                Need::StaffOf(request.business),
                Need::Program(request.program),
            ]
        };
        Ok(world.request(self.request)?.map_or(vec![], of))
    }

    fn concerns(&self, _op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        let request = world.request(self.request)?;
        Ok(request.map(|it| Scope::Business(it.business)).into_iter().collect())
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let user = world.user(op.person()?)?.ok_or(Refusal::CustomerUnknown)?;
        let request = asked_of(self.request, user, world)?;
        if let Some(why) = closed(request, ctx.now) {
            return self.answered_before(request, why);
        }
        self.check_signature(user, world)?;
        match self.answer {
            RequestAnswer::Accept => self.accept(op, user, request, world, ctx),
            RequestAnswer::Decline => self.decline(op, user, request, world, ctx),
        }
    }
}

/// The request, if it asks this person: by name, or by an address that they have proven.
fn asked_of<'w>(id: RequestId, user: &User, world: &'w World) -> Result<&'w Request, Stop> {
    let asks = |request: &&Request| match (&request.asked.user, &request.asked.address) {
        (Some(asked), _) => *asked == user.id,
        (None, Some(address)) => user.owns(address),
        (None, None) => false,
    };
    world.request(id)?.filter(asks).ok_or_else(|| Refusal::RequestUnknown.into())
}

impl AnswerRequest {
    /// Answering again the same way gives the same; the other way is refused.
    fn answered_before(&self, request: &Request, why: Refusal) -> Result<Effects, Stop> {
        match why {
            Refusal::AlreadyAnswered { answer } if answer == self.answer => {
                Ok(Effects { answer: answer_data(request), ..Effects::default() })
            }
            other => Err(other.into()),
        }
    }

    fn check_signature(&self, user: &User, world: &World) -> Result<(), Stop> {
        let Some(signature) = &self.signature else {
            return Ok(());
        };
        let mut live = world.keys_of(user.id)?.filter(|key| key.revoked_at.is_none());
        if signature.valid && live.any(|key| key.id == signature.key) {
            Ok(())
        } else {
            Err(Refusal::SignatureInvalid.into())
        }
    }

    fn accept(
        &self,
        op: &Op,
        user: &User,
        request: &Request,
        world: &World,
        ctx: &Ctx,
    ) -> Result<Effects, Stop> {
        let shop = world.business(request.business)?.ok_or(Refusal::BusinessUnknown)?;
        let program = world.program(request.program)?.ok_or(Refusal::ProgramUnknown)?;
        if program.status == ProgramStatus::Ended {
            return Err(Refusal::ProgramNotActive { status: program.status }.into());
        }
        let mut effects = Effects::default();
        let customer = customer(op, user, world, ctx, &mut effects)?;
        let was_member =
            world.handle_of(request.business, user.id)?.is_some_and(|handle| handle.is_member());
        let mut handle = joined(op, user, request, customer.id, world, ctx)?;
        let mut own = world.cards_of(request.business, user.id)?;
        let card = match own.find(|card| card.program == program.id) {
            Some(card) => card.clone(),
            None => new_card(op, &handle, customer.id, program, ctx, &mut effects),
        };
        let is_new = effects.changes.iter().any(|it| matches!(it, Change::Enrollment(_)));
        let kept = without_own_awards(request, user, world)?;
        let card = post_waiting(op, card, program, &kept, &mut handle, is_new, ctx, &mut effects)?;
        let closed = self.close(kept, Some(card.id), user, ctx);
        effects.answer = answer_data(&closed);
        self.tell(&shop.name, program, user, &handle, &closed, &card, world, &mut effects)?;
        if !was_member {
            let keys = world.keys_of(user.id)?;
            effects.also_touched.extend(keys.filter_map(|key| shown_to(&handle, key.id)));
        }
        effects.changes.extend([
            Change::BusinessCustomer(handle),
            Change::Card(card),
            Change::Consent(self.consent(op, user, request, ctx)),
            Change::Request(closed),
        ]);
        Ok(effects)
    }

    fn decline(
        &self,
        op: &Op,
        user: &User,
        request: &Request,
        world: &World,
        ctx: &Ctx,
    ) -> Result<Effects, Stop> {
        let program = world.program(request.program)?.ok_or(Refusal::ProgramUnknown)?;
        let closed = self.close(request.clone(), None, user, ctx);
        let kind = NoticeKind::EnrollmentDeclined {
            program: program.name.clone(),
            points: request.waiting_points(),
            request: request.id,
        };
        Ok(Effects {
            answer: answer_data(&closed),
            notices: to_staff(request, &kind, world)?,
            changes: vec![
                Change::Consent(self.consent(op, user, request, ctx)),
                Change::Request(closed),
            ],
            ..Effects::default()
        })
    }

    fn close(&self, mut closed: Request, card: Option<CardId>, user: &User, ctx: &Ctx) -> Request {
        closed.asked.user = Some(user.id);
        closed.status = match self.answer {
            RequestAnswer::Accept => RequestStatus::Accepted,
            RequestAnswer::Decline => RequestStatus::Declined,
        };
        closed.seen_at.get_or_insert(ctx.now);
        closed.closed_at = Some(ctx.now);
        closed.card = card;
        closed
    }

    fn consent(&self, op: &Op, user: &User, request: &Request, ctx: &Ctx) -> Consent {
        Consent {
            id: ConsentId(op.id.derive("consent")),
            request: request.id,
            business: request.business,
            program: request.program,
            user: user.id,
            answer: self.answer,
            channel: AnswerChannel::App,
            wording: WORDING_VERSION.to_owned(),
            language: user.language,
            key: self.signature.as_ref().map(|signature| signature.key),
            signature: self.signature.as_ref().map(|signature| signature.value.clone()),
            at: ctx.now,
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the facts of two messages, gathered once")]
    fn tell(
        &self,
        shop: &str,
        program: &Program,
        user: &User,
        handle: &BusinessCustomer,
        request: &Request,
        card: &Card,
        world: &World,
        effects: &mut Effects,
    ) -> Result<(), Stop> {
        let created = NoticeKind::CardCreated {
            shop: shop.to_owned(),
            program: program.name.clone(),
            card: card.id,
        };
        effects.notices.push(Notice { to: Reader::Person(user.id), kind: created });
        let posted = request.waiting_points();
        if posted > Points(0) {
            effects.notices.push(points_added(card, posted, shop));
        }
        let accepted = NoticeKind::EnrollmentAccepted {
            person: user.display_name(),
            program: program.name.clone(),
            points: posted,
            request: request.id,
            handle: handle.id,
        };
        effects.notices.extend(to_staff(request, &accepted, world)?);
        Ok(())
    }
}

/// Who turns out to have awarded points to themselves, through a request to their own address,
/// does not get them (SPEC 3a, attack 5).
fn without_own_awards(request: &Request, user: &User, world: &World) -> Result<Request, Stop> {
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
fn customer(
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
fn joined(
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

fn new_card(
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
        entries: 0,
        created_at: ctx.now,
        ended_at: None,
    };
    effects.changes.push(Change::Enrollment(enrollment));
    card
}

/// Posts the welcome bonus of a new card, then the awards that waited, in the order of asking.
#[expect(clippy::too_many_arguments, reason = "one step of a single transaction")]
fn post_waiting(
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

/// Whoever asked, and those who answer for the shop.
fn to_staff(request: &Request, kind: &NoticeKind, world: &World) -> Result<Vec<Notice>, Stop> {
    let concerned = |staff: &&Staff| {
        Some(staff.id) == request.staff || matches!(staff.role, Role::Manager | Role::Owner)
    };
    let notice = |staff: &Staff| Notice {
        to: Reader::Staff { business: staff.business, staff: staff.id, user: staff.user },
        kind: kind.clone(),
    };
    Ok(world.staff_of(request.business)?.filter(concerned).map(notice).collect())
}

fn answer_data(request: &Request) -> serde_json::Value {
    json!({ "request": request.id, "card": request.card })
}
