//! A person chooses what reaches them, and how.

use crate::changed::Changed;
use crate::op::{Ctx, Op, Stop, Verb};
use reda_domain::address::Phone;
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::preferences::{Preferences, Switches, SwitchesChange};
use reda_domain::scope::{EntityKind, Scope, Touched};
use reda_domain::world::{NotLoaded, World};
use serde_json::json;

/// What to change; what is missing stays.
#[derive(Clone, Debug)]
pub struct UpdatePreferences {
    pub switches: SwitchesChange,
    /// `Some(None)` goes back to the account's own phone.
    pub sms_phone: Option<Option<Phone>>,
}

impl Verb for UpdatePreferences {
    fn needs(&self, op: &Op) -> Needs {
        op.person().map_or(vec![], |user| vec![Need::Preferences(user), Need::PlacesOf(user)])
    }

    fn concerns(&self, op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        let Ok(user) = op.person() else {
            return Ok(vec![]);
        };
        Ok(world.places_of(user)?.map(|place| Scope::Business(place.business)).collect())
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let id = op.account(world)?.id;
        let places: Vec<_> = world.places_of(id)?.collect();
        let kept = world.preferences(id)?;
        let before = match kept {
            Some(kept) => kept.switches,
            None if places.is_empty() => Switches::default(),
            None => Switches::of_staff(),
        };
        let row = Preferences {
            id,
            switches: before.changed(&self.switches),
            sms_phone: match &self.sms_phone {
                Some(chosen) => chosen.clone(),
                None => kept.and_then(|kept| kept.sms_phone.clone()),
            },
            updated_at: ctx.now,
        };
        // A till pops up for whoever is switched on at it.
        let at_tills = places.iter().map(|place| Touched {
            scope: Scope::Business(place.business),
            entity: EntityKind::Preferences,
            id: place.id.0,
        });
        let phone_before = kept.and_then(|kept| kept.sms_phone.as_ref());
        let changed = Changed::default().all_named(&before, &row.switches).named(
            "sms_phone",
            &phone_before,
            &row.sms_phone.as_ref(),
        );
        Ok(Effects {
            answer: json!({ "user": id, "changed": changed.told() }),
            also_touched: at_tills.collect(),
            changes: vec![Change::Preferences(row)],
            ..Effects::default()
        })
    }
}
