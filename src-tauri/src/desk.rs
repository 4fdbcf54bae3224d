//! The window's state: how far set-up has come, and the shop that runs inside.

mod setting_up;

use crate::arguments::Arguments;
use crate::first_camera::{FirstCamera, starting};
use crate::folders::Folders;
use crate::popup;
use crate::report;
use crate::shop::{Opening, Place, Shop, ShopError};
use crate::tray;
use crate::window;
use reda_protocol::error::WireError;
use reda_protocol::rpc::{
    AppView, Call, Changed, ConnectionStatus, ConnectionView, NetworkView, Nothing, OpenScreen,
    SavedFile, Setup, StaffLine, TillSettings, UnsentView, WindowEvent,
};
use reda_scan::Source;
use reda_till::{Settings, Till, TillError, TillEvent, Unsent};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tauri::{AppHandle, Emitter as _, Manager as _};
use tracing::{error, warn};

/// How long the window waits at its end for till and server.
const STOP_WITHIN: Duration = Duration::from_secs(8);
/// Keys that are held down close the window again and again: within this time it is one closing.
const SAME_CLOSING: Duration = Duration::from_secs(2);
/// The tray may be a moment late: what a scan shows must not wait for it.
const TRAY_AFTER: Duration = Duration::from_millis(300);
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
    /// Looks for an invitation while there is no shop.
    first_camera: Mutex<Option<FirstCamera>>,
    /// Held while a shop is made or joined.
    setting_up: tokio::sync::Mutex<()>,
    /// Since when whoever closed the window is asked whether to.
    asked_to_close: Mutex<Option<Instant>>,
    /// Something that the tray shows may have changed.
    tray_news: tokio::sync::Notify,
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
        let first_camera = Mutex::default();
        let inner = Inner {
            app,
            arguments,
            folders,
            settings,
            started,
            stage,
            shop,
            first_camera,
            setting_up,
            asked_to_close: Mutex::default(),
            tray_news: tokio::sync::Notify::new(),
        };
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
        let desk = self.clone();
        tauri::async_runtime::spawn(async move { desk.keep_tray().await });
    }

    /// Starts the demo shop, unless one runs or starts already.
    pub(crate) fn try_demo(&self) {
        self.begin(Kind::Demo);
    }

    /// How other computers come in; for who may manage tills.
    pub(crate) async fn network(&self) -> Result<NetworkView, WireError> {
        self.allow(|staff| staff.manages).await?;
        let shop = self.0.shop.read().await;
        let language = self.0.settings.language();
        shop.as_ref().map(|it| it.network_view(language)).ok_or(WireError::of("busy", language))
    }

    /// Lets other computers in, or cuts them off; for who may manage tills.
    pub(crate) async fn let_join(&self, on: bool) -> Result<NetworkView, WireError> {
        self.allow(|staff| staff.manages).await?;
        if let Some(shop) = self.0.shop.read().await.as_ref() {
            shop.let_join(on).await.map_err(|failure| self.not_kept(&failure))?;
        }
        self.emit(&WindowEvent::Changed { what: vec![Changed::Shop] });
        self.network().await
    }

    /// Lets customers' phones follow one-time links on the network, or not; for owners.
    pub(crate) async fn let_answer(&self, on: bool) -> Result<NetworkView, WireError> {
        self.allow(|staff| staff.owns).await?;
        if let Some(shop) = self.0.shop.read().await.as_ref() {
            shop.let_answer(on).await.map_err(|failure| self.not_kept(&failure))?;
        }
        self.emit(&WindowEvent::Changed { what: vec![Changed::Shop] });
        self.network().await
    }

    fn not_kept(&self, failure: &io::Error) -> WireError {
        warn!("what was chosen about the network is not kept: {failure}");
        WireError::of("not_saved", self.0.settings.language())
    }

    /// Whether whoever is switched on may.
    async fn allow(&self, may: impl Fn(&StaffLine) -> bool) -> Result<(), WireError> {
        let parts = match self.till().await {
            Some(till) => till.app_parts().await,
            None => None,
        };
        match parts.and_then(|parts| parts.staff) {
            Some(staff) if may(&staff) => Ok(()),
            Some(_) | None => Err(WireError::of("forbidden", self.0.settings.language())),
        }
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

    /// What a shop never answered.
    pub(crate) async fn unsent_view(&self) -> Result<UnsentView, WireError> {
        Ok(self.unsent().await?.view())
    }

    pub(crate) async fn save_unsent(&self) -> Result<SavedFile, WireError> {
        self.unsent().await?.save(self.0.folders.downloads()).map_err(|failure| {
            warn!("what was never answered could not be saved: {failure}");
            WireError::of("not_saved", self.0.settings.language())
        })
    }

    pub(crate) async fn forget_unsent(&self) -> Result<(), WireError> {
        let forgotten = self.unsent().await?.forget();
        self.tell_changed();
        forgotten.map_err(|failure| {
            warn!("what was never answered could not be deleted: {failure}");
            WireError::of("internal", self.0.settings.language())
        })
    }

    /// It is there for whoever has the till while no shop lets it in, and for the owner of one that does.
    async fn unsent(&self) -> Result<Unsent, WireError> {
        if self.is_let_in().await {
            self.allow(|staff| staff.owns).await?;
        }
        Ok(self.0.folders.unsent())
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
        // The shop's till opens the camera itself.
        self.first_camera().take();
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
        self.emit(&WindowEvent::Changed { what: vec![Changed::Settings] });
        Ok(())
    }

    /// What the till tells goes to the window, or to the operating system.
    fn hear(&self, event: TillEvent) {
        match event {
            TillEvent::Window(event) => {
                self.emit(&event);
                if matches!(&event, WindowEvent::Changed { what } if what.contains(&Changed::App)) {
                    self.0.tray_news.notify_one();
                }
            }
            TillEvent::Popup(popup) => popup::show(self.clone(), popup),
        }
    }

    /// Shows in the tray, for as long as the program runs, how the till is doing.
    async fn keep_tray(&self) {
        if !tray::is_up(&self.0.app) {
            return;
        }
        loop {
            self.0.tray_news.notified().await;
            tokio::time::sleep(TRAY_AFTER).await;
            let parts = match self.till().await {
                Some(till) => till.app_parts().await,
                None => None,
            };
            tray::show(&self.0.app, parts.as_ref(), self.0.settings.language());
        }
    }

    /// Brings the window forward, as it is.
    pub(crate) fn show_window(&self) {
        window::bring_forward(&self.0.app);
    }

    /// Switches off whoever is on.
    pub(crate) fn lock(&self) {
        let desk = self.clone();
        tauri::async_runtime::spawn(async move {
            if let Some(till) = desk.till().await
                && let Err(failure) = till.rpc(Call::Lock(Nothing {})).await
            {
                warn!("the till did not lock: {failure}");
            }
        });
    }

    /// Closes the window as whoever sees it would.
    pub(crate) fn close_window(&self) {
        window::close(&self.0.app);
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
        self.0.tray_news.notify_one();
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
            camera: self.first_camera().as_ref().map_or_else(starting, FirstCamera::view),
            customer_page: shop.as_ref().and_then(Shop::customer_page),
            demo: shop.as_ref().and_then(Shop::demo_view),
            unread: 0,
            unsent: self.0.folders.unsent().count(),
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

    /// Tries the line now, where there is one: the network changed, or a person wants it.
    pub(crate) fn try_now(&self) {
        let desk = self.clone();
        tauri::async_runtime::spawn(async move {
            if let Some(till) = desk.till().await {
                till.try_now().await;
            }
        });
    }

    /// Whether the window closes at once. While other tills work through this computer it asks first;
    /// closed once more it goes, since a window that draws nothing could not be asked.
    pub(crate) fn may_close(&self) -> bool {
        let shop = self.0.shop.try_read();
        let others = shop.map_or(0, |shop| shop.as_ref().map_or(0, Shop::others_at_work));
        if others == 0 {
            return true;
        }
        let asked = *self.asked_to_close().get_or_insert_with(Instant::now);
        if asked.elapsed() > SAME_CLOSING {
            return true;
        }
        // Closed from the tray, it may be behind others.
        window::bring_forward(&self.0.app);
        self.emit(&WindowEvent::Closing { others });
        false
    }

    pub(crate) fn keep_running(&self) {
        self.asked_to_close().take();
    }

    /// Ends the program as closing its window would.
    pub(crate) fn close(&self) {
        self.0.app.exit(0);
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

    fn first_camera(&self) -> MutexGuard<'_, Option<FirstCamera>> {
        self.0.first_camera.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn asked_to_close(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.asked_to_close.lock().unwrap_or_else(PoisonError::into_inner)
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
