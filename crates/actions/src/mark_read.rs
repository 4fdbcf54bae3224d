//! A person has read what they were told.

use crate::op::{Ctx, Op, Stop, Verb};
use reda_domain::effects::{Change, Effects};
use reda_domain::needs::{Need, Needs};
use reda_domain::notice::Notification;
use reda_domain::refusal::Refusal;
use reda_domain::scope::Scope;
use reda_domain::world::{NotLoaded, World};
use reda_domain::{BusinessId, NotificationId};
use serde_json::json;

/// Marks one notification.
#[derive(Clone, Debug)]
pub struct MarkRead {
    pub notification: NotificationId,
    /// At a till only what the person was told as staff of its business.
    pub business: Option<BusinessId>,
}

/// Marks all that are unread.
#[derive(Clone, Debug)]
pub struct MarkAllRead {
    /// See [`MarkRead`].
    pub business: Option<BusinessId>,
}

impl Verb for MarkRead {
    fn needs(&self, _op: &Op) -> Needs {
        vec![Need::Notification(self.notification)]
    }

    fn concerns(&self, _op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        let row = world.notification(self.notification)?;
        Ok(row.and_then(|row| row.staff).map(|(it, _)| Scope::Business(it)).into_iter().collect())
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let user = op.person()?;
        let own = world.notification(self.notification)?.filter(|row| row.user == user);
        let own = own.filter(|row| is_of(row, self.business));
        let row = own.ok_or(Refusal::NotificationUnknown)?;
        Ok(read(vec![row], ctx))
    }
}

impl Verb for MarkAllRead {
    fn needs(&self, op: &Op) -> Needs {
        op.person().map_or(vec![], |user| vec![Need::UnreadOf(user)])
    }

    fn concerns(&self, op: &Op, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        let Ok(user) = op.person() else {
            return Ok(vec![]);
        };
        let unread = world.unread_of(user)?.filter(|row| is_of(row, self.business));
        let shops = unread.filter_map(|row| row.staff);
        Ok(shops.map(|(business, _)| Scope::Business(business)).collect())
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        let unread = world.unread_of(op.person()?)?.filter(|row| is_of(row, self.business));
        Ok(read(unread.collect(), ctx))
    }
}

fn is_of(row: &Notification, business: Option<BusinessId>) -> bool {
    business.is_none_or(|business| row.staff.is_some_and(|(of, _)| of == business))
}

fn read(rows: Vec<&Notification>, ctx: &Ctx) -> Effects {
    let unread = rows.into_iter().filter(|row| !row.is_read);
    let changes: Vec<_> = unread
        .map(|row| Notification { is_read: true, updated_at: ctx.now, ..row.clone() })
        .map(Change::Notification)
        .collect();
    Effects { answer: json!({ "read": changes.len() }), changes, ..Effects::default() }
}
