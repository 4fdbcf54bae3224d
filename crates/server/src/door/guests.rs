//! Lets callers in by the door, within bounds: so many at once, and each says what it wants in time.

use super::guest::{Guest, Place, Places};
use crate::app::App;
use crate::http;
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

/// Marks a request that came by the door and not from this computer's own listener.
#[derive(Clone, Copy)]
pub(crate) struct ByDoor;

/// What all guests share.
struct House {
    router: Router,
    tls: TlsAcceptor,
    app: App,
    /// True once the door closes.
    closing: watch::Receiver<bool>,
}

/// Takes guests in until the door closes or the server stops.
pub(super) async fn take_in(
    app: App,
    listener: TcpListener,
    tls: Arc<rustls::ServerConfig>,
    closing: watch::Receiver<bool>,
) {
    let places = Places::new();
    let router = http::router(app.clone());
    let (closed, drained) = (comes_true(closing.clone()), comes_true(app.draining.subscribe()));
    let (mut closed, mut drained) = (pin!(closed), pin!(drained));
    let house = Arc::new(House { router, tls: tls.into(), app, closing });
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
        let stream = match tokio::time::timeout(HANDSHAKE_WITHIN, self.tls.accept(stream)).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return debug!("a guest did not agree on keys: {error}"),
            Err(_) => return debug!("a guest did not agree on keys in time"),
        };
        let guest = TokioIo::new(Guest::new(stream, comes_true(self.closing.clone()), place));
        let router = TowerToHyperService::new(self.router.clone());
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
        };
        if let Err(error) = served {
            debug!("a guest's connection ended: {error}");
        }
    }
}

/// Ends once it is true, or nobody is left who could say so.
async fn comes_true(mut it: watch::Receiver<bool>) {
    it.wait_for(|it| *it).await.ok();
}
