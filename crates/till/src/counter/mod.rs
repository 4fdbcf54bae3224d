//! The counter: who is at it, what they were asked, what they get. A state machine without I/O:
//! readings, a cashier's wishes, answers and rows go in; operations to send come out.
//!
//! All times are the server's. One operation is under way at a time; until it is answered, other
//! wishes for this customer do nothing (so a second Enter awards nothing), and other codes wait.
//! Taking the customer off the counter is always possible: what is answered later changes nothing
//! that is shown but the last award. Only points that were asked for come first: their request is
//! taken back, and what became of it is shown.

mod answers;
mod facts;
mod offer;
mod resume;
mod shown;
mod spending;
mod stage;
#[cfg(test)]
mod tests;
mod view;

pub(crate) use answers::{Answer, Applied};
pub(crate) use facts::{Facts, Wants};
pub(crate) use offer::Offer;

use crate::look_up::{self, LookUp};
use crate::person;
use reda_domain::code::{Code, CodeSubject};
use reda_domain::language::Language;
use reda_domain::money::Money;
use reda_domain::points::Points;
use reda_domain::{HandleId, OperationId, RequestId, Timestamp};
use reda_protocol::error::WireError;
use reda_protocol::operation::{
    AnswerByCode, AnswerInPerson, AskEnrollment, AwardPoints, CancelRequest, ResendRequest, Scan,
    Verb,
};
use reda_protocol::rpc::{AwardLine, AwardState, InPerson, ProgramLine};
use reda_protocol::scope::ScopeName;
use serde_json::json;
use stage::{Accepted, Customer, Member, Stage, UnderWay, What, Whom};
use std::collections::VecDeque;

/// Awards whose customer has left and that are unanswered; the line takes no more either.
const GONE_MAX: usize = reda_sync::UNANSWERED_MAX;

/// What surrounds an event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ctx {
    /// The server's time.
    pub(crate) now: Timestamp,
    /// Operations can be sent.
    pub(crate) online: bool,
    /// The id of the operation that this event may lead to.
    pub(crate) operation: OperationId,
    pub(crate) language: Language,
}

/// What to do.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Effect {
    /// Send it; its answer goes to [`Counter::answered`].
    Submit { id: OperationId, verb: Verb, shown: Shown },
    /// A code was taken up: flash and sound.
    CodeRead,
    /// A code was passed over that may still be in view.
    LookAgain,
}

/// Where a refusal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    OnTheCounter,
    /// Nowhere on the counter: whoever called waits for the answer.
    ToTheCaller,
}

/// The counter of one till.
#[derive(Debug)]
pub(crate) struct Counter {
    scope: ScopeName,
    program: Option<ProgramLine>,
    /// Whether customers may answer on this screen; missing where the shop has not decided.
    in_person: Option<bool>,
    /// The most points that a code shown here approves; nothing where codes approve none.
    code_points: Option<Points>,
    /// Of the card at the counter, once its rows are there.
    offer: Option<Offer>,
    stage: Stage,
    /// Nobody has been here since the till started.
    fresh: bool,
    /// The code by which the customer came.
    code: Option<CodeSubject>,
    under_way: Option<UnderWay>,
    /// A code was passed over while something was under way.
    missed: bool,
    gone: VecDeque<(OperationId, String)>,
    last_award: Option<AwardLine>,
}

type Wish = Result<Vec<Effect>, WireError>;

impl Counter {
    pub(crate) fn new(scope: ScopeName) -> Self {
        Self {
            scope,
            program: None,
            in_person: None,
            code_points: None,
            offer: None,
            stage: Stage::Idle,
            fresh: true,
            code: None,
            under_way: None,
            missed: false,
            gone: VecDeque::new(),
            last_award: None,
        }
    }

    /// Changes the programme; a customer on the counter stays.
    pub(crate) fn set_program(&mut self, program: Option<ProgramLine>) {
        self.program = program;
    }

    /// Takes whether the shop lets customers answer on this screen.
    pub(crate) fn set_in_person(&mut self, decided: Option<bool>) {
        self.in_person = decided;
    }

    /// A code was read that the server can judge; `whose` is the member whose key is known to have
    /// signed it.
    pub(crate) fn code_read(
        &mut self,
        text: &str,
        whose: Option<HandleId>,
        ctx: &Ctx,
    ) -> Vec<Effect> {
        let subject = Code::parse(text).ok().map(|code| code.subject());
        if let Some(effects) = self.shown_for_points(text, subject, whose, ctx) {
            return effects;
        }
        if self.stage.keeps_its_code() && self.code == subject {
            return Vec::new();
        }
        if self.under_way.is_some() || self.stage.is_about_points() {
            self.missed = true;
            return Vec::new();
        }
        if !ctx.online {
            if self.stage.person().is_none() {
                self.stage = Stage::Refused(WireError::of("offline", ctx.language));
            }
            return Vec::new();
        }
        self.begin(None, None);
        self.code = subject;
        let verb = Verb::Scan(Scan { code: text.to_owned() });
        vec![Effect::CodeRead, self.submit(What::LookUp, verb, ctx)]
    }

    /// A text was read that is no code of ours. A customer on the counter stays there: the shop
    /// is full of other codes.
    pub(crate) fn foreign_read(&mut self, why: &str, ctx: &Ctx) {
        if let Stage::Idle | Stage::Refused(_) = self.stage {
            self.begin(None, None);
            self.stage = Stage::Refused(WireError::of(why, ctx.language));
        }
    }

    /// The cashier typed something.
    pub(crate) fn look_up(&mut self, typed: LookUp, ctx: &Ctx) -> Wish {
        if let LookUp::Code(text) = &typed {
            online(ctx)?;
            return Ok(self.code_read(text, None, ctx));
        }
        if self.under_way.is_some() || self.stage.is_about_points() {
            return Ok(Vec::new());
        }
        online(ctx)?;
        let verb = Verb::FindCustomer(look_up::find(&typed));
        let customer = match &typed {
            LookUp::Code(_) | LookUp::Card(_) | LookUp::ShortCode(_) => None,
            LookUp::Phone(phone) => Some(Customer {
                person: person::addressed(&phone.masked()),
                whom: Whom::Phone(phone.as_str().to_owned()),
            }),
            LookUp::Email(email) => Some(Customer {
                person: person::addressed(&email.masked()),
                whom: Whom::Email(email.as_str().to_owned()),
            }),
        };
        self.begin(typed.masked(), customer);
        Ok(vec![self.submit(What::LookUp, verb, ctx)])
    }

    /// The cashier asks the customer to join.
    pub(crate) fn ask(&mut self, ctx: &Ctx) -> Wish {
        if self.under_way.is_some() {
            return Ok(Vec::new());
        }
        let customer = match &self.stage {
            Stage::NotMember { ask_again_from: Some(until), .. } if ctx.now < *until => {
                let until = json!({ "until": until });
                return Err(WireError::of("declined_recently", ctx.language).with(until));
            }
            Stage::NotMember { customer, .. } | Stage::Cancelled(customer) => customer.clone(),
            Stage::Idle
            | Stage::LookingUp { .. }
            | Stage::Member(_)
            | Stage::Spending(_)
            | Stage::Asking(_)
            | Stage::Open(_)
            | Stage::Accepted(_)
            | Stage::Declined { .. }
            | Stage::Refused(_) => return Ok(Vec::new()),
        };
        let Some(program) = &self.program else {
            return Err(WireError::of("program_unknown", ctx.language));
        };
        online(ctx)?;
        let mut ask =
            AskEnrollment { customer: None, phone: None, email: None, program: program.id };
        match customer.whom.clone() {
            Whom::Handle(handle) => ask.customer = Some(handle),
            Whom::Phone(phone) => ask.phone = Some(phone),
            Whom::Email(email) => ask.email = Some(email),
        }
        self.stage = Stage::Asking(customer);
        Ok(vec![self.submit(What::Ask, Verb::AskEnrollment(ask), ctx)])
    }

    /// The cashier sends the open request again.
    pub(crate) fn send_again(&mut self, ctx: &Ctx) -> Wish {
        let Some((request, retry_at)) = self.open_question() else { return Ok(Vec::new()) };
        if self.under_way.is_some() {
            return Ok(Vec::new());
        }
        if ctx.now < retry_at {
            let retry_at = json!({ "retry_at": retry_at });
            return Err(WireError::of("sent_too_recently", ctx.language).with(retry_at));
        }
        online(ctx)?;
        let verb = Verb::ResendRequest(ResendRequest { request });
        Ok(vec![self.submit(What::SendAgain, verb, ctx)])
    }

    /// The customer read out the digits that they were sent: their yes.
    pub(crate) fn answer_by_code(&mut self, code: String, ctx: &Ctx) -> Wish {
        let Some((request, _)) = self.open_question().filter(|_| self.under_way.is_none()) else {
            return Ok(Vec::new());
        };
        online(ctx)?;
        let verb = Verb::AnswerByCode(AnswerByCode { request, code });
        Ok(vec![self.submit(What::Answer, verb, ctx)])
    }

    /// The customer answered on this screen; about points nobody does.
    pub(crate) fn answer_in_person(&mut self, given: InPerson, ctx: &Ctx) -> Wish {
        let Stage::Open(open) = &self.stage else { return Ok(Vec::new()) };
        if self.under_way.is_some() {
            return Ok(Vec::new());
        }
        online(ctx)?;
        let InPerson { answer, language } = given;
        let verb = AnswerInPerson { request: open.id, answer, language: Some(language) };
        Ok(vec![self.submit(What::Answer, Verb::AnswerInPerson(verb), ctx)])
    }

    /// The request that waits for an answer, and from when it may be sent again.
    fn open_question(&self) -> Option<(RequestId, Timestamp)> {
        match &self.stage {
            Stage::Open(open) => Some((open.id, open.send_again_from())),
            Stage::Spending(spending) => {
                spending.open().map(|open| (open.id, open.send_again_from))
            }
            Stage::Idle
            | Stage::LookingUp { .. }
            | Stage::Member(_)
            | Stage::NotMember { .. }
            | Stage::Asking(_)
            | Stage::Accepted(_)
            | Stage::Declined { .. }
            | Stage::Cancelled(_)
            | Stage::Refused(_) => None,
        }
    }

    /// The cashier takes the open request back.
    pub(crate) fn cancel(&mut self, ctx: &Ctx) -> Wish {
        if self.stage.is_about_points() {
            return Ok(self.leave_spending(ctx));
        }
        let Stage::Open(open) = &self.stage else { return Ok(Vec::new()) };
        if self.under_way.is_some() {
            return Ok(Vec::new());
        }
        online(ctx)?;
        let verb = Verb::CancelRequest(CancelRequest { request: open.id });
        Ok(vec![self.submit(What::Cancel, verb, ctx)])
    }

    /// The cashier awards the points of an amount: to the card, or to the request, where they
    /// wait for the answer.
    pub(crate) fn award(&mut self, amount: Money, ctx: &Ctx) -> Wish {
        if self.under_way.is_some() {
            return Ok(Vec::new());
        }
        let (card, request) = match &self.stage {
            Stage::Member(Member { card, .. }) | Stage::Accepted(Accepted { card, .. }) => {
                (Some(card.id), None)
            }
            Stage::Open(open) => (None, Some(open.id)),
            Stage::Idle
            | Stage::LookingUp { .. }
            | Stage::Spending(_)
            | Stage::NotMember { .. }
            | Stage::Asking(_)
            | Stage::Declined { .. }
            | Stage::Cancelled(_)
            | Stage::Refused(_) => return Ok(Vec::new()),
        };
        online(ctx)?;
        // The screen of a request without an answer has no place for how an award went.
        let hidden = matches!(&self.stage, Stage::Open(open) if open.counter_until <= ctx.now);
        if let Some(award) = self.stage.award_mut() {
            *award = AwardState::Sending;
        }
        let amount = Some(amount);
        let award = AwardPoints { card, request, points: None, amount, sale: None };
        let shown = if hidden { Shown::ToTheCaller } else { Shown::OnTheCounter };
        Ok(vec![self.submit_shown(What::Award, Verb::AwardPoints(award), shown, ctx)])
    }

    /// One step back: ends what is about points, then takes the customer off the counter. An
    /// open request to join stays open.
    pub(crate) fn clear(&mut self, ctx: &Ctx) -> Vec<Effect> {
        if self.stage.is_about_points() && !self.is_cut_off(ctx) {
            return self.leave_spending(ctx);
        }
        self.take_off();
        Vec::new()
    }

    fn take_off(&mut self) {
        let name = self.stage.person().map(|person| person.name.clone());
        if let Some(UnderWay { id, what: What::Award }) = self.under_way
            && let Some(name) = name
        {
            if self.gone.len() >= GONE_MAX {
                self.gone.pop_front();
            }
            self.gone.push_back((id, name));
        }
        self.under_way = None;
        self.code = None;
        self.stage = Stage::Idle;
    }

    /// When the view changes by itself, if nothing happens before.
    pub(crate) fn tick_at(&self, now: Timestamp) -> Option<Timestamp> {
        match &self.stage {
            Stage::Open(open) => Some(open.counter_until).filter(|until| now < *until),
            Stage::Idle
            | Stage::LookingUp { .. }
            | Stage::Member(_)
            | Stage::Spending(_)
            | Stage::NotMember { .. }
            | Stage::Asking(_)
            | Stage::Accepted(_)
            | Stage::Declined { .. }
            | Stage::Cancelled(_)
            | Stage::Refused(_) => None,
        }
    }

    fn begin(&mut self, shown: Option<String>, typed: Option<Customer>) {
        self.fresh = false;
        self.code = None;
        self.last_award = None;
        self.stage = Stage::LookingUp { shown, typed };
    }

    fn submit(&mut self, what: What, verb: Verb, ctx: &Ctx) -> Effect {
        let shown = match what {
            What::LookUp | What::Ask | What::Award | What::Show => Shown::OnTheCounter,
            What::SendAgain | What::Cancel | What::Spend | What::Answer => Shown::ToTheCaller,
        };
        self.submit_shown(what, verb, shown, ctx)
    }

    fn submit_shown(&mut self, what: What, verb: Verb, shown: Shown, ctx: &Ctx) -> Effect {
        self.under_way = Some(UnderWay { id: ctx.operation, what });
        Effect::Submit { id: ctx.operation, verb, shown }
    }
}

/// Nothing of this is done without the line: consent and points are the server's.
fn online(ctx: &Ctx) -> Result<(), WireError> {
    if ctx.online { Ok(()) } else { Err(WireError::of("offline", ctx.language)) }
}
