//! The door to other computers: a listener on the network that speaks TLS with a certificate of the
//! server's own, and knows how to be told to people. Opened and closed while the server runs. What
//! is asked through it is answered as anywhere else.

mod addresses;
mod certificate;
mod guest;
mod guests;

pub(crate) use guests::ByDoor;

use crate::app::App;
use crate::error::ServerError;
use certificate::Certificate;
use reda_domain::fingerprint::{Fingerprint, WORDS};
use reda_domain::server_address::ServerAddress;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// An open door.
pub(crate) struct Door {
    listening: SocketAddr,
    certificate: Certificate,
    /// True once it closes: whoever came through it is cut off.
    closing: watch::Sender<bool>,
    guests: JoinHandle<()>,
}

/// Where other computers find this server, and how they know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoorSign {
    pub port: u16,
    /// The best one first; empty while this computer is on no network.
    pub addresses: Vec<ServerAddress>,
    pub fingerprint: Fingerprint,
    pub words: [&'static str; WORDS],
}

impl Door {
    /// Listens at an address, with the certificate of a file, which is made the first time.
    pub(crate) async fn open(app: App, at: SocketAddr, file: &Path) -> Result<Self, ServerError> {
        let certificate = Certificate::kept(file).await?;
        let failed = |source| ServerError::Listen { address: at, source };
        let listener = TcpListener::bind(at).await.map_err(failed)?;
        let listening = listener.local_addr().map_err(failed)?;
        let (closing, is_closing) = watch::channel(false);
        let tls = certificate.tls.clone();
        let guests = tokio::spawn(guests::take_in(app, listener, tls, is_closing));
        Ok(Self { listening, certificate, closing, guests })
    }

    /// What people are told of it, as this computer's network is now.
    pub(crate) fn sign(&self) -> DoorSign {
        let port = self.listening.port();
        let ips = match self.listening.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => addresses::of_this_computer(),
            IpAddr::V6(ip) if ip.is_unspecified() => addresses::of_this_computer(),
            one => vec![one],
        };
        let at = |ip| ServerAddress::parse(&format!("https://{}", SocketAddr::new(ip, port)));
        DoorSign {
            port,
            addresses: ips.into_iter().filter_map(|ip| at(ip).ok()).collect(),
            fingerprint: self.certificate.fingerprint,
            words: self.certificate.words,
        }
    }

    /// Waits until whoever came through it has left; the server is stopping.
    pub(crate) async fn empty(self) {
        self.ended().await;
    }

    /// Cuts off whoever came through it, and lets go of the port.
    pub(crate) async fn close(self) {
        self.closing.send_replace(true);
        self.ended().await;
    }

    async fn ended(self) {
        if let Err(error) = self.guests.await {
            tracing::error!("the door ended: {error:#}");
        }
    }
}
