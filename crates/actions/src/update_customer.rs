//! Staff write a member's name, notes and tags. The person's own name stays theirs.

use crate::changed::Changed;
use crate::op::{Ctx, Op, StaffActor, Stop, Verb};
use reda_domain::HandleId;
use reda_domain::customer::BusinessCustomer;
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::permission::Action;
use reda_domain::profile::{Notes, Profile};
use reda_domain::refusal::Refusal;
use reda_domain::world::World;
use serde_json::json;

/// What to change; what is missing stays.
#[derive(Clone, Debug)]
pub struct UpdateCustomer {
    pub customer: HandleId,
    /// `Some(None)`: the name that the person gave is good enough.
    pub name: Option<Option<String>>,
    pub notes: Option<String>,
    pub tags: Option<Vec<String>>,
}

/// A member of the asker's business.
pub(crate) fn own_member(
    id: HandleId,
    by: StaffActor,
    world: &World,
) -> Result<&BusinessCustomer, Stop> {
    let own = world.handle(id)?.filter(|it| it.business == by.business && it.is_member());
    own.ok_or_else(|| Refusal::CustomerUnknown.into())
}

impl Verb for UpdateCustomer {
    fn needs(&self, _op: &Op) -> Needs {
        vec![Need::Handle(self.customer), Need::Profile(self.customer)]
    }

    fn decide(&self, op: &Op, world: &World, _ctx: &Ctx) -> Result<Effects, Stop> {
        let by = op.staff_may(Action::EditCustomers)?;
        let handle = own_member(self.customer, by, world)?;
        let before = world.wrote_of(handle.id)?;
        let wrote = Notes {
            name: self.name.clone().unwrap_or_else(|| before.name.clone()),
            notes: self.notes.clone().unwrap_or_else(|| before.notes.clone()),
            tags: self.tags.clone().unwrap_or_else(|| before.tags.clone()),
        };
        let changed = Changed::default()
            .named("name", &before.name, &wrote.name)
            .named("notes", &before.notes, &wrote.notes)
            .named("tags", &before.tags, &wrote.tags);
        let profile = Profile { id: handle.id, business: by.business, wrote };
        Ok(Effects {
            answer: json!({ "customer": handle.id, "changed": changed.told() }),
            changes: vec![Change::Profile(profile)],
            ..Effects::default()
        })
    }
}
