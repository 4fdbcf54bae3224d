//! The counter as the window draws it.

use super::Counter;
use super::stage::{Accepted, Member, OpenRequest, Stage};
use reda_domain::Timestamp;
use reda_domain::language::Language;
use reda_protocol::error::{WireError, row};
use reda_protocol::rpc::{AwardState, CounterStage, CounterView};

impl Counter {
    /// What to show at `now`; refusals are worded in `language`.
    pub(crate) fn view(&self, now: Timestamp, language: Language) -> CounterView {
        CounterView {
            stage: self.stage_view(now, language),
            program: self.program.clone(),
            rewards: self.rewards(),
            last_award: self.last_award.clone(),
            // Undecided is a matter of whether the server can send messages, which only it knows.
            in_person: self.in_person.unwrap_or(true),
        }
    }

    fn stage_view(&self, now: Timestamp, language: Language) -> CounterStage {
        let worded = |error: &WireError| worded(error, language);
        let award = |state: &AwardState| match state {
            AwardState::Ready => AwardState::Ready,
            AwardState::Sending => AwardState::Sending,
            AwardState::Refused { error } => AwardState::Refused { error: worded(error) },
        };
        match self.stage.clone() {
            Stage::Idle => CounterStage::Idle,
            Stage::LookingUp { shown, .. } => CounterStage::LookingUp { shown },
            Stage::Member(Member {
                customer,
                card,
                joined_at,
                last_visit_at,
                award: state,
                ..
            }) => CounterStage::Member {
                person: customer.person,
                card: self.tiered(card),
                joined_at,
                last_visit_at,
                award: award(&state),
            },
            Stage::Spending(mut spending) => {
                spending.member.card = self.tiered(spending.member.card);
                spending.refused = spending.refused.as_ref().map(worded);
                let by_code = self.code_approves(spending.points());
                spending.view(by_code)
            }
            Stage::NotMember { customer, ask_again_from, refused } => CounterStage::NotMember {
                person: customer.person,
                ask_again_from: ask_again_from.filter(|from| now < *from),
                refused: refused.as_ref().map(worded),
            },
            Stage::Asking(customer) => CounterStage::Asking { person: customer.person },
            Stage::Open(open) => open_view(open, now, award),
            Stage::Accepted(Accepted {
                customer, card, accepted_at, posted, award: state, ..
            }) => CounterStage::Accepted {
                person: customer.person,
                card: self.tiered(card),
                accepted_at,
                posted,
                award: award(&state),
            },
            Stage::Declined { customer, ask_again_from } => {
                CounterStage::Declined { person: customer.person, ask_again_from }
            }
            Stage::Cancelled(customer) => CounterStage::Cancelled { person: customer.person },
            Stage::Refused(error) => CounterStage::Refused { error: worded(&error) },
        }
    }
}

fn open_view(
    open: OpenRequest,
    now: Timestamp,
    award: impl Fn(&AwardState) -> AwardState,
) -> CounterStage {
    let send_again_from = open.send_again_from();
    let text = open.text.as_deref().cloned();
    let OpenRequest { customer, id, asked_at, counter_until, open_until, seen, waiting, .. } = open;
    if now < counter_until {
        CounterStage::Waiting {
            person: customer.person,
            request: id,
            asked_at,
            counter_until,
            send_again_from,
            seen,
            waiting,
            award: award(&open.award),
            text,
        }
    } else {
        CounterStage::NoAnswer {
            person: customer.person,
            request: id,
            open_until,
            waiting,
            send_again_from,
            text,
        }
    }
}

/// The error with its sentence in the reader's language, where this version has one.
fn worded(error: &WireError, language: Language) -> WireError {
    let message = row(&error.code).map(|row| row.sentence(language).to_owned());
    WireError { message: message.unwrap_or_else(|| error.message.clone()), ..error.clone() }
}
