//! The line to the server as a state machine: what happened goes in, what to do comes out.
//!
//! No socket, no clock, no randomness: every input comes with a [`Moment`]. The driver does what
//! the outputs say, in their order, before it brings the next input, so the cursors here are
//! always the replica's.

use crate::backoff::Backoff;
use crate::error::SubmitError;
use crate::feeds::{Feeds, Take};
use crate::unanswered::Unanswered;
use reda_protocol::frame::{Changes, ClientFrame, CloseCode, PING_EVERY_MS, ServerFrame, VERSION};
use reda_protocol::operation::{Operation, Outcome};
use reda_protocol::rpc::ConnectionStatus;
use reda_protocol::scope::{Cursors, ScopeName};
use reda_protocol::{DeviceId, OperationId, Timestamp};

/// A server that says nothing for so long is gone, in milliseconds.
const SILENCE_MS: u64 = 45_000;
/// Connecting, and then the server's welcome, take at most so long, in milliseconds.
const GREETING_MS: u64 = 15_000;
/// A line that stood for so long was a good one: the next loss starts with a short wait again.
const STEADY_MS: u64 = 10_000;
/// A token is renewed this long before it runs out, in milliseconds, or after two thirds of a
/// short life.
const RENEW_BEFORE_MS: u64 = 60_000;
/// However short it lives, a token is tried before the next one is fetched.
const FRESH_AT_LEAST_MS: u64 = 1_000;

/// When an input comes in.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// Milliseconds from any fixed moment; never runs backwards.
    pub now_ms: u64,
    /// Any number, another one each time.
    pub jitter: u16,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum Input {
    /// Time has passed; see [`Line::wake_at_ms`].
    Tick,
    /// A person, or the operating system, thinks that it is worth trying now.
    TryNow,
    /// The computer slept, for nobody knows how long.
    Woke,
    /// A fresh token.
    Token {
        text: String,
        lives_ms: u64,
    },
    /// There was no token; `refused` if there will not be one later either.
    NoToken {
        refused: bool,
    },
    /// The socket is open; the replica stands at these cursors.
    Opened(Cursors),
    Frame(ServerFrame),
    /// The socket is closed, or could not be opened.
    Closed {
        code: Option<u16>,
    },
    /// The replica could not keep what it was given.
    ReplicaFailed,
    Submit(Operation),
}

/// What to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Fetch a token and answer with [`Input::Token`] or [`Input::NoToken`].
    FetchToken,
    /// Open a socket and answer with [`Input::Opened`] or [`Input::Closed`].
    Connect,
    /// Drop the socket, or the attempt to open it; nothing more comes from it.
    Disconnect,
    Send(ClientFrame),
    /// Keep these changes.
    Apply(Changes),
    /// Drop what is kept of a scope.
    Reset {
        scope: ScopeName,
        epoch: i64,
    },
    /// The final answer to an operation.
    Answered(Outcome),
    /// An operation was not taken, and never sent.
    NotTaken {
        id: OperationId,
        error: SubmitError,
    },
}

/// How the line is doing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LineStatus {
    pub connection: ConnectionStatus,
    /// Operations without an answer.
    pub unanswered: usize,
    /// The server's time in its last welcome, and when that came.
    pub server_time: Option<(Timestamp, u64)>,
    /// When the replica was last known to be whole.
    pub whole_at_ms: Option<u64>,
}

/// The state machine.
#[derive(Debug)]
pub struct Line {
    device: Option<DeviceId>,
    state: State,
    token: Option<HeldToken>,
    /// A token was asked for and has not come.
    token_asked: bool,
    feeds: Feeds,
    unanswered: Unanswered,
    backoff: Backoff,
    server_time: Option<(Timestamp, u64)>,
    whole_at_ms: Option<u64>,
}

#[derive(Debug)]
struct HeldToken {
    text: String,
    renew_at_ms: u64,
}

#[derive(Debug)]
enum State {
    /// Until it is time to try again.
    Waiting {
        until_ms: u64,
    },
    /// For a token.
    NeedsToken,
    Connecting {
        until_ms: u64,
    },
    /// Hello was said.
    Greeting {
        until_ms: u64,
    },
    Online(Online),
    /// The server will not have this device; only a person can change that.
    Refused,
}

#[derive(Debug)]
struct Online {
    since_ms: u64,
    heard_ms: u64,
    ping_at_ms: u64,
    /// Operations that the server takes at once.
    window: usize,
}

impl Line {
    /// A line that connects at its first tick.
    pub fn new(device: Option<DeviceId>) -> Self {
        Self {
            device,
            state: State::Waiting { until_ms: 0 },
            token: None,
            token_asked: false,
            feeds: Feeds::default(),
            unanswered: Unanswered::default(),
            backoff: Backoff::default(),
            server_time: None,
            whole_at_ms: None,
        }
    }

    /// Takes an input and says what to do, in order.
    pub fn handle(&mut self, input: Input, at: Moment) -> Vec<Output> {
        let mut out = Vec::new();
        match input {
            Input::Tick => {}
            Input::TryNow => self.try_now(at),
            Input::Woke => self.woke(at, &mut out),
            Input::Token { text, lives_ms } => self.take_token(text, lives_ms, at, &mut out),
            Input::NoToken { refused } => self.no_token(refused, at, &mut out),
            Input::Opened(cursors) => self.opened(cursors, at, &mut out),
            Input::Frame(frame) => self.frame(frame, at, &mut out),
            Input::Closed { code } => self.closed(code, at),
            Input::ReplicaFailed => self.hang_up(at, &mut out),
            Input::Submit(operation) => {
                let id = operation.id;
                if let Err(error) = self.unanswered.push(operation) {
                    out.push(Output::NotTaken { id, error });
                }
            }
        }
        self.go_on(at, &mut out);
        out
    }

    /// When the next [`Input::Tick`] is due, if nothing happens before.
    pub fn wake_at_ms(&self) -> Option<u64> {
        match &self.state {
            State::Waiting { until_ms }
            | State::Connecting { until_ms }
            | State::Greeting { until_ms } => Some(*until_ms),
            State::NeedsToken | State::Refused => None,
            State::Online(online) => [
                Some(online.ping_at_ms),
                Some(online.heard_ms + SILENCE_MS),
                self.renew_at_ms(),
                self.feeds.wake_at_ms(),
                self.unanswered.wake_at_ms(),
            ]
            .into_iter()
            .flatten()
            .min(),
        }
    }

    /// How the line is doing.
    pub fn status(&self) -> LineStatus {
        let connection = match self.state {
            State::Waiting { .. } => ConnectionStatus::Offline,
            State::NeedsToken | State::Connecting { .. } | State::Greeting { .. } => {
                ConnectionStatus::Connecting
            }
            State::Online(_) => ConnectionStatus::Online,
            State::Refused => ConnectionStatus::Refused,
        };
        LineStatus {
            connection,
            unanswered: self.unanswered.len(),
            server_time: self.server_time,
            whole_at_ms: self.whole_at_ms,
        }
    }

    fn try_now(&mut self, at: Moment) {
        if matches!(self.state, State::Waiting { .. } | State::Refused) {
            // What made the tries before it fail has changed; this one may still be a moment too soon.
            self.backoff.reset();
            self.state = State::Waiting { until_ms: at.now_ms };
        }
    }

    /// Neither the socket nor the token's age can be believed.
    fn woke(&mut self, at: Moment, out: &mut Vec<Output>) {
        if matches!(self.state, State::Refused) {
            return;
        }
        self.hang_up(at, out);
        self.token = None;
        self.state = State::Waiting { until_ms: at.now_ms };
    }

    fn take_token(&mut self, text: String, lives_ms: u64, at: Moment, out: &mut Vec<Output>) {
        let margin_ms = RENEW_BEFORE_MS.min(lives_ms / 3);
        let fresh_ms = (lives_ms - margin_ms).max(FRESH_AT_LEAST_MS);
        if let State::Online(_) = self.state {
            out.push(Output::Send(ClientFrame::Auth { token: text.clone() }));
        }
        self.token_asked = false;
        self.token = Some(HeldToken { text, renew_at_ms: at.now_ms + fresh_ms });
        if let State::NeedsToken = self.state {
            self.state = State::Waiting { until_ms: at.now_ms };
        }
    }

    fn no_token(&mut self, refused: bool, at: Moment, out: &mut Vec<Output>) {
        self.token_asked = false;
        if refused {
            self.hang_up(at, out);
            self.token = None;
            self.state = State::Refused;
        } else if let State::NeedsToken = self.state {
            self.wait(at);
        } else if let Some(token) = &mut self.token {
            // The old one may still do for a while; if not, the server closes with 4001.
            token.renew_at_ms = at.now_ms + self.backoff.failed(at.jitter);
        }
    }

    fn opened(&mut self, cursors: Cursors, at: Moment, out: &mut Vec<Output>) {
        let (State::Connecting { .. }, Some(token)) = (&self.state, &self.token) else {
            out.push(Output::Disconnect);
            return;
        };
        self.feeds = Feeds::new(cursors);
        out.push(Output::Send(ClientFrame::Hello {
            version: VERSION.to_owned(),
            token: token.text.clone(),
            device: self.device,
            cursors: self.feeds.cursors(),
        }));
        self.state = State::Greeting { until_ms: at.now_ms + GREETING_MS };
    }

    fn frame(&mut self, frame: ServerFrame, at: Moment, out: &mut Vec<Output>) {
        if let State::Greeting { .. } = self.state {
            if let ServerFrame::Welcome { server_time, limits, .. } = frame {
                self.server_time = Some((server_time, at.now_ms));
                self.state = State::Online(Online {
                    since_ms: at.now_ms,
                    heard_ms: at.now_ms,
                    // At once: its answer tells where the scopes stand.
                    ping_at_ms: at.now_ms,
                    window: limits.unanswered_ops.max(1),
                });
            }
            return;
        }
        let State::Online(online) = &mut self.state else { return };
        online.heard_ms = at.now_ms;
        match frame {
            ServerFrame::Changes(changes) => match self.feeds.take(&changes, at.now_ms) {
                Take::Apply => out.push(Output::Apply(changes)),
                Take::Ask(cursor) => {
                    let scopes = Cursors::from([(changes.scope, cursor)]);
                    out.push(Output::Send(ClientFrame::Since { scopes }));
                }
                Take::Ignore => {}
            },
            ServerFrame::Reset { scope, epoch, .. } => {
                if let Some(cursor) = self.feeds.reset(scope, epoch, at.now_ms) {
                    self.whole_at_ms = None;
                    out.push(Output::Reset { scope, epoch });
                    let scopes = Cursors::from([(scope, cursor)]);
                    out.push(Output::Send(ClientFrame::Since { scopes }));
                    online.ping_at_ms = at.now_ms;
                }
            }
            ServerFrame::Result(outcome) => {
                out.extend(self.unanswered.answer(outcome, at).map(Output::Answered));
            }
            ServerFrame::Pong { heads } => self.feeds.heads(&heads, at.now_ms),
            // An error is followed by the close that counts; a second welcome means nothing.
            ServerFrame::Error { .. } | ServerFrame::Welcome { .. } => {}
        }
        if self.feeds.are_whole() {
            self.whole_at_ms = Some(at.now_ms);
        }
    }

    fn closed(&mut self, code: Option<u16>, at: Moment) {
        if code == Some(CloseCode::Auth.number()) {
            self.token = None;
        }
        match self.state {
            State::Waiting { .. } | State::NeedsToken | State::Refused => {}
            State::Connecting { .. } | State::Greeting { .. } | State::Online(_) => self.wait(at),
        }
        if code == Some(CloseCode::Forbidden.number()) {
            self.token = None;
            self.state = State::Refused;
        }
    }

    fn hang_up(&mut self, at: Moment, out: &mut Vec<Output>) {
        if let State::Connecting { .. } | State::Greeting { .. } | State::Online(_) = self.state {
            out.push(Output::Disconnect);
            self.wait(at);
        }
    }

    fn wait(&mut self, at: Moment) {
        if let State::Online(online) = &self.state
            && at.now_ms >= online.since_ms + STEADY_MS
        {
            self.backoff.reset();
        }
        self.unanswered.line_lost();
        let wait_ms = self.backoff.failed(at.jitter);
        self.state = State::Waiting { until_ms: at.now_ms + wait_ms };
    }

    /// Does what is due.
    fn go_on(&mut self, at: Moment, out: &mut Vec<Output>) {
        match &self.state {
            State::Waiting { until_ms } if *until_ms <= at.now_ms => self.connect(at, out),
            State::Connecting { until_ms } | State::Greeting { until_ms }
                if *until_ms <= at.now_ms =>
            {
                self.hang_up(at, out);
            }
            State::Online(online) if online.heard_ms + SILENCE_MS <= at.now_ms => {
                self.hang_up(at, out);
            }
            State::Online(_) => self.go_on_online(at, out),
            State::Waiting { .. }
            | State::NeedsToken
            | State::Connecting { .. }
            | State::Greeting { .. }
            | State::Refused => {}
        }
    }

    fn connect(&mut self, at: Moment, out: &mut Vec<Output>) {
        if self.token.as_ref().is_some_and(|token| at.now_ms < token.renew_at_ms) {
            self.state = State::Connecting { until_ms: at.now_ms + GREETING_MS };
            out.push(Output::Connect);
        } else {
            self.state = State::NeedsToken;
            self.ask_token(out);
        }
    }

    fn ask_token(&mut self, out: &mut Vec<Output>) {
        if !self.token_asked {
            self.token_asked = true;
            out.push(Output::FetchToken);
        }
    }

    fn go_on_online(&mut self, at: Moment, out: &mut Vec<Output>) {
        let State::Online(online) = &mut self.state else { return };
        if online.ping_at_ms <= at.now_ms {
            let jitter_ms = PING_EVERY_MS / 5 * u64::from(at.jitter) / u64::from(u16::MAX);
            online.ping_at_ms = at.now_ms + PING_EVERY_MS - PING_EVERY_MS / 10 + jitter_ms;
            out.push(Output::Send(ClientFrame::Ping));
        }
        let overdue = self.feeds.overdue(at.now_ms);
        if !overdue.is_empty() {
            out.push(Output::Send(ClientFrame::Since { scopes: overdue }));
        }
        while let Some(operation) = self.unanswered.next(online.window, at.now_ms) {
            out.push(Output::Send(ClientFrame::Op(operation)));
        }
        if self.renew_at_ms().is_some_and(|renew_ms| renew_ms <= at.now_ms) {
            self.ask_token(out);
        }
    }

    /// When the token is to be renewed; `None` while that is under way.
    fn renew_at_ms(&self) -> Option<u64> {
        self.token.as_ref().filter(|_| !self.token_asked).map(|token| token.renew_at_ms)
    }
}
