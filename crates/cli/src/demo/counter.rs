//! The till of the demo, and waiting for what it shows.

use super::step;
use crate::error::CommandError;
use reda_protocol::rpc::{
    AmountText, Call, ConnectionStatus, CounterStage, CounterView, Nothing, SpendAsk, SpendState,
    WindowEvent,
};
use reda_till::{Till, TillConfig, TillEvent};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// No step takes longer, on the slowest machine.
pub(super) const PATIENCE: Duration = Duration::from_secs(15);

pub(super) struct Counter {
    till: Till,
    changed: Arc<Notify>,
    code_read: Arc<OnceLock<Instant>>,
}

impl Counter {
    pub(super) async fn start(config: TillConfig) -> Result<Self, CommandError> {
        let changed = Arc::new(Notify::new());
        let code_read = Arc::new(OnceLock::new());
        let (tell, read) = (Arc::clone(&changed), Arc::clone(&code_read));
        let on_event = move |event| {
            let TillEvent::Window(event) = event else { return };
            if event == WindowEvent::CodeRead {
                read.get_or_init(Instant::now);
            }
            tell.notify_one();
        };
        let till = Till::start(config, Box::new(on_event)).await?;
        Ok(Self { till, changed, code_read })
    }

    /// How long ago the till took the code that the camera read.
    pub(super) fn since_code_read(&self) -> Option<Duration> {
        self.code_read.get().map(Instant::elapsed)
    }

    pub(super) async fn online(&self) -> Result<(), CommandError> {
        let online = async {
            loop {
                let parts = self.till.app_parts().await;
                if parts.is_some_and(|it| it.connection.status == ConnectionStatus::Online) {
                    return;
                }
                self.changed.notified().await;
            }
        };
        tokio::time::timeout(PATIENCE, online).await.map_err(|_| step("till_online", "no line"))
    }

    async fn view(&self) -> Result<CounterView, CommandError> {
        let view = self.till.rpc(Call::CounterView(Nothing {})).await;
        let view = view.map_err(|error| step("counter", error))?;
        serde_json::from_value(view).map_err(|error| step("counter", error))
    }

    /// Waits until the counter is at a stage.
    pub(super) async fn stage(
        &self,
        name: &'static str,
        wanted: impl Fn(&CounterStage) -> bool,
    ) -> Result<(), CommandError> {
        self.until(name, |view| wanted(&view.stage).then_some(())).await
    }

    /// Waits for the balance that the server has after the award.
    pub(super) async fn awarded_balance(&self) -> Result<i64, CommandError> {
        let balance = |view: &CounterView| Some(view.last_award.as_ref()?.balance?.0);
        self.until("equal", balance).await
    }

    /// Waits for the balance that the till shows after the customer's yes to points.
    pub(super) async fn approved_balance(&self) -> Result<i64, CommandError> {
        let left = |view: &CounterView| match &view.stage {
            CounterStage::Spending { card, state: SpendState::Approved { .. }, .. } => {
                Some(card.balance.0)
            }
            _ => None,
        };
        self.until("approve_to_till", left).await
    }

    async fn until<T>(
        &self,
        name: &'static str,
        wanted: impl Fn(&CounterView) -> Option<T>,
    ) -> Result<T, CommandError> {
        let reached = async {
            loop {
                if let Some(found) = wanted(&self.view().await?) {
                    return Ok(found);
                }
                self.changed.notified().await;
            }
        };
        match tokio::time::timeout(PATIENCE, reached).await {
            Ok(reached) => reached,
            Err(_) => Err(step(name, format!("the counter shows {:?}", self.view().await?.stage))),
        }
    }

    pub(super) async fn ask(&self) -> Result<(), CommandError> {
        let asked = self.till.rpc(Call::Ask(Nothing {})).await;
        asked.map(drop).map_err(|error| step("ask_to_page", error))
    }

    pub(super) async fn award(&self, text: &str) -> Result<(), CommandError> {
        let awarded = self.till.rpc(Call::Award(AmountText { text: text.to_owned() })).await;
        awarded.map(drop).map_err(|error| step("award_to_page", error))
    }

    pub(super) async fn spend(&self, text: &str, reason: &str) -> Result<(), CommandError> {
        let ask = SpendAsk { text: text.to_owned(), reason: reason.to_owned(), reward: None };
        let asked = self.till.rpc(Call::Spend(ask)).await;
        asked.map(drop).map_err(|error| step("spend_to_page", error))
    }

    pub(super) async fn stop(&self) {
        self.till.stop().await;
    }
}
