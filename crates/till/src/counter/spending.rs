//! Points that a member is asked for: from the question to the answer, or to its end without one
//! (SPEC PT-5).
//!
//! The server's clock alone ends it: after the last moment of the ring the counter waits until the
//! row says what became of it. Leaving takes the request back first, and an answer that was faster
//! shows.

use super::answers::{Answer, read};
use super::facts::Ahead;
use super::stage::{Accepted, Member, Stage, What};
use super::{Counter, Ctx, Effect, Shown, Wish, online};
use crate::amount::digits_of_groups;
use reda_domain::language::Language;
use reda_domain::points::{AWARD_MAX, Points};
use reda_domain::request::{RESEND_AFTER_MS, RequestStatus};
use reda_domain::{RequestId, RewardId, Timestamp};
use reda_protocol::api::DeductionData;
use reda_protocol::entity::RequestBody;
use reda_protocol::error::WireError;
use reda_protocol::operation::{CancelRequest, RequestDeduction, Verb};
use reda_protocol::rpc::{CounterStage, RewardLine, SpendAsk, SpendState, SpendView};
use serde_json::json;

/// What a member is asked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wanted {
    pub(crate) points: Points,
    /// What for: the name of the reward, where it is one.
    pub(crate) reason: String,
    pub(crate) reward: Option<RewardId>,
}

/// A member who was asked for points.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Spending {
    pub(super) member: Member,
    wanted: Wanted,
    asked: Asked,
    /// Why the code that was shown last is no yes.
    pub(super) refused: Option<WireError>,
}

/// How far the question has come.
#[derive(Clone, Debug, PartialEq)]
enum Asked {
    /// The server has not answered; `leave` once the cashier wants it no more.
    Sending {
        leave: bool,
    },
    Sent {
        request: RequestId,
        leave: bool,
    },
    Open {
        open: Open,
        leave: bool,
    },
    Ended(End),
}

/// The question as its row shows it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Open {
    pub(super) id: RequestId,
    asked_at: Timestamp,
    until: Timestamp,
    pub(super) send_again_from: Timestamp,
    seen: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Approved(Timestamp),
    Declined,
    TimedOut,
    Cancelled,
}

impl Counter {
    /// What points as typed come to, of the member at the counter.
    pub(crate) fn spending(&self, text: &str, language: Language) -> SpendView {
        let nothing = SpendView { points: None, leaves: None, error: None };
        let Some(Member { card, .. }) = self.spender().filter(|_| !text.trim().is_empty()) else {
            return nothing;
        };
        let refused = |error| SpendView { error: Some(error), ..nothing.clone() };
        let Some(points) = whole(text.trim()) else {
            return refused(WireError::of("points_out_of_range", language));
        };
        let available = card.available;
        if points > available {
            let facts = json!({ "available": available, "needs": points });
            return refused(WireError::of("not_enough_points", language).with(facts));
        }
        let leaves = Some(Points(card.balance.0 - points.0));
        SpendView { points: Some(points), leaves, error: None }
    }

    /// What the cashier chose, if the member has so much.
    pub(crate) fn wanted(&self, asked: SpendAsk, language: Language) -> Result<Wanted, WireError> {
        let refused = |code| WireError::of(code, language);
        let Some(id) = asked.reward else {
            let SpendView { points, error, .. } = self.spending(&asked.text, language);
            let points = error.map_or_else(|| points.ok_or(refused("points_out_of_range")), Err)?;
            return Ok(Wanted { points, reason: asked.reason, reward: None });
        };
        let rewards = self.rewards();
        let reward = rewards.into_iter().find(|reward| reward.id == id);
        let RewardLine { name, cost, missing, .. } =
            reward.ok_or_else(|| refused("reward_unknown"))?;
        if missing > Points(0) {
            let facts = json!({ "available": cost.0 - missing.0, "needs": cost });
            return Err(refused("not_enough_points").with(facts));
        }
        Ok(Wanted { points: cost, reason: name, reward: Some(id) })
    }

    /// The member who can be asked: not while a question is open already.
    fn spender(&self) -> Option<Member> {
        match self.stage.clone() {
            Stage::Member(member) => Some(member),
            Stage::Spending(Spending { member, asked: Asked::Ended(_), .. }) => Some(member),
            Stage::Accepted(Accepted { customer, card, accepted_at, award, ahead, .. }) => {
                let (joined_at, last_visit_at) = (Some(accepted_at), None);
                Some(Member { customer, card, joined_at, last_visit_at, award, ahead })
            }
            Stage::Spending(_)
            | Stage::Idle
            | Stage::LookingUp { .. }
            | Stage::NotMember { .. }
            | Stage::Asking(_)
            | Stage::Open(_)
            | Stage::Declined { .. }
            | Stage::Cancelled(_)
            | Stage::Refused(_) => None,
        }
    }

    /// The cashier asks the member for points.
    pub(crate) fn spend(&mut self, wanted: Wanted, ctx: &Ctx) -> Wish {
        let Some(member) = self.spender().filter(|_| self.under_way.is_none()) else {
            return Ok(Vec::new());
        };
        online(ctx)?;
        let ask = RequestDeduction {
            card: member.card.id,
            // Of a reward too: whoever chose it saw this cost, and another one is refused.
            points: Some(wanted.points),
            reason: wanted.reward.is_none().then(|| wanted.reason.clone()),
            reward: wanted.reward,
        };
        let asked = Asked::Sending { leave: false };
        self.stage = Stage::Spending(Spending { member, wanted, asked, refused: None });
        Ok(vec![self.submit(What::Spend, Verb::RequestDeduction(ask), ctx)])
    }

    pub(super) fn spend_asked(&mut self, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        let Stage::Spending(spending) = &self.stage else { return Vec::new() };
        let mut spending = spending.clone();
        let Asked::Sending { leave } = spending.asked else { return Vec::new() };
        let data = answer.and_then(|applied| {
            spending.member.ahead = Ahead::of(self.moved(&applied));
            read::<DeductionData>(&applied.data, ctx)
        });
        let Ok(DeductionData { request, .. }) = data else {
            self.stage = Stage::Member(spending.member);
            return Vec::new();
        };
        let held = spending.member.card.available.0 - spending.wanted.points.0;
        spending.member.card.available = Points(held.max(0));
        spending.asked = Asked::Sent { request, leave: false };
        self.stage = Stage::Spending(spending);
        if leave { self.leave_spending(ctx) } else { Vec::new() }
    }

    /// One step back: a question that is open is taken back, and the counter waits for what
    /// became of it; one that ended is put away.
    pub(super) fn leave_spending(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let Stage::Spending(spending) = &mut self.stage else { return Vec::new() };
        let request = match &mut spending.asked {
            Asked::Sending { leave } => {
                *leave = true;
                return Vec::new();
            }
            Asked::Ended(_) => {
                self.stage = Stage::Member(spending.member.clone());
                let missed = std::mem::take(&mut self.missed);
                return missed.then_some(Effect::LookAgain).into_iter().collect();
            }
            Asked::Sent { leave: true, .. } | Asked::Open { leave: true, .. } => {
                return Vec::new();
            }
            Asked::Sent { request, leave } => {
                *leave = true;
                *request
            }
            Asked::Open { open, leave } => {
                *leave = true;
                open.id
            }
        };
        // Without the line it is sent when the line is back, and nobody waits for that long.
        let shown = if ctx.online { Shown::ToTheCaller } else { Shown::OnTheCounter };
        let verb = Verb::CancelRequest(CancelRequest { request });
        vec![self.submit_shown(What::Cancel, verb, shown, ctx)]
    }

    /// Without the line a request that is being taken back cannot say what became of it. Then the
    /// next step back is out: the points are free again when its time is over.
    pub(super) fn is_cut_off(&self, ctx: &Ctx) -> bool {
        let Stage::Spending(spending) = &self.stage else { return false };
        spending.is_leaving() && !ctx.online
    }
}

impl Spending {
    /// A question that was asked before the till started; its row says the rest.
    pub(super) fn resumed(member: Member, row: &RequestBody) -> Self {
        let reason = row.reason.clone().unwrap_or_default();
        let wanted = Wanted { points: row.points, reason, reward: row.reward };
        let asked = Asked::Sent { request: row.id, leave: false };
        Self { member, wanted, asked, refused: None }
    }

    /// The request, once the server has made one.
    pub(super) fn request(&self) -> Option<RequestId> {
        match &self.asked {
            Asked::Sending { .. } | Asked::Ended(_) => None,
            Asked::Sent { request, .. } => Some(*request),
            Asked::Open { open, .. } => Some(open.id),
        }
    }

    /// The question, while it waits for its answer.
    pub(super) fn open(&self) -> Option<&Open> {
        match &self.asked {
            Asked::Open { open, leave: false } => Some(open),
            Asked::Open { .. } | Asked::Sending { .. } | Asked::Sent { .. } | Asked::Ended(_) => {
                None
            }
        }
    }

    fn is_leaving(&self) -> bool {
        match self.asked {
            Asked::Sending { leave } | Asked::Sent { leave, .. } | Asked::Open { leave, .. } => {
                leave
            }
            Asked::Ended(_) => false,
        }
    }

    pub(super) fn was_sent_again(&mut self, now: Timestamp) {
        if let Asked::Open { open, .. } = &mut self.asked {
            open.send_again_from = now.plus_ms(RESEND_AFTER_MS);
        }
    }

    /// Takes what became of taking it back. Where an answer was first, its row tells which.
    pub(super) fn was_taken_back(&mut self, answer: Result<(), WireError>) {
        let code = answer.as_ref().err().map(|error| error.code.as_str());
        match (code, &mut self.asked) {
            (_, Asked::Ended(_) | Asked::Sending { .. }) | (Some("already_answered"), _) => {}
            (None | Some("request_cancelled"), _) => self.asked = Asked::Ended(End::Cancelled),
            (Some("request_expired"), _) => self.asked = Asked::Ended(End::TimedOut),
            // It is still open, as far as anybody knows.
            (Some(_), Asked::Sent { leave, .. } | Asked::Open { leave, .. }) => *leave = false,
        }
    }

    /// Follows the row of the request; says whether it brought the yes.
    pub(super) fn follow(&mut self, row: &RequestBody, now: Timestamp) -> bool {
        if self.request() != Some(row.id) {
            return false;
        }
        let leave = self.is_leaving();
        let closed_at = row.closed_at.unwrap_or(now);
        self.asked = match row.status {
            RequestStatus::Pending => Asked::Open { open: self.opened(row), leave },
            RequestStatus::Accepted => Asked::Ended(End::Approved(closed_at)),
            RequestStatus::Declined => Asked::Ended(End::Declined),
            RequestStatus::Expired => Asked::Ended(End::TimedOut),
            RequestStatus::Cancelled => Asked::Ended(End::Cancelled),
        };
        row.status == RequestStatus::Accepted
    }

    fn opened(&self, row: &RequestBody) -> Open {
        let first = row.asked_at.plus_ms(RESEND_AFTER_MS);
        Open {
            id: row.id,
            asked_at: row.asked_at,
            until: row.expires_at,
            send_again_from: self.open().map_or(first, |open| open.send_again_from),
            seen: row.seen_at.is_some(),
        }
    }

    /// How many points the member is asked for.
    pub(super) fn points(&self) -> Points {
        self.wanted.points
    }

    /// `by_code`: the customer's code would be their yes.
    pub(super) fn view(self, by_code: bool) -> CounterStage {
        let state = match self.asked {
            Asked::Sending { leave: true }
            | Asked::Sent { leave: true, .. }
            | Asked::Open { leave: true, .. } => SpendState::Cancelling,
            Asked::Sending { .. } | Asked::Sent { .. } => SpendState::Asking,
            Asked::Open { open, .. } => SpendState::Waiting {
                request: open.id,
                asked_at: open.asked_at,
                until: open.until,
                send_again_from: open.send_again_from,
                seen: open.seen,
                by_code,
                refused: self.refused,
            },
            Asked::Ended(End::Approved(at)) => SpendState::Approved { at },
            Asked::Ended(End::Declined) => SpendState::Declined,
            Asked::Ended(End::TimedOut) => SpendState::TimedOut,
            Asked::Ended(End::Cancelled) => SpendState::Cancelled,
        };
        let Member { customer, card, .. } = self.member;
        let Wanted { points, reason, reward } = self.wanted;
        CounterStage::Spending { person: customer.person, card, points, reason, reward, state }
    }
}

/// A whole number of points as people type it.
fn whole(text: &str) -> Option<Points> {
    let points = Points(digits_of_groups(text)?.parse().ok()?);
    (Points(1)..=AWARD_MAX).contains(&points).then_some(points)
}
