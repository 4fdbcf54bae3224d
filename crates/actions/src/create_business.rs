//! A business starts, with its owner and its first programme.

use crate::op::{Ctx, Op, Stop, Verb};
use crate::sign_up::SignUp;
use reda_domain::business::{Business, Role, Staff};
use reda_domain::effects::{Change, Effects};
use reda_domain::expiry::Expiry;
use reda_domain::money::{Currency, Money};
use reda_domain::needs::Needs;
use reda_domain::points::Points;
use reda_domain::program::{EarnRule, Program, ProgramKind, ProgramStatus, Rounding};
use reda_domain::scope::Scope;
use reda_domain::settings::Settings;
use reda_domain::world::{NotLoaded, World};
use reda_domain::{BusinessId, ProgramId, StaffId, UserId};
use serde_json::json;

/// A first programme gives one point for each hundred major units.
const FIRST_EARN_MAJOR: i64 = 100;

/// Makes a business with one active programme ("Points").
#[derive(Clone, Debug)]
pub struct CreateBusiness {
    pub name: String,
    pub country: String,
    pub currency: Currency,
    pub owner: SignUp,
    /// What the first programme is called.
    pub program_name: String,
}

impl Verb for CreateBusiness {
    fn needs(&self, _op: &Op) -> Needs {
        vec![]
    }

    fn concerns(&self, op: &Op, _world: &World) -> Result<Vec<Scope>, NotLoaded> {
        Ok(vec![Scope::Business(op.id.into()), Scope::User(UserId(op.id.derive("owner")))])
    }

    fn decide(&self, op: &Op, _world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let business = Business {
            id: BusinessId::from(op.id),
            name: self.name.clone(),
            country: self.country.clone(),
            currency: self.currency,
            language: self.owner.language,
            settings: Settings::default(),
            created_at: ctx.now,
        };
        let owner = self.owner.user(UserId(op.id.derive("owner")), ctx);
        let staff = Staff {
            id: StaffId(op.id.derive("staff")),
            business: business.id,
            user: owner.id,
            role: Role::Owner,
            created_at: ctx.now,
            joined_at: Some(ctx.now),
            removed_at: None,
        };
        let program = first_program(ProgramId(op.id.derive("program")), self, &business);
        Ok(Effects {
            answer: json!({
                "business": business.id,
                "user": owner.id,
                "staff": staff.id,
                "program": program.id,
            }),
            changes: vec![
                Change::User(owner),
                Change::Business(business),
                Change::Staff(staff),
                Change::Program(program),
            ],
            ..Effects::default()
        })
    }
}

fn first_program(id: ProgramId, verb: &CreateBusiness, business: &Business) -> Program {
    let per = FIRST_EARN_MAJOR * verb.currency.minor_per_major();
    Program {
        id,
        business: business.id,
        name: verb.program_name.clone(),
        kind: ProgramKind::Points,
        status: ProgramStatus::Active,
        earn: EarnRule {
            points: Points(1),
            per: Money { amount: per, currency: verb.currency },
            rounding: Rounding::Down,
        },
        welcome_bonus: Points(0),
        tiers: vec![],
        expiry: Expiry::Never,
        expiry_since: business.created_at,
        created_at: business.created_at,
    }
}
