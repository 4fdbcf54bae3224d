//! One connection, from hello to close: feeds go out as they move, operations come in.

use super::budget::Budget;
use super::incoming::{
    End, Greeted, Said, admitted, chosen, end, failed, greet, parse, rejected, stopping, work,
};
use super::{Connections, OpenSocket, Who};
use crate::app::App;
use crate::auth::{Caller, Claims};
use crate::feed::{self, Next};
use crate::hub::Mark;
use crate::operations::invalid;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::future::select_all;
use reda_domain::language::Language;
use reda_domain::scope::Scope;
use reda_protocol::error::WireError;
use reda_protocol::frame::{ClientFrame, CloseCode, FRAME_BYTES_MAX, Limits, ServerFrame};
use reda_protocol::operation::{Operation, Outcome};
use reda_protocol::scope::{Cursor, Cursors, ScopeName};
use reda_store::tables;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tracing::debug;

/// Operations of one connection that may wait.
const UNANSWERED_MAX: usize = 64;
/// A write that takes longer means a reader that does not read.
const WRITE_WITHIN: Duration = Duration::from_secs(10);
/// How often a connection asks whether its session still lives (SPEC ID-1: at least each second).
const CHECK_EVERY: Duration = Duration::from_secs(1);
/// Nothing heard for this long: the other side is gone. Clients ping every 20 s.
const SILENCE_MAX: Duration = Duration::from_secs(90);
/// How long the last word may take, and then how long the other side may take to close.
const GOODBYE_WITHIN: Duration = Duration::from_secs(5);

/// Serves a connection until either side ends it.
pub(super) async fn serve(app: App, mut socket: WebSocket, open: OpenSocket) {
    let mut draining = app.draining.subscribe();
    let greeted = tokio::select! {
        biased;
        _ = draining.wait_for(|stopping| *stopping) => Err(stopping()),
        greeted = greet(&app, &mut socket) => greeted,
    };
    let ended = match greeted {
        Ok(Some(greeted)) => run(&app, &mut socket, greeted).await,
        Ok(None) => return,
        Err(end) => Err(end),
    };
    if let Err(end) = ended {
        debug!(code = end.code, "a connection ends");
        let said = tokio::time::timeout(GOODBYE_WITHIN, say_goodbye(&mut socket, &end)).await;
        drop(open);
        if said.is_ok() {
            tokio::time::timeout(GOODBYE_WITHIN, hear_out(&mut socket)).await.ok();
        }
    }
}

/// A feed that the connection sends, and where its reader stands.
struct Sent {
    scope: ScopeName,
    cursor: Cursor,
    head: watch::Receiver<Mark>,
    /// There may be more to send.
    behind: bool,
    /// Whether the reader has said where it stands since it was told to start anew.
    stands: bool,
}

/// What a connection waits for.
enum Event {
    /// The head of the feed at this place.
    Moved(usize),
    Heard(Option<Result<Message, axum::Error>>),
    Done(Outcome),
    Check,
    Draining,
}

struct Connection<'a> {
    app: &'a App,
    socket: &'a mut WebSocket,
    claims: Claims,
    caller: Caller,
    readable: Vec<ScopeName>,
    feeds: Vec<Sent>,
    operations: mpsc::Sender<Operation>,
    budget: Budget,
}

async fn run(app: &App, socket: &mut WebSocket, greeted: Greeted) -> Result<(), End> {
    let who = match &greeted.caller {
        Caller::User { user, .. } => Who::Person(*user),
        Caller::Device { device, .. } => Who::Till(*device),
    };
    let connections: &Connections = &app.connections;
    let _counted = connections.enter(who).ok_or(end("rate_limited", CloseCode::Rate))?;
    let (operations, waiting) = mpsc::channel(UNANSWERED_MAX);
    let (done, mut results) = mpsc::channel(UNANSWERED_MAX);
    let worker = tokio::spawn(work(app.clone(), greeted.caller.clone(), waiting, done));
    let mut connection = Connection {
        app,
        socket,
        claims: greeted.claims,
        caller: greeted.caller,
        readable: greeted.readable,
        feeds: vec![],
        operations,
        budget: Budget::new(),
    };
    connection.follow(greeted.cursors);
    let ended = connection.serve(&mut results).await;
    drop(connection);
    // What was asked is done to its end; only its answer has nobody to go to.
    drop(results);
    drop(worker);
    ended
}

impl Connection<'_> {
    fn follow(&mut self, cursors: Vec<(ScopeName, Cursor)>) {
        for (scope, cursor) in cursors {
            self.feeds.retain(|feed| feed.scope != scope);
            let head = self.app.hub.subscribe(Scope::from(scope));
            self.feeds.push(Sent { scope, cursor, head, behind: true, stands: true });
        }
    }

    async fn serve(&mut self, results: &mut mpsc::Receiver<Outcome>) -> Result<(), End> {
        let limits = Limits { frame_bytes: FRAME_BYTES_MAX, unanswered_ops: UNANSWERED_MAX };
        let scopes = self.readable.clone();
        self.send(&ServerFrame::Welcome { server_time: self.app.now(), limits, scopes }).await?;
        let mut draining = self.app.draining.subscribe();
        let mut check = tokio::time::interval(CHECK_EVERY);
        let mut heard = tokio::time::Instant::now();
        loop {
            self.send_changes().await?;
            let heads = self.feeds.iter_mut().map(|feed| Box::pin(feed.head.changed()));
            let event = async {
                tokio::select! {
                    (_, which, _) = select_all(heads) => Event::Moved(which),
                    message = self.socket.recv() => Event::Heard(message),
                    Some(outcome) = results.recv() => Event::Done(outcome),
                    _ = check.tick() => Event::Check,
                }
            };
            // A server that stops says so first, whatever else there is: its database closes.
            let event = tokio::select! {
                biased;
                _ = draining.wait_for(|stopping| *stopping) => Event::Draining,
                event = event => event,
            };
            match event {
                Event::Moved(which) => {
                    let feed = &mut self.feeds[which];
                    feed.behind = feed.stands;
                }
                Event::Heard(message) => {
                    heard = tokio::time::Instant::now();
                    let Some(message) = message else { return Ok(()) };
                    // Too long, or no frame at all; or the other side is gone, and does not hear.
                    let message = message.map_err(|_| end("bad_frame", CloseCode::Protocol))?;
                    if !self.hear(message).await? {
                        return Ok(());
                    }
                }
                Event::Done(outcome) => self.send(&ServerFrame::Result(outcome)).await?,
                Event::Check => {
                    self.still_admitted().await?;
                    self.budget.tick();
                    if heard.elapsed() > SILENCE_MAX {
                        return Ok(());
                    }
                }
                Event::Draining => return Err(stopping()),
            }
        }
    }

    /// Sends what the feeds have beyond their cursors. The feed that was asked about first is no
    /// more important than the others: each sends one interval in turn.
    async fn send_changes(&mut self) -> Result<(), End> {
        while let Some(i) = self.feeds.iter().position(|feed| feed.behind) {
            let feed = &mut self.feeds[i];
            let mark = *feed.head.borrow_and_update();
            let next =
                feed::next(&self.app.db, feed.scope, feed.cursor, feed::ITEMS_MAX, self.app.now());
            match next.await {
                Ok(Next::Nothing { .. }) => feed.behind = false,
                Ok(Next::Changes(changes, head)) => {
                    feed.cursor = Cursor { epoch: Some(changes.epoch), seq: changes.to };
                    feed.behind = changes.to < head;
                    // A reader that starts, or catches up, says nothing of how fast news travels.
                    let is_news = changes.from < mark.seq && mark.seq <= changes.to;
                    self.send(&ServerFrame::Changes(changes)).await?;
                    if is_news {
                        self.app.metrics.feed(mark.at.elapsed());
                    }
                }
                Ok(Next::Reset { epoch }) => {
                    let scope = feed.scope;
                    // The reader says where it stands now before it gets more.
                    (feed.behind, feed.stands) = (false, false);
                    let reason = "epoch".to_owned();
                    self.send(&ServerFrame::Reset { scope, epoch, reason }).await?;
                }
                Err(error) => return Err(failed(self.app, error)),
            }
            self.feeds.rotate_left(1);
        }
        Ok(())
    }

    /// Takes in a message; `false` if it was the last.
    async fn hear(&mut self, message: Message) -> Result<bool, End> {
        if !self.budget.take() {
            return Err(end("rate_limited", CloseCode::Rate));
        }
        let text = match message {
            Message::Text(text) => text,
            Message::Ping(_) | Message::Pong(_) => return Ok(true),
            Message::Close(_) => return Ok(false),
            Message::Binary(_) => return Err(end("bad_frame", CloseCode::Protocol)),
        };
        let frame = match parse(&text)? {
            Said::Frame(frame) => frame,
            Said::BadOperation(id, reason) => {
                self.may_ask()?;
                let outcome = rejected(id, invalid(&reason));
                self.send(&ServerFrame::Result(outcome)).await?;
                return Ok(true);
            }
        };
        match frame {
            ClientFrame::Hello { .. } => return Err(end("bad_frame", CloseCode::Protocol)),
            ClientFrame::Since { scopes } => {
                let cursors = chosen(&self.readable, scopes)?;
                self.follow(cursors);
            }
            ClientFrame::Op(operation) => {
                self.may_ask()?;
                let full = self.operations.try_send(operation).is_err();
                if full {
                    return Err(end("rate_limited", CloseCode::Rate));
                }
            }
            ClientFrame::Auth { token } => {
                let (claims, caller) = admitted(self.app, &token).await?;
                if caller != self.caller {
                    return Err(end("forbidden", CloseCode::Forbidden));
                }
                self.claims = claims;
            }
            ClientFrame::Ping => {
                let heads = self.heads().await?;
                self.send(&ServerFrame::Pong { heads }).await?;
            }
        }
        Ok(true)
    }

    /// Only tills ask for operations here; pages write by HTTP.
    fn may_ask(&self) -> Result<(), End> {
        match self.caller {
            Caller::Device { .. } => Ok(()),
            Caller::User { .. } => Err(end("forbidden", CloseCode::Forbidden)),
        }
    }

    async fn heads(&mut self) -> Result<Cursors, End> {
        let failed = |error| failed(self.app, error);
        let mut tx = self.app.db.snapshot().await.map_err(failed)?;
        let mut heads = Cursors::new();
        for feed in &self.feeds {
            let head =
                tables::feed::head(&mut tx, Scope::from(feed.scope)).await.map_err(failed)?;
            if let Some(head) = head {
                heads.insert(feed.scope, Cursor { epoch: Some(head.epoch), seq: head.seq });
            }
        }
        Ok(heads)
    }

    async fn still_admitted(&mut self) -> Result<(), End> {
        if self.claims.exp() * 1000 <= self.app.now().0 {
            return Err(end("token_expired", CloseCode::Auth));
        }
        let standing = self.app.auth.standing(&self.claims).await;
        if let Some(code) = standing.map_err(|error| failed(self.app, error))?.refusal() {
            return Err(end(
                code,
                match self.caller {
                    Caller::User { .. } => CloseCode::Auth,
                    Caller::Device { .. } => CloseCode::Forbidden,
                },
            ));
        }
        // Who no longer works in a shop reads no more of it. A page reconnects and has the rest.
        if self.readable.len() > 1 {
            let readable = self.caller.scopes(self.app).await;
            let readable = readable.map_err(|error| failed(self.app, error))?;
            if self.readable.iter().any(|scope| !readable.contains(scope)) {
                return Err(end("forbidden", CloseCode::Forbidden));
            }
        }
        Ok(())
    }

    async fn send(&mut self, frame: &ServerFrame) -> Result<(), End> {
        let text = serde_json::to_string(frame).expect("a frame is plain data");
        let sending = self.socket.send(Message::Text(text.into()));
        match tokio::time::timeout(WRITE_WITHIN, sending).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(end("busy", CloseCode::Slow)),
        }
    }
}

/// The last word and the close; a peer that is gone already hears neither.
async fn say_goodbye(socket: &mut WebSocket, end: &End) {
    let error = WireError::of(end.code, Language::En);
    let frame = ServerFrame::Error { code: error.code, message: error.message };
    let text = serde_json::to_string(&frame).expect("a frame is plain data");
    let close = CloseFrame { code: end.close.number(), reason: end.code.into() };
    socket.send(Message::Text(text.into())).await.ok();
    socket.send(Message::Close(Some(close))).await.ok();
}

/// Takes in what the other side still says, until it closes: closing over unread bytes would take
/// the last word from it.
async fn hear_out(socket: &mut WebSocket) {
    while let Some(Ok(_)) = socket.recv().await {}
}
