//! A manager makes a programme.

use crate::op::{Ctx, Op, Stop, Verb};
use reda_domain::ProgramId;
use reda_domain::business::Business;
use reda_domain::effects::{Change, Effects};
use reda_domain::expiry::Expiry;
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
        is_sound(&self.earn, self.welcome_bonus, shop)?;
        let program = Program {
            id: ProgramId::from(op.id),
            business: by.business,
            name: self.name.clone(),
            kind: self.kind,
            status: ProgramStatus::Draft,
            earn: self.earn,
            welcome_bonus: self.welcome_bonus,
            tiers: vec![],
            expiry: Expiry::Never,
            expiry_since: ctx.now,
            created_at: ctx.now,
        };
        Ok(Effects {
            answer: json!({ "program": program.id }),
            changes: vec![Change::Program(program)],
            ..Effects::default()
        })
    }
}

/// Whether a programme of the shop's can earn so, and welcome with so much.
pub(crate) fn is_sound(
    earn: &EarnRule,
    welcome_bonus: Points,
    shop: &Business,
) -> Result<(), Refusal> {
    if earn.per.currency != shop.currency {
        return Err(Refusal::OtherCurrency { expected: shop.currency });
    }
    let bonus_is_sound = (0..=AWARD_MAX.0).contains(&welcome_bonus.0);
    match earn.is_sound() && bonus_is_sound {
        true => Ok(()),
        false => Err(Refusal::PointsOutOfRange { min: Points(1), max: AWARD_MAX }),
    }
}
