//! The handle on a running line.

use crate::driver::{Command, Driver};
use crate::endpoint;
use crate::error::{ClientError, SubmitError};
use crate::replica::Replica;
use crate::token::TokenSource;
use crate::trust::{Distrust, Trust};
use crate::unanswered::UNANSWERED_MAX;
use reda_protocol::operation::{Operation, Outcome};
use reda_protocol::rpc::ConnectionStatus;
use reda_protocol::{DeviceId, Timestamp};
use std::future::Future;
use std::time::Instant;
use tokio::sync::{mpsc, oneshot, watch};

/// Where the server is and who asks.
#[derive(Clone, Debug)]
pub struct ClientConfig {
    /// `wss://…/ws`, or `ws://…/ws` on this computer.
    pub url: String,
    /// Whom it believes to be the server, where the line is encrypted.
    pub trust: Trust,
    pub device: Option<DeviceId>,
}

/// How the line is doing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Status {
    pub connection: ConnectionStatus,
    /// Operations without an answer.
    pub unanswered: usize,
    /// Of the last welcome.
    pub server_time: Option<ServerTime>,
    /// When the replica was last known to be whole.
    pub whole_at: Option<Instant>,
    /// Why whoever answered at the server's address was not believed.
    pub distrust: Option<Distrust>,
}

impl Status {
    pub(crate) const START: Status = Status {
        connection: ConnectionStatus::Offline,
        unanswered: 0,
        server_time: None,
        whole_at: None,
        distrust: None,
    };
}

/// What the server's clock said, and when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ServerTime {
    said: Timestamp,
    heard: Instant,
}

impl ServerTime {
    pub(crate) fn new(said: Timestamp, heard: Instant) -> Self {
        Self { said, heard }
    }

    /// What the server's clock says at `at`, carried on by the monotonic clock.
    pub fn at(&self, at: Instant) -> Timestamp {
        let passed = |later: Instant, earlier: Instant| {
            i64::try_from(later.saturating_duration_since(earlier).as_millis()).unwrap_or(i64::MAX)
        };
        self.said.plus_ms(passed(at, self.heard)).plus_ms(-passed(self.heard, at))
    }
}

/// A running line. Clones share it; it ends when the last one is dropped, or by [`Client::stop`].
#[derive(Clone, Debug)]
pub struct Client {
    commands: mpsc::Sender<Command>,
    status: watch::Receiver<Status>,
}

impl Client {
    /// Starts a line on the current tokio runtime.
    pub fn start<R: Replica>(
        config: ClientConfig,
        tokens: TokenSource,
        replica: R,
    ) -> Result<Client, ClientError> {
        endpoint::check(&config.url)?;
        let (commands, inbox) = mpsc::channel(UNANSWERED_MAX);
        let (status_out, status) = watch::channel(Status::START);
        tokio::spawn(Driver::new(config, tokens, replica, inbox, status_out).run());
        Ok(Client { commands, status })
    }

    /// Hands an operation over, at once and in the order of calls; the future is its answer. What
    /// is unanswered when the line is lost goes out again, with the same id, when it is back.
    pub fn submit(
        &self,
        operation: Operation,
    ) -> impl Future<Output = Result<Outcome, SubmitError>> + Send + 'static {
        let (answer, answered) = oneshot::channel();
        let handed_over = self.commands.try_send(Command::Submit { operation, answer });
        async move {
            handed_over.map_err(|error| match error {
                mpsc::error::TrySendError::Full(_) => SubmitError::Busy,
                mpsc::error::TrySendError::Closed(_) => SubmitError::Stopped,
            })?;
            answered.await.unwrap_or(Err(SubmitError::Stopped))
        }
    }

    /// How the line is doing, now and as it changes.
    pub fn status(&self) -> watch::Receiver<Status> {
        self.status.clone()
    }

    /// Ends a wait before the next try: the network is back, or a person wants it. Also the way
    /// out of a refusal.
    pub fn try_now(&self) {
        // A full inbox means that the driver is busy, not waiting.
        let _ = self.commands.try_send(Command::TryNow);
    }

    /// The computer slept: the socket is dropped, however open it looks, and another one opened.
    pub fn woke(&self) {
        // A full inbox means that the driver is busy, and so will notice by itself.
        let _ = self.commands.try_send(Command::Woke);
    }

    /// Ends the line and waits until the socket is closed.
    pub async fn stop(&self) {
        let (done, stopped) = oneshot::channel();
        if self.commands.send(Command::Stop { done }).await.is_ok() {
            let _ = stopped.await;
        }
    }
}
