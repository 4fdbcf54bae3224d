//! A manager gives someone a place in the business.

use crate::op::{Ctx, Op, Stop, Verb};
use reda_domain::address::Address;
use reda_domain::business::{Role, Staff, StaffPin};
use reda_domain::effects::{Change, Effects};
use reda_domain::language::Language;
use reda_domain::needs::Needs;
use reda_domain::permission::Action;
use reda_domain::refusal::Refusal;
use reda_domain::scope::Scope;
use reda_domain::user::User;
use reda_domain::world::{NotLoaded, World};
use reda_domain::{StaffId, UserId};
use serde_json::json;

/// Makes a place, held by an account that nobody can sign in with: with a PIN it works at a till
/// at once. Whoever proves the address can take the place with an account of their own. Whether
/// the address has an account already is not looked at, so that asking tells nothing.
#[derive(Clone, Debug)]
pub struct InviteStaff {
    pub name: String,
    pub role: Role,
    pub address: Option<Address>,
    /// Argon2id, in PHC form.
    pub pin_hash: Option<String>,
    pub language: Language,
}

impl Verb for InviteStaff {
    fn needs(&self, _op: &Op) -> Needs {
        vec![]
    }

    fn concerns(&self, op: &Op, _world: &World) -> Result<Vec<Scope>, NotLoaded> {
        Ok(vec![Scope::User(UserId(op.id.derive("user")))])
    }

    fn decide(&self, op: &Op, _world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let by = op.staff_may(Action::ManageStaff)?;
        if !by.role.grants(self.role) {
            return Err(Refusal::NotAllowed.into());
        }
        let (phone, email) = match &self.address {
            Some(Address::Phone(phone)) => (Some(phone.clone()), None),
            Some(Address::Email(email)) => (None, Some(email.clone())),
            None => (None, None),
        };
        let user = User {
            id: UserId(op.id.derive("user")),
            name: Some(self.name.clone()),
            phone,
            phone_verified: false,
            email,
            email_verified: false,
            language: self.language,
            password_hash: None,
            created_at: ctx.now,
        };
        let staff = Staff {
            id: StaffId::from(op.id),
            business: by.business,
            user: user.id,
            role: self.role,
            created_at: ctx.now,
            joined_at: None,
            removed_at: None,
        };
        let pin = self.pin_hash.as_ref().map(|hash| pin(&staff, hash, ctx));
        Ok(Effects {
            answer: json!({ "staff": staff.id, "role": staff.role, "pin": pin.is_some() }),
            changes: [Change::User(user), Change::Staff(staff)]
                .into_iter()
                .chain(pin.map(Change::StaffPin))
                .collect(),
            ..Effects::default()
        })
    }
}

/// A new PIN of a member of staff.
pub(crate) fn pin(staff: &Staff, hash: &str, ctx: &Ctx) -> StaffPin {
    StaffPin { id: staff.id, business: staff.business, hash: hash.to_owned(), set_at: ctx.now }
}
