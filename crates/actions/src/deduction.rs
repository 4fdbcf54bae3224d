//! What becomes of points that were asked for: a yes spends them, all else sets them free.

use crate::answering::{Given, answer_data};
use crate::close_request::to_staff;
use crate::op::{Ctx, Op, Stop};
use reda_domain::EntryId;
use reda_domain::business::Business;
use reda_domain::card::{Card, EntryKind, NewEntry};
use reda_domain::consent::AnswerChannel;
use reda_domain::effects::{Change, Effects};
use reda_domain::hold::{Hold, Outcome};
use reda_domain::notice::{Notice, NoticeKind, Reader};
use reda_domain::points::Points;
use reda_domain::refusal::Refusal;
use reda_domain::request::{Request, RequestAnswer};
use reda_domain::settings::Evidence;
use reda_domain::user::{CustomerKey, User};
use reda_domain::world::World;

/// Closes an open request for points with this answer by `user`.
pub(crate) fn settle(
    given: &Given,
    op: &Op,
    user: &User,
    request: &Request,
    world: &World,
    ctx: &Ctx,
) -> Result<Effects, Stop> {
    match given.answer {
        RequestAnswer::Accept => approve(given, op, user, request, world, ctx),
        RequestAnswer::Decline => decline(given, op, user, request, world, ctx),
    }
}

fn approve(
    given: &Given,
    op: &Op,
    user: &User,
    request: &Request,
    world: &World,
    ctx: &Ctx,
) -> Result<Effects, Stop> {
    let shop = world.business(request.business)?.ok_or(Refusal::BusinessUnknown)?;
    is_evidence(given, user, shop, world, ctx)?;
    let (card, hold) = held(request, world)?.ok_or(Refusal::RequestCancelled)?;
    let asked = request.deduction.as_ref().ok_or(Refusal::RequestUnknown)?;
    let (needs, has) = (asked.points, card.balance);
    if card.ended_at.is_some() || needs > has {
        return Err(Refusal::NotEnoughPoints { available: card.available(), needs }.into());
    }
    let id = EntryId(op.id.derive("redeem"));
    let line = NewEntry {
        reason: Some(asked.reason.clone()),
        request: Some(request.id),
        staff: request.staff,
        device: request.device,
        at: op.at,
        ..NewEntry::plain(id, EntryKind::Redeem, Points(-needs.0), op.id, ctx.now)
    };
    let (card, entry) = card.posted(line).ok_or(Refusal::BalanceTooLarge)?;
    let card = freed(card, hold);
    let closed = given.close(request, Some(card.id), Some(user), ctx);
    let deducted = NoticeKind::PointsDeducted {
        shop: shop.name.clone(),
        points: needs,
        balance: card.balance,
        card: card.id,
    };
    let approved = NoticeKind::PointsRequestApproved {
        person: user.display_name(),
        points: needs,
        request: request.id,
    };
    let to_person = Notice { to: Reader::Person(user.id), kind: deducted };
    let to_shop = to_staff(request, &approved, world)?;
    Ok(Effects {
        answer: answer_data(&closed),
        notices: std::iter::once(to_person).chain(to_shop).collect(),
        changes: vec![
            Change::Hold(hold.closed(Outcome::Posted(entry.id), ctx.now)),
            Change::Entry(entry),
            Change::Card(card),
            Change::Consent(given.consent(op, Some(user), request, ctx)),
            Change::Request(closed),
        ],
        ..Effects::default()
    })
}

fn decline(
    given: &Given,
    op: &Op,
    user: &User,
    request: &Request,
    world: &World,
    ctx: &Ctx,
) -> Result<Effects, Stop> {
    let closed = given.close(request, request.card, Some(user), ctx);
    let declined = NoticeKind::PointsRequestDeclined {
        person: user.display_name(),
        points: request.deducts(),
        request: request.id,
    };
    let mut changes = released(request, world, ctx)?;
    changes.push(Change::Consent(given.consent(op, Some(user), request, ctx)));
    let answer = answer_data(&closed);
    changes.push(Change::Request(closed));
    let notices = to_staff(request, &declined, world)?;
    Ok(Effects { answer, notices, changes, ..Effects::default() })
}

/// Whether the yes proves itself: by the customer's key once they have one, else by what the
/// business lets stand for it (SPEC PT-5).
fn is_evidence(
    given: &Given,
    user: &User,
    shop: &Business,
    world: &World,
    ctx: &Ctx,
) -> Result<(), Stop> {
    let evidence = match given.channel {
        AnswerChannel::App => Some(Evidence::App),
        AnswerChannel::Link => Some(Evidence::Link),
        AnswerChannel::SmsCode => Some(Evidence::SmsCode),
        // The shop's own screen proves nothing about points, whatever its settings.
        AnswerChannel::InPerson => None,
        // Its key, the business's word and the limits were looked at with the code.
        AnswerChannel::Code => return Ok(()),
    };
    let keys: Vec<&CustomerKey> = world.keys_of(user.id)?.collect();
    if let Some((id, _)) = &given.signed {
        let key = keys.iter().find(|key| key.id == *id).ok_or(Refusal::SignatureInvalid)?;
        let until = key.approves_from(keys.iter().copied());
        return match ctx.now < until {
            true => Err(Refusal::KeyTooNew { until }.into()),
            false => Ok(()),
        };
    }
    // Else taking the key away would do what its signature is for.
    if keys.iter().any(|key| key.counts_at(ctx.now)) {
        return Err(Refusal::SignatureNeeded.into());
    }
    match evidence.is_some_and(|it| shop.settings.approval_evidence.contains(&it)) {
        true => Ok(()),
        false => Err(Refusal::EvidenceNotAllowed.into()),
    }
}

/// What sets the points of a request free that ends without a yes; nothing for other requests.
pub(crate) fn released(request: &Request, world: &World, ctx: &Ctx) -> Result<Vec<Change>, Stop> {
    let Some((card, hold)) = held(request, world)? else {
        return Ok(vec![]);
    };
    Ok(vec![
        Change::Card(freed(card.clone(), hold)),
        Change::Hold(hold.closed(Outcome::Voided, ctx.now)),
    ])
}

/// The card and the open hold of a request for points.
fn held<'w>(request: &Request, world: &'w World) -> Result<Option<(&'w Card, &'w Hold)>, Stop> {
    let (Some(asked), Some(card)) = (&request.deduction, request.card) else {
        return Ok(None);
    };
    let hold = world.hold(asked.hold)?.filter(|hold| hold.is_open());
    Ok(world.card_row(card)?.zip(hold))
}

/// The card without one of its holds.
pub(crate) fn freed(card: Card, hold: &Hold) -> Card {
    Card { held: Points(card.held.0 - hold.points.0), ..card }
}
