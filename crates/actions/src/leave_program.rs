//! A person leaves a programme. What they share with the business stays as it is.

use crate::ending::{cancelled, end_card};
use crate::op::{Ctx, Op, Stop, Verb};
use reda_domain::ProgramId;
use reda_domain::card::Card;
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::refusal::Refusal;
use reda_domain::scope::Scope;
use reda_domain::world::{NotLoaded, World};
use serde_json::json;

/// Ends the person's card in the programme; its points lapse.
#[derive(Clone, Debug)]
pub struct LeaveProgram {
    pub program: ProgramId,
}

impl LeaveProgram {
    /// The person's live card in the programme.
    fn card<'w>(&self, op: &Op, world: &'w World) -> Result<Option<&'w Card>, NotLoaded> {
        let (Ok(user), Some(program)) = (op.person(), world.program(self.program)?) else {
            return Ok(None);
        };
        Ok(world.cards_of(program.business, user)?.find(|card| card.program == self.program))
    }
}

impl Verb for LeaveProgram {
    fn needs(&self, op: &Op) -> Needs {
        let of = |user| {
            vec![
                Need::Program(self.program),
                Need::HandlesOf(user),
                Need::CardsOf(user),
                Need::RequestsOf(user),
            ]
        };
        op.person().map_or(vec![], of)
    }

    fn needs_then(&self, op: &Op, world: &World) -> Result<Needs, NotLoaded> {
        let card = if op.person().is_ok() { self.card(op, world)? } else { None };
        let ends =
            |card: &Card| vec![Need::Enrollment(card.enrollment), Need::DeductionsOf(card.id)];
        Ok(card.map_or(vec![], ends))
    }

    fn concerns(&self, op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        let card = if op.person().is_ok() { self.card(op, world)? } else { None };
        Ok(card.map(|card| Scope::Business(card.business)).into_iter().collect())
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let user = op.person()?;
        let card = self.card(op, world)?.ok_or(Refusal::ProgramUnknown)?;
        let mut effects = Effects { answer: json!({ "card": card.id }), ..Effects::default() };
        end_card(card, op, world, ctx, &mut effects)?;
        let open = world
            .requests_of(card.business, user)?
            .filter(|it| it.program == self.program && it.closed_at.is_none());
        effects.changes.extend(open.map(|it| Change::Request(cancelled(it, ctx))));
        // The business sees the member without the card.
        if let Some(handle) = world.handle_of(card.business, user)? {
            effects.changes.push(Change::BusinessCustomer(handle.clone()));
        }
        Ok(effects)
    }
}
