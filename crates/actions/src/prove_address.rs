//! Somebody proved, by a code, that an address is theirs.

use crate::answerer::nobody;
use crate::claiming;
use crate::op::{Actor, Ctx, Op, Stop, Verb};
use reda_domain::UserId;
use reda_domain::address::Address;
use reda_domain::customer::BusinessCustomer;
use reda_domain::effects::{Change, Effects};
use reda_domain::language::Language;
use reda_domain::needs::{Need, Needs};
use reda_domain::refusal::Refusal;
use reda_domain::scope::{EntityKind, Scope, Touched};
use reda_domain::user::User;
use reda_domain::world::{NotLoaded, World};
use serde_json::json;

/// Makes an address its prover's: taken from whoever held it, proven or not. A signed-in person
/// gets it beside what they have; anybody else is its owner from before, or gets a new account. The
/// cards of people who joined at a till by the address come with it.
/// The server asks for it only after a code was right.
#[derive(Clone, Debug)]
pub struct ProveAddress {
    pub address: Address,
    /// Of a new account.
    pub language: Language,
}

impl ProveAddress {
    /// Whoever had proven the address before.
    fn owner<'a>(&self, world: &'a World) -> Result<Option<&'a User>, NotLoaded> {
        world.user_at(&self.address)
    }

    /// The user whose it becomes, if there is an account.
    fn prover<'a>(&self, op: &Op, world: &'a World) -> Result<Option<&'a User>, NotLoaded> {
        match op.actor {
            Actor::Person(user) => world.user(user),
            Actor::Nobody | Actor::Staff(_) | Actor::Server => self.owner(world),
        }
    }

    /// The accounts there that change: the prover's, and those that lose the address.
    fn concerned(&self, op: &Op, world: &World) -> Result<Vec<UserId>, NotLoaded> {
        let prover = self.prover(op, world)?.into_iter();
        let owner = self.owner(world)?.into_iter();
        Ok(prover.chain(owner).chain(world.claiming(&self.address)?).map(|user| user.id).collect())
    }
}

impl Verb for ProveAddress {
    fn needs(&self, op: &Op) -> Needs {
        vec![
            Need::UserAt(self.address.clone()),
            Need::Claiming(self.address.clone()),
            Need::ProfilesAt(self.address.clone()),
            // A newcomer's, who is the address's owner once it is decided.
            Need::HandlesOf(op.id.into()),
        ]
    }

    fn needs_then(&self, op: &Op, world: &World) -> Result<Needs, NotLoaded> {
        let prover = self.prover(op, world)?.map(|user| user.id);
        let claims = claiming::needs(&self.address, prover, world)?;
        let people = self.concerned(op, world)?.into_iter().map(Need::HandlesOf);
        Ok(people.chain(claims).collect())
    }

    fn concerns(&self, op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        let mut scopes = claiming::concerns(&self.address, world)?;
        scopes.push(Scope::User(op.id.into()));
        for user in self.concerned(op, world)? {
            scopes.push(Scope::User(user));
            let joined = world.handles_of(user)?.filter(|handle| handle.is_member());
            scopes.extend(joined.map(|handle| Scope::Business(handle.business)));
        }
        Ok(scopes)
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let prover = match (op.actor, self.prover(op, world)?) {
            (Actor::Staff(_) | Actor::Server, _) => return Err(Refusal::NotAllowed.into()),
            (Actor::Person(_), None) => return Err(Refusal::CustomerUnknown.into()),
            (_, Some(user)) => user.owning(&self.address),
            (Actor::Nobody, None) => self.newcomer(op.id.into(), world, ctx)?,
        };
        let before = world.claiming(&self.address)?.chain(self.owner(world)?);
        let losers: Vec<User> = before
            .filter(|user| user.id != prover.id)
            .map(|user| user.without(&self.address))
            .collect();
        let is_new = self.prover(op, world)?.is_none();
        let mut also_touched = vec![];
        for user in losers.iter().chain([&prover]) {
            // The shops that they joined show the address that they have proven.
            also_touched.extend(world.handles_of(user.id)?.filter_map(shown));
        }
        let claimed = claiming::claimed(op, &prover, &self.address, world, ctx)?;
        also_touched.extend(claimed.also_touched);
        let answer = json!({ "user": prover.id, "new": is_new, "taken_from": losers.len() });
        let people = losers.into_iter().chain([prover]).map(Change::User);
        Ok(Effects {
            answer,
            changes: people.chain(claimed.changes).collect(),
            notices: claimed.notices,
            also_touched,
            refused: None,
        })
    }
}

impl ProveAddress {
    /// A new account: of somebody who joined at a till by the address, or of nobody yet.
    fn newcomer(&self, id: UserId, world: &World, ctx: &Ctx) -> Result<User, NotLoaded> {
        let known = claiming::known_as(id, &self.address, world, ctx)?;
        let person = known.unwrap_or_else(|| nobody(id, self.language, ctx));
        Ok(User { language: self.language, ..person.owning(&self.address) })
    }
}

fn shown(handle: &BusinessCustomer) -> Option<Touched> {
    let scope = Scope::Business(handle.business);
    let touched = Touched { scope, entity: EntityKind::Member, id: handle.id.0 };
    handle.is_member().then_some(touched)
}
