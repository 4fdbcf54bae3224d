//! The port for one-time links: plain HTTP, since a customer's phone would not believe the server's
//! own certificate. It serves the page behind a link and what that page sends, and nothing else.

use super::guests::Reception;
use super::listening::Listening;
use crate::app::App;
use crate::error::ServerError;
use crate::http;
use std::net::SocketAddr;
use std::time::Duration;

/// A page is read and answered in a few calls, and a phone makes a new connection for each it likes.
const STAY: Duration = Duration::from_secs(60);

/// An open port for links.
pub(crate) struct LinkPort(Listening);

/// Where phones find it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkSign {
    pub port: u16,
    /// `http://host:port`; missing while this computer is on no network.
    pub url: Option<String>,
}

impl LinkPort {
    /// Listens at an address.
    pub(crate) async fn open(app: App, at: SocketAddr) -> Result<Self, ServerError> {
        let router = http::link_router(app.clone());
        let reception = Reception { router, tls: None, stay: Some(STAY) };
        Ok(Self(Listening::open(app, at, reception).await?))
    }

    /// What people are told of it, as this computer's network is now.
    pub(crate) fn sign(&self) -> LinkSign {
        let url = self.0.addresses().next().map(|at| format!("http://{at}"));
        LinkSign { port: self.0.port(), url }
    }

    /// Waits until whoever came in by it has left; the server is stopping.
    pub(crate) async fn empty(self) {
        self.0.ended().await;
    }

    /// Cuts off whoever came in by it, and lets go of the port.
    pub(crate) async fn close(self) {
        self.0.close().await;
    }
}
