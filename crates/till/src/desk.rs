//! The desk: the one task through which everything at a till goes, one thing after another.

mod calls;
mod news;
mod outbox;
mod resume;
mod switching;

use crate::clock::Clocks;
use crate::codes::{self, KnownKeys};
use crate::counter::{Answer, Counter, Ctx, Effect, Shown};
use crate::errands::Errands;
use crate::local::{Local, LocalError};
use crate::parts::{AppParts, camera_hint, camera_view};
use crate::popup::Popups;
use crate::settings::Settings;
use crate::sleep::{self, Sleep};
use crate::till::{self, OnEvent, TillEvent};
use crate::unsent::Unsent;
use crate::verifiers::Verifiers;
use calls::{Caller, Reply, Wanted};
use outbox::Outbox;
use reda_domain::{BusinessId, DeviceId, OperationId, StaffId, Timestamp};
use reda_protocol::frame::Changes;
use reda_protocol::rpc::{
    Call, CameraStatus, CameraView, Changed, ConnectionStatus, CounterView, WindowEvent,
};
use reda_scan::{ScanEvent, Scanner, Source};
use reda_sync::{Client, Distrust, Status};
use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use switching::{Step, WithoutLine};
use tokio::sync::mpsc::{Receiver, WeakSender};
use tokio::sync::{oneshot, watch};
use tokio::time::MissedTickBehavior;
use tracing::{error, info};
use uuid::Uuid;

/// Messages taken together before the shell is told what changed.
const BATCH_MAX: usize = 32;

/// What reaches the desk.
pub(crate) enum Message {
    Call {
        call: Call,
        reply: Reply,
    },
    Parts {
        reply: oneshot::Sender<AppParts>,
    },
    Scan(ScanEvent),
    Arrived(Arrived),
    Answered {
        id: OperationId,
        answer: Answer,
    },
    /// How far switching somebody on has come.
    Switching(Step),
    /// Nobody is switched on any more.
    Locked,
    Watch(Source),
    SettingsChanged,
    WindowFocused(bool),
    TryNow,
    Stop {
        done: oneshot::Sender<()>,
    },
}

/// What the line brought to the replica.
pub(crate) enum Arrived {
    Changes(Changes),
    Reset,
}

/// What a desk is made of.
pub(crate) struct Desk {
    pub(crate) business: BusinessId,
    pub(crate) device: DeviceId,
    /// Whoever is switched on; nobody while the till is locked.
    pub(crate) staff: Option<StaffId>,
    pub(crate) errands: Errands,
    pub(crate) downloads: PathBuf,
    pub(crate) unsent: Unsent,
    pub(crate) settings: Settings,
    pub(crate) clocks: Clocks,
    pub(crate) started: Instant,
    pub(crate) local: Local,
    pub(crate) verifiers: Verifiers,
    pub(crate) known: KnownKeys,
    pub(crate) client: Client,
    pub(crate) scanner: Option<Scanner>,
    /// What the scanner watches.
    pub(crate) source: Option<Source>,
    pub(crate) on_event: OnEvent,
    /// For what comes back later; weak, so that the desk ends with its till.
    pub(crate) desk: WeakSender<Message>,
}

/// A desk at work.
struct Working {
    desk: Desk,
    counter: Counter,
    popups: Popups,
    status: watch::Receiver<Status>,
    connection: ConnectionStatus,
    connection_since: Timestamp,
    /// Operations without an answer, whether the replica was ever whole, and why the server was not
    /// believed, as last told.
    told: (usize, bool, Option<Distrust>),
    camera: CameraView,
    /// Missing where the server took the PIN of whoever is on, and where nobody is.
    without_line: Option<WithoutLine>,
    /// How often something about the staff was new.
    staff_news: u64,
    /// Whoever waits for an operation's answer.
    callers: HashMap<OperationId, Caller>,
    outbox: Outbox,
    dirty: BTreeSet<Changed>,
    /// The counter as it was last told of.
    shown: CounterView,
}

impl Desk {
    pub(crate) async fn run(self, mut inbox: Receiver<Message>) {
        let counter = Counter::new(self.local.scope());
        let now = self.clocks.till_now();
        let camera = match self.scanner {
            Some(_) => CameraStatus::Starting,
            None => CameraStatus::None,
        };
        let mut working = Working {
            shown: counter.view(now, self.settings.language()),
            counter,
            popups: Popups::new(self.staff),
            status: self.client.status(),
            connection: ConnectionStatus::Offline,
            connection_since: now,
            told: (0, false, None),
            camera: CameraView { state: camera, detail: None, code_in_view: false, hint: None },
            without_line: None,
            staff_news: 0,
            callers: HashMap::new(),
            outbox: Outbox::default(),
            dirty: BTreeSet::new(),
            desk: self,
        };
        working.read_program().await;
        working.read_settings().await;
        working.resume().await;
        let done = working.work(&mut inbox).await;
        working.write_unsent().await;
        // Closed first: the line may be waiting to tell the desk something.
        drop(inbox);
        working.desk.client.stop().await;
        working.desk.local.close().await;
        working.stop_scanner().await;
        if let Some(done) = done {
            let _ = done.send(());
        }
    }
}

impl Working {
    /// Works until told to stop, or until nobody holds the till any more.
    async fn work(&mut self, inbox: &mut Receiver<Message>) -> Option<oneshot::Sender<()>> {
        let mut slept = Sleep::new(self.desk.clocks.till_now(), Instant::now());
        let mut look = tokio::time::interval(sleep::LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let next_tick = self.next_tick();
            let message = tokio::select! {
                message = inbox.recv() => Some(message?),
                changed = self.status.changed() => {
                    changed.ok()?;
                    None
                }
                () = wait(next_tick) => None,
                _ = look.tick() => {
                    if slept.is_over(self.desk.clocks.till_now(), Instant::now()) {
                        self.wake().await;
                    }
                    None
                }
            };
            if let Some(Message::Stop { done }) = self.handle(message).await {
                return Some(done);
            }
            // What is waiting already belongs to the same news.
            for _ in 0..BATCH_MAX {
                let Ok(message) = inbox.try_recv() else { break };
                if let Some(Message::Stop { done }) = self.handle(Some(message)).await {
                    return Some(done);
                }
            }
            self.take_status().await;
            self.keep_unsent().await;
            self.tell_news();
        }
    }

    /// Does what a message asks; gives back a wish to stop.
    async fn handle(&mut self, message: Option<Message>) -> Option<Message> {
        // What came over the line comes after what the line says of itself.
        self.take_status().await;
        match message? {
            Message::Call { call, reply } => self.call(call, reply).await,
            Message::Parts { reply } => {
                // Whoever asked may have gone.
                let _ = reply.send(self.parts().await);
            }
            Message::Scan(event) => self.scanned(event).await,
            Message::Arrived(arrived) => self.arrived(arrived).await,
            Message::Answered { id, answer } => self.answered(id, answer).await,
            Message::Switching(step) => self.step(step).await,
            Message::Locked => self.lock().await,
            Message::Watch(source) => self.watch(source).await,
            Message::SettingsChanged => {
                self.dirty.insert(Changed::App);
            }
            Message::WindowFocused(focused) => self.popups.window_focused = focused,
            Message::TryNow => self.desk.client.try_now(),
            stop @ Message::Stop { .. } => return Some(stop),
        }
        None
    }

    async fn scanned(&mut self, event: ScanEvent) {
        match event {
            ScanEvent::State(state) => {
                let code_in_view = self.camera.code_in_view;
                self.camera = CameraView { code_in_view, ..camera_view(state) };
                self.dirty.insert(Changed::App);
            }
            // Nobody could ask the server about it.
            ScanEvent::Read(_) if self.desk.staff.is_none() => {}
            ScanEvent::Read(reading) => {
                let effects = self.code_read(&reading.text);
                self.perform(effects, None).await;
            }
            ScanEvent::InView(code_in_view) => {
                self.camera.code_in_view = code_in_view;
                self.dirty.insert(Changed::App);
            }
            ScanEvent::Hint(hint) => {
                self.camera.hint = hint.map(camera_hint);
                self.dirty.insert(Changed::App);
            }
            // The window has it already.
            ScanEvent::Preview(_) => {}
        }
    }

    /// Takes the text of a code, wherever it was read.
    fn code_read(&mut self, text: &str) -> Vec<Effect> {
        let ctx = self.ctx();
        match codes::foreign(text) {
            Some(why) => {
                self.counter.foreign_read(why, &ctx);
                Vec::new()
            }
            None => self.counter.code_read(text, self.desk.known.whose(text), &ctx),
        }
    }

    async fn answered(&mut self, id: OperationId, answer: Answer) {
        self.outbox.ended(id);
        let refused = answer.as_ref().err().cloned();
        let data = answer.as_ref().map(|applied| applied.data.clone()).unwrap_or_default();
        let effects = self.counter.answered(id, answer, &self.ctx());
        self.perform(effects, None).await;
        if let Some(caller) = self.callers.remove(&id) {
            let answer = refused.map_or_else(|| self.wanted(caller.wants, data), Err);
            let _ = caller.reply.send(answer);
        }
    }

    /// The computer slept: what was open is as good as gone, though nobody has said so yet.
    async fn wake(&mut self) {
        info!("the computer slept: line and camera are opened anew");
        self.desk.client.woke();
        if let Some(source) = self.desk.source.clone() {
            self.watch(source).await;
        }
    }

    async fn watch(&mut self, source: Source) {
        self.stop_scanner().await;
        self.desk.source = Some(source.clone());
        let (known, desk) = (self.desk.known.clone(), self.desk.desk.clone());
        let tell = Arc::clone(&self.desk.on_event);
        self.desk.scanner = Some(till::watch(source, known, desk, tell));
    }

    /// Ends the camera's process before another one wants the same device; that takes a moment.
    async fn stop_scanner(&mut self) {
        if let Some(scanner) = self.desk.scanner.take() {
            let _ = tokio::task::spawn_blocking(move || drop(scanner)).await;
        }
    }

    /// Does what the counter wants; `caller` waits for the answer if it shows nowhere else, and
    /// is answered with the counter otherwise.
    async fn perform(&mut self, effects: Vec<Effect>, mut caller: Option<Reply>) {
        for effect in effects {
            match effect {
                Effect::Submit { id, verb, shown } => {
                    if shown == Shown::ToTheCaller
                        && let Some(reply) = caller.take()
                    {
                        self.callers.insert(id, Caller { reply, wants: Wanted::Counter });
                    }
                    self.submit(id, &verb);
                }
                Effect::CodeRead => (self.desk.on_event)(TillEvent::Window(WindowEvent::CodeRead)),
                Effect::LookAgain => {
                    if let Some(scanner) = &self.desk.scanner {
                        scanner.forget();
                    }
                }
            }
        }
        self.look_at_replica().await;
        if let Some(caller) = caller {
            let _ = caller.send(Ok(self.counter_json()));
        }
    }

    fn ctx(&self) -> Ctx {
        Ctx {
            now: self.desk.clocks.server_now(),
            online: self.connection == ConnectionStatus::Online,
            operation: OperationId(Uuid::now_v7()),
            language: self.desk.settings.language(),
        }
    }

    /// How long until the counter changes by itself.
    fn next_tick(&self) -> Option<Duration> {
        let now = self.desk.clocks.server_now();
        let left_ms = self.counter.tick_at(now)?.ms_since(now);
        u64::try_from(left_ms).ok().map(Duration::from_millis)
    }
}

/// Reads that fail leave the screen as it was; the log says why.
fn or_log<T>(read: Result<T, LocalError>) -> Option<T> {
    read.inspect_err(|error| error!(%error, "the replica could not be read")).ok()
}

async fn wait(time: Option<Duration>) {
    match time {
        Some(time) => tokio::time::sleep(time).await,
        None => std::future::pending().await,
    }
}
