//! A printed code is made: by a manager for a member, or by a person for themselves.

use crate::op::{Actor, Ctx, Op, Stop, Verb};
use reda_domain::PrintedCodeId;
use reda_domain::customer::PrintedCode;
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::permission::Action;
use reda_domain::refusal::Refusal;
use reda_domain::world::World;
use reda_domain::{HandleId, UserId};
use serde_json::json;

/// For whom the code is.
#[derive(Clone, Debug)]
pub enum IssuePrintedCode {
    /// A member of the asking business.
    Member(HandleId),
    /// The asker.
    Myself,
}

impl Verb for IssuePrintedCode {
    fn needs(&self, _op: &Op) -> Needs {
        match self {
            IssuePrintedCode::Member(handle) => vec![Need::Handle(*handle)],
            IssuePrintedCode::Myself => vec![],
        }
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let (user, issued_by) = match (self, op.actor) {
            (IssuePrintedCode::Myself, Actor::Person(user)) => (user, None),
            (IssuePrintedCode::Myself, Actor::Staff(_) | Actor::Nobody | Actor::Server) => {
                return Err(Refusal::NotAllowed.into());
            }
            (IssuePrintedCode::Member(id), _) => member(op, *id, world)?,
        };
        let code = PrintedCode {
            id: PrintedCodeId::from(op.id),
            user,
            issued_by,
            created_at: ctx.now,
            revoked_at: None,
        };
        Ok(Effects {
            // The text and the picture are made from the id whenever this is answered.
            answer: json!({ "printed_code": code.id }),
            changes: vec![Change::PrintedCode(code)],
            ..Effects::default()
        })
    }
}

type Issuer = Option<(reda_domain::BusinessId, HandleId)>;

fn member(op: &Op, id: HandleId, world: &World) -> Result<(UserId, Issuer), Stop> {
    let by = op.staff_may(Action::IssuePrintedCode)?;
    let own = world.handle(id)?.filter(|it| it.business == by.business && it.is_member());
    let handle = own.ok_or(Refusal::CustomerUnknown)?;
    Ok((handle.user, Some((by.business, handle.id))))
}
