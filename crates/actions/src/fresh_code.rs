//! A yes about points by the code that the customer's page has now, shown to the till (SPEC PT-5). It
//! proves the key as a signature does, but not what it was shown for: so the business has to allow
//! it, each code counts once, and only so many points go that way.

use crate::answering::Given;
use crate::identify::refused;
use crate::op::{Ctx, Op, StaffActor, Stop};
use crate::scan::{CodeRead, Scan};
use reda_domain::business::Business;
use reda_domain::consent::AnswerChannel;
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::points::Points;
use reda_domain::refusal::Refusal;
use reda_domain::request::{Request, RequestAnswer, RequestKind};
use reda_domain::scan::{CODE_USES_COUNT_MS, CodeUse, Scan as Line};
use reda_domain::settings::Evidence;
use reda_domain::user::{CustomerKey, User};
use reda_domain::world::{NotLoaded, World};
use reda_domain::{CardId, KeyId};

/// What the code itself needs.
pub(crate) fn needs(shown: &Scan) -> Needs {
    let times = match shown.read {
        CodeRead::Rotating { key, step } => {
            vec![Need::CodeUse(key, step), Need::CodeSeen(key, step)]
        }
        CodeRead::Printed(_) | CodeRead::Refused { .. } => vec![],
    };
    [shown.read_needs(), times].concat()
}

/// What the request needs whose points it approves.
pub(crate) fn needs_then(request: Option<&Request>) -> Option<Need> {
    request.and_then(|request| request.card).map(Need::CodeUsesOf)
}

/// Approves an open request by what was shown. Every showing is logged, as other scans are.
pub(crate) fn approve(
    shown: &Scan,
    op: &Op,
    by: StaffActor,
    request: &Request,
    world: &World,
    ctx: &Ctx,
) -> Result<Effects, Stop> {
    let line = shown.line(op, by, world, ctx)?;
    match approved(shown, op, by, request, world, ctx) {
        Ok(mut effects) => {
            let line = Line { result: "member", handle: request.asked.handle, ..line };
            effects.changes.push(Change::Scan(line));
            Ok(effects)
        }
        Err(Stop::Refused(why)) => Ok(refused(line, why)),
        Err(other) => Err(other),
    }
}

fn approved(
    shown: &Scan,
    op: &Op,
    by: StaffActor,
    request: &Request,
    world: &World,
    ctx: &Ctx,
) -> Result<Effects, Stop> {
    let (RequestKind::PointsDeduction, Some(card)) = (request.kind, request.card) else {
        // Joining is agreed to by the digits that were sent, or on a page.
        return Err(Refusal::AnswerCodeWrong.into());
    };
    let shop = world.business(by.business)?.ok_or(Refusal::BusinessUnknown)?;
    if !shop.settings.approval_evidence.contains(&Evidence::FreshCode) {
        return Err(Refusal::EvidenceNotAllowed.into());
    }
    let whose = shown.shown_by(world)??;
    let CodeRead::Rotating { key, step } = shown.read else {
        return Err(Refusal::EvidenceNotAllowed.into());
    };
    if request.asked.user != Some(whose) {
        return Err(Refusal::CodeNotTheirs.into());
    }
    let user = world.user(whose)?.ok_or(Refusal::CustomerUnknown)?;
    is_old_enough(key, user, world, ctx)?;
    is_unused(key, step, by, world)?;
    is_within_limits(request, card, shop, world, ctx)?;
    let (answer, channel) = (RequestAnswer::Accept, AnswerChannel::Code);
    let given = Given { answer, channel, language: None, by: Some(by), signed: None };
    let mut effects = given.settle(op, user, request, world, ctx)?;
    effects.changes.push(Change::CodeUse(CodeUse {
        id: op.id,
        key,
        step,
        business: by.business,
        request: request.id,
        card,
        points: request.deducts(),
        at: ctx.now,
    }));
    Ok(effects)
}

/// The rule of signatures, so that a thief's new key approves nothing by codes either.
fn is_old_enough(id: KeyId, user: &User, world: &World, ctx: &Ctx) -> Result<(), Stop> {
    let keys: Vec<&CustomerKey> = world.keys_of(user.id)?.collect();
    let key = keys.iter().find(|key| key.id == id).ok_or(Refusal::CodeUnknown)?;
    let until = key.approves_from(keys.iter().copied());
    if ctx.now < until {
        return Err(Refusal::KeyTooNew { until }.into());
    }
    Ok(())
}

/// Whether the code approved nothing yet, and was shown nowhere else: whoever sees it in one shop
/// cannot spend by it in another.
fn is_unused(key: KeyId, step: u32, by: StaffActor, world: &World) -> Result<(), Stop> {
    let elsewhere = world.code_seen(key, step)?.into_iter().any(|shop| shop != by.business);
    if elsewhere || world.code_use(key, step)?.is_some() {
        return Err(Refusal::CodeUsed.into());
    }
    Ok(())
}

fn is_within_limits(
    request: &Request,
    card: CardId,
    shop: &Business,
    world: &World,
    ctx: &Ctx,
) -> Result<(), Stop> {
    let max = left_today(card, shop, world, ctx)?.min(shop.settings.fresh_code_points);
    if request.deducts() > max {
        return Err(Refusal::CodeLimit { max }.into());
    }
    Ok(())
}

/// What codes may still approve on a card.
fn left_today(
    card: CardId,
    shop: &Business,
    world: &World,
    ctx: &Ctx,
) -> Result<Points, NotLoaded> {
    let from = ctx.now.plus_ms(-CODE_USES_COUNT_MS);
    let lately = world.code_uses_of(card)?.filter(|it| it.at > from);
    let spent: i64 = lately.map(|it| it.points.0).sum();
    Ok(Points((shop.settings.fresh_code_points_day.0 - spent).max(0)))
}
