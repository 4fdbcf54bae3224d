//! A running shop: the till in the window, and the server beside it where that is inside too.

mod demo;
mod joined;
mod network;
mod own;
mod place;

pub(crate) use place::Place;

use crate::folders::Folders;
use network::Network;
use reda_protocol::error::WireError;
use reda_protocol::rpc::{CustomerPage, DemoView, NetworkView};
use reda_scan::Source;
use reda_server::demo::DemoShop;
use reda_server::{App, Server, ServerError};
use reda_till::{
    AddressError, DeviceId, Http, HttpError, JoinError, Language, Settings, Till, TillError,
    TillEvent,
};
use serde_json::{Value, json};
use std::io;
use std::net::SocketAddr;
use std::path::Path;

/// The port of the server inside, so that the customers' page keeps its address and with it its
/// browsers' keys; another one where it is taken.
const PORT: u16 = 7332;

/// A running shop.
pub(crate) struct Shop {
    pub(crate) till: Till,
    /// Which of the shop's tills this is.
    device: DeviceId,
    /// Missing where the till joined another computer's.
    server: Option<Server>,
    /// How other computers come in; missing where the server is elsewhere, or the demo's.
    network: Option<Network>,
    demo: Option<DemoShop>,
    /// For scripts: the file of the server inside.
    database: Option<String>,
}

/// What every kind of shop is opened with.
pub(crate) struct Opening<'a> {
    pub(crate) folders: &'a Folders,
    pub(crate) settings: Settings,
    pub(crate) camera: Source,
    pub(crate) on_event: Box<dyn Fn(TillEvent) + Send + Sync>,
}

/// Why a shop did not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ShopError {
    #[error(transparent)]
    Server(#[from] ServerError),
    #[error(transparent)]
    Till(#[from] TillError),
    #[error("could not use {path}: {source}")]
    Folder { path: String, source: io::Error },
    #[error(transparent)]
    Address(#[from] AddressError),
    #[error(transparent)]
    Join(#[from] JoinError),
    #[error("this till was taken out of its shop")]
    NotJoined,
}

impl ShopError {
    fn folder(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.display().to_string();
        move |source| Self::Folder { path, source }
    }

    /// As whoever filled in a form reads it: a refusal in its own words, anything else as ours.
    pub(crate) fn wire(&self, language: Language) -> WireError {
        match self {
            ShopError::Server(ServerError::Told(told)) => {
                WireError { details: told.details.clone(), ..WireError::of(&told.code, language) }
            }
            ShopError::Join(JoinError::Http(HttpError::Away(_))) => {
                WireError::of("unreachable", language)
            }
            ShopError::Join(JoinError::Http(error)) => error.clone().wire(language),
            ShopError::Address(_) => WireError::of("bad_address", language),
            ShopError::Server(_)
            | ShopError::Till(_)
            | ShopError::Folder { .. }
            | ShopError::Join(JoinError::Keep(_))
            | ShopError::NotJoined => {
                WireError::of("internal", language).with(json!({ "reason": self.to_string() }))
            }
        }
    }
}

impl Shop {
    /// Where customers open their page, if this computer serves it.
    pub(crate) fn customer_page(&self) -> Option<CustomerPage> {
        let url = self.server.as_ref()?.url();
        Some(CustomerPage { public: url.starts_with("https://"), url })
    }

    /// How other computers come in.
    pub(crate) fn network_view(&self, language: Language) -> NetworkView {
        match (&self.network, &self.server) {
            (Some(network), Some(server)) => network.view(server, language),
            _ => network::not_here(),
        }
    }

    /// Lets other computers in, or cuts them off. Does nothing where the server is elsewhere.
    pub(crate) async fn let_join(&self, on: bool) -> io::Result<()> {
        match (&self.network, &self.server) {
            (Some(network), Some(server)) => network.set(server, on).await,
            _ => Ok(()),
        }
    }

    /// Lets customers' phones follow one-time links on the network, or not. Does nothing where the server
    /// is elsewhere.
    pub(crate) async fn let_answer(&self, on: bool) -> io::Result<()> {
        match (&self.network, &self.server) {
            (Some(network), Some(server)) => network.set_links(server, on).await,
            _ => Ok(()),
        }
    }

    /// How many other tills are connected to the server inside.
    pub(crate) fn others_at_work(&self) -> u32 {
        let tills = self.server.as_ref().map(Server::tills_at_work).unwrap_or_default();
        let others = tills.into_iter().filter(|till| *till != self.device).count();
        u32::try_from(others).unwrap_or(u32::MAX)
    }

    /// What whoever tries the demo needs to know.
    pub(crate) fn demo_view(&self) -> Option<DemoView> {
        self.demo.as_ref().map(demo::view)
    }

    /// The ready line, for scripts.
    pub(crate) fn ready_line(&self) -> Value {
        json!({
            "event": "ready",
            "customer_page": self.server.as_ref().map(Server::url),
            "codes_dir": self.demo.as_ref().map(|demo| &demo.codes_dir),
            "database": self.database,
            "customers": self.demo.as_ref().map(|demo| &demo.customers),
        })
    }

    /// Ends till and server, in this order: what the till has sent is answered.
    pub(crate) async fn stop(self) {
        self.till.stop().await;
        if let Some(server) = self.server {
            server.stop().await;
        }
    }
}

/// The way to the server in this same process.
fn beside(server: &Server) -> Result<Http, AddressError> {
    Http::at(&server.address().to_string())
}

async fn serve(app: App) -> Result<Server, ServerError> {
    let at = |port| SocketAddr::from(([127, 0, 0, 1], port));
    match Server::serve(app.clone(), at(PORT)).await {
        Err(ServerError::Listen { .. }) => Server::serve(app, at(0)).await,
        served => served,
    }
}
