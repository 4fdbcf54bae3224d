//! What the counter needs of the replica, and what it makes of it.

use super::Counter;
use super::offer::Offer;
use super::stage::{Accepted, Customer, Member, OpenRequest, Stage};
use crate::person;
use reda_domain::request::{ASK_AGAIN_AFTER_MS, RequestStatus};
use reda_domain::{CardId, HandleId, RequestId, Timestamp};
use reda_protocol::entity::{CardBody, MemberBody, RequestBody};
use reda_protocol::rpc::CardLine;
use reda_protocol::scope::Cursor;

/// The rows that the counter follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wants {
    pub(crate) request: Option<RequestId>,
    pub(crate) card: Option<CardId>,
    pub(crate) member: Option<HandleId>,
}

/// These rows as they are now, with those that they lead to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Facts {
    /// How far the replica had come, at least, when the rows were read.
    pub(crate) cursor: Cursor,
    pub(crate) request: Option<RequestBody>,
    /// The card that was wanted, or the one that accepting the request made.
    pub(crate) card: Option<CardBody>,
    /// The member who was wanted, or whose the card is.
    pub(crate) member: Option<MemberBody>,
    /// What the card's programme gives.
    pub(crate) offer: Option<Offer>,
}

/// Answers come before the rows that they changed: until the replica has come to where the
/// answer stood, its rows are older than what the counter knows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Ahead(Option<Cursor>);

impl Ahead {
    pub(super) fn of(moved: Option<Cursor>) -> Self {
        Self(moved)
    }

    pub(super) fn hides(self, cursor: Cursor) -> bool {
        self.0.is_some_and(|moved| moved.epoch == cursor.epoch && cursor.seq < moved.seq)
    }
}

impl Counter {
    /// The rows to read for [`Counter::seen`].
    pub(crate) fn wants(&self) -> Wants {
        match &self.stage {
            Stage::Member(Member { customer, card, .. })
            | Stage::Accepted(Accepted { customer, card, .. }) => {
                Wants { card: Some(card.id), member: customer.person.id, request: None }
            }
            Stage::Open(open) => Wants { request: Some(open.id), ..Wants::default() },
            Stage::Spending(spending) => Wants {
                request: spending.request(),
                card: Some(spending.member.card.id),
                member: spending.member.customer.person.id,
            },
            Stage::Idle
            | Stage::LookingUp { .. }
            | Stage::NotMember { .. }
            | Stage::Asking(_)
            | Stage::Declined { .. }
            | Stage::Cancelled(_)
            | Stage::Refused(_) => Wants::default(),
        }
    }

    /// Takes the rows as they are now.
    pub(crate) fn seen(&mut self, facts: &Facts, now: Timestamp) {
        self.offer.clone_from(&facts.offer);
        match &mut self.stage {
            Stage::Member(member) => take_member(member, facts),
            Stage::Spending(spending) => {
                take_member(&mut spending.member, facts);
                let is_approved =
                    facts.request.as_ref().is_some_and(|row| spending.follow(row, now));
                // The balance that it told of is no more.
                self.last_award.take_if(|_| is_approved);
            }
            Stage::Accepted(accepted) => {
                take_card(&mut accepted.card, facts, accepted.ahead);
                take_person(&mut accepted.customer, facts);
            }
            Stage::Open(open) => {
                let row = facts.request.as_ref().filter(|row| row.id == open.id);
                if let Some(row) = row.filter(|_| !open.ahead.hides(facts.cursor)) {
                    let next = follow(open, row, facts, now);
                    self.go_to(next);
                }
            }
            Stage::Idle
            | Stage::LookingUp { .. }
            | Stage::NotMember { .. }
            | Stage::Asking(_)
            | Stage::Declined { .. }
            | Stage::Cancelled(_)
            | Stage::Refused(_) => {}
        }
    }

    fn go_to(&mut self, next: Option<Stage>) {
        let Some(next) = next else { return };
        let waiting = self.last_award.as_mut().filter(|award| award.balance.is_none());
        match (&next, waiting) {
            (Stage::Accepted(accepted), Some(award)) => {
                award.balance = Some(accepted.card.balance);
                award.name.clone_from(&accepted.customer.person.name);
            }
            // What waited on the answer is dropped with it.
            (_, Some(_)) => self.last_award = None,
            (_, None) => {}
        }
        self.stage = next;
    }
}

/// What becomes of an open request by its row; `None` while it stays open.
fn follow(
    open: &mut OpenRequest,
    row: &RequestBody,
    facts: &Facts,
    now: Timestamp,
) -> Option<Stage> {
    let customer = open.customer.clone();
    match row.status {
        RequestStatus::Pending => {
            open.asked_at = row.asked_at;
            open.counter_until = row.counter_until;
            open.open_until = row.expires_at;
            open.seen = row.seen_at.is_some();
            open.waiting = row.waiting;
            open.text = row.text.clone().map(Box::new);
            None
        }
        RequestStatus::Accepted => {
            // Its card may come with the next changes.
            let card = facts.card.as_ref()?;
            let mut customer = customer;
            take_person(&mut customer, facts);
            Some(Stage::Accepted(Accepted {
                customer,
                card: card_line(card),
                accepted_at: row.closed_at.unwrap_or(now),
                posted: open.waiting.max(row.waiting),
                award: open.award.clone(),
                ahead: Ahead::default(),
            }))
        }
        RequestStatus::Declined => {
            let closed_at = row.closed_at.unwrap_or(now);
            let ask_again_from = closed_at.plus_ms(ASK_AGAIN_AFTER_MS);
            Some(Stage::Declined { customer, ask_again_from })
        }
        RequestStatus::Cancelled => Some(Stage::Cancelled(customer)),
        RequestStatus::Expired => {
            Some(Stage::NotMember { customer, ask_again_from: None, refused: None })
        }
    }
}

fn take_member(member: &mut Member, facts: &Facts) {
    take_card(&mut member.card, facts, member.ahead);
    if let Some(body) = &facts.member {
        member.customer.person = person::member(body);
        member.joined_at = body.joined_at;
        member.last_visit_at = body.last_visit_at;
    }
}

fn take_card(card: &mut CardLine, facts: &Facts, ahead: Ahead) {
    let Some(row) = facts.card.as_ref().filter(|row| row.id == card.id) else { return };
    if ahead.hides(facts.cursor) {
        card.number.clone_from(&row.number);
        card.earned = card.earned.max(row.earned);
    } else {
        *card = card_line(row);
    }
}

fn take_person(customer: &mut Customer, facts: &Facts) {
    if let Some(body) = &facts.member {
        customer.person = person::member(body);
    }
}

pub(super) fn card_line(row: &CardBody) -> CardLine {
    CardLine {
        id: row.id,
        number: row.number.clone(),
        balance: row.balance,
        available: row.available,
        earned: row.earned,
        tier: row.tier.clone(),
    }
}
