//! Somebody answers by the one-time link that went to their address.

use crate::answerer::AskedAt;
use crate::answering::{Given, answered_before};
use crate::op::{Actor, Ctx, Op, Stop, Verb};
use crate::resend_request::closed;
use reda_domain::consent::AnswerChannel;
use reda_domain::effects::Effects;
use reda_domain::language::Language;
use reda_domain::needs::Needs;
use reda_domain::refusal::Refusal;
use reda_domain::request::{RequestAnswer, RequestKind};
use reda_domain::scope::Scope;
use reda_domain::world::{NotLoaded, World};

/// Answers as whoever has the address. A yes proves it, and makes the account where there is none;
/// a no makes nothing. The server asks for this only for whoever brought the link.
#[derive(Clone, Debug)]
pub struct AnswerByLink {
    pub asked: AskedAt,
    pub answer: RequestAnswer,
    /// The language that the page showed the question in.
    pub language: Option<Language>,
}

impl Verb for AnswerByLink {
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
        if op.actor != Actor::Nobody {
            return Err(Refusal::NotAllowed.into());
        }
        let request = world.request(self.asked.request)?.ok_or(Refusal::RequestUnknown)?;
        if let Some(why) = closed(request, ctx.now) {
            return answered_before(request, self.answer, why);
        }
        let (answer, channel, language) = (self.answer, AnswerChannel::Link, self.language);
        let given = Given { answer, channel, language, by: None, signed: None };
        let answerer = self.asked.owner(op, request, language, world, ctx)?;
        match (request.kind, answer) {
            (RequestKind::Enrollment, RequestAnswer::Decline) => {
                given.decline(op, answerer.known(), request, world, ctx)
            }
            (RequestKind::Enrollment, RequestAnswer::Accept)
            | (RequestKind::PointsDeduction, _) => {
                self.asked.settled(answerer, &given, op, request, world, ctx)
            }
        }
    }
}
