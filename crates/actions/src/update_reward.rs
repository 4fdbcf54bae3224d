//! A manager changes what points buy.

use crate::changed::Changed;
use crate::create_reward::is_sound;
use crate::op::{Ctx, Op, StaffActor, Stop, Verb};
use reda_domain::RewardId;
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::permission::Action;
use reda_domain::points::Points;
use reda_domain::refusal::Refusal;
use reda_domain::reward::{Gives, Reward, RewardStatus};
use reda_domain::world::World;
use serde_json::json;

/// What to change; what is missing stays. Who was asked already is asked for what it cost then.
#[derive(Clone, Debug)]
pub struct UpdateReward {
    pub reward: RewardId,
    pub name: Option<String>,
    pub cost: Option<Points>,
    pub gives: Option<Gives>,
    pub status: Option<RewardStatus>,
}

impl Verb for UpdateReward {
    fn needs(&self, _op: &Op) -> Needs {
        vec![Need::Reward(self.reward)]
    }

    fn decide(&self, op: &Op, world: &World, _ctx: &Ctx) -> Result<Effects, Stop> {
        let by = op.staff_may(Action::ManagePrograms)?;
        let shop = world.business(by.business)?.ok_or(Refusal::BusinessUnknown)?;
        let old = own_reward(self.reward, by, world)?;
        let reward = Reward {
            name: self.name.clone().unwrap_or_else(|| old.name.clone()),
            cost: self.cost.unwrap_or(old.cost),
            gives: self.gives.clone().unwrap_or_else(|| old.gives.clone()),
            status: self.status.unwrap_or(old.status),
            ..old.clone()
        };
        is_sound(&reward, shop)?;
        let changed = Changed::default()
            .named("name", &old.name, &reward.name)
            .said("cost", &old.cost, &reward.cost)
            .named("gives", &old.gives, &reward.gives)
            .said("status", &old.status, &reward.status);
        Ok(Effects {
            answer: json!({ "reward": reward.id, "changed": changed.told() }),
            changes: vec![Change::Reward(reward)],
            ..Effects::default()
        })
    }
}

/// A reward of the asker's business.
pub(crate) fn own_reward(id: RewardId, by: StaffActor, world: &World) -> Result<&Reward, Stop> {
    let own = world.reward(id)?.filter(|reward| reward.business == by.business);
    own.ok_or_else(|| Refusal::RewardUnknown.into())
}
