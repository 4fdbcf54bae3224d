//! A cashier scans a customer's code.

use crate::identify;
use crate::op::{Ctx, Op, Stop, Verb};
use reda_domain::effects::Effects;
use reda_domain::needs::{Need, Needs};
use reda_domain::permission::Action;
use reda_domain::refusal::Refusal;
use reda_domain::scan::ScanKind;
use reda_domain::scope::Scope;
use reda_domain::world::{NotLoaded, World};
use reda_domain::{KeyId, PrintedCodeId, UserId};

/// What reading the code came to, before the lane: form, freshness and signature are checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeRead {
    /// Fresh, and signed by this key.
    Rotating(KeyId),
    /// Signed by this server.
    Printed(PrintedCodeId),
    Refused {
        kind: ScanKind,
        why: Refusal,
    },
}

/// Identifies whoever showed the code, and logs the attempt, refused ones too.
#[derive(Clone, Debug)]
pub struct Scan {
    pub read: CodeRead,
}

impl Scan {
    /// Whose code it is, if it is still good.
    fn shown_by(&self, world: &World) -> Result<Result<(UserId, ScanKind), Refusal>, NotLoaded> {
        Ok(match &self.read {
            CodeRead::Refused { why, .. } => Err(why.clone()),
            CodeRead::Rotating(id) => match world.key(*id)? {
                None => Err(Refusal::CodeUnknown),
                Some(key) if key.revoked_at.is_some() => Err(Refusal::CodeRevoked),
                Some(key) => Ok((key.user, ScanKind::Rotating)),
            },
            CodeRead::Printed(id) => match world.printed_code(*id)? {
                None => Err(Refusal::CodeUnknown),
                Some(code) if code.revoked_at.is_some() => Err(Refusal::CodeRevoked),
                Some(code) => Ok((code.user, ScanKind::Printed)),
            },
        })
    }

    fn kind(&self) -> ScanKind {
        match &self.read {
            CodeRead::Rotating(_) => ScanKind::Rotating,
            CodeRead::Printed(_) => ScanKind::Printed,
            CodeRead::Refused { kind, .. } => *kind,
        }
    }
}

impl Verb for Scan {
    fn needs(&self, _op: &Op) -> Needs {
        match &self.read {
            CodeRead::Rotating(id) => vec![Need::Key(*id)],
            CodeRead::Printed(id) => vec![Need::PrintedCode(*id)],
            CodeRead::Refused { .. } => vec![],
        }
    }

    fn needs_then(&self, _op: &Op, world: &World) -> Result<Needs, NotLoaded> {
        Ok(self.shown_by(world)?.map_or(vec![], |(user, _)| identify::needs(user)))
    }

    fn concerns(&self, _op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        Ok(self.shown_by(world)?.map_or(vec![], |(user, _)| vec![Scope::User(user)]))
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let by = op.staff_may(Action::IdentifyCustomer)?;
        match self.shown_by(world)? {
            Ok((user, kind)) => identify::identified(op, by, user, kind, world, ctx),
            Err(why) => Ok(identify::refused(op, by, self.kind(), why, ctx)),
        }
    }
}
