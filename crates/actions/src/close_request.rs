//! Requests that end without an answer: taken back, or run out. Both are final, told to both
//! sides, and leave nothing of the person with the business.

use crate::answering::needs_about;
use crate::ask_enrollment::own_request;
use crate::deduction::released;
use crate::op::{Actor, Ctx, Op, Stop, Verb};
use crate::profiles::{self, forgotten};
use crate::resend_request::{closed, concerned};
use reda_domain::RequestId;
use reda_domain::business::{Business, Role, Staff};
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::notice::{Notice, NoticeKind, Reader};
use reda_domain::permission::Action;
use reda_domain::program::Program;
use reda_domain::refusal::Refusal;
use reda_domain::request::{Request, RequestKind, RequestStatus};
use reda_domain::scope::Scope;
use reda_domain::world::{NotLoaded, World};
use serde_json::json;

/// A cashier takes a pending request back; awards that waited on it are dropped.
#[derive(Clone, Debug)]
pub struct CancelRequest {
    pub request: RequestId,
}

/// The server closes a request whose time is over.
#[derive(Clone, Debug)]
pub struct ExpireRequest {
    pub request: RequestId,
}

impl Verb for CancelRequest {
    fn needs(&self, _op: &Op) -> Needs {
        vec![Need::Request(self.request)]
    }

    fn needs_then(&self, _op: &Op, world: &World) -> Result<Needs, NotLoaded> {
        told(self.request, world)
    }

    fn concerns(&self, _op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        ending(self.request, world)
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let by = op.staff_may(Action::AskCustomer)?;
        let request = own_request(self.request, by, world)?;
        if let Some(why) = closed(request, ctx.now) {
            return Err(why.into());
        }
        let mut effects = unanswered(request, RequestStatus::Cancelled, world, ctx)?;
        // Whoever takes it back knows.
        effects.notices.retain(|notice| notice.to.user() != by.user);
        Ok(effects)
    }
}

impl Verb for ExpireRequest {
    fn needs(&self, _op: &Op) -> Needs {
        vec![Need::Request(self.request)]
    }

    fn needs_then(&self, _op: &Op, world: &World) -> Result<Needs, NotLoaded> {
        told(self.request, world)
    }

    fn concerns(&self, _op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        let business = world.request(self.request)?.map(|it| Scope::Business(it.business));
        Ok(business.into_iter().chain(ending(self.request, world)?).collect())
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        if op.actor != Actor::Server {
            return Err(Refusal::NotAllowed.into());
        }
        let request = world.request(self.request)?.ok_or(Refusal::RequestUnknown)?;
        if request.status != RequestStatus::Pending || request.is_open(ctx.now) {
            return Ok(Effects::default());
        }
        unanswered(request, RequestStatus::Expired, world, ctx)
    }
}

fn told(id: RequestId, world: &World) -> Result<Needs, NotLoaded> {
    let of = |request: &Request| {
        let asked = request.asked.user.into_iter();
        let asked = asked.flat_map(|user| [Need::User(user), Need::HandlesOf(user)]);
        needs_about(request).into_iter().chain(asked).collect()
    };
    Ok(world.request(id)?.map_or(vec![], of))
}

/// Whose feeds the end of a request touches, besides the asker's.
fn ending(id: RequestId, world: &World) -> Result<Vec<Scope>, NotLoaded> {
    let noted = world.request(id)?.map(|it| profiles::concerned(it, world)).transpose()?;
    Ok(concerned(id, world)?.into_iter().chain(noted.unwrap_or_default()).collect())
}

/// The request as it is without an answer, and who is told.
fn unanswered(
    request: &Request,
    status: RequestStatus,
    world: &World,
    ctx: &Ctx,
) -> Result<Effects, Stop> {
    let closed = request.closed(status, ctx.now);
    let changes = released(request, world, ctx)?.into_iter().chain(forgotten(request, world)?);
    Ok(Effects {
        answer: json!({ "request": closed.id }),
        notices: notices(request, status, world)?,
        changes: changes.chain([Change::Request(closed)]).collect(),
        ..Effects::default()
    })
}

fn notices(request: &Request, status: RequestStatus, world: &World) -> Result<Vec<Notice>, Stop> {
    let shop = world.business(request.business)?.ok_or(Refusal::BusinessUnknown)?;
    let program = world.program(request.program)?.ok_or(Refusal::ProgramUnknown)?;
    let (to_person, to_shop) = match request.kind {
        RequestKind::Enrollment => joining(request, status, shop, program),
        RequestKind::PointsDeduction => deducting(request, status, shop),
    };
    let person = request.asked.user.map(Reader::Person);
    let person = person.map(|to| Notice { to, kind: to_person });
    Ok(person.into_iter().chain(to_staff(request, &to_shop, world)?).collect())
}

/// What the person and the staff are told of a question about joining.
fn joining(
    request: &Request,
    status: RequestStatus,
    shop: &Business,
    program: &Program,
) -> (NoticeKind, NoticeKind) {
    let (shop, program) = (shop.name.clone(), program.name.clone());
    let (id, points) = (request.id, request.waiting_points());
    match status {
        RequestStatus::Cancelled => (
            NoticeKind::RequestCancelled { shop, program: program.clone(), request: id },
            NoticeKind::EnrollmentCancelled { program, points, request: id },
        ),
        RequestStatus::Expired
        | RequestStatus::Pending
        | RequestStatus::Accepted
        | RequestStatus::Declined => (
            NoticeKind::RequestExpired { shop, program: program.clone(), request: id },
            NoticeKind::EnrollmentExpired { program, points, request: id },
        ),
    }
}

/// What the person and the staff are told of a question about points.
fn deducting(
    request: &Request,
    status: RequestStatus,
    shop: &Business,
) -> (NoticeKind, NoticeKind) {
    let (id, points, shop) = (request.id, request.deducts(), shop.name.clone());
    let to_person = NoticeKind::PointsRequestClosed { shop, points, request: id };
    let to_shop = match status {
        RequestStatus::Cancelled => NoticeKind::PointsRequestCancelled { points, request: id },
        RequestStatus::Expired
        | RequestStatus::Pending
        | RequestStatus::Accepted
        | RequestStatus::Declined => NoticeKind::PointsRequestExpired { points, request: id },
    };
    (to_person, to_shop)
}

/// Whoever asked, and those who answer for the shop.
pub(crate) fn to_staff(
    request: &Request,
    kind: &NoticeKind,
    world: &World,
) -> Result<Vec<Notice>, Stop> {
    let concerned = |staff: &&Staff| {
        Some(staff.id) == request.staff || matches!(staff.role, Role::Manager | Role::Owner)
    };
    let notice = |staff: &Staff| Notice {
        to: Reader::Staff { business: staff.business, staff: staff.id, user: staff.user },
        kind: kind.clone(),
    };
    Ok(world.staff_of(request.business)?.filter(concerned).map(notice).collect())
}
