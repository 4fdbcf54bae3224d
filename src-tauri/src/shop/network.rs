//! How others come in to a shop of this computer's own: whether other computers may, by which port and
//! with which certificate; and whether customers' phones may follow one-time links. What is chosen is
//! kept in the shop's folder.

use reda_protocol::error::WireError;
use reda_protocol::rpc::{LinksView, NetworkView};
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
/// The one for links that is tried first.
const LINK_PORT: u16 = 7334;
const FILE: &str = "network.json";
const CERTIFICATE: &str = "certificate.pem";

/// What a shop's folder keeps of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    open: bool,
    /// The port that tills which joined come to; the same for good.
    port: Option<u16>,
    links: bool,
    /// The port that the shop's firewall lets through; the same for good.
    link_port: Option<u16>,
}

/// The ways in for others.
pub(super) struct Network {
    folder: PathBuf,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    kept: Kept,
    /// The code of what kept the door shut.
    failure: Option<&'static str>,
    /// The code of what kept the port for links shut.
    links_failure: Option<&'static str>,
}

impl Network {
    /// As it was left; opens what was open.
    pub(super) async fn resume(folder: &Path, server: &Server) -> Self {
        let kept = std::fs::read(folder.join(FILE)).ok();
        let kept: Kept =
            kept.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
        let state = Mutex::new(State { kept, ..State::default() });
        let network = Self { folder: folder.to_owned(), state };
        if kept.open {
            network.open(server).await;
        }
        if kept.open && kept.links {
            network.open_links(server).await;
        }
        network
    }

    /// Lets other computers in or cuts them off, and keeps it so. Without them no links either: whoever
    /// wants both back says so of each.
    pub(super) async fn set(&self, server: &Server, on: bool) -> io::Result<()> {
        match on {
            true => self.open(server).await,
            false => {
                server.close_link_port().await;
                server.close_door().await;
            }
        }
        self.keep(|state| {
            state.kept.open = on;
            if !on {
                state.kept.links = false;
                (state.failure, state.links_failure) = (None, None);
            }
        })
    }

    /// Lets customers' phones follow links or not, and keeps it so; only where other computers are let in.
    pub(super) async fn set_links(&self, server: &Server, on: bool) -> io::Result<()> {
        let on = on && self.state().kept.open;
        match on {
            true => self.open_links(server).await,
            false => server.close_link_port().await,
        }
        self.keep(|state| {
            state.kept.links = on;
            if !on {
                state.links_failure = None;
            }
        })
    }

    fn keep(&self, change: impl FnOnce(&mut State)) -> io::Result<()> {
        let kept = {
            let mut state = self.state();
            change(&mut state);
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
        state.failure = why(opened, "other computers are not let in", "port_taken");
        if let Some(sign) = server.door_sign() {
            state.kept.port = Some(sign.port);
        }
    }

    async fn open_at(&self, server: &Server, port: u16) -> Result<(), ServerError> {
        server.open_door(anywhere(port), &self.folder.join(CERTIFICATE)).await
    }

    async fn open_links(&self, server: &Server) {
        let kept = self.state().kept.link_port;
        let opened = match kept {
            Some(port) => server.open_link_port(anywhere(port)).await,
            // No firewall knows the port yet.
            None => match server.open_link_port(anywhere(LINK_PORT)).await {
                Err(ServerError::Listen { .. }) => server.open_link_port(anywhere(0)).await,
                opened => opened,
            },
        };
        let mut state = self.state();
        state.links_failure = why(opened, "customers cannot follow links", "link_port_taken");
        if let Some(sign) = server.link_sign() {
            state.kept.link_port = Some(sign.port);
        }
    }

    /// As the settings draw it.
    pub(super) fn view(&self, server: &Server, language: Language) -> NetworkView {
        let State { kept, failure, links_failure } = *self.state();
        let told = |code: Option<&'static str>| code.map(|code| WireError::of(code, language));
        let sign = server.door_sign();
        let addresses = sign.iter().flat_map(|it| it.addresses.iter());
        NetworkView {
            here: true,
            open: kept.open,
            port: kept.port,
            addresses: addresses.map(|it| it.as_typed()).collect(),
            failure: told(failure),
            links: LinksView {
                open: kept.links,
                port: kept.link_port,
                url: server.link_sign().and_then(|it| it.url),
                failure: told(links_failure),
            },
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn anywhere(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::UNSPECIFIED, port))
}

/// The code of what kept a port shut, which the log tells in full.
fn why(opened: Result<(), ServerError>, what: &str, taken: &'static str) -> Option<&'static str> {
    let failure = opened.err()?;
    warn!("{what}: {failure:#}");
    match failure {
        ServerError::Listen { .. } => Some(taken),
        _ => Some("internal"),
    }
}

/// Where the server is not here, or is the demo's, which stays on this computer.
pub(super) fn not_here() -> NetworkView {
    let links = LinksView { open: false, port: None, url: None, failure: None };
    NetworkView { here: false, open: false, port: None, addresses: vec![], failure: None, links }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reda_server::{App, ServerConfig};
    use tokio::net::TcpListener;

    async fn server(folder: &Path) -> Server {
        let app = App::open(ServerConfig::local(folder.join("server.db"))).await.unwrap();
        Server::serve(app, SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap()
    }

    fn links(network: &Network, server: &Server) -> LinksView {
        network.view(server, Language::En).links
    }

    #[tokio::test]
    async fn links_are_off_until_both_switches_are_on_and_stay_so_after_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let first = server(dir.path()).await;
        let network = Network::resume(dir.path(), &first).await;
        network.set_links(&first, true).await.unwrap();
        assert!(!links(&network, &first).open, "no other computer is let in");
        network.set(&first, true).await.unwrap();
        assert_eq!(links(&network, &first).port, None);
        network.set_links(&first, true).await.unwrap();
        let open = links(&network, &first);
        assert!(open.open && open.port.is_some() && open.failure.is_none(), "{open:?}");
        first.stop().await;

        let second = server(dir.path()).await;
        let network = Network::resume(dir.path(), &second).await;
        assert_eq!(links(&network, &second), open);
        assert_eq!(second.link_sign().map(|it| it.port), open.port);
        network.set(&second, false).await.unwrap();
        assert_eq!(second.link_sign(), None);
        network.set(&second, true).await.unwrap();
        assert!(!links(&network, &second).open, "they are switched on again by themselves alone");
        second.stop().await;
    }

    #[tokio::test]
    async fn a_port_for_links_that_is_taken_is_told_and_other_computers_still_come_in() {
        let dir = tempfile::tempdir().unwrap();
        let taken = TcpListener::bind(anywhere(0)).await.unwrap();
        let port = taken.local_addr().unwrap().port();
        let kept = Kept { open: true, links: true, link_port: Some(port), port: None };
        std::fs::write(dir.path().join(FILE), serde_json::to_vec(&kept).unwrap()).unwrap();
        let server = server(dir.path()).await;
        let network = Network::resume(dir.path(), &server).await;
        let view = network.view(&server, Language::En);
        assert_eq!(view.links.failure.unwrap().code, "link_port_taken");
        assert!(view.failure.is_none() && server.door_sign().is_some());
        drop(taken);
        network.set_links(&server, true).await.unwrap();
        assert_eq!(links(&network, &server).failure, None);
        server.stop().await;
    }

    #[test]
    fn what_an_earlier_version_kept_is_read() {
        let kept: Kept = serde_json::from_str(r#"{"open":true,"port":7333}"#).unwrap();
        assert_eq!(kept, Kept { open: true, port: Some(7333), links: false, link_port: None });
    }
}
