//! Who is switched on. The server looks at the PIN; without the line the till's own verifiers do, and
//! the server is asked again as soon as it is there. Until then whoever is on can do what needs no
//! line, and the line counts as not there.

use super::calls::Reply;
use super::{Message, Working};
use crate::http::{HttpError, code_of_distrust};
use crate::verifiers::{self, NotTried};
use reda_domain::StaffId;
use reda_protocol::error::WireError;
use reda_protocol::frame::{Changes, EntityKind};
use reda_protocol::rpc::{Changed, ConnectionStatus, Nothing, Secret, SwitchOn};
use reda_sync::Token;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tracing::info;

/// How long the server has for a PIN while the line is not there.
const SERVER_WITHIN: Duration = Duration::from_secs(2);

/// Somebody who wants to be switched on.
pub(crate) struct Wanting {
    staff: StaffId,
    pin: Secret,
    reply: Reply,
    /// How much of the staff was new when the server was asked.
    staff_news: u64,
}

/// What came of a part of switching on that takes time.
pub(crate) enum Step {
    /// The server took the PIN.
    Taken { who: Wanting, token: Token },
    /// The server could not be asked.
    NoLine { who: Wanting, why: HttpError },
    /// The PIN was compared with the till's own verifier.
    Compared { who: Wanting, is_right: bool },
    /// The verifier of a PIN that the server took.
    Hashed { staff: StaffId, hash: String, staff_news: u64 },
    /// What the server says, now that the line is back, of whoever switched on without it.
    AskedAgain { staff: StaffId, staff_news: u64, answer: Result<Token, HttpError> },
}

/// Whoever is on switched on without the line.
pub(super) struct WithoutLine {
    /// For the server, once it can be asked.
    pin: Secret,
    asking: bool,
}

impl Working {
    /// Has the server look at the PIN.
    pub(super) fn switch_on(&self, asked: SwitchOn, reply: Reply) {
        let SwitchOn { staff, pin } = asked;
        let who = Wanting { staff, pin, reply, staff_news: self.staff_news };
        let errands = self.desk.errands.clone();
        let language = self.desk.settings.language();
        let is_online = self.connection == ConnectionStatus::Online;
        self.beside(async move {
            let asking = errands.switch_on(staff, &who.pin.0, language);
            let answer = match is_online {
                true => asking.await,
                false => tokio::time::timeout(SERVER_WITHIN, asking)
                    .await
                    .unwrap_or_else(|late| Err(HttpError::Away(late.to_string()))),
            };
            match answer {
                Ok(token) => Some(Step::Taken { who, token }),
                Err(why @ (HttpError::Away(_) | HttpError::Distrusted(_))) => {
                    Some(Step::NoLine { who, why })
                }
                Err(no @ HttpError::Refused(_)) => {
                    // Whoever called may have gone.
                    let _ = who.reply.send(Err(no.wire(language)));
                    None
                }
            }
        });
    }

    pub(super) async fn step(&mut self, step: Step) {
        match step {
            Step::Taken { who, token } => {
                let Wanting { staff, pin, reply, staff_news } = who;
                self.taken(staff, &token).await;
                self.hash(staff, pin, staff_news);
                // Whoever called may have gone.
                let _ = reply.send(Ok(json!(Nothing {})));
            }
            Step::NoLine { who, why } => self.compare(who, &why),
            Step::Compared { who, is_right } => self.compared(who, is_right).await,
            Step::Hashed { staff, hash, staff_news } => {
                // What came meanwhile may have been another PIN.
                if staff_news == self.staff_news && self.connection != ConnectionStatus::Refused {
                    self.desk.verifiers.put(staff, hash, self.desk.clocks.till_now());
                }
            }
            Step::AskedAgain { staff, staff_news, answer } => {
                self.asked_again(staff, staff_news, answer).await;
            }
        }
    }

    async fn taken(&mut self, staff: StaffId, token: &Token) {
        self.desk.errands.staff.put(token).await;
        self.without_line = None;
        self.on(staff);
    }

    fn on(&mut self, staff: StaffId) {
        self.desk.staff = Some(staff);
        self.popups.staff = Some(staff);
        self.dirty.extend([Changed::App, Changed::Inbox]);
    }

    /// Makes the verifier for the next time without the line.
    fn hash(&self, staff: StaffId, pin: Secret, staff_news: u64) {
        self.beside(async move {
            let hash = tokio::task::spawn_blocking(move || verifiers::hash(&pin.0)).await.ok()?;
            Some(Step::Hashed { staff, hash, staff_news })
        });
    }

    /// Compares a PIN that the server could not look at with the till's own verifier.
    fn compare(&mut self, who: Wanting, why: &HttpError) {
        if self.connection == ConnectionStatus::Refused {
            drop(who.reply.send(Err(self.error("device_revoked"))));
            return;
        }
        match self.desk.verifiers.take_try(who.staff, self.desk.clocks.till_now()) {
            Ok(hash) => self.beside(async move {
                let pin = who.pin.clone();
                let comparing = move || verifiers::has_hash(&pin.0, &hash);
                let is_right = tokio::task::spawn_blocking(comparing).await.ok()?;
                Some(Step::Compared { who, is_right })
            }),
            Err(no) => {
                // Whoever called may have gone.
                let _ = who.reply.send(Err(self.not_tried(no, why)));
            }
        }
    }

    fn not_tried(&self, no: NotTried, why: &HttpError) -> WireError {
        match (no, why) {
            // Rather than that there is no line, what is the matter with it.
            (NotTried::Unknown, HttpError::Distrusted(why)) => self.error(code_of_distrust(*why)),
            (NotTried::Unknown, HttpError::Away(_) | HttpError::Refused(_)) => {
                self.error("pin_needs_line")
            }
            (NotTried::Wait { secs }, _) => {
                self.error("rate_limited").with(json!({ "retry_after": secs }))
            }
            (NotTried::Failed, _) => self.error("internal"),
        }
    }

    async fn compared(&mut self, who: Wanting, is_right: bool) {
        let Wanting { staff, pin, reply, staff_news } = who;
        // What came meanwhile may have been another PIN, or the end of this till.
        let counts = staff_news == self.staff_news && self.connection != ConnectionStatus::Refused;
        let answer = match (is_right, counts) {
            (true, true) => {
                self.desk.verifiers.was_right(staff);
                self.desk.errands.staff.wait_for_line().await;
                self.without_line = Some(WithoutLine { pin, asking: false });
                self.on(staff);
                Ok(json!(Nothing {}))
            }
            (true, false) => Err(self.error("pin_needs_line")),
            (false, _) => Err(self.error("wrong_pin")),
        };
        // Whoever called may have gone.
        let _ = reply.send(answer);
    }

    /// The line as whoever is on can use it: one that is back is not there before the server has
    /// taken their PIN.
    pub(super) fn usable(&mut self, line: ConnectionStatus) -> ConnectionStatus {
        match (line, &mut self.without_line, self.desk.staff) {
            (ConnectionStatus::Online, Some(it), Some(staff)) => {
                if !it.asking {
                    it.asking = true;
                    let pin = it.pin.clone();
                    self.ask_again(staff, pin);
                }
                ConnectionStatus::Connecting
            }
            (line, _, _) => line,
        }
    }

    fn ask_again(&self, staff: StaffId, pin: Secret) {
        let errands = self.desk.errands.clone();
        let (language, staff_news) = (self.desk.settings.language(), self.staff_news);
        self.beside(async move {
            let answer = errands.switch_on(staff, &pin.0, language).await;
            Some(Step::AskedAgain { staff, staff_news, answer })
        });
    }

    /// The server took the PIN, or the till locks; unless the line went away again meanwhile.
    async fn asked_again(
        &mut self,
        staff: StaffId,
        staff_news: u64,
        answer: Result<Token, HttpError>,
    ) {
        let Some(it) = self.without_line.as_mut().filter(|_| self.desk.staff == Some(staff)) else {
            return;
        };
        it.asking = false;
        let is_online = self.status.borrow().connection == ConnectionStatus::Online;
        match answer {
            Ok(token) => {
                let pin = it.pin.clone();
                self.taken(staff, &token).await;
                self.hash(staff, pin, staff_news);
            }
            Err(HttpError::Away(_) | HttpError::Distrusted(_)) if !is_online => {}
            Err(no) => {
                info!("whoever switched on without the line is switched off: {no}");
                self.lock().await;
            }
        }
    }

    /// What is on the counter stays; only nobody can go on with it.
    pub(super) async fn lock(&mut self) {
        self.desk.errands.staff.close().await;
        self.without_line = None;
        self.desk.staff = None;
        self.popups.staff = None;
        self.dirty.extend([Changed::App, Changed::Inbox]);
    }

    /// The server will not have this till any more: nobody switches on here, and what was never answered
    /// is kept before the replica goes, which knows the names to it.
    pub(super) async fn refused(&mut self) {
        self.desk.verifiers.forget_all();
        self.lock().await;
        self.keep_unsent().await;
        self.ask_why();
    }

    /// Shows the credential once more: where the till was taken out, that ends it, and the replica with it.
    fn ask_why(&self) {
        let device = Arc::clone(&self.desk.errands.device);
        tokio::spawn(async move {
            device.forget().await;
            if let Err(why) = device.get().await {
                info!("this till is not let in: {why}");
            }
        });
    }

    /// Whoever changed may have another PIN now, or none: the feed does not say which.
    pub(super) fn note_staff(&mut self, changes: &Changes) {
        for item in changes.items.iter().filter(|item| item.entity == EntityKind::Staff) {
            self.staff_news += 1;
            self.desk.verifiers.forget(StaffId(item.id));
        }
    }

    /// The replica begins anew, maybe from an older day.
    pub(super) fn forget_staff(&mut self) {
        self.staff_news += 1;
        self.desk.verifiers.forget_all();
    }

    /// Does a part that takes time, and brings back what came of it.
    fn beside(&self, work: impl Future<Output = Option<Step>> + Send + 'static) {
        let desk = self.desk.desk.clone();
        tokio::spawn(async move {
            // A till that has stopped switches nobody on.
            if let Some(step) = work.await
                && let Some(desk) = desk.upgrade()
            {
                let _ = desk.send(Message::Switching(step)).await;
            }
        });
    }
}
