//! An owner changes what the business is called, or how it works.

use crate::changed::Changed;
use crate::op::{Ctx, Op, Stop, Verb};
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::Needs;
use reda_domain::permission::Action;
use reda_domain::refusal::Refusal;
use reda_domain::settings::{BadChange, Settings};
use reda_domain::world::World;
use serde_json::{Map, Value, json};

/// What to change; what is missing stays.
#[derive(Clone, Debug)]
pub struct UpdateBusiness {
    pub name: Option<String>,
    /// Settings by name.
    pub settings: Map<String, Value>,
}

impl UpdateBusiness {
    /// Refuses at the door what no business could be changed to: a setting that does not exist, or
    /// a value of another kind.
    pub fn new(name: Option<String>, settings: Map<String, Value>) -> Result<Self, BadChange> {
        Settings::default().changed(&settings)?;
        Ok(Self { name, settings })
    }
}

impl Verb for UpdateBusiness {
    fn needs(&self, _op: &Op) -> Needs {
        vec![]
    }

    fn decide(&self, op: &Op, world: &World, _ctx: &Ctx) -> Result<Effects, Stop> {
        let by = op.staff_may(Action::ManageBusiness)?;
        let old = world.business(by.business)?.ok_or(Refusal::BusinessUnknown)?;
        let mut business = old.clone();
        let changed = business.settings.changed(&self.settings);
        let out_of_range = |name: &str| Refusal::SettingOutOfRange { setting: name.to_owned() };
        business.settings = changed.map_err(|_| out_of_range(""))?;
        if let Some(name) = business.settings.unsound() {
            return Err(out_of_range(name).into());
        }
        if let Some(name) = &self.name {
            business.name.clone_from(name);
        }
        let changed = Changed::default()
            .named("name", &old.name, &business.name)
            .all_said(&old.settings, &business.settings);
        Ok(Effects {
            answer: json!({ "business": business.id, "changed": changed.told() }),
            changes: vec![Change::Business(business)],
            ..Effects::default()
        })
    }
}
