//! A manager makes something that points buy.

use crate::ask_enrollment::own_program;
use crate::op::{Ctx, Op, Stop, Verb};
use reda_domain::business::Business;
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::permission::Action;
use reda_domain::points::{AWARD_MAX, Points};
use reda_domain::refusal::Refusal;
use reda_domain::reward::{Gives, Reward, RewardStatus};
use reda_domain::world::World;
use reda_domain::{ProgramId, RewardId};
use serde_json::json;

/// Makes a reward of a programme.
#[derive(Clone, Debug)]
pub struct CreateReward {
    pub program: ProgramId,
    pub name: String,
    pub cost: Points,
    pub gives: Gives,
    pub status: RewardStatus,
}

impl Verb for CreateReward {
    fn needs(&self, _op: &Op) -> Needs {
        vec![Need::Program(self.program)]
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let by = op.staff_may(Action::ManagePrograms)?;
        let program = own_program(self.program, by, world)?;
        let shop = world.business(by.business)?.ok_or(Refusal::BusinessUnknown)?;
        let reward = Reward {
            id: RewardId::from(op.id),
            business: by.business,
            program: program.id,
            name: self.name.clone(),
            cost: self.cost,
            gives: self.gives.clone(),
            status: self.status,
            created_at: ctx.now,
        };
        is_sound(&reward, shop)?;
        Ok(Effects {
            answer: json!({ "reward": reward.id }),
            changes: vec![Change::Reward(reward)],
            ..Effects::default()
        })
    }
}

/// Whether the shop can give this for so many points.
pub(crate) fn is_sound(reward: &Reward, shop: &Business) -> Result<(), Refusal> {
    if let Gives::MoneyOff { amount } = &reward.gives
        && amount.currency != shop.currency
    {
        return Err(Refusal::OtherCurrency { expected: shop.currency });
    }
    if !reward.gives.is_sound() {
        return Err(Refusal::SettingOutOfRange { setting: "gives".to_owned() });
    }
    match reward.has_sound_cost() {
        true => Ok(()),
        false => Err(Refusal::PointsOutOfRange { min: Points(1), max: AWARD_MAX }),
    }
}
