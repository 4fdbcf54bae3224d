//! Who came in from the network: a connection that holds a place, and is cut off when its way in
//! closes, also where it has become a WebSocket.

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Connections at once: a till has a handful, a phone fewer.
const PLACES: u32 = 256;
/// Of which one computer may have so many.
const OF_ONE: usize = 32;

/// The places for guests; clones share them.
#[derive(Clone)]
pub(super) struct Places {
    free: Arc<Semaphore>,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// A place; given back when it is dropped.
pub(super) struct Place {
    of: IpAddr,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
    _permit: OwnedSemaphorePermit,
}

impl Places {
    pub(super) fn new() -> Self {
        Self { free: Arc::new(Semaphore::new(PLACES as usize)), taken: Arc::default() }
    }

    /// A place for a computer; `None` where it, or everybody together, has too many.
    pub(super) fn take(&self, of: IpAddr) -> Option<Place> {
        let permit = self.free.clone().try_acquire_owned().ok()?;
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(of).or_default();
        if *count >= OF_ONE {
            return None;
        }
        *count += 1;
        drop(taken);
        Some(Place { of, taken: self.taken.clone(), _permit: permit })
    }

    /// Waits until everybody has left.
    pub(super) async fn are_free(&self) {
        drop(self.free.acquire_many(PLACES).await.expect("never closed"));
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.of) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.of);
            }
        }
    }
}

/// A guest's connection.
pub(super) struct Guest<S> {
    stream: S,
    /// Ends when the way in closes.
    closed: Pin<Box<dyn Future<Output = ()> + Send>>,
    _place: Place,
}

impl<S> Guest<S> {
    /// A guest who is cut off once `closed` ends.
    pub(super) fn new(
        stream: S,
        closed: impl Future<Output = ()> + Send + 'static,
        place: Place,
    ) -> Self {
        Self { stream, closed: Box::pin(closed), _place: place }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guest<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // Whoever waits to hear something is woken by the closing.
        if self.closed.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        Pin::new(&mut self.stream).poll_read(cx, out)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guest<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_computer_does_not_take_all_places() {
        let places = Places::new();
        let (greedy, other) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        let held: Vec<Place> = std::iter::from_fn(|| places.take(greedy)).collect();
        assert_eq!(held.len(), OF_ONE);
        assert!(places.take(other).is_some());
        drop(held);
        assert!(places.take(greedy).is_some(), "what is given back is free again");
        places.are_free().await;
        assert!(places.taken.lock().unwrap().is_empty());
    }
}
