//! A cashier asks a customer to join a programme.

use crate::identify::declined_until;
use crate::op::{Ctx, Op, StaffActor, Stop, Verb};
use reda_domain::address::{Address, AddressHash};
use reda_domain::business::Business;
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::notice::{Notice, NoticeKind, Reader};
use reda_domain::permission::Action;
use reda_domain::program::{Program, ProgramStatus};
use reda_domain::refusal::Refusal;
use reda_domain::request::{Asked, COUNTER_WAIT_MS, Request, RequestKind, RequestStatus};
use reda_domain::scope::Scope;
use reda_domain::user::User;
use reda_domain::world::{NotLoaded, World};
use reda_domain::{HandleId, ProgramId, RequestId, UserId};
use serde_json::json;

/// Whom to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    /// A person met before, by the business's handle. Of one whom the business wrote down itself it
    /// comes with what is kept of the address, so that a no counts however they are asked again.
    Handle(HandleId, Option<AddressHash>),
    /// Whoever owns the address; the business learns nothing of them before the answer.
    Address(Address, AddressHash),
}

/// Puts the question, once: while one is pending, asking again gives the pending one (SPEC CU-4).
#[derive(Clone, Debug)]
pub struct AskEnrollment {
    pub whom: Whom,
    pub program: ProgramId,
}

impl AskEnrollment {
    fn person(&self, op: &Op, world: &World) -> Result<Option<UserId>, NotLoaded> {
        let Ok(by) = op.staff_may(Action::AskCustomer) else {
            return Ok(None);
        };
        Ok(match &self.whom {
            Whom::Handle(id, _) => {
                let own = world.handle(*id)?.filter(|handle| handle.business == by.business);
                own.map(|handle| handle.user)
            }
            Whom::Address(address, _) => world.user_at(address)?.map(|user| user.id),
        })
    }

    /// The person whom the business itself wrote down with the address.
    fn written_down(&self, by: StaffActor, world: &World) -> Result<Option<UserId>, NotLoaded> {
        match &self.whom {
            Whom::Address(address, _) => {
                Ok(world.profile_of(by.business, address)?.map(|(profile, _)| profile.id))
            }
            Whom::Handle(..) => Ok(None),
        }
    }

    /// The business's earlier requests for this programme that it may know of: those it put the
    /// same way. One by address must not tell what the person answered under a handle.
    fn earlier<'a>(
        &'a self,
        by: StaffActor,
        person: Option<UserId>,
        world: &'a World,
    ) -> Result<Vec<&'a Request>, NotLoaded> {
        let same = |request: &&Request| request.program == self.program;
        Ok(match (&self.whom, person) {
            (Whom::Address(_, hash), _) => {
                world.requests_to(by.business, hash)?.filter(same).collect()
            }
            (Whom::Handle(id, hash), Some(user)) => {
                let own = |it: &&Request| it.asked.handle == Some(*id);
                let mut all: Vec<&Request> =
                    world.requests_of(by.business, user)?.filter(same).filter(own).collect();
                if let Some(hash) = hash {
                    let further = world.requests_to(by.business, hash)?.filter(same);
                    all.extend(further.filter(|it| it.asked.handle != Some(*id)));
                }
                all
            }
            (Whom::Handle(..), None) => vec![],
        })
    }

    /// Whether a request by address reaches the person's own page: not if they have one open from
    /// this business already, or said no lately, neither of which the business may learn here.
    fn reaches(
        &self,
        by: StaffActor,
        user: UserId,
        world: &World,
        ctx: &Ctx,
    ) -> Result<bool, NotLoaded> {
        let Some(shop) = world.business(by.business)? else {
            return Ok(false);
        };
        let mut same =
            world.requests_of(by.business, user)?.filter(|it| it.program == self.program);
        Ok(!same.any(|it| it.is_open(ctx.now) || declined_until(it, shop, ctx.now).is_some()))
    }
}

impl Verb for AskEnrollment {
    fn needs(&self, _op: &Op) -> Needs {
        let whom = match &self.whom {
            Whom::Handle(id, hash) => {
                let to = hash.clone().map(Need::RequestsTo);
                std::iter::once(Need::Handle(*id)).chain(to).collect()
            }
            Whom::Address(address, hash) => vec![
                Need::UserAt(address.clone()),
                Need::ProfilesAt(address.clone()),
                Need::RequestsTo(hash.clone()),
            ],
        };
        [vec![Need::Program(self.program)], whom].concat()
    }

    fn needs_then(&self, op: &Op, world: &World) -> Result<Needs, NotLoaded> {
        let of = |user| {
            vec![
                Need::User(user),
                Need::HandlesOf(user),
                Need::CardsOf(user),
                Need::RequestsOf(user),
            ]
        };
        let written: Vec<UserId> = match &self.whom {
            Whom::Address(address, _) => {
                world.profiles_at(address)?.map(|profile| profile.id).collect()
            }
            Whom::Handle(..) => vec![],
        };
        Ok(self.person(op, world)?.into_iter().chain(written).flat_map(of).collect())
    }

    fn concerns(&self, op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        Ok(self.person(op, world)?.map(Scope::User).into_iter().collect())
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let by = op.staff_may(Action::AskCustomer)?;
        let program = own_program(self.program, by, world)?;
        if program.status != ProgramStatus::Active {
            return Err(Refusal::ProgramNotActive { status: program.status }.into());
        }
        let shop = world.business(by.business)?.ok_or(Refusal::BusinessUnknown)?;
        let person = self.person(op, world)?;
        if let (Whom::Handle(..), None) = (&self.whom, person) {
            return Err(Refusal::CustomerUnknown.into());
        }
        for user in person.into_iter().chain(self.written_down(by, world)?) {
            let mut cards = world.cards_of(by.business, user)?;
            if let Some(card) = cards.find(|card| card.program == self.program) {
                return Err(Refusal::AlreadyMember { card: card.id }.into());
            }
        }
        let earlier = self.earlier(by, person, world)?;
        if let Some(pending) = earlier.iter().find(|request| request.is_open(ctx.now)) {
            let answer = json!({ "request": pending.id });
            return Ok(Effects { answer, ..Effects::default() });
        }
        if let Some(until) = earlier.iter().filter_map(|it| declined_until(it, shop, ctx.now)).max()
        {
            return Err(Refusal::DeclinedRecently { until }.into());
        }
        let user = match (&self.whom, person) {
            (Whom::Address(..), Some(user)) if !self.reaches(by, user, world, ctx)? => None,
            (Whom::Address(..) | Whom::Handle(..), person) => person,
        };
        let mut effects = put(self.request(op, by, user, shop, world, ctx)?, program, world)?;
        effects.changes.extend(run_out(&earlier, ctx));
        Ok(effects)
    }
}

/// Of a handle's requests one may be pending: those that ran out are closed to make room.
fn run_out<'a>(earlier: &'a [&Request], ctx: &Ctx) -> impl Iterator<Item = Change> + 'a {
    let now = ctx.now;
    let ran_out = move |it: &&&Request| {
        it.status == RequestStatus::Pending && !it.is_open(now) && it.asked.handle.is_some()
    };
    earlier
        .iter()
        .filter(ran_out)
        .map(move |it| Change::Request(it.closed(RequestStatus::Expired, now)))
}

impl AskEnrollment {
    fn request(
        &self,
        op: &Op,
        by: StaffActor,
        user: Option<UserId>,
        shop: &Business,
        world: &World,
        ctx: &Ctx,
    ) -> Result<Request, NotLoaded> {
        let (handle, address, hash) = match &self.whom {
            Whom::Handle(id, hash) => {
                let person = user.map(|user| world.user(user)).transpose()?.flatten();
                // Whom the shop wrote down is asked at the address that it wrote down.
                let address = person.and_then(User::profile_address);
                let hash = hash.clone().filter(|_| address.is_some());
                (Some(*id), address, hash)
            }
            Whom::Address(address, hash) => (None, Some(address.clone()), Some(hash.clone())),
        };
        Ok(Request {
            id: RequestId::from(op.id),
            kind: RequestKind::Enrollment,
            status: RequestStatus::Pending,
            business: by.business,
            program: self.program,
            asked: Asked { user, handle, address, hash },
            staff: Some(by.staff),
            device: by.device,
            asked_at: ctx.now,
            expires_at: ctx.now.plus_ms(shop.settings.request_ms()),
            counter_until: ctx.now.plus_ms(COUNTER_WAIT_MS),
            sent_at: ctx.now,
            seen_at: None,
            closed_at: None,
            card: None,
            deduction: None,
            waiting: vec![],
        })
    }
}

/// Stores the question and tells the person.
pub(crate) fn put(request: Request, program: &Program, world: &World) -> Result<Effects, Stop> {
    let shop = world.business(request.business)?.ok_or(Refusal::BusinessUnknown)?;
    let notice = request.asked.user.map(|user| Notice {
        to: Reader::Person(user),
        kind: NoticeKind::EnrollmentRequest {
            shop: shop.name.clone(),
            program: program.name.clone(),
            request: request.id,
        },
    });
    Ok(Effects {
        answer: json!({ "request": request.id }),
        notices: notice.into_iter().collect(),
        changes: vec![Change::Request(request)],
        ..Effects::default()
    })
}

/// A programme of the asker's business.
pub(crate) fn own_program(id: ProgramId, by: StaffActor, world: &World) -> Result<&Program, Stop> {
    let own = world.program(id)?.filter(|program| program.business == by.business);
    own.ok_or_else(|| Refusal::ProgramUnknown.into())
}

/// A request of the asker's business.
pub(crate) fn own_request(id: RequestId, by: StaffActor, world: &World) -> Result<&Request, Stop> {
    let own = world.request(id)?.filter(|request| request.business == by.business);
    own.ok_or_else(|| Refusal::RequestUnknown.into())
}
