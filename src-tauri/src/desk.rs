//! The window's state: how far set-up has come, and the shop that runs inside.

use crate::arguments::Arguments;
use crate::folders::Folders;
use crate::popup;
use crate::report;
use crate::shop::{Shop, ShopError};
use reda_protocol::error::WireError;
use reda_protocol::rpc::{
    AppView, CameraStatus, CameraView, Changed, ConnectionStatus, ConnectionView, Setup,
    WindowEvent,
};
use reda_till::{Settings, Till, TillError, TillEvent};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tauri::{AppHandle, Emitter as _, Manager as _};
use tracing::{error, warn};

/// How long the window waits at its end for till and server.
const STOP_WITHIN: Duration = Duration::from_secs(8);
/// The name of the event that carries a [`WindowEvent`].
const EVENT: &str = "reda";

/// Shared by the window's calls and events.
#[derive(Clone)]
pub(crate) struct Desk(Arc<Inner>);

struct Inner {
    app: AppHandle,
    arguments: Arguments,
    folders: Folders,
    settings: Settings,
    started: Instant,
    stage: Mutex<Stage>,
    shop: tokio::sync::RwLock<Option<Shop>>,
}

/// How far set-up has come.
#[derive(Clone)]
enum Stage {
    FirstRun,
    Starting,
    Ready,
    Failed(WireError),
}

/// Why the window cannot even open.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeskError {
    #[error("there is no folder for data: {0}")]
    NoFolder(#[from] tauri::Error),
    #[error(transparent)]
    Settings(#[from] TillError),
}

impl Desk {
    pub(crate) fn open(
        app: AppHandle,
        arguments: Arguments,
        started: Instant,
    ) -> Result<Self, DeskError> {
        let folders = Folders::new(&app.path().app_data_dir()?, &arguments.profile);
        let settings = Settings::open(folders.settings())?;
        let stage = Mutex::new(Stage::FirstRun);
        let shop = tokio::sync::RwLock::new(None);
        let inner = Inner { app, arguments, folders, settings, started, stage, shop };
        Ok(Self(Arc::new(inner)))
    }

    /// Opens the shop that is there already, or that was asked for.
    pub(crate) fn start(&self) {
        if self.0.arguments.demo || self.0.folders.demo_database().exists() {
            self.try_demo();
        }
        let desk = self.clone();
        tauri::async_runtime::spawn(async move {
            report::terminated().await;
            desk.0.app.exit(0);
        });
    }

    /// Starts the demo shop, unless one runs or starts already.
    pub(crate) fn try_demo(&self) {
        {
            let mut stage = self.stage();
            if matches!(*stage, Stage::Starting | Stage::Ready) {
                return;
            }
            *stage = Stage::Starting;
        }
        self.tell_changed();
        let desk = self.clone();
        tauri::async_runtime::spawn(async move {
            let stage = match desk.open_demo().await {
                Ok(()) => Stage::Ready,
                Err(failure) => {
                    error!("the demo shop did not start: {failure:#}");
                    let error = WireError::of("internal", desk.0.settings.language());
                    let reason = serde_json::json!({ "reason": failure.to_string() });
                    Stage::Failed(error.with(reason))
                }
            };
            *desk.stage() = stage;
            desk.tell_changed();
        });
    }

    async fn open_demo(&self) -> Result<(), ShopError> {
        let desk = self.clone();
        let on_event = Box::new(move |event| desk.hear(event));
        let camera = self.0.arguments.camera.clone();
        let settings = self.0.settings.clone();
        let shop = Shop::open_demo(&self.0.folders, settings, camera, on_event).await?;
        let line = shop.ready_line();
        *self.0.shop.write().await = Some(shop);
        report::ready(&line, self.0.arguments.ready_file.as_deref());
        Ok(())
    }

    /// What the till tells goes to the window, or to the operating system.
    fn hear(&self, event: TillEvent) {
        match event {
            TillEvent::Window(event) => self.emit(&event),
            TillEvent::Popup(popup) => popup::show(self.0.app.clone(), popup),
        }
    }

    fn emit(&self, event: &WindowEvent) {
        if let Err(failure) = self.0.app.emit(EVENT, event) {
            warn!("the window did not hear an event: {failure:#}");
        }
    }

    fn tell_changed(&self) {
        self.emit(&WindowEvent::Changed { what: vec![Changed::App, Changed::Counter] });
    }

    /// The running till, if there is one.
    pub(crate) async fn till(&self) -> Option<Till> {
        self.0.shop.read().await.as_ref().map(|shop| shop.till.clone())
    }

    /// The settings, which are there before any till is.
    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// A changed setting is drawn at once.
    pub(crate) fn settings_changed(&self) {
        self.tell_changed();
    }

    /// The first screen was drawn.
    pub(crate) fn painted(&self, after_ms: u32) {
        if self.0.arguments.report_paint {
            report::painted(self.0.started, after_ms);
        }
    }

    pub(crate) async fn view(&self) -> AppView {
        let shop = self.0.shop.read().await;
        let parts = match shop.as_ref() {
            Some(shop) => shop.till.app_parts().await,
            None => None,
        };
        let setup = match self.stage().clone() {
            Stage::FirstRun => Setup::FirstRun,
            Stage::Starting => Setup::Starting,
            Stage::Ready => Setup::Ready,
            Stage::Failed(error) => Setup::Failed { error },
        };
        let shell = AppView {
            setup,
            business: None,
            staff: None,
            language: self.0.settings.language(),
            theme: self.0.settings.theme(),
            connection: no_line(),
            camera: CameraView { state: CameraStatus::Starting, detail: None, hint: None },
            customer_page: shop.as_ref().map(Shop::customer_page),
            demo: shop.as_ref().map(Shop::demo_view),
            unread: 0,
            version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let Some(parts) = parts else { return shell };
        AppView {
            business: parts.business,
            staff: parts.staff,
            language: parts.language,
            theme: parts.theme,
            connection: parts.connection,
            camera: parts.camera,
            unread: parts.unread,
            ..shell
        }
    }

    pub(crate) fn window_focused(&self, focused: bool) {
        let desk = self.clone();
        tauri::async_runtime::spawn(async move {
            if let Some(till) = desk.till().await {
                till.set_window_focused(focused).await;
            }
        });
    }

    /// Ends till and server before the process ends.
    pub(crate) fn stop(&self) {
        let stopping = async {
            let shop = self.0.shop.write().await.take();
            if let Some(shop) = shop {
                shop.stop().await;
            }
        };
        let bounded = async { tokio::time::timeout(STOP_WITHIN, stopping).await };
        if tauri::async_runtime::block_on(bounded).is_err() {
            warn!("the shop did not end in time");
        }
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.0.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Before there is a till there is no line either.
fn no_line() -> ConnectionView {
    ConnectionView {
        status: ConnectionStatus::Connecting,
        since: reda_server::now(),
        synced_at: None,
        unanswered: 0,
    }
}
