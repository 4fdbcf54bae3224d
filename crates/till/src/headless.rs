//! A till without a window: it writes down what happens, one JSON line each, and does what it
//! was told beforehand. For demos, crash tests and benches.

use crate::clock::Clock;
use crate::error::TillError;
use crate::parts::AppParts;
use crate::popup::Popup;
use crate::till::{Till, TillConfig, TillEvent};
use reda_protocol::error::WireError;
use reda_protocol::rpc::{
    AmountText, Call, Changed, CounterStage, CounterView, Nothing, PersonLine, WindowEvent,
};
use serde_json::{Value, json};
use std::collections::{BTreeSet, VecDeque};
use std::future::Future;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

/// Popups that wait to be written; older ones are dropped.
const POPUPS_MAX: usize = 64;

/// What the till is to do by itself.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Asks whoever is not a member.
    pub ask: bool,
    /// Awards the points of this amount to every member, and to whoever accepts.
    pub award: Option<String>,
}

/// Runs a till until `stop`, writing to `out`:
/// `{"event": "connection"|"camera"|"code_read"|"counter"|"popup"|"refused", "at", …}`.
pub async fn run(
    config: TillConfig,
    options: Options,
    out: &mut (dyn Write + Send),
    stop: impl Future<Output = ()>,
) -> Result<(), TillError> {
    let news = Arc::new(News::default());
    let clock = config.clock;
    let till = Till::start(
        config,
        Box::new({
            let news = Arc::clone(&news);
            move |event| news.take(event)
        }),
    )
    .await?;
    let mut log = Log { out, clock, connection: None, camera: None, counter: None };
    let mut stop = std::pin::pin!(stop);
    let result = loop {
        if let Err(error) = log.catch_up(&till, news.drain(), &options).await {
            break Err(error);
        }
        tokio::select! {
            () = &mut stop => break Ok(()),
            () = news.ready.notified() => {}
        }
    };
    till.stop().await;
    result
}

/// What happened and is not written yet.
#[derive(Default)]
struct News {
    waiting: Mutex<Waiting>,
    ready: Notify,
}

#[derive(Default)]
struct Waiting {
    changed: BTreeSet<Changed>,
    codes_read: u32,
    popups: VecDeque<Popup>,
}

impl News {
    fn take(&self, event: TillEvent) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            TillEvent::Window(WindowEvent::Changed { what }) => waiting.changed.extend(what),
            TillEvent::Window(WindowEvent::CodeRead) => waiting.codes_read += 1,
            TillEvent::Window(
                WindowEvent::Preview(_)
                | WindowEvent::Exported { .. }
                | WindowEvent::Invitation(_)
                | WindowEvent::Closing { .. }
                | WindowEvent::Open(_),
            ) => return,
            TillEvent::Popup(popup) => {
                if waiting.popups.len() >= POPUPS_MAX {
                    waiting.popups.pop_front();
                }
                waiting.popups.push_back(popup);
            }
        }
        self.ready.notify_one();
    }

    fn drain(&self) -> Waiting {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Writes lines, each thing only when it is another than before.
struct Log<'a> {
    out: &'a mut (dyn Write + Send),
    clock: Clock,
    connection: Option<Value>,
    camera: Option<Value>,
    counter: Option<CounterView>,
}

impl Log<'_> {
    async fn catch_up(
        &mut self,
        till: &Till,
        news: Waiting,
        options: &Options,
    ) -> Result<(), TillError> {
        for _ in 0..news.codes_read {
            self.line("code_read", json!({}))?;
        }
        for Popup { title, body, related } in news.popups {
            self.line("popup", json!({ "title": title, "body": body, "related": related }))?;
        }
        if let Some(parts) = till.app_parts().await {
            self.parts(&parts)?;
        }
        // Each call may change the counter at once, so it is looked at until it rests.
        while let Some(call) = self.counter(till, options).await? {
            let name = if matches!(call, Call::Ask(_)) { "ask" } else { "award" };
            if let Err(error) = till.rpc(call).await {
                self.refused(name, &error)?;
            }
        }
        Ok(())
    }

    fn parts(&mut self, parts: &AppParts) -> Result<(), TillError> {
        let connection = json!({ "status": parts.connection.status });
        if self.connection.as_ref() != Some(&connection) {
            self.line("connection", connection.clone())?;
            self.connection = Some(connection);
        }
        let camera = json!(parts.camera);
        if self.camera.as_ref() != Some(&camera) {
            self.line("camera", camera.clone())?;
            self.camera = Some(camera);
        }
        Ok(())
    }

    /// Writes the counter, if it changed; gives back what is to be done about it.
    async fn counter(&mut self, till: &Till, options: &Options) -> Result<Option<Call>, TillError> {
        let view = match till.rpc(Call::CounterView(Nothing {})).await {
            Ok(view) => view,
            Err(error) => return self.refused("view", &error).map(|()| None),
        };
        let view: CounterView = serde_json::from_value(view).expect("the till's own view");
        if self.counter.as_ref() == Some(&view) {
            return Ok(None);
        }
        let is_new = self.counter.as_ref().map(|view| who(&view.stage)) != Some(who(&view.stage));
        self.line("counter", json!({ "view": view }))?;
        let call = is_new.then(|| wish(&view.stage, options)).flatten();
        self.counter = Some(view);
        Ok(call)
    }

    fn refused(&mut self, call: &str, error: &WireError) -> Result<(), TillError> {
        self.line("refused", json!({ "call": call, "error": error }))
    }

    fn line(&mut self, event: &str, mut facts: Value) -> Result<(), TillError> {
        facts["event"] = json!(event);
        facts["at"] = json!((self.clock)());
        let written = writeln!(self.out, "{facts}").and_then(|()| self.out.flush());
        written.map_err(TillError::Out)
    }
}

/// What the options say to do when a customer comes to a stage.
fn wish(stage: &CounterStage, options: &Options) -> Option<Call> {
    match stage {
        CounterStage::NotMember { ask_again_from: None, refused: None, .. } if options.ask => {
            Some(Call::Ask(Nothing {}))
        }
        CounterStage::Member { .. } | CounterStage::Accepted { .. } => {
            options.award.clone().map(|text| Call::Award(AmountText { text }))
        }
        CounterStage::Spending { .. }
        | CounterStage::NotMember { .. }
        | CounterStage::Idle
        | CounterStage::LookingUp { .. }
        | CounterStage::Asking { .. }
        | CounterStage::Waiting { .. }
        | CounterStage::Declined { .. }
        | CounterStage::NoAnswer { .. }
        | CounterStage::Cancelled { .. }
        | CounterStage::Refused { .. } => None,
    }
}

/// Who is at the counter, and at which stage: between two looks one customer may have followed
/// another.
fn who(stage: &CounterStage) -> (std::mem::Discriminant<CounterStage>, Option<String>) {
    let person = match stage {
        CounterStage::Member { person, .. }
        | CounterStage::Spending { person, .. }
        | CounterStage::NotMember { person, .. }
        | CounterStage::Asking { person }
        | CounterStage::Waiting { person, .. }
        | CounterStage::Accepted { person, .. }
        | CounterStage::Declined { person, .. }
        | CounterStage::NoAnswer { person, .. }
        | CounterStage::Cancelled { person } => Some(person),
        CounterStage::Idle | CounterStage::LookingUp { .. } | CounterStage::Refused { .. } => None,
    };
    let name =
        |person: &PersonLine| person.id.map_or_else(|| person.name.clone(), |id| id.to_string());
    (std::mem::discriminant(stage), person.map(name))
}
