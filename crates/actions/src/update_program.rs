//! A manager changes a programme: what it is called and gives, and where it is in its life.

use crate::ask_enrollment::own_program;
use crate::changed::Changed;
use crate::create_program::is_sound;
use crate::op::{Ctx, Op, Stop, Verb};
use reda_domain::effects::{Change, Effects};
use reda_domain::expiry::Expiry;
use reda_domain::needs::{Need, Needs};
use reda_domain::permission::Action;
use reda_domain::points::Points;
use reda_domain::program::{EarnRule, Program, ProgramStatus};
use reda_domain::refusal::Refusal;
use reda_domain::tier::Tier;
use reda_domain::world::World;
use reda_domain::{ProgramId, Timestamp};
use serde_json::json;

/// What to change; what is missing stays. What was awarded stays as it was, whatever the new rule.
#[derive(Clone, Debug)]
pub struct UpdateProgram {
    pub program: ProgramId,
    pub name: Option<String>,
    pub status: Option<ProgramStatus>,
    pub earn: Option<EarnRule>,
    pub welcome_bonus: Option<Points>,
    pub tiers: Option<Vec<Tier>>,
    pub expiry: Option<Expiry>,
}

impl UpdateProgram {
    /// A change of where a programme is in its life, and of nothing else.
    pub fn status(program: ProgramId, status: ProgramStatus) -> Self {
        Self { status: Some(status), ..Self::nothing(program) }
    }

    /// No change, to name some in.
    pub fn nothing(program: ProgramId) -> Self {
        Self {
            program,
            name: None,
            status: None,
            earn: None,
            welcome_bonus: None,
            tiers: None,
            expiry: None,
        }
    }

    fn changed(&self, old: &Program, now: Timestamp) -> Program {
        let expiry = self.expiry.unwrap_or(old.expiry);
        Program {
            name: self.name.clone().unwrap_or_else(|| old.name.clone()),
            status: self.status.unwrap_or(old.status),
            earn: self.earn.unwrap_or(old.earn),
            welcome_bonus: self.welcome_bonus.unwrap_or(old.welcome_bonus),
            tiers: self.tiers.clone().unwrap_or_else(|| old.tiers.clone()),
            expiry,
            // A new rule warns anew before it takes anything.
            expiry_since: if expiry == old.expiry { old.expiry_since } else { now },
            ..old.clone()
        }
    }
}

impl Verb for UpdateProgram {
    fn needs(&self, _op: &Op) -> Needs {
        vec![Need::Program(self.program)]
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let by = op.staff_may(Action::ManagePrograms)?;
        let old = own_program(self.program, by, world)?;
        let shop = world.business(by.business)?.ok_or(Refusal::BusinessUnknown)?;
        let program = self.changed(old, ctx.now);
        if !old.status.may_become(program.status) {
            let (from, to) = (old.status, program.status);
            return Err(Refusal::ProgramCannotBecome { from, to }.into());
        }
        is_sound(&program, shop)?;
        let changed = Changed::default()
            .named("name", &old.name, &program.name)
            .said("status", &old.status, &program.status)
            .said("earn", &old.earn, &program.earn)
            .said("welcome_bonus", &old.welcome_bonus, &program.welcome_bonus)
            .named("tiers", &old.tiers, &program.tiers)
            .said("expiry", &old.expiry, &program.expiry);
        Ok(Effects {
            answer: json!({ "program": program.id, "changed": changed.told() }),
            changes: vec![Change::Program(program)],
            ..Effects::default()
        })
    }
}
