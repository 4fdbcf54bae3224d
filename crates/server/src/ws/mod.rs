//! The WebSocket, `reda.v1`.

mod budget;
mod connection;
mod incoming;

use crate::app::App;
use crate::http::ApiError;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::response::{IntoResponse as _, Response};
use reda_domain::{DeviceId, UserId};
use reda_protocol::frame::FRAME_BYTES_MAX;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::sync::watch;

/// Bytes read ahead; the library's default costs 128 KiB for every idle connection.
const READ_BUFFER_BYTES: usize = 2048;
/// Connections of one person or till at once.
const CONNECTIONS_MAX: usize = 12;

/// Opens a connection; who calls is said by its first frame.
pub(crate) async fn upgrade(
    State(app): State<App>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let Ok(upgrade) = upgrade else {
        return ApiError::of("bad_frame").into_response();
    };
    upgrade
        .max_message_size(FRAME_BYTES_MAX)
        .max_frame_size(FRAME_BYTES_MAX)
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(4 * FRAME_BYTES_MAX)
        .on_upgrade({
            let open = app.sockets.one();
            move |socket| connection::serve(app, socket, open)
        })
}

/// The sockets that are open, whoever's, up to their last word. A server that stops waits for them:
/// whoever hands a connection over to here does not.
#[derive(Clone, Default)]
pub(crate) struct Sockets(watch::Sender<usize>);

/// One of them, until it is dropped.
pub(crate) struct OpenSocket(Sockets);

impl Sockets {
    fn one(&self) -> OpenSocket {
        self.0.send_modify(|count| *count += 1);
        OpenSocket(self.clone())
    }

    /// Waits until none is open.
    pub(crate) async fn are_closed(&self) {
        self.0.subscribe().wait_for(|count| *count == 0).await.ok();
    }
}

impl Drop for OpenSocket {
    fn drop(&mut self) {
        self.0.0.send_modify(|count| *count -= 1);
    }
}

/// Whose a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Who {
    Person(UserId),
    Till(DeviceId),
}

/// How many connections everyone has.
#[derive(Clone, Default)]
pub(crate) struct Connections(Arc<Mutex<HashMap<Who, usize>>>);

/// One counted connection, until it is dropped.
pub(crate) struct Counted {
    of: Who,
    all: Connections,
}

impl Connections {
    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        let counts = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        counts.values().sum()
    }

    /// The tills that have one.
    pub(crate) fn tills(&self) -> Vec<DeviceId> {
        let counts = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let till = |who: &Who| match who {
            Who::Till(device) => Some(*device),
            Who::Person(_) => None,
        };
        counts.keys().filter_map(till).collect()
    }

    /// Counts one more for `of`, unless that is too many.
    pub(crate) fn enter(&self, of: Who) -> Option<Counted> {
        let mut counts = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let count = counts.entry(of).or_default();
        if *count >= CONNECTIONS_MAX {
            return None;
        }
        *count += 1;
        Some(Counted { of, all: self.clone() })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut counts = self.all.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.of) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.of);
            }
        }
    }
}
