//! A manager takes the list of customers away as a file. Nothing changes, but that they did stands in
//! the audit log.

use crate::op::{Ctx, Op, Stop, Verb};
use reda_domain::effects::Effects;
use reda_domain::needs::Needs;
use reda_domain::permission::Action;
use reda_domain::world::World;
use serde_json::json;

/// How much was taken: what the list was narrowed to is told by the names of the fields alone, since
/// a search is somebody's name or number.
#[derive(Clone, Debug)]
pub struct ExportCustomers {
    pub customers: i64,
    pub narrowed_by: Vec<&'static str>,
}

impl Verb for ExportCustomers {
    fn needs(&self, _op: &Op) -> Needs {
        vec![]
    }

    fn decide(&self, op: &Op, _world: &World, _ctx: &Ctx) -> Result<Effects, Stop> {
        op.staff_may(Action::ExportCustomers)?;
        let answer = json!({ "customers": self.customers, "narrowed_by": self.narrowed_by });
        Ok(Effects { answer, ..Effects::default() })
    }
}
