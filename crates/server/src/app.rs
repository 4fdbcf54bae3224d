//! What every handler has at hand.

use crate::auth::Auth;
use crate::clock;
use crate::codes::CodeKeys;
use crate::config::ServerConfig;
use crate::door::{Door, DoorSign, LinkPort, LinkSign};
use crate::engine::Engine;
use crate::error::ServerError;
use crate::http::Rates;
use crate::hub::Hub;
use crate::lock::Lock;
use crate::messages::Messages;
use crate::metrics::Metrics;
use crate::neighbours;
use crate::ws::{Connections, Sockets};
use reda_domain::Timestamp;
use reda_store::Db;
use reda_store::tables::secrets;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The running server's parts; cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) inner: Arc<Parts>,
}

/// See [`App`].
pub struct Parts {
    pub(crate) config: ServerConfig,
    pub(crate) db: Db,
    pub(crate) engine: Engine,
    pub(crate) hub: Arc<Hub>,
    pub(crate) auth: Auth,
    pub(crate) codes: CodeKeys,
    pub(crate) messages: Messages,
    pub(crate) connections: Connections,
    pub(crate) sockets: Sockets,
    pub(crate) metrics: Arc<Metrics>,
    /// What keeps this server in step with others on the same database.
    neighbours: Mutex<JoinSet<()>>,
    pub(crate) rates: Rates,
    /// Where it listens, once it does.
    pub(crate) listening: OnceLock<SocketAddr>,
    /// Open while other computers are let in.
    door: Mutex<Option<Door>>,
    /// Open while customers may follow one-time links on the network.
    link_port: Mutex<Option<LinkPort>>,
    /// Held while a database file is open here; PostgreSQL is for many.
    lock: Mutex<Option<Lock>>,
    /// True once the server is stopping: sockets say goodbye, nothing new is taken.
    pub(crate) draining: watch::Sender<bool>,
}

impl std::ops::Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.inner
    }
}

impl App {
    /// Opens the database and starts the lane; serving is another matter.
    pub async fn open(config: ServerConfig) -> Result<Self, ServerError> {
        let lock = config.database.file().map(Lock::take).transpose()?;
        let db = Db::open(&config.database).await?;
        let now = config.clock.now();
        let mut tx = db.begin().await?;
        let token_secret = secrets::get_or_make(&mut tx, "tokens", &fresh_secret(), now).await?;
        let hash_secret = secrets::get_or_make(&mut tx, "operations", &fresh_secret(), now).await?;
        let code_secret = secrets::get_or_make(&mut tx, "codes", &fresh_secret(), now).await?;
        let epoch = secrets::get_or_make(&mut tx, "epoch", &now.0.to_string(), now).await?;
        tx.commit().await?;
        let hub = Arc::new(Hub::new(db.is_shared()));
        let neighbours = Mutex::new(neighbours::start(&db, &hub));
        let metrics = Arc::new(Metrics::default());
        let engine = Engine::start(
            db.clone(),
            hub.clone(),
            config.clock.clone(),
            epoch_number(&epoch, now),
            metrics.clone(),
        );
        let auth = Auth::new(db.clone(), config.clock.clone(), &token_secret, &hash_secret);
        let codes = CodeKeys::new(&code_secret)?;
        let messages = Messages::new(config.dev_messages.clone());
        let draining = watch::channel(false).0;
        let connections = Connections::default();
        let parts = Parts {
            config,
            db,
            engine,
            hub,
            auth,
            codes,
            messages,
            connections,
            sockets: Sockets::default(),
            metrics,
            neighbours,
            rates: Rates::default(),
            listening: OnceLock::new(),
            door: Mutex::default(),
            link_port: Mutex::default(),
            lock: Mutex::new(lock),
            draining,
        };
        Ok(Self { inner: Arc::new(parts) })
    }

    /// The address of the customers' page: the public one, or where this computer listens.
    pub(crate) fn page_url(&self) -> Option<String> {
        // Browsers treat localhost as secure, so that the page has its keys.
        let local = |it: &SocketAddr| match it.ip().is_loopback() {
            true => format!("http://localhost:{}", it.port()),
            false => format!("http://{it}"),
        };
        let public = self.config.public_url.as_deref();
        let public = public.map(|url| url.trim_end_matches('/').to_owned());
        public.or_else(|| self.listening.get().map(local))
    }

    /// The door to other computers.
    pub(crate) fn door(&self) -> MutexGuard<'_, Option<Door>> {
        self.door.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where other computers find this server; `None` while they are not let in.
    pub(crate) fn door_sign(&self) -> Option<DoorSign> {
        self.door().as_ref().map(Door::sign)
    }

    /// The port for one-time links.
    pub(crate) fn link_port(&self) -> MutexGuard<'_, Option<LinkPort>> {
        self.link_port.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where phones find that port; `None` while it is not open.
    pub(crate) fn link_sign(&self) -> Option<LinkSign> {
        self.link_port().as_ref().map(LinkPort::sign)
    }

    /// Where one-time links lead: the public address, else the port for them, else this computer.
    pub(crate) fn link_url(&self) -> Option<String> {
        let on_the_network = || self.link_sign().and_then(|sign| sign.url);
        match self.config.public_url {
            Some(_) => self.page_url(),
            None => on_the_network().or_else(|| self.page_url()),
        }
    }

    /// The time, by this server's clock.
    pub(crate) fn now(&self) -> Timestamp {
        self.config.clock.now()
    }

    /// The way to the lane.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Closes the database and leaves its file to others, whoever still holds a clone of this.
    pub async fn close(&self) {
        self.neighbours.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
        self.db.close().await;
        self.lock.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// The database, for reading.
    pub fn db(&self) -> &Db {
        &self.db
    }
}

fn fresh_secret() -> String {
    data_encoding::HEXLOWER.encode(&clock::random::<32>())
}

fn epoch_number(text: &str, now: Timestamp) -> i64 {
    text.parse().unwrap_or(now.0)
}
