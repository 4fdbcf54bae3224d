//! A listener on the network that is opened and closed while the server runs.

use super::addresses;
use super::guests::{self, Reception};
use crate::app::App;
use crate::error::ServerError;
use std::net::{IpAddr, SocketAddr};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub(super) struct Listening {
    at: SocketAddr,
    /// True once it closes: whoever came in by it is cut off.
    closing: watch::Sender<bool>,
    guests: JoinHandle<()>,
}

impl Listening {
    /// Listens at an address, and takes guests in.
    pub(super) async fn open(
        app: App,
        at: SocketAddr,
        reception: Reception,
    ) -> Result<Self, ServerError> {
        let failed = |source| ServerError::Listen { address: at, source };
        let listener = TcpListener::bind(at).await.map_err(failed)?;
        let at = listener.local_addr().map_err(failed)?;
        let (closing, is_closing) = watch::channel(false);
        let guests = tokio::spawn(guests::take_in(app, listener, reception, is_closing));
        Ok(Self { at, closing, guests })
    }

    pub(super) fn port(&self) -> u16 {
        self.at.port()
    }

    /// Where others find it, as this computer's network is now; the best one first.
    pub(super) fn addresses(&self) -> impl Iterator<Item = SocketAddr> + use<> {
        let port = self.port();
        let anywhere = self.at.ip().is_unspecified();
        let ips: Vec<IpAddr> = match anywhere {
            true => addresses::of_this_computer(),
            false => vec![self.at.ip()],
        };
        ips.into_iter().map(move |ip| SocketAddr::new(ip, port))
    }

    /// Cuts off whoever came in by it, and lets go of the port.
    pub(super) async fn close(self) {
        self.closing.send_replace(true);
        self.ended().await;
    }

    /// Waits until whoever came in by it has left.
    pub(super) async fn ended(self) {
        if let Err(error) = self.guests.await {
            tracing::error!("a listener ended: {error:#}");
        }
    }
}
