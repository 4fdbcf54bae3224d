//! A customer answers at the till, which was turned to them.

use crate::answerer::AskedAt;
use crate::answering::{Given, answered_before};
use crate::ask_enrollment::own_request;
use crate::op::{Ctx, Op, Stop, Verb};
use crate::resend_request::closed;
use reda_domain::consent::AnswerChannel;
use reda_domain::effects::Effects;
use reda_domain::language::Language;
use reda_domain::needs::Needs;
use reda_domain::permission::Action;
use reda_domain::refusal::Refusal;
use reda_domain::request::{RequestAnswer, RequestKind};
use reda_domain::scope::Scope;
use reda_domain::world::{NotLoaded, World};

/// Takes an answer in person: to an enrolment only, never about points (SPEC CU-5). It is weak
/// evidence, since a member of staff holds the till, and is kept with who and where.
#[derive(Clone, Debug)]
pub struct AnswerInPerson {
    pub asked: AskedAt,
    pub answer: RequestAnswer,
    /// The language that the till showed the question in.
    pub language: Option<Language>,
    /// Whether the server can send messages: where it can, answers come that way unless the
    /// business says otherwise.
    pub has_messages: bool,
}

impl Verb for AnswerInPerson {
    fn needs(&self, op: &Op) -> Needs {
        self.asked.needs(op)
    }

    fn needs_then(&self, _op: &Op, world: &World) -> Result<Needs, NotLoaded> {
        self.asked.needs_then(world)
    }

    fn concerns(&self, op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        self.asked.concerns(op, world)
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let by = op.staff_may(Action::AskCustomer)?;
        let request = own_request(self.asked.request, by, world)?;
        if request.kind == RequestKind::PointsDeduction {
            return Err(Refusal::EvidenceNotAllowed.into());
        }
        if let Some(why) = closed(request, ctx.now) {
            return answered_before(request, self.answer, why);
        }
        let shop = world.business(by.business)?.ok_or(Refusal::BusinessUnknown)?;
        if !shop.settings.in_person.unwrap_or(!self.has_messages) {
            return Err(Refusal::InPersonOff.into());
        }
        let answerer = self.asked.at_till(op, by, request, world, ctx)?;
        let (answer, channel, language) = (self.answer, AnswerChannel::InPerson, self.language);
        let given = Given { answer, channel, language, by: Some(by), signed: None };
        match answer {
            RequestAnswer::Accept => {
                let effects = given.accept(op, &answerer.user, request, world, ctx)?;
                Ok(answerer.with(effects))
            }
            RequestAnswer::Decline => given.decline(op, answerer.known(), request, world, ctx),
        }
    }
}
