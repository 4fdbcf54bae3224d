//! A till that ended while it waited for a yes about points, and starts again: it goes on waiting. A
//! question to join is found again by whoever it asks.

use super::Counter;
use super::facts::{Ahead, Facts, card_line};
use super::spending::Spending;
use super::stage::{Customer, Member, Stage, Whom};
use crate::person;
use reda_domain::Timestamp;
use reda_protocol::rpc::AwardState;

impl Counter {
    /// Whether nobody has been here since the till started.
    pub(crate) fn is_fresh(&self) -> bool {
        self.fresh
    }

    /// Takes up an open question about points that this till asked, if card and member are there.
    pub(crate) fn resume(&mut self, facts: &Facts, now: Timestamp) {
        let (Some(row), Some(card), Some(body)) = (&facts.request, &facts.card, &facts.member)
        else {
            return;
        };
        let person = person::member(body);
        let member = Member {
            customer: Customer { person, whom: Whom::Handle(body.id) },
            card: card_line(card),
            joined_at: body.joined_at,
            last_visit_at: body.last_visit_at,
            award: AwardState::Ready,
            ahead: Ahead::default(),
        };
        self.fresh = false;
        self.stage = Stage::Spending(Spending::resumed(member, row));
        self.seen(facts, now);
    }
}
