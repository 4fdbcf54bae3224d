//! A cashier scans a customer's code.

use crate::identify;
use crate::op::{Ctx, Op, StaffActor, Stop, Verb};
use reda_domain::effects::Effects;
use reda_domain::needs::{Need, Needs};
use reda_domain::permission::Action;
use reda_domain::refusal::Refusal;
use reda_domain::scan::{Scan as Line, ScanKind};
use reda_domain::scope::Scope;
use reda_domain::world::{NotLoaded, World};
use reda_domain::{KeyId, PrintedCodeId, UserId};

/// What reading the code came to, before the lane: form, freshness and signature are checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeRead {
    /// Fresh, and signed by this key.
    Rotating { key: KeyId, step: u32 },
    /// Signed by this server.
    Printed(PrintedCodeId),
    Refused {
        kind: ScanKind,
        why: Refusal,
        /// Key and step, where the signature was the key's all the same.
        code: Option<(KeyId, u32)>,
    },
}

/// Identifies whoever showed the code, and logs the attempt, refused ones too.
#[derive(Clone, Debug)]
pub struct Scan {
    pub read: CodeRead,
}

impl Scan {
    /// What telling whose code it is needs.
    pub(crate) fn read_needs(&self) -> Needs {
        match &self.read {
            CodeRead::Rotating { key, .. } => vec![Need::Key(*key)],
            CodeRead::Printed(id) => vec![Need::PrintedCode(*id)],
            CodeRead::Refused { code, .. } => code.iter().map(|(key, _)| Need::Key(*key)).collect(),
        }
    }

    /// Whose code it is, if it is still good.
    pub(crate) fn shown_by(&self, world: &World) -> Result<Result<UserId, Refusal>, NotLoaded> {
        Ok(match &self.read {
            CodeRead::Refused { why, .. } => Err(why.clone()),
            CodeRead::Rotating { key, .. } => match world.key(*key)? {
                None => Err(Refusal::CodeUnknown),
                Some(key) if key.revoked_at.is_some() => Err(Refusal::CodeRevoked),
                Some(key) => Ok(key.user),
            },
            CodeRead::Printed(id) => match world.printed_code(*id)? {
                None => Err(Refusal::CodeUnknown),
                Some(code) if code.revoked_at.is_some() => Err(Refusal::CodeRevoked),
                Some(code) => Ok(code.user),
            },
        })
    }

    /// The attempt's line, with whom the code names even where it does not count.
    pub(crate) fn line(
        &self,
        op: &Op,
        by: StaffActor,
        world: &World,
        ctx: &Ctx,
    ) -> Result<Line, NotLoaded> {
        let (kind, code) = match &self.read {
            CodeRead::Rotating { key, step } => (ScanKind::Rotating, Some((*key, *step))),
            CodeRead::Printed(_) => (ScanKind::Printed, None),
            CodeRead::Refused { kind, code, .. } => (*kind, *code),
        };
        let user = match (&self.read, code) {
            (CodeRead::Printed(id), _) => world.printed_code(*id)?.map(|code| code.user),
            (_, Some((key, _))) => world.key(key)?.map(|key| key.user),
            (_, None) => None,
        };
        Ok(Line { code, user, ..identify::log(op, by, kind, ctx) })
    }
}

impl Verb for Scan {
    fn needs(&self, _op: &Op) -> Needs {
        self.read_needs()
    }

    fn needs_then(&self, _op: &Op, world: &World) -> Result<Needs, NotLoaded> {
        Ok(self.shown_by(world)?.map_or(vec![], identify::needs))
    }

    fn concerns(&self, _op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        Ok(self.shown_by(world)?.map_or(vec![], |user| vec![Scope::User(user)]))
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let by = op.staff_may(Action::IdentifyCustomer)?;
        let line = self.line(op, by, world, ctx)?;
        match self.shown_by(world)? {
            Ok(user) => identify::identified(op, by, user, line, world, ctx),
            Err(why) => Ok(identify::refused(line, why)),
        }
    }
}
