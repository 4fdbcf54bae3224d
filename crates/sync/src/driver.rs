//! Runs a [`Line`] on tokio: one task that owns the socket, the replica and the callers' answers.

use crate::client::{ClientConfig, ServerTime, Status};
use crate::error::SubmitError;
use crate::line::{Input, Line, Moment, Output};
use crate::replica::{Replica, ReplicaError};
use crate::token::{FetchToken, Token, TokenError, TokenSource};
use crate::trust::{Distrust, distrust};
use crate::wire;
use futures_util::future::{BoxFuture, pending};
use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use reda_protocol::OperationId;
use reda_protocol::frame::{ClientFrame, CloseCode, FRAME_BYTES_MAX};
use reda_protocol::operation::{Operation, Outcome};
use reda_protocol::scope::Cursors;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error as SocketError, Message};
use tokio_tungstenite::{
    Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config,
};
use tracing::{debug, warn};
use uuid::Uuid;

/// A write that takes longer means that the server does not read.
const WRITE_WITHIN: Duration = Duration::from_secs(10);
/// A token source that takes longer is asked again later.
const TOKEN_WITHIN: Duration = Duration::from_secs(10);
/// The server gets so long to take our goodbye.
const GOODBYE_WITHIN: Duration = Duration::from_secs(1);
/// Space for a frame that is read; larger ones grow it up to the limit.
const READ_BUFFER_BYTES: usize = 8 * 1024;

pub(crate) type Answer = Result<Outcome, SubmitError>;
type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What a [`crate::Client`] asks of its driver.
#[derive(Debug)]
pub(crate) enum Command {
    Submit { operation: Operation, answer: oneshot::Sender<Answer> },
    TryNow,
    Woke,
    Stop { done: oneshot::Sender<()> },
}

pub(crate) struct Driver<R> {
    config: ClientConfig,
    tokens: TokenSource,
    replica: R,
    inbox: mpsc::Receiver<Command>,
    status: watch::Sender<Status>,
    line: Line,
    socket: Option<Socket>,
    connecting: Option<BoxFuture<'static, Result<(Socket, Cursors), SocketError>>>,
    fetching: Option<FetchToken>,
    callers: HashMap<OperationId, oneshot::Sender<Answer>>,
    /// How TLS is spoken with the server that is believed.
    tls: Arc<rustls::ClientConfig>,
    /// Why the server was not believed at the last try.
    distrust: Option<Distrust>,
    started: Instant,
}

/// What woke the driver.
enum Woken {
    By(Input),
    Told(Option<Command>),
}

impl<R: Replica> Driver<R> {
    pub(crate) fn new(
        config: ClientConfig,
        tokens: TokenSource,
        replica: R,
        inbox: mpsc::Receiver<Command>,
        status: watch::Sender<Status>,
    ) -> Self {
        let tls = Arc::new(config.trust.tls());
        Self {
            line: Line::new(config.device),
            config,
            tokens,
            replica,
            inbox,
            status,
            socket: None,
            connecting: None,
            fetching: None,
            callers: HashMap::new(),
            tls,
            distrust: None,
            started: Instant::now(),
        }
    }

    pub(crate) async fn run(mut self) {
        loop {
            let input = match self.next().await {
                Woken::By(input) => input,
                Woken::Told(Some(Command::Submit { operation, answer })) => {
                    // A second one with the same id is refused by the line; its caller is told
                    // here so that the first one keeps its place.
                    if self.callers.contains_key(&operation.id) {
                        let _ = answer.send(Err(SubmitError::AlreadySubmitted));
                        continue;
                    }
                    self.callers.insert(operation.id, answer);
                    Input::Submit(operation)
                }
                Woken::Told(Some(Command::TryNow)) => Input::TryNow,
                Woken::Told(Some(Command::Woke)) => Input::Woke,
                Woken::Told(Some(Command::Stop { done })) => {
                    self.say_goodbye().await;
                    let _ = done.send(());
                    return;
                }
                Woken::Told(None) => return self.say_goodbye().await,
            };
            self.handle(input).await;
        }
    }

    async fn next(&mut self) -> Woken {
        let wake_at = self.line.wake_at_ms().map(|ms| self.started + Duration::from_millis(ms));
        // The socket first: an answer that has arrived counts before time that has passed.
        tokio::select! {
            biased;
            input = heard(&mut self.socket) => Woken::By(input),
            opened = or_never(&mut self.connecting) => Woken::By(self.take_socket(opened)),
            token = or_never(&mut self.fetching) => {
                self.fetching = None;
                Woken::By(self.take_token(token))
            }
            command = self.inbox.recv() => Woken::Told(command),
            () = sleep_until(wake_at) => Woken::By(Input::Tick),
        }
    }

    async fn handle(&mut self, input: Input) {
        let mut outputs = VecDeque::from(self.line.handle(input, self.moment()));
        while let Some(output) = outputs.pop_front() {
            if let Some(input) = self.perform(output).await {
                outputs.extend(self.line.handle(input, self.moment()));
            }
        }
        let status = self.line.status();
        let instant = |ms| self.started + Duration::from_millis(ms);
        let status = Status {
            connection: status.connection,
            unanswered: status.unanswered,
            server_time: status.server_time.map(|(said, ms)| ServerTime::new(said, instant(ms))),
            whole_at: status.whole_at_ms.map(instant),
            distrust: self.distrust,
        };
        self.status.send_if_modified(|old| {
            let changed = *old != status;
            *old = status;
            changed
        });
    }

    /// Does what the line says; what comes of it at once is the next input.
    async fn perform(&mut self, output: Output) -> Option<Input> {
        match output {
            Output::FetchToken => {
                let fetch = tokio::time::timeout(TOKEN_WITHIN, (self.tokens)());
                let late = |_| Err(TokenError::Unavailable("it took too long".to_owned()));
                self.fetching = Some(fetch.map(move |token| token.unwrap_or_else(late)).boxed());
                None
            }
            Output::Connect => match self.replica.cursors().await {
                Ok(cursors) => {
                    self.connecting =
                        Some(open(self.config.url.clone(), self.tls.clone(), cursors).boxed());
                    None
                }
                Err(error) => Some(replica_failed(error)),
            },
            Output::Disconnect => {
                self.socket = None;
                self.connecting = None;
                None
            }
            Output::Send(frame) => self.send(frame).await,
            Output::Apply(changes) => self.replica.apply(changes).await.err().map(replica_failed),
            Output::Reset { scope, epoch } => {
                self.replica.reset(scope, epoch).await.err().map(replica_failed)
            }
            Output::Answered(outcome) => {
                self.answer(outcome.id, Ok(outcome));
                None
            }
            Output::NotTaken { id, error } => {
                self.answer(id, Err(error));
                None
            }
        }
    }

    fn answer(&mut self, id: OperationId, answer: Answer) {
        if let Some(caller) = self.callers.remove(&id) {
            // Whoever no longer waits for it does not need it.
            let _ = caller.send(answer);
        }
    }

    async fn send(&mut self, frame: ClientFrame) -> Option<Input> {
        let socket = self.socket.as_mut()?;
        let text = serde_json::to_string(&frame).expect("a frame is plain data");
        match tokio::time::timeout(WRITE_WITHIN, socket.send(Message::text(text))).await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => {
                debug!(%error, "could not write to the server");
                self.socket = None;
                Some(Input::Closed { code: None })
            }
            Err(_) => {
                warn!("the server takes nothing more; connecting anew");
                self.socket = None;
                Some(Input::Closed { code: None })
            }
        }
    }

    fn take_token(&mut self, token: Result<Token, TokenError>) -> Input {
        self.distrust = match token {
            Err(TokenError::Distrusted(why)) => Some(why),
            Ok(_) | Err(TokenError::Unavailable(_) | TokenError::Refused(_)) => None,
        };
        token_input(token)
    }

    fn take_socket(&mut self, opened: Result<(Socket, Cursors), SocketError>) -> Input {
        self.connecting = None;
        self.distrust = opened.as_ref().err().and_then(|error| distrust(error));
        match opened {
            Ok((socket, cursors)) => {
                self.socket = Some(socket);
                Input::Opened(cursors)
            }
            Err(error) => {
                debug!(%error, "could not connect to the server");
                Input::Closed { code: None }
            }
        }
    }

    async fn say_goodbye(&mut self) {
        if let Some(socket) = &mut self.socket {
            let _ = tokio::time::timeout(GOODBYE_WITHIN, socket.close(None)).await;
        }
    }

    fn moment(&self) -> Moment {
        let [high, low, ..] = *Uuid::new_v4().as_bytes();
        Moment {
            now_ms: u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX),
            jitter: u16::from_be_bytes([high, low]),
        }
    }
}

async fn open(
    url: String,
    tls: Arc<rustls::ClientConfig>,
    cursors: Cursors,
) -> Result<(Socket, Cursors), SocketError> {
    let config = WebSocketConfig::default()
        .max_message_size(Some(FRAME_BYTES_MAX))
        .max_frame_size(Some(FRAME_BYTES_MAX))
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(2 * FRAME_BYTES_MAX);
    let without_delay = true;
    let tls = Some(Connector::Rustls(tls));
    let (socket, _) = connect_async_tls_with_config(url, Some(config), without_delay, tls).await?;
    Ok((socket, cursors))
}

/// The next thing the server says, passing over what this version does not know.
async fn heard(socket: &mut Option<Socket>) -> Input {
    let Some(open) = socket else { return pending().await };
    let closed = |code| Input::Closed { code };
    loop {
        let input = match open.next().await {
            Some(Ok(Message::Text(text))) => match wire::read(&text) {
                Ok(Some(frame)) => return Input::Frame(frame),
                Ok(None) => continue,
                Err(error) => {
                    warn!(%error, "the server sent something unreadable; connecting anew");
                    closed(Some(CloseCode::Protocol.number()))
                }
            },
            Some(Ok(Message::Close(frame))) => closed(frame.map(|frame| frame.code.into())),
            Some(Ok(Message::Binary(_))) => closed(Some(CloseCode::Protocol.number())),
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => continue,
            Some(Err(error)) => {
                debug!(%error, "the line broke");
                closed(None)
            }
            None => closed(None),
        };
        *socket = None;
        return input;
    }
}

async fn or_never<T>(future: &mut Option<BoxFuture<'static, T>>) -> T {
    match future {
        Some(future) => future.await,
        None => pending().await,
    }
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => pending().await,
    }
}

fn token_input(token: Result<Token, TokenError>) -> Input {
    match token {
        Ok(Token { text, expires_in }) => Input::Token {
            text,
            lives_ms: u64::try_from(expires_in.as_millis()).unwrap_or(u64::MAX / 2),
        },
        Err(error) => {
            warn!(%error, "there is no token for the line");
            Input::NoToken { refused: matches!(error, TokenError::Refused(_)) }
        }
    }
}

fn replica_failed(error: ReplicaError) -> Input {
    warn!(%error, "the replica could not keep what the server sent");
    Input::ReplicaFailed
}
