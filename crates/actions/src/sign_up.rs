//! A person makes an account.

use crate::op::{Ctx, Op, Stop, Verb};
use reda_domain::UserId;
use reda_domain::address::Address;
use reda_domain::effects::{Change, Effects};
use reda_domain::language::Language;
use reda_domain::needs::Needs;
use reda_domain::scope::Scope;
use reda_domain::user::User;
use reda_domain::world::{NotLoaded, World};
use serde_json::json;

/// Makes an account. The address stays unverified, and counts for nothing, until a code proves
/// it; so it does not matter who else gave the same one.
#[derive(Clone, Debug)]
pub struct SignUp {
    pub name: Option<String>,
    pub address: Address,
    pub password_hash: String,
    pub language: Language,
    /// Only the server's own seeding proves an address by saying so.
    pub verified: bool,
}

impl SignUp {
    /// The new account.
    pub(crate) fn user(&self, id: UserId, ctx: &Ctx) -> User {
        let (phone, email) = match &self.address {
            Address::Phone(phone) => (Some(phone.clone()), None),
            Address::Email(email) => (None, Some(email.clone())),
        };
        User {
            id,
            name: self.name.clone(),
            phone_verified: self.verified && phone.is_some(),
            phone,
            email_verified: self.verified && email.is_some(),
            email,
            language: self.language,
            password_hash: Some(self.password_hash.clone()),
            created_at: ctx.now,
        }
    }
}

impl Verb for SignUp {
    fn needs(&self, _op: &Op) -> Needs {
        vec![]
    }

    fn concerns(&self, op: &Op, _world: &World) -> Result<Vec<Scope>, NotLoaded> {
        Ok(vec![Scope::User(op.id.into())])
    }

    fn decide(&self, op: &Op, _world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let user = self.user(op.id.into(), ctx);
        Ok(Effects {
            answer: json!({ "user": user.id }),
            changes: vec![Change::User(user)],
            ..Effects::default()
        })
    }
}
