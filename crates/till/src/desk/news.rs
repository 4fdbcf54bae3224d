//! What came from the line and the replica, and what the shell hears of it.

use super::{Arrived, Working, or_log};
use crate::customers::program_line;
use crate::http::code_of_distrust;
use crate::parts::AppParts;
use crate::shop;
use crate::till::TillEvent;
use reda_domain::business::Role;
use reda_domain::program::ProgramStatus;
use reda_domain::settings::Evidence;
use reda_protocol::entity::{NotificationBody, ProgramBody, StaffBody};
use reda_protocol::error::WireError;
use reda_protocol::frame::{Changes, EntityKind, Item};
use reda_protocol::rpc::{Changed, ConnectionStatus, ConnectionView, ShopLine, WindowEvent};
use tracing::warn;

impl Working {
    /// Takes how the line is doing.
    pub(super) async fn take_status(&mut self) {
        let status = *self.status.borrow_and_update();
        if status.server_time != self.desk.clocks.server {
            self.desk.clocks.server = status.server_time;
            if let Some(server) = status.server_time {
                let shown = self.desk.settings.popups_until();
                self.popups.start_after(server.at(self.desk.started), shown);
            }
            self.dirty.insert(Changed::App);
        }
        let told = (status.unanswered, status.whole_at.is_some(), status.distrust);
        if told != self.told {
            self.told = told;
            self.dirty.insert(Changed::App);
        }
        let connection = self.usable(status.connection);
        if connection == self.connection {
            return;
        }
        self.connection = connection;
        self.connection_since = self.desk.clocks.till_now();
        self.dirty.insert(Changed::App);
        if connection == ConnectionStatus::Refused {
            self.refused().await;
        }
        if connection != ConnectionStatus::Online {
            // What they wait for may come much later; the counter will show it.
            for (_, caller) in std::mem::take(&mut self.callers) {
                let _ = caller.reply.send(Err(self.error("offline")));
            }
        }
    }

    /// Takes what the line brought to the replica.
    pub(super) async fn arrived(&mut self, arrived: Arrived) {
        match arrived {
            Arrived::Reset => {
                self.desk.known.fill(Vec::new());
                self.forget_staff();
                self.dirty.extend([
                    Changed::App,
                    Changed::Customers,
                    Changed::Inbox,
                    Changed::Shop,
                ]);
                self.read_program().await;
                self.read_settings().await;
            }
            Arrived::Changes(changes) => {
                self.desk.known.note(&changes);
                self.note_staff(&changes);
                let has = |kind| changes.items.iter().any(|item| item.entity == kind);
                if has(EntityKind::Business) || has(EntityKind::Staff) {
                    self.dirty.insert(Changed::App);
                }
                let shop = [
                    EntityKind::Business,
                    EntityKind::Staff,
                    EntityKind::Device,
                    EntityKind::Program,
                    EntityKind::Reward,
                ];
                if shop.into_iter().any(has) {
                    self.dirty.insert(Changed::Shop);
                }
                let people = [EntityKind::Member, EntityKind::Card, EntityKind::Request];
                if people.into_iter().any(has) {
                    self.dirty.insert(Changed::Customers);
                }
                if has(EntityKind::Program) {
                    self.read_program().await;
                }
                if has(EntityKind::Business) {
                    self.read_settings().await;
                }
                if has(EntityKind::Notification) {
                    self.dirty.extend([Changed::App, Changed::Inbox]);
                    self.pop_up(&changes).await;
                }
                if has(EntityKind::Request) {
                    self.resume().await;
                }
                self.look_at_replica().await;
            }
        }
    }

    /// Brings the counter what the replica has for it.
    pub(super) async fn look_at_replica(&mut self) {
        if let Some(facts) = or_log(self.desk.local.facts(self.counter.wants()).await) {
            self.counter.seen(&facts, self.desk.clocks.server_now());
        }
    }

    /// The programme that runs, the oldest where there are several; without one, the oldest that
    /// is not over.
    pub(super) async fn read_program(&mut self) {
        let Some(programs) = or_log(self.desk.local.programs().await) else { return };
        let runs = |program: &&ProgramBody| program.status == ProgramStatus::Active;
        let lives = |program: &&ProgramBody| program.status != ProgramStatus::Ended;
        let chosen = programs.iter().find(runs).or_else(|| programs.iter().find(lives));
        self.counter.set_program(chosen.cloned().map(program_line));
    }

    /// What the shop's settings say about the counter.
    pub(super) async fn read_settings(&mut self) {
        let Some(shop) = or_log(self.desk.local.business().await) else { return };
        let settings = shop.and_then(|shop| shop.settings).unwrap_or_default();
        self.counter.set_in_person(settings.in_person);
        let lets = settings.approval_evidence.contains(&Evidence::FreshCode);
        self.counter.set_code_points(lets.then_some(settings.fresh_code_points));
    }

    async fn pop_up(&mut self, changes: &Changes) {
        let staff = self.me().await;
        // Someone unknown is told as little as a cashier.
        let role = staff.map_or(Role::Cashier, |staff| staff.role);
        let is_notification = |item: &&Item| item.entity == EntityKind::Notification;
        for item in changes.items.iter().filter(is_notification) {
            let body = item.body.clone().map(serde_json::from_value::<NotificationBody>);
            let Some(Ok(body)) = body else { continue };
            let Some(popup) = self.popups.take(&body, role) else { continue };
            (self.desk.on_event)(TillEvent::Popup(popup));
            if let Err(error) = self.desk.settings.set_popups_until(body.created_at) {
                warn!(%error, "a restart may show this popup again");
            }
        }
    }

    /// Tells the shell what changed since it was last told.
    pub(super) fn tell_news(&mut self) {
        let view = self.counter_view();
        if view != self.shown {
            self.shown = view;
            self.dirty.insert(Changed::Counter);
        }
        if !self.dirty.is_empty() {
            let what = std::mem::take(&mut self.dirty).into_iter().collect();
            (self.desk.on_event)(TillEvent::Window(WindowEvent::Changed { what }));
        }
    }

    /// Whoever is switched on. Mutably, because a scanner is not to be shared between threads
    /// while this waits.
    async fn me(&mut self) -> Option<StaffBody> {
        or_log(self.desk.local.staff(self.desk.staff?).await).flatten()
    }

    /// Mutably, because a scanner is not to be shared between threads while this waits.
    pub(super) async fn parts(&mut self) -> AppParts {
        let me = self.me().await;
        let local = &self.desk.local;
        let status = *self.status.borrow();
        let business = or_log(local.business().await).flatten().map(|shop| ShopLine {
            name: shop.name,
            currency: shop.currency,
            country: shop.country,
        });
        let unread = match self.desk.staff {
            Some(staff) => or_log(local.unread(staff).await).unwrap_or(0),
            None => 0,
        };
        AppParts {
            business,
            staff: me.map(shop::staff_line),
            locked: self.desk.staff.is_none(),
            language: self.desk.settings.language(),
            theme: self.desk.settings.theme(),
            connection: ConnectionView {
                status: self.connection,
                since: self.connection_since,
                synced_at: status.whole_at.map(|at| self.desk.clocks.till_at(at)),
                distrusted: status
                    .distrust
                    .map(|why| WireError::of(code_of_distrust(why), self.desk.settings.language())),
                unanswered: u32::try_from(status.unanswered).unwrap_or(u32::MAX),
            },
            camera: self.camera.clone(),
            unread,
        }
    }
}
