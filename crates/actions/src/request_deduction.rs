//! A cashier asks a customer for points: they are set aside until the answer.

use crate::award_points::own_card;
use crate::op::{Ctx, Op, StaffActor, Stop, Verb};
use crate::update_reward::own_reward;
use reda_domain::business::Business;
use reda_domain::card::Card;
use reda_domain::effects::{Change, Effects};
use reda_domain::hold::Hold;
use reda_domain::needs::{Need, Needs};
use reda_domain::notice::{Notice, NoticeKind, Reader};
use reda_domain::permission::Action;
use reda_domain::points::{AWARD_MAX, Points};
use reda_domain::program::{Program, ProgramStatus};
use reda_domain::refusal::Refusal;
use reda_domain::request::{Asked, Deduction, Request, RequestKind, RequestStatus};
use reda_domain::reward::RewardStatus;
use reda_domain::scope::Scope;
use reda_domain::world::{NotLoaded, World};
use reda_domain::{CardId, HoldId, RequestId, RewardId};
use reda_protocol::api::DeductionData;

const MINUTE_MS: i64 = 60 * 1000;

/// Places a hold and asks; one duration for both (SPEC PT-5).
#[derive(Clone, Debug)]
pub struct RequestDeduction {
    pub card: CardId,
    /// Needed where no reward says it.
    pub points: Option<Points>,
    /// What the customer reads; a reward's name where nothing is said.
    pub reason: Option<String>,
    pub reward: Option<RewardId>,
}

/// What is asked for, whoever said it.
struct Wanted {
    points: Points,
    reason: String,
}

impl Verb for RequestDeduction {
    fn needs(&self, _op: &Op) -> Needs {
        let reward = self.reward.map(Need::Reward);
        std::iter::once(Need::Card(self.card)).chain(reward).collect()
    }

    fn needs_then(&self, _op: &Op, world: &World) -> Result<Needs, NotLoaded> {
        Ok(world.card(self.card)?.map_or(vec![], |card| vec![Need::Program(card.program)]))
    }

    fn concerns(&self, _op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        Ok(world.card(self.card)?.map(|card| Scope::User(card.user)).into_iter().collect())
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let by = op.staff_may(Action::RequestDeduction)?;
        let card = own_card(self.card, by, world)?;
        let shop = world.business(by.business)?.ok_or(Refusal::BusinessUnknown)?;
        let program = world.program(card.program)?.ok_or(Refusal::ProgramUnknown)?;
        let Wanted { points, reason } = self.wanted(card, by, world)?;
        is_sound(points, card, program)?;
        let expires_at = ctx.now.plus_ms(i64::from(shop.settings.approval_minutes) * MINUTE_MS);
        let hold = Hold {
            id: HoldId(op.id.derive("hold")),
            card: card.id,
            business: card.business,
            request: RequestId::from(op.id),
            points,
            placed_at: ctx.now,
            expires_at,
            outcome: None,
        };
        let request = Request {
            id: hold.request,
            kind: RequestKind::PointsDeduction,
            status: RequestStatus::Pending,
            business: card.business,
            program: card.program,
            asked: Asked {
                user: Some(card.user),
                handle: Some(card.handle),
                address: None,
                hash: None,
            },
            staff: Some(by.staff),
            device: by.device,
            asked_at: ctx.now,
            expires_at,
            counter_until: expires_at,
            sent_at: ctx.now,
            seen_at: None,
            closed_at: None,
            card: Some(card.id),
            deduction: Some(Deduction { points, reason, hold: hold.id, reward: self.reward }),
            waiting: vec![],
        };
        let data = DeductionData { request: request.id, hold: hold.id };
        let held = Points(card.held.0 + points.0);
        Ok(Effects {
            answer: serde_json::to_value(data).expect("plain data"),
            notices: asking(&request, shop).into_iter().collect(),
            changes: vec![
                Change::Card(Card { held, ..card.clone() }),
                Change::Request(request),
                Change::Hold(hold),
            ],
            ..Effects::default()
        })
    }
}

impl RequestDeduction {
    /// What is wanted, by the reward where one is named: what it costs now is what the asker saw.
    fn wanted(&self, card: &Card, by: StaffActor, world: &World) -> Result<Wanted, Stop> {
        let Some(id) = self.reward else {
            let points = self.points.unwrap_or_default();
            return Ok(Wanted { points, reason: self.reason.clone().unwrap_or_default() });
        };
        let reward = own_reward(id, by, world)?;
        if reward.program != card.program {
            return Err(Refusal::RewardUnknown.into());
        }
        match reward.status {
            RewardStatus::Active => {}
            RewardStatus::Paused => return Err(Refusal::RewardNotActive.into()),
        }
        if self.points.is_some_and(|points| points != reward.cost) {
            return Err(Refusal::RewardCosts { cost: reward.cost }.into());
        }
        let reason = self.reason.clone().unwrap_or_else(|| reward.name.clone());
        Ok(Wanted { points: reward.cost, reason })
    }
}

fn is_sound(points: Points, card: &Card, program: &Program) -> Result<(), Refusal> {
    // A paused programme gives no points, but those that people have stay theirs to spend.
    match program.status {
        ProgramStatus::Active | ProgramStatus::Paused => {}
        status @ (ProgramStatus::Draft | ProgramStatus::Ended) => {
            return Err(Refusal::ProgramNotActive { status });
        }
    }
    if !(1..=AWARD_MAX.0).contains(&points.0) {
        return Err(Refusal::PointsOutOfRange { min: Points(1), max: AWARD_MAX });
    }
    let available = card.available();
    match points > available {
        true => Err(Refusal::NotEnoughPoints { available, needs: points }),
        false => Ok(()),
    }
}

/// Tells the person what is asked.
pub(crate) fn asking(request: &Request, shop: &Business) -> Option<Notice> {
    let (user, asked) = (request.asked.user?, request.deduction.as_ref()?);
    let kind = NoticeKind::PointsRequest {
        shop: shop.name.clone(),
        points: asked.points,
        reason: asked.reason.clone(),
        request: request.id,
    };
    Some(Notice { to: Reader::Person(user), kind })
}
