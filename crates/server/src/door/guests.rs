//! Lets callers in from the network, within bounds: so many at once, and each says what it wants in
//! time.

use super::guest::{Guest, Place, Places};
use crate::app::App;
use crate::serve::DRAIN;
use axum::Router;
use axum::extract::ConnectInfo;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tracing::{debug, warn};

/// Whoever has not agreed on keys by then is turned away.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);
/// The head of a call is here by then, counted from the end of the one before.
const HEAD_WITHIN: Duration = Duration::from_secs(30);
/// After a failure to accept (no more files, say) it is not tried at once again.
const PAUSE: Duration = Duration::from_secs(1);

/// Marks a request that came from the network and not by this computer's own listener.
#[derive(Clone, Copy)]
pub(crate) struct ByDoor;

/// How guests are received.
pub(super) struct Reception {
    pub(super) router: Router,
    /// Missing where they are heard in the clear.
    pub(super) tls: Option<TlsAcceptor>,
    /// A guest goes after so long, whatever it is at; missing where tills stay all day.
    pub(super) stay: Option<Duration>,
}

/// What all guests share.
struct House {
    reception: Reception,
    app: App,
    /// True once the way in closes.
    closing: watch::Receiver<bool>,
}

/// Takes guests in until the way in closes or the server stops.
pub(super) async fn take_in(
    app: App,
    listener: TcpListener,
    reception: Reception,
    closing: watch::Receiver<bool>,
) {
    let places = Places::new();
    let (closed, drained) = (comes_true(closing.clone()), comes_true(app.draining.subscribe()));
    let (mut closed, mut drained) = (pin!(closed), pin!(drained));
    let house = Arc::new(House { reception, app, closing });
    loop {
        let accepted = tokio::select! {
            () = &mut closed => return,
            () = &mut drained => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => match places.take(peer.ip().to_canonical()) {
                Some(place) => drop(tokio::spawn(house.clone().serve(stream, peer, place))),
                None => debug!("too many connections: one was turned away"),
            },
            Err(error) => {
                warn!("nobody can come in: {error}");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    tokio::time::timeout(DRAIN, places.are_free()).await.ok();
}

impl House {
    async fn serve(self: Arc<Self>, stream: TcpStream, peer: SocketAddr, place: Place) {
        // Small frames must not wait for the acknowledgement of those before them.
        stream.set_nodelay(true).ok();
        let Some(tls) = &self.reception.tls else {
            return self.attend(stream, peer, place).await;
        };
        match tokio::time::timeout(HANDSHAKE_WITHIN, tls.accept(stream)).await {
            Ok(Ok(stream)) => self.attend(stream, peer, place).await,
            Ok(Err(error)) => debug!("a guest did not agree on keys: {error}"),
            Err(_) => debug!("a guest did not agree on keys in time"),
        }
    }

    async fn attend<S>(&self, stream: S, peer: SocketAddr, place: Place)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let guest = TokioIo::new(Guest::new(stream, comes_true(self.closing.clone()), place));
        let router = TowerToHyperService::new(self.reception.router.clone());
        let service = service_fn(move |mut request| {
            let facts: &mut hyper::http::Extensions = hyper::Request::extensions_mut(&mut request);
            facts.insert(ConnectInfo(peer));
            facts.insert(ByDoor);
            router.call(request)
        });
        let serving = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_WITHIN)
            .serve_connection(guest, service)
            .with_upgrades();
        let mut serving = pin!(serving);
        let served = tokio::select! {
            served = serving.as_mut() => served,
            () = comes_true(self.app.draining.subscribe()) => {
                serving.as_mut().graceful_shutdown();
                serving.await
            }
            () = passes(self.reception.stay) => return debug!("a guest stayed too long"),
        };
        if let Err(error) = served {
            debug!("a guest's connection ended: {error}");
        }
    }
}

async fn passes(time: Option<Duration>) {
    match time {
        Some(time) => tokio::time::sleep(time).await,
        None => std::future::pending().await,
    }
}

/// Ends once it is true, or nobody is left who could say so.
async fn comes_true(mut it: watch::Receiver<bool>) {
    it.wait_for(|it| *it).await.ok();
}
