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
use reda_domain::tier::{self, Tier};
use reda_domain::world::World;
use serde_json::json;

/// Makes a draft; it counts from when it is activated.
#[derive(Clone, Debug)]
pub struct CreateProgram {
    pub name: String,
    pub kind: ProgramKind,
    pub earn: EarnRule,
    pub welcome_bonus: Points,
    pub tiers: Vec<Tier>,
    pub expiry: Expiry,
}

impl Verb for CreateProgram {
    fn needs(&self, _op: &Op) -> Needs {
        vec![]
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let by = op.staff_may(Action::ManagePrograms)?;
        let shop = world.business(by.business)?.ok_or(Refusal::BusinessUnknown)?;
        let program = Program {
            id: ProgramId::from(op.id),
            business: by.business,
            name: self.name.clone(),
            kind: self.kind,
            status: ProgramStatus::Draft,
            earn: self.earn,
            welcome_bonus: self.welcome_bonus,
            tiers: self.tiers.clone(),
            expiry: self.expiry,
            expiry_since: ctx.now,
            created_at: ctx.now,
        };
        is_sound(&program, shop)?;
        Ok(Effects {
            answer: json!({ "program": program.id }),
            changes: vec![Change::Program(program)],
            ..Effects::default()
        })
    }
}

/// Whether the shop can have a programme like this.
pub(crate) fn is_sound(program: &Program, shop: &Business) -> Result<(), Refusal> {
    if program.earn.per.currency != shop.currency {
        return Err(Refusal::OtherCurrency { expected: shop.currency });
    }
    let bonus_is_sound = (0..=AWARD_MAX.0).contains(&program.welcome_bonus.0);
    if !program.earn.is_sound() || !bonus_is_sound {
        return Err(Refusal::PointsOutOfRange { min: Points(1), max: AWARD_MAX });
    }
    let out_of_range = |setting: &str| Refusal::SettingOutOfRange { setting: setting.into() };
    if !tier::are_sound(&program.tiers) {
        return Err(out_of_range("tiers"));
    }
    match program.expiry.is_sound() {
        true => Ok(()),
        false => Err(out_of_range("expiry")),
    }
}
