//! What a scan or a look-up of a known person gives the business, and what it leaves behind.

use crate::op::{Ctx, Op, StaffActor, Stop};
use reda_domain::business::Business;
use reda_domain::card::Card;
use reda_domain::customer::BusinessCustomer;
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::notice::{Notice, NoticeKind, Reader};
use reda_domain::refusal::Refusal;
use reda_domain::request::{Request, RequestStatus};
use reda_domain::scan::{Scan, ScanKind};
use reda_domain::world::World;
use reda_domain::{HandleId, ScanId, Timestamp, UserId};
use reda_protocol::api::{CustomerFound, FoundCustomer, FoundEnrollment, FoundStatus};

/// What identifying a person needs.
pub(crate) fn needs(user: UserId) -> Needs {
    vec![
        Need::User(user),
        Need::HandlesOf(user),
        Need::CardsOf(user),
        Need::ProgramsOf(user),
        Need::RequestsOf(user),
    ]
}

/// An attempt's line in the log.
pub(crate) fn log(op: &Op, by: StaffActor, kind: ScanKind, ctx: &Ctx) -> Scan {
    Scan {
        id: ScanId::from(op.id),
        business: by.business,
        device: by.device,
        staff: Some(by.staff),
        kind,
        result: "not_enrolled",
        reason: None,
        user: None,
        handle: None,
        code: None,
        at: ctx.now,
    }
}

/// A refused attempt: nothing but the log.
pub(crate) fn refused(line: Scan, why: Refusal) -> Effects {
    let line = Scan { result: "refused", reason: Some(why.code()), ..line };
    Effects { changes: vec![Change::Scan(line)], refused: Some(why), ..Effects::default() }
}

/// The person, as far as the business may see them; makes its handle at the first meeting.
pub(crate) fn identified(
    op: &Op,
    by: StaffActor,
    user: UserId,
    line: Scan,
    world: &World,
    ctx: &Ctx,
) -> Result<Effects, Stop> {
    world.user(user)?.ok_or(Refusal::CustomerUnknown)?;
    let shop = world.business(by.business)?.ok_or(Refusal::BusinessUnknown)?;
    let known = world.handle_of(by.business, user)?.cloned();
    let made = known.is_none();
    let handle = known.unwrap_or_else(|| {
        let id = HandleId(op.id.derive("handle"));
        BusinessCustomer::stranger(id, by.business, user, ctx.now)
    });
    let found = found(&handle, shop, world, ctx.now)?;
    let result = match found.status {
        FoundStatus::Member => "member",
        FoundStatus::NotEnrolled => "not_enrolled",
        FoundStatus::Pending => "pending",
    };
    let line = Scan { result, user: Some(user), handle: Some(handle.id), ..line };
    let scanned = NoticeKind::QrScanned { shop: shop.name.clone() };
    let shown = match line.kind {
        ScanKind::Rotating | ScanKind::Printed | ScanKind::ShortCode => true,
        ScanKind::Unknown | ScanKind::Phone | ScanKind::Email | ScanKind::CardNumber => false,
    };
    let handle_row = made.then_some(Change::BusinessCustomer(handle));
    Ok(Effects {
        changes: std::iter::once(Change::Scan(line)).chain(handle_row).collect(),
        notices: shown
            .then_some(Notice { to: Reader::Person(user), kind: scanned })
            .into_iter()
            .collect(),
        answer: serde_json::to_value(found).expect("plain data"),
        ..Effects::default()
    })
}

fn found(
    handle: &BusinessCustomer,
    shop: &Business,
    world: &World,
    now: Timestamp,
) -> Result<CustomerFound, Stop> {
    let cards = world.cards_of(handle.business, handle.user)?;
    let enrollments: Vec<_> = cards.map(|it| enrollment(it, world)).collect::<Result<_, _>>()?;
    // A request by address says nothing about a person before its answer.
    let requests = || world.requests_of(handle.business, handle.user);
    let own = |request: &&Request| request.asked.handle == Some(handle.id);
    let pending = requests()?.filter(own).find(|request| request.is_open(now)).map(|it| it.id);
    let declined_until =
        requests()?.filter(own).filter_map(|it| declined_until(it, shop, now)).max();
    let status = match (enrollments.is_empty(), pending) {
        (false, _) => FoundStatus::Member,
        (true, Some(_)) => FoundStatus::Pending,
        (true, None) => FoundStatus::NotEnrolled,
    };
    Ok(CustomerFound {
        status,
        // The name is filled in whenever this is answered.
        customer: Some(FoundCustomer { id: handle.id, display_name: String::new() }),
        enrollments,
        ask: None,
        request: pending,
        declined_until,
    })
}

fn enrollment(card: &Card, world: &World) -> Result<FoundEnrollment, Stop> {
    let program = world.program(card.program)?.ok_or(Refusal::ProgramUnknown)?;
    Ok(FoundEnrollment {
        program: card.program,
        card: card.id,
        balance: card.balance,
        available: card.available(),
        tier: program.tier_of(card.earned).map(|tier| tier.name.clone()),
    })
}

/// Until when someone who said no is not to be asked again; `None` where that is over.
pub fn declined_until(request: &Request, shop: &Business, now: Timestamp) -> Option<Timestamp> {
    let closed_at = request.closed_at.filter(|_| request.status == RequestStatus::Declined)?;
    Some(closed_at.plus_ms(shop.settings.ask_again_ms())).filter(|until| now < *until)
}
