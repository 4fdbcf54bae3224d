//! The door to other computers: a listener on the network that speaks TLS with a certificate of the
//! server's own, and knows how to be told to people. Opened and closed while the server runs. What
//! is asked through it is answered as anywhere else. Beside it, for customers' phones, which know no
//! such certificate: the port for one-time links (`link_port.rs`).

mod addresses;
mod certificate;
mod guest;
mod guests;
mod link_port;
mod listening;

pub(crate) use guests::ByDoor;
pub(crate) use link_port::LinkPort;
pub use link_port::LinkSign;

use crate::app::App;
use crate::error::ServerError;
use crate::http;
use certificate::Certificate;
use guests::Reception;
use listening::Listening;
use reda_domain::fingerprint::{Fingerprint, WORDS};
use reda_domain::server_address::ServerAddress;
use std::net::SocketAddr;
use std::path::Path;

/// An open door.
pub(crate) struct Door {
    listening: Listening,
    certificate: Certificate,
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
        let reception = Reception {
            router: http::router(app.clone()),
            tls: Some(certificate.tls.clone().into()),
            stay: None,
        };
        let listening = Listening::open(app, at, reception).await?;
        Ok(Self { listening, certificate })
    }

    /// What people are told of it, as this computer's network is now.
    pub(crate) fn sign(&self) -> DoorSign {
        let address = |at| ServerAddress::parse(&format!("https://{at}")).ok();
        DoorSign {
            port: self.listening.port(),
            addresses: self.listening.addresses().filter_map(address).collect(),
            fingerprint: self.certificate.fingerprint,
            words: self.certificate.words,
        }
    }

    /// Waits until whoever came through it has left; the server is stopping.
    pub(crate) async fn empty(self) {
        self.listening.ended().await;
    }

    /// Cuts off whoever came through it, and lets go of the port.
    pub(crate) async fn close(self) {
        self.listening.close().await;
    }
}
