//! A manager renames a programme, or pauses, continues or ends it.

use crate::ask_enrollment::own_program;
use crate::op::{Ctx, Op, Stop, Verb};
use reda_domain::ProgramId;
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::permission::Action;
use reda_domain::program::{Program, ProgramStatus};
use reda_domain::refusal::Refusal;
use reda_domain::world::World;
use serde_json::json;

/// What to change; what is missing stays.
#[derive(Clone, Debug)]
pub struct UpdateProgram {
    pub program: ProgramId,
    pub name: Option<String>,
    pub status: Option<ProgramStatus>,
}

impl Verb for UpdateProgram {
    fn needs(&self, _op: &Op) -> Needs {
        vec![Need::Program(self.program)]
    }

    fn decide(&self, op: &Op, world: &World, _ctx: &Ctx) -> Result<Effects, Stop> {
        let by = op.staff_may(Action::ManagePrograms)?;
        let old = own_program(self.program, by, world)?;
        let status = self.status.unwrap_or(old.status);
        if !old.status.may_become(status) {
            return Err(Refusal::ProgramCannotBecome { from: old.status, to: status }.into());
        }
        let name = self.name.clone().unwrap_or_else(|| old.name.clone());
        let program = Program { name, status, ..old.clone() };
        Ok(Effects {
            answer: json!({ "program": program.id }),
            changes: vec![Change::Program(program)],
            ..Effects::default()
        })
    }
}
