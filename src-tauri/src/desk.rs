//! The window's state: how far set-up has come, and the shop that runs inside.

use crate::arguments::Arguments;
use crate::folders::Folders;
use crate::popup;
use crate::report;
use crate::shop::{Opening, Place, Shop, ShopError};
use crate::tray;
use crate::window;
use reda_protocol::error::WireError;
use reda_protocol::rpc::{
    AppView, CameraStatus, CameraView, Changed, ConnectionStatus, ConnectionView, JoinShop,
    OpenScreen, Setup, StartShop, TillSettings, WindowEvent,
};
use reda_scan::Source;
use reda_till::{Settings, Till, TillError, TillEvent};
use std::future::Future;
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
    /// Held while a shop is made or joined.
    setting_up: tokio::sync::Mutex<()>,
}

/// Which shop to open.
enum Kind {
    Demo,
    Kept(Place),
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
        let downloads = app.path().download_dir().ok();
        let folders = Folders::new(&app.path().app_data_dir()?, downloads, &arguments.profile);
        let settings = Settings::open(folders.settings())?;
        let stage = Mutex::new(Stage::FirstRun);
        let shop = tokio::sync::RwLock::new(None);
        let setting_up = tokio::sync::Mutex::default();
        let inner = Inner { app, arguments, folders, settings, started, stage, shop, setting_up };
        Ok(Self(Arc::new(inner)))
    }

    /// Opens the shop that is there already, or that was asked for.
    pub(crate) fn start(&self) {
        if self.0.arguments.demo {
            self.begin(Kind::Demo);
        } else if let Some(place) = Place::read(&self.0.folders.shop()) {
            self.begin(Kind::Kept(place));
        } else if self.0.folders.demo_database().exists() {
            self.begin(Kind::Demo);
        }
        let desk = self.clone();
        tauri::async_runtime::spawn(async move {
            report::terminated().await;
            desk.0.app.exit(0);
        });
    }

    /// Starts the demo shop, unless one runs or starts already.
    pub(crate) fn try_demo(&self) {
        self.begin(Kind::Demo);
    }

    /// Makes a shop of its own and opens it.
    pub(crate) async fn start_shop(&self, asked: &StartShop) -> Result<(), WireError> {
        let folders = &self.0.folders;
        let (unfinished, folder) = (folders.unfinished_shop(), folders.shop());
        let language = self.0.settings.language();
        self.set_up(Shop::make(&unfinished, &folder, asked, language)).await
    }

    /// Joins a shop and opens it.
    pub(crate) async fn join_shop(&self, asked: &JoinShop) -> Result<(), WireError> {
        let folders = &self.0.folders;
        let (unfinished, folder) = (folders.unfinished_shop(), folders.shop());
        let language = self.0.settings.language();
        self.set_up(Shop::join(&unfinished, &folder, asked, language)).await
    }

    /// One set-up at a time, and only where there is no shop yet.
    async fn set_up(
        &self,
        making: impl Future<Output = Result<(), ShopError>>,
    ) -> Result<(), WireError> {
        let language = self.0.settings.language();
        let busy = |_| WireError::of("busy", language);
        let _turn = self.0.setting_up.try_lock().map_err(busy)?;
        if matches!(*self.stage(), Stage::Starting | Stage::Ready) {
            return Err(WireError::of("busy", language));
        }
        making.await.map_err(|failure| {
            warn!("the shop was not set up: {failure:#}");
            failure.wire(language)
        })?;
        match Place::read(&self.0.folders.shop()) {
            Some(place) => self.begin(Kind::Kept(place)),
            None => return Err(WireError::of("internal", language)),
        }
        Ok(())
    }

    /// Leaves the demo shop, or a shop that took this till out: what is here of it goes, and the
    /// first run begins anew. A shop of its own stays.
    pub(crate) async fn leave(&self) -> Result<(), WireError> {
        let language = self.0.settings.language();
        let place = Place::read(&self.0.folders.shop());
        let (folder, is_demo) = match place {
            Some(Place::Inside) => return Err(WireError::of("forbidden", language)),
            Some(Place::At { .. }) => (self.0.folders.shop(), false),
            None => (self.0.folders.demo(), true),
        };
        if !is_demo && self.is_let_in().await {
            return Err(WireError::of("forbidden", language));
        }
        *self.stage() = Stage::Starting;
        if let Some(shop) = self.0.shop.write().await.take() {
            shop.stop().await;
        }
        if let Err(failure) = std::fs::remove_dir_all(&folder) {
            warn!("{} stays: {failure}", folder.display());
        }
        *self.stage() = Stage::FirstRun;
        self.tell_changed();
        Ok(())
    }

    async fn is_let_in(&self) -> bool {
        let Some(till) = self.till().await else { return false };
        let parts = till.app_parts().await;
        parts.is_some_and(|parts| parts.connection.status != ConnectionStatus::Refused)
    }

    /// Opens a shop, unless one is open or opens already.
    fn begin(&self, kind: Kind) {
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
            let stage = match desk.open_shop(kind).await {
                Ok(()) => Stage::Ready,
                Err(ShopError::NotJoined) => Stage::FirstRun,
                Err(failure) => {
                    error!("the shop did not start: {failure:#}");
                    Stage::Failed(failure.wire(desk.0.settings.language()))
                }
            };
            *desk.stage() = stage;
            desk.tell_changed();
        });
    }

    async fn open_shop(&self, kind: Kind) -> Result<(), ShopError> {
        let desk = self.clone();
        let opening = Opening {
            folders: &self.0.folders,
            settings: self.0.settings.clone(),
            camera: self.camera(),
            on_event: Box::new(move |event| desk.hear(event)),
        };
        let shop = match kind {
            Kind::Demo => Shop::open_demo(opening).await?,
            Kind::Kept(Place::Inside) => Shop::open_own(opening).await?,
            Kind::Kept(Place::At { address }) => Shop::open_joined(&address, opening).await?,
        };
        let line = shop.ready_line();
        *self.0.shop.write().await = Some(shop);
        report::ready(&line, self.0.arguments.ready_file.as_deref());
        Ok(())
    }

    /// The camera that the start asked for, else the one of the settings.
    fn camera(&self) -> Source {
        let kept = || Source::Camera { index: self.0.settings.own().camera };
        self.0.arguments.camera.clone().unwrap_or_else(kept)
    }

    /// Keeps the till's own settings; another camera is watched at once.
    pub(crate) async fn set_own(&self, own: TillSettings) -> Result<(), TillError> {
        let before = self.0.settings.own();
        let camera = own.camera;
        self.0.settings.set_own(own)?;
        if before.camera != camera
            && let Some(till) = self.till().await
        {
            till.watch(Source::Camera { index: camera }).await;
        }
        self.tell_changed();
        Ok(())
    }

    /// What the till tells goes to the window, or to the operating system.
    fn hear(&self, event: TillEvent) {
        match event {
            TillEvent::Window(event) => {
                self.emit(&event);
                if matches!(&event, WindowEvent::Changed { what } if what.contains(&Changed::App)) {
                    self.show_in_tray();
                }
            }
            TillEvent::Popup(popup) => popup::show(self.clone(), popup),
        }
    }

    /// The tray shows the line and what is unread.
    fn show_in_tray(&self) {
        let desk = self.clone();
        tauri::async_runtime::spawn(async move {
            let Some(till) = desk.till().await else { return };
            if let Some(parts) = till.app_parts().await {
                tray::show(&desk.0.app, &parts);
            }
        });
    }

    /// Brings the window forward on the screen that a click was about.
    pub(crate) fn show_screen(&self, screen: OpenScreen) {
        window::bring_forward(&self.0.app);
        self.emit(&WindowEvent::Open(screen));
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
            locked: false,
            language: self.0.settings.language(),
            theme: self.0.settings.theme(),
            connection: no_line(),
            camera: CameraView { state: CameraStatus::Starting, detail: None, hint: None },
            customer_page: shop.as_ref().and_then(Shop::customer_page),
            demo: shop.as_ref().and_then(Shop::demo_view),
            unread: 0,
            version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let Some(parts) = parts else { return shell };
        AppView {
            business: parts.business,
            staff: parts.staff,
            locked: parts.locked,
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
        distrusted: None,
        unanswered: 0,
    }
}
