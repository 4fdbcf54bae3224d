//! A customer's page registers the key that signs its codes and answers.

use crate::op::{Ctx, Op, Stop, Verb};
use reda_domain::KeyId;
use reda_domain::code::CodeId;
use reda_domain::customer::BusinessCustomer;
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::notice::{Notice, NoticeKind, Reader};
use reda_domain::refusal::Refusal;
use reda_domain::scope::{EntityKind, Scope, Touched};
use reda_domain::user::{CustomerKey, KEYS_MAX};
use reda_domain::world::{NotLoaded, World};
use serde_json::json;

/// Registers a public key, already read and found to be one.
#[derive(Clone, Debug)]
pub struct RegisterKey {
    /// SPKI in base64.
    pub public_key: String,
    pub label: String,
}

impl Verb for RegisterKey {
    fn needs(&self, op: &Op) -> Needs {
        let user = op.person();
        user.map_or(vec![], |user| vec![Need::KeysOf(user), Need::HandlesOf(user)])
    }

    fn concerns(&self, op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        let Ok(user) = op.person() else {
            return Ok(vec![]);
        };
        let joined = world.handles_of(user)?.filter(|handle| handle.is_member());
        Ok(joined.map(|handle| Scope::Business(handle.business)).collect())
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let user = op.account(world)?.id;
        let live = world.keys_of(user)?.filter(|key| key.revoked_at.is_none()).count();
        if world.keys_of(user)?.any(|key| key.public_key == self.public_key) {
            return Err(Refusal::KeyInUse.into());
        }
        if live >= KEYS_MAX {
            let max = u32::try_from(KEYS_MAX).unwrap_or(u32::MAX);
            return Err(Refusal::TooManyKeys { max }.into());
        }
        let mut code_id = [0; 8];
        code_id.copy_from_slice(&ctx.random[..8]);
        let key = CustomerKey {
            id: KeyId::from(op.id),
            user,
            code_id: CodeId(code_id),
            public_key: self.public_key.clone(),
            label: self.label.clone(),
            created_at: ctx.now,
            revoked_at: None,
        };
        // Nobody has to be told of their first one.
        let is_another = world.keys_of(user)?.next().is_some();
        let added = is_another.then(|| Notice {
            to: Reader::Person(user),
            kind: NoticeKind::KeyAdded { label: self.label.clone() },
        });
        Ok(Effects {
            notices: added.into_iter().collect(),
            answer: json!({ "key": { "id": key.id, "code_id": key.code_id } }),
            also_touched: world.handles_of(user)?.filter_map(|it| shown_to(it, key.id)).collect(),
            changes: vec![Change::Key(key)],
            ..Effects::default()
        })
    }
}

/// A shop that the customer has joined checks their codes, so it gets their keys.
pub(crate) fn shown_to(handle: &BusinessCustomer, key: KeyId) -> Option<Touched> {
    let scope = Scope::Business(handle.business);
    handle.is_member().then_some(Touched { scope, entity: EntityKind::Key, id: key.0 })
}
