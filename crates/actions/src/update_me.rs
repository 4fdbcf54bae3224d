//! A person changes their own name or language.

use crate::changed::Changed;
use crate::op::{Ctx, Op, Stop, Verb};
use reda_domain::effects::{Change, Effects};
use reda_domain::language::Language;
use reda_domain::needs::{Need, Needs};
use reda_domain::scope::{EntityKind, Scope, Touched};
use reda_domain::world::{NotLoaded, World};
use serde_json::json;

/// What to change; what is missing stays.
#[derive(Clone, Debug)]
pub struct UpdateMe {
    pub name: Option<String>,
    pub language: Option<Language>,
}

impl Verb for UpdateMe {
    fn needs(&self, op: &Op) -> Needs {
        op.person().map_or(vec![], |user| vec![Need::User(user), Need::HandlesOf(user)])
    }

    fn concerns(&self, op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        let Ok(user) = op.person() else {
            return Ok(vec![]);
        };
        let joined = world.handles_of(user)?.filter(|handle| handle.is_member());
        Ok(joined.map(|handle| Scope::Business(handle.business)).collect())
    }

    fn decide(&self, op: &Op, world: &World, _ctx: &Ctx) -> Result<Effects, Stop> {
        let before = op.account(world)?;
        let mut user = before.clone();
        let id = user.id;
        if let Some(name) = &self.name {
            user.name = Some(name.clone());
        }
        if let Some(language) = self.language {
            user.language = language;
        }
        // The shops that they joined show the name.
        let members = world.handles_of(id)?.filter(|handle| handle.is_member());
        let also_touched = members.map(|handle| Touched {
            scope: Scope::Business(handle.business),
            entity: EntityKind::Member,
            id: handle.id.0,
        });
        let changed = Changed::default().named("name", &before.name, &user.name).named(
            "language",
            &before.language,
            &user.language,
        );
        Ok(Effects {
            answer: json!({ "user": id, "changed": changed.told() }),
            also_touched: also_touched.collect(),
            changes: vec![Change::User(user)],
            ..Effects::default()
        })
    }
}
