//! Who answers without being signed in: whoever has the address that the request went to, or
//! whoever stands at the till.

use crate::answering::{Given, needs_about, needs_of};
use crate::claiming;
use crate::op::{Ctx, Op, StaffActor, Stop};
use crate::profiles::is_idle;
use reda_domain::address::Address;
use reda_domain::effects::{Change, Effects};
use reda_domain::language::Language;
use reda_domain::needs::{Need, Needs};
use reda_domain::refusal::Refusal;
use reda_domain::request::Request;
use reda_domain::scope::Scope;
use reda_domain::user::User;
use reda_domain::world::{NotLoaded, World};
use reda_domain::{RequestId, UserId};

/// A request, and the address that it went to as it was read before the lane. It cannot change,
/// only be forgotten with the request's end.
#[derive(Clone, Debug)]
pub struct AskedAt {
    pub request: RequestId,
    pub address: Option<Address>,
}

/// Whoever answers, and whether the answer makes or changes their account.
pub(crate) struct Answerer {
    pub(crate) user: User,
    changed: bool,
}

impl Answerer {
    /// The person, if they were somebody before they answered.
    pub(crate) fn known(&self) -> Option<&User> {
        (!self.changed).then_some(&self.user)
    }

    /// The effects of their yes, with what it made of their account.
    pub(crate) fn with(self, mut effects: Effects) -> Effects {
        if self.changed {
            effects.changes.push(Change::User(self.user));
        }
        effects
    }
}

/// The account that an answer makes where there is none.
fn newcomer(op: &Op) -> UserId {
    UserId(op.id.derive("user"))
}

impl AskedAt {
    pub(crate) fn needs(&self, op: &Op) -> Needs {
        let at = |it: &Address| vec![Need::UserAt(it.clone()), Need::ProfilesAt(it.clone())];
        let address = self.address.as_ref().map_or(vec![], at);
        [vec![Need::Request(self.request)], address, needs_of(newcomer(op))].concat()
    }

    pub(crate) fn needs_then(&self, world: &World) -> Result<Needs, NotLoaded> {
        let about = world.request(self.request)?.map_or(vec![], needs_about);
        let people = self.people(world)?;
        let claims = match &self.address {
            Some(address) => claiming::needs(address, people.iter().copied(), world)?,
            None => vec![],
        };
        let people = people.into_iter().flat_map(needs_of);
        Ok(about.into_iter().chain(people).chain(claims).collect())
    }

    pub(crate) fn concerns(&self, op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        let business = world.request(self.request)?.map(|it| Scope::Business(it.business));
        let people = self.people(world)?.into_iter().chain([newcomer(op)]);
        let mut scopes: Vec<Scope> = business.into_iter().chain(people.map(Scope::User)).collect();
        if let Some(address) = &self.address {
            scopes.extend(claiming::concerns(address, world)?);
        }
        Ok(scopes)
    }

    /// Everyone whom the answer may turn out to be of.
    fn people(&self, world: &World) -> Result<Vec<UserId>, NotLoaded> {
        let asked = world.request(self.request)?.and_then(|it| it.asked.user);
        let mut people: Vec<UserId> = asked.into_iter().collect();
        if let Some(address) = &self.address {
            people.extend(world.user_at(address)?.map(|user| user.id));
            people.extend(world.profiles_at(address)?.map(|user| user.id));
        }
        Ok(people)
    }

    /// Whoever has the address, which the answer proves: its owner, else the person whom the shop
    /// wrote down with it, else a new account.
    pub(crate) fn owner(
        &self,
        op: &Op,
        request: &Request,
        language: Option<Language>,
        world: &World,
        ctx: &Ctx,
    ) -> Result<Answerer, Stop> {
        let Some(address) = &self.address else {
            // It went to the proven address of somebody whom the shop met.
            let asked = request.asked.user.ok_or(Refusal::RequestUnknown)?;
            let user = world.user(asked)?.ok_or(Refusal::RequestUnknown)?.clone();
            return Ok(Answerer { user, changed: false });
        };
        if let Some(owner) = world.user_at(address)? {
            return Ok(Answerer { user: owner.clone(), changed: false });
        }
        let written = world.profile_of(request.business, address)?;
        let shop = world.business(request.business)?.ok_or(Refusal::BusinessUnknown)?;
        let user = match written.filter(|(_, handle)| !is_idle(handle, ctx.now)) {
            // The name is the shop's, which keeps it; the person has not said theirs.
            Some((profile, _)) => User { name: None, ..profile.clone() },
            None => nobody(newcomer(op), language.unwrap_or(shop.language), ctx),
        };
        Ok(Answerer { user: with_address(user, address, true), changed: true })
    }

    /// The answer of whoever has the address, after what came to be theirs by proving it.
    pub(crate) fn settled(
        &self,
        answerer: Answerer,
        given: &Given,
        op: &Op,
        request: &Request,
        world: &World,
        ctx: &Ctx,
    ) -> Result<Effects, Stop> {
        let mut all = match &self.address {
            Some(address) => claiming::claimed(op, &answerer.user, address, world, ctx)?,
            None => Effects::default(),
        };
        let answered = if all.changes.is_empty() {
            given.settle(op, &answerer.user, request, world, ctx)?
        } else {
            let mut claimed = world.clone();
            claimed.apply(&all);
            given.settle(op, &answerer.user, request, &claimed, ctx)?
        };
        let answered = answerer.with(answered);
        all.changes.extend(answered.changes);
        all.notices.extend(answered.notices);
        all.also_touched.extend(answered.also_touched);
        Ok(Effects { answer: answered.answer, refused: answered.refused, ..all })
    }

    /// Whoever stands at the till. An address that was only told proves nothing, so an answer to
    /// it is the shop's own note of a person, and never an account's.
    pub(crate) fn at_till(
        &self,
        op: &Op,
        by: StaffActor,
        request: &Request,
        world: &World,
        ctx: &Ctx,
    ) -> Result<Answerer, Stop> {
        let met = request.asked.handle.and(request.asked.user);
        let owner = self.address.as_ref().map(|it| world.user_at(it)).transpose()?.flatten();
        let answerer = match (met, &self.address) {
            (Some(user), _) => {
                let user = world.user(user)?.ok_or(Refusal::RequestUnknown)?.clone();
                Answerer { user, changed: false }
            }
            (None, Some(address)) => self.written_down(op, address, request, world, ctx)?,
            (None, None) => return Err(Refusal::RequestUnknown.into()),
        };
        if answerer.user.id == by.user || owner.is_some_and(|owner| owner.id == by.user) {
            return Err(Refusal::OwnAnswer.into());
        }
        Ok(answerer)
    }

    fn written_down(
        &self,
        op: &Op,
        address: &Address,
        request: &Request,
        world: &World,
        ctx: &Ctx,
    ) -> Result<Answerer, Stop> {
        if let Some((profile, _)) = world.profile_of(request.business, address)? {
            return Ok(Answerer { user: profile.clone(), changed: false });
        }
        let shop = world.business(request.business)?.ok_or(Refusal::BusinessUnknown)?;
        let user = nobody(newcomer(op), shop.language, ctx);
        Ok(Answerer { user: with_address(user, address, false), changed: true })
    }
}

/// Somebody of whom nothing is known yet.
pub(crate) fn nobody(id: UserId, language: Language, ctx: &Ctx) -> User {
    User {
        id,
        name: None,
        phone: None,
        phone_verified: false,
        email: None,
        email_verified: false,
        language,
        password_hash: None,
        created_at: ctx.now,
    }
}

/// The person with an address, proven or only told.
pub(crate) fn with_address(user: User, address: &Address, verified: bool) -> User {
    match address.clone() {
        Address::Phone(phone) => User { phone: Some(phone), phone_verified: verified, ..user },
        Address::Email(email) => User { email: Some(email), email_verified: verified, ..user },
    }
}
