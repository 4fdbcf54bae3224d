//! A person sets or changes their password.

use crate::op::{Ctx, Op, Stop, Verb};
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::Needs;
use reda_domain::notice::{Notice, NoticeKind, Reader};
use reda_domain::user::User;
use reda_domain::world::World;
use serde_json::json;

/// Keeps the hash of a new password; the old one was checked before.
#[derive(Clone)]
pub struct SetPassword {
    /// Argon2id, in PHC form.
    pub hash: String,
}

impl std::fmt::Debug for SetPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SetPassword")
    }
}

impl Verb for SetPassword {
    fn needs(&self, _op: &Op) -> Needs {
        vec![]
    }

    fn decide(&self, op: &Op, world: &World, _ctx: &Ctx) -> Result<Effects, Stop> {
        let user = op.account(world)?;
        let user = User { password_hash: Some(self.hash.clone()), ..user.clone() };
        Ok(Effects {
            answer: json!({ "user": user.id }),
            notices: vec![Notice {
                to: Reader::Person(user.id),
                kind: NoticeKind::PasswordChanged,
            }],
            changes: vec![Change::User(user)],
            ..Effects::default()
        })
    }
}
