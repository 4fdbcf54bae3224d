//! A person has a notification sent to themselves, to see that it comes.

use crate::op::{Ctx, Op, Stop, Verb};
use reda_domain::effects::Effects;
use reda_domain::needs::{Need, Needs};
use reda_domain::notice::{Notice, NoticeKind, Reader};
use reda_domain::refusal::Refusal;
use reda_domain::world::World;
use serde_json::json;

/// A test, shown as a notification of this type.
#[derive(Clone, Debug)]
pub struct TestNotification {
    pub kind: &'static str,
}

impl Verb for TestNotification {
    fn needs(&self, op: &Op) -> Needs {
        op.person().map_or(vec![], |user| vec![Need::User(user)])
    }

    fn decide(&self, op: &Op, world: &World, _ctx: &Ctx) -> Result<Effects, Stop> {
        let user = op.person()?;
        world.user(user)?.ok_or(Refusal::CustomerUnknown)?;
        let notice = Notice { to: Reader::Person(user), kind: NoticeKind::Test(self.kind) };
        Ok(Effects {
            answer: json!({ "notification": op.id.notification(0) }),
            notices: vec![notice],
            ..Effects::default()
        })
    }
}
