//! What the server's answers do to the counter.

use super::facts::Ahead;
use super::stage::{Customer, Member, OpenRequest, Stage, What, Whom};
use super::{Counter, Ctx, Effect};
use crate::person;
use reda_domain::points::Points;
use reda_domain::request::{COUNTER_WAIT_MS, ENROLLMENT_REQUEST_MS};
use reda_domain::{OperationId, RequestId, Timestamp};
use reda_protocol::api::{AwardData, CustomerFound, FoundEnrollment, RequestData, WaitingData};
use reda_protocol::error::WireError;
use reda_protocol::rpc::{AwardLine, AwardState, CardLine};
use reda_protocol::scope::{Cursor, Cursors};
use serde::Deserialize as _;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// An applied operation's answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Applied {
    pub(crate) data: Value,
    pub(crate) moved: Cursors,
}

/// The final answer to an operation: applied, or why not.
pub(crate) type Answer = Result<Applied, WireError>;

impl Counter {
    /// Takes the answer to an operation that the counter asked to send.
    pub(crate) fn answered(&mut self, id: OperationId, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        if let Some(place) = self.gone.iter().position(|(gone, _)| *gone == id) {
            let name = self.gone.remove(place).map(|(_, name)| name).unwrap_or_default();
            if let Ok(Awarded { points, balance, .. }) =
                answer.and_then(|it| awarded(&it.data, ctx))
            {
                self.last_award = Some(AwardLine { name, points, balance, at: ctx.now });
            }
            return Vec::new();
        }
        let Some(under_way) = self.under_way.take_if(|under_way| under_way.id == id) else {
            return Vec::new();
        };
        match under_way.what {
            What::LookUp => self.found(answer, ctx),
            What::Ask => self.asked(answer, ctx),
            What::SendAgain => self.sent_again(answer, ctx),
            What::Cancel => self.cancelled(answer),
            // Its row tells what it did, and whoever typed it why it did not.
            What::Answer => {}
            What::Show => self.was_shown(answer.err()),
            What::Award => self.awarded(answer, ctx),
            What::Spend => {
                let back = self.spend_asked(answer, ctx);
                if !back.is_empty() {
                    return back;
                }
            }
        }
        let missed = std::mem::take(&mut self.missed);
        missed.then_some(Effect::LookAgain).into_iter().collect()
    }

    fn found(&mut self, answer: Answer, ctx: &Ctx) {
        let Stage::LookingUp { typed, .. } = &self.stage else { return };
        let typed = typed.clone();
        let next = answer.and_then(|applied| {
            let found: CustomerFound = read(&applied.data, ctx)?;
            let ahead = Ahead::of(self.moved(&applied));
            let known = found.customer.as_ref().map(|known| Customer {
                person: person::named(known.id, &known.display_name, None),
                whom: Whom::Handle(known.id),
            });
            let customer = known.or(typed).ok_or_else(|| internal(ctx))?;
            if let Some(enrollment) = self.enrollment(&found) {
                return Ok(member(customer, enrollment, ahead));
            }
            Ok(match found.request {
                Some(request) => Stage::Open(open(customer, request, ctx.now, Ahead::default())),
                None => Stage::NotMember {
                    customer,
                    ask_again_from: found.declined_until,
                    refused: None,
                },
            })
        });
        self.stage = next.unwrap_or_else(|error| {
            self.code = None;
            Stage::Refused(error)
        });
    }

    /// The person's place in the counter's programme.
    fn enrollment<'a>(&self, found: &'a CustomerFound) -> Option<&'a FoundEnrollment> {
        let program = self.program.as_ref()?.id;
        found.enrollments.iter().find(|enrollment| enrollment.program == program)
    }

    fn asked(&mut self, answer: Answer, ctx: &Ctx) {
        let Stage::Asking(customer) = &self.stage else { return };
        let customer = customer.clone();
        let request = answer.and_then(|applied| read::<RequestData>(&applied.data, ctx));
        self.stage = match request {
            Ok(RequestData { request }) => {
                Stage::Open(open(customer, request, ctx.now, Ahead::default()))
            }
            Err(refused) => {
                let until = refused.details.as_ref().map(|details| details["until"].clone());
                let ask_again_from = until.and_then(|until| serde_json::from_value(until).ok());
                Stage::NotMember { customer, ask_again_from, refused: Some(refused) }
            }
        };
    }

    fn sent_again(&mut self, answer: Answer, ctx: &Ctx) {
        let Ok(applied) = answer else { return };
        let moved = self.moved(&applied);
        match &mut self.stage {
            Stage::Open(open) => {
                open.counter_until = ctx.now.plus_ms(COUNTER_WAIT_MS);
                open.ahead = Ahead::of(moved);
            }
            Stage::Spending(spending) => spending.was_sent_again(ctx.now),
            Stage::Idle
            | Stage::LookingUp { .. }
            | Stage::Member(_)
            | Stage::NotMember { .. }
            | Stage::Asking(_)
            | Stage::Accepted(_)
            | Stage::Declined { .. }
            | Stage::Cancelled(_)
            | Stage::Refused(_) => {}
        }
    }

    fn cancelled(&mut self, answer: Answer) {
        if let Stage::Spending(spending) = &mut self.stage {
            return spending.was_taken_back(answer.map(drop));
        }
        if let (Ok(_), Stage::Open(open)) = (answer, &self.stage) {
            self.stage = Stage::Cancelled(open.customer.clone());
            // Nothing waits any more.
            self.last_award.take_if(|award| award.balance.is_none());
        }
    }

    fn awarded(&mut self, answer: Answer, ctx: &Ctx) {
        let ahead = Ahead::of(answer.as_ref().ok().and_then(|applied| self.moved(applied)));
        let awarded = match answer.and_then(|applied| awarded(&applied.data, ctx)) {
            Ok(awarded) => awarded,
            Err(error) => {
                if let Some(award) = self.stage.award_mut() {
                    *award = AwardState::Refused { error };
                }
                return;
            }
        };
        let Some(person) = self.stage.person() else { return };
        let Awarded { points, balance, available, waiting } = awarded;
        self.last_award =
            Some(AwardLine { name: person.name.clone(), points, balance, at: ctx.now });
        if let Some(award) = self.stage.award_mut() {
            *award = AwardState::Ready;
        }
        let post = |card: &mut CardLine| {
            card.balance = balance.unwrap_or(card.balance);
            card.available = available.unwrap_or(card.available);
            card.earned.0 += points.0;
        };
        match &mut self.stage {
            Stage::Member(member) => {
                post(&mut member.card);
                member.ahead = ahead;
            }
            Stage::Accepted(accepted) => match waiting {
                None => {
                    post(&mut accepted.card);
                    accepted.ahead = ahead;
                }
                // It was taken before the acceptance, and posted with it.
                Some(waiting) => accepted.posted = accepted.posted.max(waiting),
            },
            Stage::Open(open) => {
                if let Some(waiting) = waiting {
                    open.waiting = waiting;
                    open.ahead = ahead;
                }
            }
            // The request was closed meanwhile, and what waited on it is dropped.
            Stage::Declined { .. } | Stage::Cancelled(_) | Stage::NotMember { .. } => {
                self.last_award.take_if(|award| award.balance.is_none());
            }
            Stage::Idle
            | Stage::LookingUp { .. }
            | Stage::Spending(_)
            | Stage::Asking(_)
            | Stage::Refused(_) => {}
        }
    }

    pub(super) fn moved(&self, applied: &Applied) -> Option<Cursor> {
        applied.moved.get(&self.scope).copied()
    }
}

/// What an award's answer says, to a card or to a request.
struct Awarded {
    points: Points,
    balance: Option<Points>,
    available: Option<Points>,
    waiting: Option<Points>,
}

fn awarded(data: &Value, ctx: &Ctx) -> Result<Awarded, WireError> {
    if let Ok(AwardData { points, balance, available, .. }) = AwardData::deserialize(data) {
        let (balance, available) = (Some(balance), Some(available));
        return Ok(Awarded { points, balance, available, waiting: None });
    }
    let WaitingData { points, waiting, .. } = read(data, ctx)?;
    Ok(Awarded { points, balance: None, available: None, waiting: Some(waiting) })
}

fn member(customer: Customer, enrollment: &FoundEnrollment, ahead: Ahead) -> Stage {
    Stage::Member(Member {
        customer,
        card: CardLine {
            id: enrollment.card,
            // The replica has it.
            number: String::new(),
            balance: enrollment.balance,
            available: enrollment.available,
            earned: Points(0),
            tier: enrollment.tier.clone(),
        },
        joined_at: None,
        last_visit_at: None,
        award: AwardState::Ready,
        ahead,
    })
}

/// A request as it is before its row has come: asked now.
fn open(customer: Customer, id: RequestId, now: Timestamp, ahead: Ahead) -> OpenRequest {
    OpenRequest {
        customer,
        id,
        asked_at: now,
        counter_until: now.plus_ms(COUNTER_WAIT_MS),
        open_until: now.plus_ms(ENROLLMENT_REQUEST_MS),
        seen: false,
        waiting: Points(0),
        award: AwardState::Ready,
        text: None,
        ahead,
    }
}

pub(super) fn read<T: DeserializeOwned>(data: &Value, ctx: &Ctx) -> Result<T, WireError> {
    T::deserialize(data).map_err(|_| internal(ctx))
}

/// The server answered something that this version cannot read.
fn internal(ctx: &Ctx) -> WireError {
    WireError::of("internal", ctx.language)
}
