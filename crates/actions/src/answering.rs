//! An answer, whoever brought it: accepting makes all that membership is, once, or nothing.
//!
//! Who answers, and whether to believe it, is decided by the verb of each way.

use crate::award_points::points_added;
use crate::close_request::to_staff;
use crate::deduction;
use crate::joining::{customer, joined, new_card, post_waiting, without_own_awards};
use crate::op::{Ctx, Op, StaffActor, Stop};
use crate::profiles::{forgotten, named_by_shop, needs_noted, recognised};
use crate::reach::reward_available;
use crate::register_key::shown_to;
use crate::tiers::tier_changed;
use reda_domain::card::Card;
use reda_domain::consent::{AnswerChannel, Consent};
use reda_domain::customer::BusinessCustomer;
use reda_domain::effects::{Change, Effects};
use reda_domain::language::Language;
use reda_domain::needs::{Need, Needs};
use reda_domain::notice::{Notice, NoticeKind, Reader};
use reda_domain::points::Points;
use reda_domain::profile::{Notes, Profile};
use reda_domain::program::{Program, ProgramStatus};
use reda_domain::refusal::Refusal;
use reda_domain::request::{Request, RequestAnswer, RequestKind, RequestStatus};
use reda_domain::scope::{EntityKind, Scope, Touched};
use reda_domain::user::User;
use reda_domain::wording;
use reda_domain::world::World;
use reda_domain::{CardId, ConsentId, KeyId, UserId};
use serde_json::json;

/// What was said, and how we know.
pub(crate) struct Given {
    pub(crate) answer: RequestAnswer,
    pub(crate) channel: AnswerChannel,
    /// The language that the question was read in; the person's own where nobody said.
    pub(crate) language: Option<Language>,
    /// Who brought it, where a member of staff did.
    pub(crate) by: Option<StaffActor>,
    pub(crate) signed: Option<(KeyId, String)>,
}

/// What answering needs of whoever answers.
pub(crate) fn needs_of(user: UserId) -> Needs {
    vec![
        Need::User(user),
        Need::HandlesOf(user),
        Need::CardsOf(user),
        Need::CustomerOf(user),
        Need::KeysOf(user),
    ]
}

/// What answering needs of the shop that asked.
pub(crate) fn needs_about(request: &Request) -> Needs {
    let asked = request.deduction.as_ref().map(|asked| Need::Hold(asked.hold));
    let card = request.card.filter(|_| asked.is_some()).map(Need::Card);
    // Only joining brings points.
    let rewards = asked.is_none().then_some(Need::RewardsOf(request.program));
    let shop = [
        Need::Business(request.business),
        Need::StaffOf(request.business),
        Need::Program(request.program),
    ];
    let noted = needs_noted(request);
    shop.into_iter().chain(asked).chain(card).chain(rewards).chain(noted).collect()
}

/// Answering again the same way gives the same; the other way is refused.
pub(crate) fn answered_before(
    request: &Request,
    answer: RequestAnswer,
    why: Refusal,
) -> Result<Effects, Stop> {
    match why {
        Refusal::AlreadyAnswered { answer: given } if given == answer => {
            Ok(Effects { answer: answer_data(request), ..Effects::default() })
        }
        other => Err(other.into()),
    }
}

impl Given {
    /// Closes an open request with this answer by `user`.
    pub(crate) fn settle(
        &self,
        op: &Op,
        user: &User,
        request: &Request,
        world: &World,
        ctx: &Ctx,
    ) -> Result<Effects, Stop> {
        if request.kind == RequestKind::PointsDeduction {
            return deduction::settle(self, op, user, request, world, ctx);
        }
        match self.answer {
            RequestAnswer::Accept => self.accept(op, user, request, world, ctx),
            RequestAnswer::Decline => self.decline(op, Some(user), request, world, ctx),
        }
    }

    /// Makes `user` a member, however they came to say yes.
    pub(crate) fn accept(
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
        let closed = self.close(&kept, Some(card.id), Some(user), ctx);
        effects.answer = answer_data(&closed);
        let name = if was_member { None } else { named_by_shop(user.id, world)? };
        let person = name.clone().unwrap_or_else(|| user.display_name());
        self.tell(&shop.name, program, person, &handle, &closed, &card, world, &mut effects)?;
        effects.changes.extend(name.map(|name| own_name(&handle, name)));
        effects.changes.extend(recognised(request, &handle, world, ctx)?);
        if !was_member {
            let keys = world.keys_of(user.id)?;
            effects.also_touched.extend(keys.filter_map(|key| shown_to(&handle, key.id)));
        }
        effects.changes.extend([
            Change::BusinessCustomer(handle),
            Change::Card(card),
            Change::Consent(self.consent(op, Some(user), request, ctx)),
            Change::Request(closed),
        ]);
        // Whoever had it on their page, and turned out not to be the one who answers.
        let before = request.asked.user.filter(|before| *before != user.id);
        effects.also_touched.extend(before.map(|before| Touched {
            scope: Scope::User(before),
            entity: EntityKind::Request,
            id: request.id.0,
        }));
        Ok(effects)
    }

    /// Leaves nothing of the person with the business; who said no need not have an account.
    pub(crate) fn decline(
        &self,
        op: &Op,
        user: Option<&User>,
        request: &Request,
        world: &World,
        ctx: &Ctx,
    ) -> Result<Effects, Stop> {
        let program = world.program(request.program)?.ok_or(Refusal::ProgramUnknown)?;
        let closed = self.close(request, None, user, ctx);
        let kind = NoticeKind::EnrollmentDeclined {
            program: program.name.clone(),
            points: request.waiting_points(),
            request: request.id,
        };
        Ok(Effects {
            answer: answer_data(&closed),
            notices: to_staff(request, &kind, world)?,
            changes: std::iter::once(Change::Consent(self.consent(op, user, request, ctx)))
                .chain(forgotten(request, world)?)
                .chain([Change::Request(closed)])
                .collect(),
            ..Effects::default()
        })
    }

    /// The request with this answer.
    pub(crate) fn close(
        &self,
        request: &Request,
        card: Option<CardId>,
        user: Option<&User>,
        ctx: &Ctx,
    ) -> Request {
        let status = match self.answer {
            RequestAnswer::Accept => RequestStatus::Accepted,
            RequestAnswer::Decline => RequestStatus::Declined,
        };
        let mut closed = Request { card, ..request.closed(status, ctx.now) };
        closed.asked.user = user.map(|user| user.id).or(request.asked.user);
        closed.seen_at.get_or_insert(ctx.now);
        closed
    }

    /// The record of this answer, whatever was asked.
    pub(crate) fn consent(
        &self,
        op: &Op,
        user: Option<&User>,
        request: &Request,
        ctx: &Ctx,
    ) -> Consent {
        Consent {
            id: ConsentId(op.id.derive("consent")),
            request: request.id,
            business: request.business,
            program: request.program,
            user: user.map(|user| user.id),
            answer: self.answer,
            channel: self.channel,
            wording: wording::of(request.kind).to_owned(),
            language: self.language.or(user.map(|user| user.language)).unwrap_or_default(),
            staff: self.by.map(|by| by.staff),
            device: self.by.and_then(|by| by.device),
            key: self.signed.as_ref().map(|(key, _)| *key),
            signature: self.signed.as_ref().map(|(_, value)| value.clone()),
            at: ctx.now,
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the facts of two messages, gathered once")]
    fn tell(
        &self,
        shop: &str,
        program: &Program,
        person: String,
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
        effects.notices.push(Notice { to: Reader::Person(handle.user), kind: created });
        let posted = request.waiting_points();
        if posted > Points(0) {
            effects.notices.push(points_added(card, posted, shop));
        }
        effects.notices.extend(tier_changed(Points(0), card, program, shop));
        effects.notices.extend(reward_available(Points(0), card, shop, world)?);
        let accepted = NoticeKind::EnrollmentAccepted {
            person,
            program: program.name.clone(),
            points: posted,
            request: request.id,
            handle: handle.id,
        };
        effects.notices.extend(to_staff(request, &accepted, world)?);
        Ok(())
    }
}

/// A new member under the business's own name for them.
fn own_name(handle: &BusinessCustomer, name: String) -> Change {
    let wrote = Notes { name: Some(name), ..Notes::default() };
    Change::Profile(Profile { id: handle.id, business: handle.business, wrote })
}

/// What whoever brought an answer is answered.
pub(crate) fn answer_data(request: &Request) -> serde_json::Value {
    json!({ "request": request.id, "card": request.card })
}
