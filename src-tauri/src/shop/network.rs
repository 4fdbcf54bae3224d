//! How other computers come in to a shop of this computer's own: whether they may, by which port, and
//! with which certificate. What is chosen is kept in the shop's folder.

use reda_protocol::error::WireError;
use reda_protocol::rpc::NetworkView;
use reda_server::{Server, ServerError};
use reda_till::Language;
use serde::{Deserialize, Serialize};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tracing::warn;

/// The port at which the door is tried first; the one after that of the customers' page.
const PORT: u16 = 7333;
const FILE: &str = "network.json";
const CERTIFICATE: &str = "certificate.pem";

/// What a shop's folder keeps of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    open: bool,
    /// The port that tills which joined come to; the same for good.
    port: Option<u16>,
}

/// The way in for other computers.
pub(super) struct Network {
    folder: PathBuf,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    kept: Kept,
    /// The code of what kept the door shut.
    failure: Option<&'static str>,
}

impl Network {
    /// As it was left; opens the door where it was open.
    pub(super) async fn resume(folder: &Path, server: &Server) -> Self {
        let kept = std::fs::read(folder.join(FILE)).ok();
        let kept = kept.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
        let state = Mutex::new(State { kept, failure: None });
        let network = Self { folder: folder.to_owned(), state };
        if kept.open {
            network.open(server).await;
        }
        network
    }

    /// Lets others in or cuts them off, and keeps it so.
    pub(super) async fn set(&self, server: &Server, on: bool) -> io::Result<()> {
        match on {
            true => self.open(server).await,
            false => server.close_door().await,
        }
        let kept = {
            let mut state = self.state();
            state.kept.open = on;
            if !on {
                state.failure = None;
            }
            state.kept
        };
        let text = serde_json::to_vec(&kept).expect("this is plain data");
        std::fs::write(self.folder.join(FILE), text)
    }

    async fn open(&self, server: &Server) {
        let kept = self.state().kept.port;
        let opened = match kept {
            Some(port) => self.open_at(server, port).await,
            // No till knows the port yet, so any will do where the usual one is taken.
            None => match self.open_at(server, PORT).await {
                Err(ServerError::Listen { .. }) => self.open_at(server, 0).await,
                opened => opened,
            },
        };
        let mut state = self.state();
        state.failure = opened.err().map(|failure| {
            warn!("other computers are not let in: {failure:#}");
            match failure {
                ServerError::Listen { .. } => "port_taken",
                _ => "internal",
            }
        });
        if let Some(sign) = server.door_sign() {
            state.kept.port = Some(sign.port);
        }
    }

    async fn open_at(&self, server: &Server, port: u16) -> Result<(), ServerError> {
        let anywhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
        server.open_door(anywhere, &self.folder.join(CERTIFICATE)).await
    }

    /// As the settings draw it.
    pub(super) fn view(&self, server: &Server, language: Language) -> NetworkView {
        let State { kept, failure } = *self.state();
        let sign = server.door_sign();
        let addresses = sign.iter().flat_map(|it| it.addresses.iter());
        NetworkView {
            here: true,
            open: kept.open,
            port: kept.port,
            addresses: addresses.map(|it| it.as_typed()).collect(),
            failure: failure.map(|code| WireError::of(code, language)),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where the server is not here, or is the demo's, which stays on this computer.
pub(super) fn not_here() -> NetworkView {
    NetworkView { here: false, open: false, port: None, addresses: vec![], failure: None }
}
