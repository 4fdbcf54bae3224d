//! The window's calls, and the operations that they lead to.

use super::{Message, Working, or_log};
use crate::approvals;
use crate::correct;
use crate::counter::{Answer, Applied, Effect};
use crate::customers;
use crate::enrol;
use crate::export;
use crate::http::code_of_distrust;
use crate::look_up::LookUp;
use crate::programs;
use crate::rewards;
use crate::shop;
use crate::till::TillEvent;
use reda_domain::OperationId;
use reda_domain::card::parse_card_number;
use reda_domain::money::Currency;
use reda_protocol::error::WireError;
use reda_protocol::operation::{
    AskEnrollment, CancelRequest, CreateCustomer, IssuePrintedCode, Operation, Outcome,
    OutcomeKind, ResendRequest, UpdateBusiness, Verb,
};
use reda_protocol::rpc::{
    AmountView, Call, CounterView, CustomerFilter, EnrolAsk, InboxView, Nothing, SpendAsk,
    WindowEvent, WriteDown,
};
use reda_sync::{SubmitError, TokenError};
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::oneshot;
use tracing::error;
use uuid::Uuid;

/// Where a call's answer goes.
pub(crate) type Reply = oneshot::Sender<Result<Value, WireError>>;

/// Whoever waits for an operation's answer, and what they get once it was applied.
pub(crate) struct Caller {
    pub(crate) reply: Reply,
    pub(crate) wants: Wanted,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted {
    Counter,
    /// The replica will tell.
    Nothing,
    /// The picture of a code, as a file.
    PrintedCode,
}

/// More notifications than this nobody scrolls through.
const INBOX_MAX: u32 = 200;

impl Working {
    pub(super) async fn call(&mut self, call: Call, reply: Reply) {
        if self.desk.staff.is_none() && !works_locked(&call) {
            // Whoever called may have gone.
            drop(reply.send(Err(self.error("unauthorized"))));
            return;
        }
        let wish = match call {
            Call::CounterView(_) => Ok(Vec::new()),
            Call::LookUp(asked) => self.look_up(&asked.text).await,
            Call::Scanned(asked) => self.scanned_by_keys(&asked.text).await,
            Call::Ask(_) => self.counter.ask(&self.ctx()),
            Call::SendAgain(_) => self.counter.send_again(&self.ctx()),
            Call::Cancel(_) => self.counter.cancel(&self.ctx()),
            Call::AnswerByCode(read) => self.counter.answer_by_code(read.code, &self.ctx()),
            Call::AnswerInPerson(given) => self.counter.answer_in_person(given, &self.ctx()),
            Call::Award(asked) => self.award(&asked.text),
            Call::Spend(asked) => self.spend(asked),
            Call::Clear(_) => Ok(self.counter.clear(&self.ctx())),
            Call::Spending(asked) => {
                let view = self.counter.spending(&asked.text, self.desk.settings.language());
                let _ = reply.send(Ok(json(&view)));
                return;
            }
            Call::Amount(asked) => {
                let _ = reply.send(Ok(json(&self.amount(&asked.text))));
                return;
            }
            Call::InboxView(_) => {
                let _ = reply.send(self.inbox().await);
                return;
            }
            Call::CustomersView(_)
            | Call::CustomerView(_)
            | Call::EnrolView(_)
            | Call::Who(_)
            | Call::ShopView(_)
            | Call::ProgramsView(_)
            | Call::CheckProgram(_)
            | Call::CheckReward(_)
            | Call::CheckCodeLimits(_)
            | Call::CheckAdjust(_) => return self.read(call, reply),
            Call::StaffList(_)
            | Call::AddStaff(_)
            | Call::ChangeStaff(_)
            | Call::RemoveStaff(_)
            | Call::Tills(_)
            | Call::InviteTill(_)
            | Call::RenameTill(_)
            | Call::RevokeTill(_)
            | Call::ReadOne(_)
            | Call::ReadAll(_)
            | Call::CustomerStory(_) => return self.run_errand(call, reply),
            Call::ExportCustomers(filter) => return self.export(filter, reply),
            Call::SwitchOn(asked) => return self.switch_on(asked, reply),
            Call::Lock(_) => {
                self.lock().await;
                let _ = reply.send(Ok(json(&Nothing {})));
                return;
            }
            Call::RenameShop(asked) => {
                let verb = UpdateBusiness { name: Some(asked.name), settings: Default::default() };
                return self.submit_for(Ok(Verb::UpdateBusiness(verb)), Wanted::Nothing, reply);
            }
            Call::LetCodesApprove(asked) => {
                let shop = or_log(self.desk.local.business().await).flatten();
                let settings = shop.and_then(|shop| shop.settings);
                // Without the shop's row, nobody knows what the switch would leave out.
                let settings = settings.ok_or_else(|| self.error("busy"));
                let verb = settings.map(|now| approvals::let_codes_approve(asked.on, &now));
                return self.submit_for(verb, Wanted::Nothing, reply);
            }
            Call::SaveCodeLimits(form) => {
                let verb = approvals::save(&form).ok_or_else(|| self.error("invalid_body"));
                return self.submit_for(verb, Wanted::Nothing, reply);
            }
            Call::ChangeProgram(asked) => {
                return self.submit_for(Ok(Verb::UpdateProgram(asked)), Wanted::Nothing, reply);
            }
            Call::ChangeReward(asked) => {
                return self.submit_for(Ok(Verb::UpdateReward(asked)), Wanted::Nothing, reply);
            }
            Call::SaveProgram(form) => {
                let verb = self.typed(|currency| programs::save(&form, currency)).await;
                return self.submit_for(verb, Wanted::Nothing, reply);
            }
            Call::SaveReward(form) => {
                let verb = self.typed(|currency| rewards::save(&form, currency)).await;
                return self.submit_for(verb, Wanted::Nothing, reply);
            }
            Call::ChangeCustomer(asked) => {
                return self.submit_for(Ok(Verb::UpdateCustomer(asked)), Wanted::Nothing, reply);
            }
            Call::MergeCustomers(asked) => {
                return self.submit_for(Ok(Verb::MergeCustomers(asked)), Wanted::Nothing, reply);
            }
            Call::AdjustPoints(form) => {
                let known = correct::known(&self.desk.local, form.card, self.desk.staff).await;
                let verb = match or_log(known).flatten() {
                    Some(known) => correct::save(&form, known),
                    None => None,
                };
                let verb = verb.ok_or_else(|| self.error("invalid_body"));
                return self.submit_for(verb, Wanted::Nothing, reply);
            }
            Call::ReverseEntry(asked) => {
                return self.submit_for(Ok(Verb::ReverseEntry(asked)), Wanted::Nothing, reply);
            }
            Call::PrintCode(of) => {
                let verb = Verb::IssuePrintedCode(IssuePrintedCode { customer: of.customer });
                return self.submit_for(Ok(verb), Wanted::PrintedCode, reply);
            }
            Call::EnrolAsk(asked) => {
                let verb = self.enrol(&asked).await.map(Verb::AskEnrollment);
                return self.submit_for(verb, Wanted::Nothing, reply);
            }
            Call::WriteDown(form) => {
                let verb = self.written_down(&form).await.map(Verb::CreateCustomer);
                return self.submit_for(verb, Wanted::Nothing, reply);
            }
            Call::EnrolSendAgain(of) => {
                let again = ResendRequest { request: of.request };
                return self.submit_for(Ok(Verb::ResendRequest(again)), Wanted::Nothing, reply);
            }
            Call::EnrolCancel(of) => {
                let cancel = CancelRequest { request: of.request };
                return self.submit_for(Ok(Verb::CancelRequest(cancel)), Wanted::Nothing, reply);
            }
            Call::AppView(_)
            | Call::TryDemo(_)
            | Call::TryNow(_)
            | Call::Unsent(_)
            | Call::SaveUnsent(_)
            | Call::ForgetUnsent(_)
            | Call::StartShop(_)
            | Call::JoinShop(_)
            | Call::LookAtShop(_)
            | Call::ReadInvitation(_)
            | Call::ScanInvitation(_)
            | Call::Network(_)
            | Call::LetJoin(_)
            | Call::LetAnswer(_)
            | Call::Leave(_)
            | Call::Close(_)
            | Call::KeepRunning(_)
            | Call::SetLanguage(_)
            | Call::SetTheme(_)
            | Call::TillSettings(_)
            | Call::SetTillSettings(_)
            | Call::Cameras(_)
            | Call::Painted(_)
            // The handle has read its code before: that takes too long for the desk.
            | Call::Picture(_) => Err(self.error("not_found")),
        };
        match wish {
            Ok(effects) => self.perform(effects, Some(reply)).await,
            // Whoever called may have gone.
            Err(error) => drop(reply.send(Err(error))),
        }
    }

    /// Reads what takes longer, beside the desk: nobody waits for a list of thousands.
    fn read(&self, call: Call, reply: Reply) {
        let local = self.desk.local.clone();
        let now = self.desk.clocks.server_now();
        let ahead_ms = self.desk.clocks.ahead_ms();
        let (failed, gone) = (self.error("internal"), self.error("card_unknown"));
        let (device, staff) = (self.desk.device, self.desk.staff);
        let server = self.desk.errands.http.address().to_string();
        tokio::spawn(async move {
            let view = match &call {
                Call::Who(_) => shop::who(&local).await.map(|view| json(&view)),
                Call::ShopView(_) => shop::view(&local, device, server).await.map(|it| json(&it)),
                Call::ProgramsView(_) => programs::view(&local).await.map(|view| json(&view)),
                Call::CheckProgram(form) => customers::currency(&local)
                    .await
                    .map(|currency| json(&programs::check(form, currency))),
                Call::CheckReward(form) => customers::currency(&local)
                    .await
                    .map(|currency| json(&rewards::check(form, currency))),
                Call::CheckCodeLimits(form) => Ok(json(&approvals::check(form))),
                Call::CheckAdjust(form) => match correct::known(&local, form.card, staff).await {
                    Ok(Some(known)) => Ok(json(&correct::check(form, known))),
                    // The customer has left meanwhile.
                    Ok(None) => return drop(reply.send(Err(gone))),
                    Err(error) => Err(error),
                },
                Call::CustomersView(query) => {
                    customers::list(&local, query, now).await.map(|view| json(&view))
                }
                Call::CustomerView(of) => {
                    customers::one(&local, of.customer).await.map(|view| json(&view))
                }
                Call::EnrolView(_) => {
                    enrol::view(&local, now, ahead_ms).await.map(|view| json(&view))
                }
                _ => return,
            };
            // Whoever called may have gone.
            let _ = reply.send(or_log(view).ok_or(failed));
        });
    }

    /// Mutably, because a scanner is not to be shared between threads while this waits.
    async fn enrol(&mut self, asked: &EnrolAsk) -> Result<AskEnrollment, WireError> {
        let country = self.country().await;
        enrol::ask(&asked.text, &country, asked.program).map_err(|code| self.error(code))
    }

    async fn written_down(&mut self, form: &WriteDown) -> Result<CreateCustomer, WireError> {
        let country = self.country().await;
        enrol::write_down(form, &country).map_err(|code| self.error(code))
    }

    /// The shop's; empty before its row is there.
    async fn country(&mut self) -> String {
        let shop = or_log(self.desk.local.business().await).flatten();
        shop.map(|shop| shop.country).unwrap_or_default()
    }

    /// What a form says, in the shop's currency. One that is wrong is not sent; the window has said
    /// why beside each field. Mutably, because a scanner is not to be shared between threads while
    /// this waits.
    async fn typed(
        &mut self,
        read: impl FnOnce(Currency) -> Option<Verb> + Send,
    ) -> Result<Verb, WireError> {
        let currency = or_log(customers::currency(&self.desk.local).await);
        currency.and_then(read).ok_or_else(|| self.error("invalid_body"))
    }

    /// Sends an operation that has nothing to do with the counter.
    fn submit_for(&mut self, verb: Result<Verb, WireError>, wants: Wanted, reply: Reply) {
        let online = self.ctx().online;
        let verb = verb.and_then(|verb| match online {
            true => Ok(verb),
            false => Err(self.error("offline")),
        });
        match verb {
            Ok(verb) => {
                let id = OperationId(Uuid::now_v7());
                self.callers.insert(id, Caller { reply, wants });
                self.submit(id, &verb);
            }
            // Whoever called may have gone.
            Err(error) => drop(reply.send(Err(error))),
        }
    }

    /// What a caller gets once the operation was applied.
    pub(super) fn wanted(&self, wants: Wanted, data: Value) -> Result<Value, WireError> {
        match wants {
            Wanted::Counter => Ok(self.counter_json()),
            Wanted::Nothing => Ok(json(&Nothing {})),
            Wanted::PrintedCode => match export::printed_code(&self.desk.downloads, data) {
                Ok(saved) => Ok(json(&saved)),
                Err(error) => {
                    error!(%error, "a printed code could not be saved");
                    Err(self.error("not_saved"))
                }
            },
        }
    }

    /// Asks the server beside the desk, for whoever is switched on.
    fn run_errand(&self, call: Call, reply: Reply) {
        let errands = self.desk.errands.clone();
        let language = self.desk.settings.language();
        tokio::spawn(async move {
            // Whoever called may have gone.
            let _ = reply.send(errands.run(&call, language).await);
        });
    }

    /// Saves the customers that are looked for as a file, and tells how far it is.
    fn export(&self, filter: CustomerFilter, reply: Reply) {
        let now = self.desk.clocks.server_now();
        let errands = self.desk.errands.clone();
        let language = self.desk.settings.language();
        let (folder, tell) = (self.desk.downloads.clone(), Arc::clone(&self.desk.on_event));
        tokio::spawn(async move {
            let saved = export::customers(&errands, &filter, now, &folder, language, |rows| {
                tell(TillEvent::Window(WindowEvent::Exported { rows }));
            });
            // Whoever called may have gone.
            let _ = reply.send(saved.await.map(|saved| json(&saved)));
        });
    }

    /// What a scanner typed: one of our codes, in small letters where its keyboard is locked to
    /// capitals, or the number of a card.
    async fn scanned_by_keys(&mut self, text: &str) -> Result<Vec<Effect>, WireError> {
        let text = text.trim();
        if parse_card_number(text).is_some() {
            return self.look_up(text).await;
        }
        Ok(self.code_read(&text.to_ascii_uppercase()))
    }

    async fn look_up(&mut self, text: &str) -> Result<Vec<Effect>, WireError> {
        let country = self.country().await;
        let is_known_card = match parse_card_number(text) {
            Some(number) => or_log(self.desk.local.has_card_numbered(&number).await),
            None => None,
        };
        let typed = LookUp::parse(text, &country, is_known_card.unwrap_or(false));
        self.counter.look_up(typed.map_err(|code| self.error(code))?, &self.ctx())
    }

    fn award(&mut self, text: &str) -> Result<Vec<Effect>, WireError> {
        let AmountView { amount, error, .. } = self.amount(text);
        match (amount, error) {
            (_, Some(error)) => Err(error),
            (Some(amount), None) => self.counter.award(amount, &self.ctx()),
            (None, None) => Err(self.error("earns_nothing")),
        }
    }

    fn spend(&mut self, asked: SpendAsk) -> Result<Vec<Effect>, WireError> {
        let wanted = self.counter.wanted(asked, self.desk.settings.language())?;
        self.counter.spend(wanted, &self.ctx())
    }

    fn amount(&self, text: &str) -> AmountView {
        self.counter.amount(text, self.desk.settings.language())
    }

    async fn inbox(&mut self) -> Result<Value, WireError> {
        // While the till is locked, no call comes as far as here.
        let staff = self.desk.staff.ok_or_else(|| self.error("unauthorized"))?;
        let items = or_log(self.desk.local.notifications(staff, INBOX_MAX).await);
        items.map(|items| json(&InboxView { items })).ok_or_else(|| self.error("internal"))
    }

    /// The counter as the window is to draw it now.
    pub(super) fn counter_json(&self) -> Value {
        json(&self.desk.clocks.for_window(self.counter_view()))
    }

    pub(super) fn counter_view(&self) -> CounterView {
        let now = self.desk.clocks.server_now();
        self.counter.view(now, self.desk.settings.language())
    }

    pub(super) fn error(&self, code: &str) -> WireError {
        WireError::of(code, self.desk.settings.language())
    }

    /// Sends an operation; its answer comes back as a message.
    pub(super) fn submit(&mut self, id: OperationId, verb: &Verb) {
        self.outbox.began(id, verb, self.desk.clocks.server_now(), self.desk.staff);
        let operation = Operation {
            id,
            kind: verb.kind().to_owned(),
            body: verb.body(),
            business: Some(self.desk.business),
            staff_token: None,
            at: Some(self.desk.clocks.server_now()),
        };
        let client = self.desk.client.clone();
        let tokens = Arc::clone(&self.desk.errands.staff);
        let language = self.desk.settings.language();
        let desk = self.desk.desk.clone();
        tokio::spawn(async move {
            let answer: Answer = match tokens.get().await {
                Ok(token) => {
                    let submitted =
                        client.submit(Operation { staff_token: Some(token), ..operation });
                    match submitted.await {
                        Ok(outcome) => answer_of(outcome),
                        Err(error) => Err(WireError::of(code_of_submit(error), language)),
                    }
                }
                Err(error) => Err(WireError::of(code_of_token(&error), language)),
            };
            let is_over = |error: &WireError| {
                ["unauthorized", "token_expired"].contains(&error.code.as_str())
            };
            let locks = match &answer {
                Err(error) if is_over(error) => !tokens.forget().await,
                Ok(_) | Err(_) => false,
            };
            if let Some(desk) = desk.upgrade() {
                if locks {
                    let _ = desk.send(Message::Locked).await;
                }
                let _ = desk.send(Message::Answered { id, answer }).await;
            }
        });
    }
}

/// What the PIN screen needs, and the counter that it hides.
fn works_locked(call: &Call) -> bool {
    matches!(call, Call::Who(_) | Call::SwitchOn(_) | Call::Lock(_) | Call::CounterView(_))
}

fn answer_of(outcome: Outcome) -> Answer {
    let Outcome { outcome, code, message, details, data, moved, .. } = outcome;
    match outcome {
        OutcomeKind::Applied => Ok(Applied { data, moved }),
        OutcomeKind::Rejected | OutcomeKind::Retry => Err(WireError {
            code: code.unwrap_or_else(|| "internal".to_owned()),
            message: message.unwrap_or_default(),
            details,
        }),
    }
}

fn code_of_submit(error: SubmitError) -> &'static str {
    match error {
        SubmitError::Busy => "busy",
        SubmitError::TooLarge => "too_large",
        SubmitError::AlreadySubmitted => "operation_reused",
        SubmitError::Stopped => "offline",
    }
}

fn code_of_token(error: &TokenError) -> &'static str {
    match error {
        TokenError::Unavailable(_) => "offline",
        TokenError::Distrusted(why) => code_of_distrust(*why),
        TokenError::Refused(_) => "unauthorized",
    }
}

fn json<T: Serialize>(view: &T) -> Value {
    serde_json::to_value(view).expect("a view is plain data")
}
