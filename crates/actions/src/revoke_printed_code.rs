//! A manager makes a member's printed codes worthless: one was lost, or is in the wrong hands.

use crate::op::{Ctx, Op, Stop, Verb};
use crate::update_customer::own_member;
use reda_domain::HandleId;
use reda_domain::customer::PrintedCode;
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::permission::Action;
use reda_domain::world::{NotLoaded, World};
use serde_json::json;

/// Revokes all that the business had printed for the member.
#[derive(Clone, Debug)]
pub struct RevokePrintedCode {
    pub customer: HandleId,
}

impl Verb for RevokePrintedCode {
    fn needs(&self, _op: &Op) -> Needs {
        vec![Need::Handle(self.customer)]
    }

    fn needs_then(&self, _op: &Op, world: &World) -> Result<Needs, NotLoaded> {
        let handle = world.handle(self.customer)?;
        Ok(handle.map(|it| Need::PrintedCodesOf(it.user)).into_iter().collect())
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let by = op.staff_may(Action::IssuePrintedCode)?;
        let handle = own_member(self.customer, by, world)?;
        let live = |code: &&PrintedCode| {
            code.issued_by == Some((by.business, handle.id)) && code.revoked_at.is_none()
        };
        let codes = world.printed_codes_of(handle.user)?.filter(live);
        let revoked = |code: &PrintedCode| {
            Change::PrintedCode(PrintedCode { revoked_at: Some(ctx.now), ..code.clone() })
        };
        let changes: Vec<Change> = codes.map(revoked).collect();
        Ok(Effects { answer: json!({ "revoked": changes.len() }), changes, ..Effects::default() })
    }
}
