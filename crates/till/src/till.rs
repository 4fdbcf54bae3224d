//! A running till.

use crate::clock::{Clock, Clocks};
use crate::codes::KnownKeys;
use crate::desk::{Desk, Message};
use crate::errands::Errands;
use crate::error::TillError;
use crate::http::Http;
use crate::kept::Kept;
use crate::local::Local;
use crate::parts::{AppParts, preview_view};
use crate::picture;
use crate::popup::Popup;
use crate::settings::Settings;
use crate::tokens::Tokens;
use crate::unsent::Unsent;
use crate::verifiers::Verifiers;
use reda_domain::language::Language;
use reda_domain::{BusinessId, DeviceId, StaffId};
use reda_protocol::error::WireError;
use reda_protocol::rpc::{Call, LookUp, Theme, WindowEvent};
use reda_protocol::scope::ScopeName;
use reda_scan::{ScanEvent, Scanner, Source};
use reda_sync::{Client, TokenError, TokenSource};
use serde_json::Value;
use std::future::ready;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{self, WeakSender};
use tokio::sync::oneshot;
use tracing::warn;

/// Messages that wait for the desk; it takes each in well under a millisecond.
const INBOX_MAX: usize = 256;

/// What a till needs.
pub struct TillConfig {
    /// For the replica. Belongs to this till and this business alone.
    pub data_dir: PathBuf,
    pub settings: Settings,
    pub server: Http,
    pub device: DeviceId,
    pub business: BusinessId,
    /// The device's access tokens.
    pub device_tokens: TokenSource,
    pub staffing: Staffing,
    /// Where files for the people at the till go.
    pub downloads: PathBuf,
    /// Where what was never answered goes; it stays when the till's folder goes.
    pub unsent: Unsent,
    /// Where codes are read; without one they are typed.
    pub scan: Option<Source>,
    pub clock: Clock,
}

/// Who works at a till when it starts.
pub enum Staffing {
    /// Somebody already; each operation carries a token of this source.
    On { staff: StaffId, tokens: TokenSource },
    /// Nobody, until someone switches on by PIN.
    ByPin,
}

impl Staffing {
    fn parts(self) -> (Option<StaffId>, TokenSource) {
        let nobody = || Err(TokenError::Refused("nobody is switched on".to_owned()));
        match self {
            Staffing::On { staff, tokens } => (Some(staff), tokens),
            Staffing::ByPin => (None, Box::new(move || Box::pin(ready(nobody())))),
        }
    }
}

/// What a till tells its shell.
#[derive(Clone, Debug, PartialEq)]
pub enum TillEvent {
    /// For the window.
    Window(WindowEvent),
    /// To be shown by the operating system.
    Popup(Popup),
}

pub(crate) type OnEvent = Arc<dyn Fn(TillEvent) + Send + Sync>;

/// A running till; clones share it. It ends when the last one is dropped, or by [`Till::stop`].
#[derive(Clone)]
pub struct Till {
    desk: mpsc::Sender<Message>,
    settings: Settings,
    known: KnownKeys,
}

impl Till {
    /// Opens the replica, starts the line and the camera, on the current tokio runtime.
    /// `on_event` is called from several threads and must not block.
    pub async fn start(
        config: TillConfig,
        on_event: Box<dyn Fn(TillEvent) + Send + Sync>,
    ) -> Result<Till, TillError> {
        let started = Instant::now();
        let on_event: OnEvent = Arc::from(on_event);
        let dir = config.data_dir;
        let no_dir = |error| TillError::Folder(dir.clone(), error);
        std::fs::create_dir_all(&dir).map_err(no_dir)?;
        let local = Local::open(&dir, ScopeName::Business(config.business)).await?;
        let known = KnownKeys::default();
        known.fill(local.keys().await?);

        let (desk_in, inbox) = mpsc::channel(INBOX_MAX);
        let weak = desk_in.downgrade();
        let kept = Kept { local: local.clone(), desk: weak.clone() };
        let device_tokens = Arc::new(config.device_tokens);
        let for_line = Arc::clone(&device_tokens);
        let client =
            Client::start(config.server.line(config.device), Box::new(move || for_line()), kept)?;
        let (staff, staff_tokens) = config.staffing.parts();
        let errands = Errands {
            http: config.server,
            device: Arc::new(Tokens::new(Box::new(move || device_tokens()))),
            staff: Arc::new(Tokens::new(staff_tokens)),
            business: config.business,
        };
        let watch = |source| watch(source, known.clone(), weak.clone(), Arc::clone(&on_event));
        let source = config.scan.clone();
        let scanner = config.scan.map(watch);
        let desk = Desk {
            business: config.business,
            device: config.device,
            staff,
            errands,
            downloads: config.downloads,
            unsent: config.unsent,
            settings: config.settings.clone(),
            clocks: Clocks::new(config.clock),
            started,
            local,
            verifiers: Verifiers::in_folder(&dir),
            known: known.clone(),
            client,
            scanner,
            source,
            on_event,
            desk: weak,
        };
        tokio::spawn(desk.run(inbox));
        Ok(Till { desk: desk_in, settings: config.settings, known })
    }

    /// Answers the window's calls, but for `app.*`: those are the shell's,
    /// made of [`Till::app_parts`], [`Till::set_language`] and [`Till::set_theme`]; here they are
    /// `not_found`.
    ///
    /// Taking back and sending again answer when the server has answered, since nothing on the
    /// counter could show a refusal; everything else answers at once with the counter as it is.
    pub async fn rpc(&self, call: Call) -> Result<Value, WireError> {
        let gone = || WireError::of("internal", self.settings.language());
        let call = match call {
            Call::Picture(file) => {
                let code = picture::read(file, self.known.clone()).await;
                let refused = |code| WireError::of(code, self.settings.language());
                Call::Scanned(LookUp { text: code.map_err(refused)? })
            }
            other => other,
        };
        self.ask(|reply| Message::Call { call, reply }).await.unwrap_or_else(|| Err(gone()))
    }

    /// The till's parts of the application's view; `None` once it has stopped.
    pub async fn app_parts(&self) -> Option<AppParts> {
        self.ask(|reply| Message::Parts { reply }).await
    }

    /// Changes the language, of refusals too, for good.
    pub async fn set_language(&self, language: Language) -> Result<(), TillError> {
        self.settings.set_language(language)?;
        self.tell(Message::SettingsChanged).await;
        Ok(())
    }

    /// Changes the theme, for good.
    pub async fn set_theme(&self, theme: Theme) -> Result<(), TillError> {
        self.settings.set_theme(theme)?;
        self.tell(Message::SettingsChanged).await;
        Ok(())
    }

    /// Watches another camera from now on.
    pub async fn watch(&self, source: Source) {
        self.tell(Message::Watch(source)).await;
    }

    /// Says whether the cashier sees the window: popups depend on it.
    pub async fn set_window_focused(&self, focused: bool) {
        self.tell(Message::WindowFocused(focused)).await;
    }

    /// Tries the line now: the network is back, or a person wants it.
    pub async fn try_now(&self) {
        self.tell(Message::TryNow).await;
    }

    /// Ends camera, line and replica, and waits for them.
    pub async fn stop(&self) {
        self.ask(|done| Message::Stop { done }).await;
    }

    async fn ask<T>(&self, message: impl FnOnce(oneshot::Sender<T>) -> Message) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        self.desk.send(message(reply)).await.ok()?;
        answer.await.ok()
    }

    async fn tell(&self, message: Message) {
        // A till that has stopped needs to know nothing.
        let _ = self.desk.send(message).await;
    }
}

/// Starts the camera; its pictures go straight to the window, all else to the desk.
pub(crate) fn watch(
    source: Source,
    known: KnownKeys,
    desk: WeakSender<Message>,
    tell: OnEvent,
) -> Scanner {
    let on_event = move |event| match event {
        ScanEvent::Preview(preview) => {
            tell(TillEvent::Window(WindowEvent::Preview(preview_view(&preview))));
        }
        ScanEvent::State(_) | ScanEvent::InView(_) | ScanEvent::Hint(_) | ScanEvent::Read(_) => {
            // A till that has stopped needs to know nothing.
            if let Some(desk) = desk.upgrade()
                && let Err(TrySendError::Full(_)) = desk.try_send(Message::Scan(event))
            {
                warn!("the till is too busy to take what the camera read");
            }
        }
    };
    Scanner::start(source, Box::new(move |text| known.judge(text)), Box::new(on_event))
}
