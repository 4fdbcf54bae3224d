//! A person takes one of their keys back: a phone that is lost, or signed out.

use crate::op::{Ctx, Op, Stop, Verb};
use crate::register_key::shown_to;
use reda_domain::KeyId;
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::refusal::Refusal;
use reda_domain::scope::Scope;
use reda_domain::user::CustomerKey;
use reda_domain::world::{NotLoaded, World};
use serde_json::json;

/// Revokes a key; its codes and signatures count no more. A revoked one stays so.
#[derive(Clone, Debug)]
pub struct RevokeKey {
    pub key: KeyId,
}

impl Verb for RevokeKey {
    fn needs(&self, op: &Op) -> Needs {
        let of = |user| vec![Need::Key(self.key), Need::HandlesOf(user)];
        op.person().map_or(vec![], of)
    }

    fn concerns(&self, op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        let Ok(user) = op.person() else { return Ok(vec![]) };
        let joined = world.handles_of(user)?.filter(|handle| handle.is_member());
        Ok(joined.map(|handle| Scope::Business(handle.business)).collect())
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let user = op.person()?;
        let own = world.key(self.key)?.filter(|key| key.user == user);
        let key = own.ok_or(Refusal::KeyUnknown)?;
        let answer = json!({ "key": key.id });
        if key.revoked_at.is_some() {
            return Ok(Effects { answer, ..Effects::default() });
        }
        let revoked = CustomerKey { revoked_at: Some(ctx.now), ..key.clone() };
        Ok(Effects {
            answer,
            also_touched: world.handles_of(user)?.filter_map(|it| shown_to(it, key.id)).collect(),
            changes: vec![Change::Key(revoked)],
            ..Effects::default()
        })
    }
}
