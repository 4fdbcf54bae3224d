//! A manager makes a programme.

use crate::op::{Ctx, Op, Stop, Verb};
use reda_domain::ProgramId;
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::Needs;
use reda_domain::permission::Action;
use reda_domain::points::{AWARD_MAX, Points};
use reda_domain::program::{EarnRule, Program, ProgramKind, ProgramStatus};
use reda_domain::refusal::Refusal;
use reda_domain::world::World;
use serde_json::json;

/// Makes a draft; it counts from when it is activated.
#[derive(Clone, Debug)]
pub struct CreateProgram {
    pub name: String,
    pub kind: ProgramKind,
    pub earn: EarnRule,
    pub welcome_bonus: Points,
}

impl Verb for CreateProgram {
    fn needs(&self, _op: &Op) -> Needs {
        vec![]
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let by = op.staff_may(Action::ManagePrograms)?;
        let shop = world.business(by.business)?.ok_or(Refusal::BusinessUnknown)?;
        if self.earn.per.currency != shop.currency {
            return Err(Refusal::OtherCurrency { expected: shop.currency }.into());
        }
        let bonus_is_sound = (0..=AWARD_MAX.0).contains(&self.welcome_bonus.0);
        if !self.earn.is_sound() || !bonus_is_sound {
            return Err(Refusal::PointsOutOfRange { min: Points(1), max: AWARD_MAX }.into());
        }
        let program = Program {
            id: ProgramId::from(op.id),
            business: by.business,
            name: self.name.clone(),
            kind: self.kind,
            status: ProgramStatus::Draft,
            earn: self.earn,
            welcome_bonus: self.welcome_bonus,
            created_at: ctx.now,
        };
        Ok(Effects {
            answer: json!({ "program": program.id }),
            changes: vec![Change::Program(program)],
            ..Effects::default()
        })
    }
}
