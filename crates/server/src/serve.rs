//! Listening and stopping.

use crate::app::App;
use crate::config::ServerConfig;
use crate::door::{Door, DoorSign, LinkPort, LinkSign};
use crate::error::ServerError;
use crate::http;
use crate::jobs::Jobs;
use axum::serve::ListenerExt as _;
use reda_domain::DeviceId;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// How long a stopping server lets its callers finish.
pub(crate) const DRAIN: Duration = Duration::from_secs(5);

/// A server that takes requests.
pub struct Server {
    app: App,
    address: SocketAddr,
    serving: JoinHandle<()>,
    jobs: Jobs,
}

impl Server {
    /// Opens the database and listens.
    pub async fn start(config: ServerConfig) -> Result<Self, ServerError> {
        let address = config.listen;
        let app = App::open(config).await?;
        Self::serve(app, address).await
    }

    /// Listens for an app that is open already.
    pub async fn serve(app: App, address: SocketAddr) -> Result<Self, ServerError> {
        let failed = |source| ServerError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        app.listening.set(address).ok();
        // Small frames must not wait for the acknowledgement of those before them.
        let listener = listener.tap_io(|stream| {
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!("a connection stays slow: {error}");
            }
        });
        let service = http::router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
        let mut stopping = app.draining.subscribe();
        let serving = tokio::spawn(async move {
            let stop = async move {
                stopping.wait_for(|stopping| *stopping).await.ok();
            };
            let served = axum::serve(listener, service).with_graceful_shutdown(stop).await;
            if let Err(error) = served {
                tracing::error!("the server ended: {error:#}");
            }
        });
        let jobs = Jobs::start(&app);
        Ok(Self { app, address, serving, jobs })
    }

    /// The app behind it, for direct calls.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of the customers' page: the public one, or this computer's.
    pub fn url(&self) -> String {
        self.app.page_url().unwrap_or_default()
    }

    /// The tills that are connected now.
    pub fn tills_at_work(&self) -> Vec<DeviceId> {
        self.app.connections.tills()
    }

    /// Lets other computers in, too: by TLS at this address, with the certificate of a file, which is
    /// made the first time. A door that was open is closed before.
    pub async fn open_door(&self, at: SocketAddr, certificate: &Path) -> Result<(), ServerError> {
        self.close_door().await;
        let door = Door::open(self.app.clone(), at, certificate).await?;
        *self.app.door() = Some(door);
        Ok(())
    }

    /// Lets this computer in alone: others are cut off.
    pub async fn close_door(&self) {
        let door = self.app.door().take();
        if let Some(door) = door {
            door.close().await;
        }
    }

    /// Where other computers find this server; `None` while they are not let in.
    pub fn door_sign(&self) -> Option<DoorSign> {
        self.app.door_sign()
    }

    /// Lets customers' phones follow one-time links in the clear, at this address. A port that was open
    /// is closed before.
    pub async fn open_link_port(&self, at: SocketAddr) -> Result<(), ServerError> {
        self.close_link_port().await;
        let port = LinkPort::open(self.app.clone(), at).await?;
        *self.app.link_port() = Some(port);
        Ok(())
    }

    /// Links lead to this computer alone again, or to the public address.
    pub async fn close_link_port(&self) {
        let port = self.app.link_port().take();
        if let Some(port) = port {
            port.close().await;
        }
    }

    /// Where phones follow one-time links; `None` while they do not.
    pub fn link_sign(&self) -> Option<LinkSign> {
        self.app.link_sign()
    }

    /// Where tills on this computer connect.
    pub fn socket_url(&self) -> String {
        format!("ws://{}/ws", self.address)
    }

    /// Takes nothing new, lets callers finish, closes the database.
    pub async fn stop(self) {
        self.app.draining.send_replace(true);
        let mut serving = self.serving;
        let left = async {
            if tokio::time::timeout(DRAIN, &mut serving).await.is_err() {
                serving.abort();
            }
        };
        let door = self.app.door().take();
        let by_door = async {
            if let Some(door) = door {
                door.empty().await;
            }
        };
        let link_port = self.app.link_port().take();
        let by_link = async {
            if let Some(port) = link_port {
                port.empty().await;
            }
        };
        let deadline = tokio::time::Instant::now() + DRAIN;
        tokio::join!(left, by_door, by_link);
        // Whoever serves HTTP has let the sockets go, and they still read the database.
        if tokio::time::timeout_at(deadline, self.app.sockets.are_closed()).await.is_err() {
            tracing::warn!("a connection has not heard that the server stops");
        }
        self.jobs.ended().await;
        self.app.close().await;
    }
}
