//! A signed-in person answers a request on their own page.

use crate::answering::{Given, answered_before, needs_about, needs_of};
use crate::op::{Ctx, Op, Stop, Verb};
use crate::profiles;
use crate::resend_request::closed;
use reda_domain::consent::AnswerChannel;
use reda_domain::effects::Effects;
use reda_domain::language::Language;
use reda_domain::needs::{Need, Needs};
use reda_domain::refusal::Refusal;
use reda_domain::request::{Request, RequestAnswer};
use reda_domain::scope::Scope;
use reda_domain::user::User;
use reda_domain::world::{NotLoaded, World};
use reda_domain::{KeyId, RequestId};

/// A signature that came with the answer; whether it is the key's was found before the lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedSignature {
    pub key: KeyId,
    pub value: String,
    pub valid: bool,
}

/// Answers a request as the person it asks.
#[derive(Clone, Debug)]
pub struct AnswerRequest {
    pub request: RequestId,
    pub answer: RequestAnswer,
    pub signature: Option<CheckedSignature>,
    /// The language that the page showed the question in.
    pub language: Option<Language>,
}

impl Verb for AnswerRequest {
    fn needs(&self, op: &Op) -> Needs {
        [vec![Need::Request(self.request)], op.person().map_or(vec![], needs_of)].concat()
    }

    fn needs_then(&self, _op: &Op, world: &World) -> Result<Needs, NotLoaded> {
        let Some(request) = world.request(self.request)? else {
            return Ok(vec![]);
        };
        let asked =
            request.asked.user.map_or(vec![], |user| vec![Need::User(user), Need::HandlesOf(user)]);
        Ok([needs_about(request), asked].concat())
    }

    fn concerns(&self, _op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        let Some(request) = world.request(self.request)? else {
            return Ok(vec![]);
        };
        let asked = request.asked.user.map(Scope::User);
        let shop = std::iter::once(Scope::Business(request.business));
        Ok(shop.chain(asked).chain(profiles::concerned(request, world)?).collect())
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let user = op.account(world)?;
        let request = asked_of(self.request, user, world)?;
        if let Some(why) = closed(request, ctx.now) {
            return answered_before(request, self.answer, why);
        }
        self.check_signature(user, world)?;
        let signed = self.signature.as_ref().map(|it| (it.key, it.value.clone()));
        let (channel, language) = (AnswerChannel::App, self.language);
        let given = Given { answer: self.answer, channel, language, by: None, signed };
        given.settle(op, user, request, world, ctx)
    }
}

/// The request, if it asks this person: by name, or by an address that they have proven.
fn asked_of<'w>(id: RequestId, user: &User, world: &'w World) -> Result<&'w Request, Stop> {
    let asks = |request: &&Request| {
        let by_address = request.asked.address.as_ref().is_some_and(|it| user.owns(it));
        request.asked.user == Some(user.id) || by_address
    };
    world.request(id)?.filter(asks).ok_or_else(|| Refusal::RequestUnknown.into())
}

impl AnswerRequest {
    fn check_signature(&self, user: &User, world: &World) -> Result<(), Stop> {
        let Some(signature) = &self.signature else {
            return Ok(());
        };
        let mut live = world.keys_of(user.id)?.filter(|key| key.revoked_at.is_none());
        if signature.valid && live.any(|key| key.id == signature.key) {
            Ok(())
        } else {
            Err(Refusal::SignatureInvalid.into())
        }
    }
}
