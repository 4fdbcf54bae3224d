//! A cashier brings a code that the customer reads out or shows: their yes.

use crate::answerer::AskedAt;
use crate::answering::{Given, answered_before};
use crate::ask_enrollment::own_request;
use crate::fresh_code;
use crate::op::{Ctx, Op, Stop, Verb};
use crate::resend_request::closed;
use crate::scan::Scan;
use reda_domain::consent::AnswerChannel;
use reda_domain::effects::Effects;
use reda_domain::needs::Needs;
use reda_domain::permission::Action;
use reda_domain::refusal::Refusal;
use reda_domain::request::RequestAnswer;
use reda_domain::scope::Scope;
use reda_domain::world::{NotLoaded, World};

/// Accepts by a code (SPEC CU-5, PT-5).
#[derive(Clone, Debug)]
pub struct AnswerByCode {
    pub asked: AskedAt,
    pub said: Said,
}

/// What the customer brought.
#[derive(Clone, Debug)]
pub enum Said {
    /// Six digits, for whoever has the address that they went to. Reading them out proves the
    /// address, and makes the account where there is none. Whether they are the ones is found, and
    /// a try counted, before the lane.
    Digits { right: bool },
    /// The code on their phone or on paper, as a scan reads it.
    Shown(Scan),
}

impl Verb for AnswerByCode {
    fn needs(&self, op: &Op) -> Needs {
        let code = match &self.said {
            Said::Digits { .. } => vec![],
            Said::Shown(shown) => fresh_code::needs(shown),
        };
        [self.asked.needs(op), code].concat()
    }

    fn needs_then(&self, _op: &Op, world: &World) -> Result<Needs, NotLoaded> {
        let mut needs = self.asked.needs_then(world)?;
        if let Said::Shown(_) = self.said {
            needs.extend(fresh_code::needs_then(world.request(self.asked.request)?));
        }
        Ok(needs)
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
        match &self.said {
            Said::Digits { right: true } => {}
            Said::Digits { right: false } => return Err(Refusal::AnswerCodeWrong.into()),
            Said::Shown(shown) => return fresh_code::approve(shown, op, by, request, world, ctx),
        }
        let answerer = self.asked.owner(op, request, None, world, ctx)?;
        let (channel, by) = (AnswerChannel::SmsCode, Some(by));
        let given = Given { answer, channel, language: None, by, signed: None };
        self.asked.settled(answerer, &given, op, request, world, ctx)
    }
}
