//! A cashier types the six digits that the customer reads out: their yes.

use crate::answerer::AskedAt;
use crate::answering::{Given, answered_before};
use crate::ask_enrollment::own_request;
use crate::op::{Ctx, Op, Stop, Verb};
use crate::resend_request::closed;
use reda_domain::consent::AnswerChannel;
use reda_domain::effects::Effects;
use reda_domain::needs::Needs;
use reda_domain::permission::Action;
use reda_domain::refusal::Refusal;
use reda_domain::request::RequestAnswer;
use reda_domain::scope::Scope;
use reda_domain::world::{NotLoaded, World};

/// Accepts for whoever has the address that the digits went to (SPEC CU-5). Reading them out
/// proves the address, and makes the account where there is none.
#[derive(Clone, Debug)]
pub struct AnswerByCode {
    pub asked: AskedAt,
    /// Whether these are the digits; found, and a try counted, before the lane.
    pub right: bool,
}

impl Verb for AnswerByCode {
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
        let answer = RequestAnswer::Accept;
        if let Some(why) = closed(request, ctx.now) {
            return answered_before(request, answer, why);
        }
        if !self.right {
            return Err(Refusal::AnswerCodeWrong.into());
        }
        let answerer = self.asked.owner(op, request, None, world, ctx)?;
        let (channel, by) = (AnswerChannel::SmsCode, Some(by));
        let given = Given { answer, channel, language: None, by, signed: None };
        let effects = given.settle(op, &answerer.user, request, world, ctx)?;
        Ok(answerer.with(effects))
    }
}
