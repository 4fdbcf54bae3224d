//! A WebSocket client that keeps a replica, as tills and pages do, and checks what it is sent.

use futures_util::{SinkExt as _, Stream, StreamExt as _};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use uuid::Uuid;

/// Nothing that a test waits for takes longer.
const BOUND: Duration = Duration::from_secs(15);

/// No flood goes on for longer than so many messages.
const FLOOD_MAX: usize = 100_000;

/// What stands in a scope, as the frames told it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Feed {
    pub(crate) epoch: Option<i64>,
    pub(crate) seq: i64,
    /// Bodies by kind and id.
    pub(crate) entities: BTreeMap<(String, String), Value>,
}

impl Feed {
    /// Applies an interval: only if it is adjacent, in order and within its bounds.
    pub(crate) fn take(&mut self, changes: &Value) {
        let number = |name: &str| changes[name].as_i64().expect("a number");
        assert_eq!(number("from"), self.seq, "an interval starts where the last one ended");
        assert!(self.epoch.is_none_or(|epoch| epoch == number("epoch")), "{changes}");
        let mut last = self.seq;
        for item in changes["items"].as_array().expect("a list") {
            let seq = item["seq"].as_i64().expect("a number");
            assert!(last < seq && seq <= number("to"), "{seq} after {last}: {changes}");
            last = seq;
            let text = |name: &str| item[name].as_str().expect("a text").to_owned();
            let key = (text("entity"), text("id"));
            match item["deleted"] == true {
                true => self.entities.remove(&key),
                false => self.entities.insert(key, item["body"].clone()),
            };
        }
        self.epoch = Some(number("epoch"));
        self.seq = number("to");
    }

    /// The bodies of a kind.
    pub(crate) fn all(&self, kind: &str) -> Vec<&Value> {
        self.entities.iter().filter(|((it, _), _)| it == kind).map(|(_, body)| body).collect()
    }

    /// The body of one entity.
    pub(crate) fn one(&self, kind: &str, id: &Value) -> Option<&Value> {
        self.entities.get(&(kind.to_owned(), id.as_str()?.to_owned()))
    }

    /// Checks that another reader has the same, and names what differs.
    #[track_caller]
    pub(crate) fn is(&self, other: &Self) {
        let all: std::collections::BTreeSet<_> =
            self.entities.keys().chain(other.entities.keys()).collect();
        for key in all {
            assert_eq!(self.entities.get(key), other.entities.get(key), "{key:?}");
        }
        assert_eq!(self.cursor(), other.cursor());
    }

    pub(crate) fn cursor(&self) -> Value {
        json!({ "epoch": self.epoch, "seq": self.seq })
    }
}

/// What the other side did.
#[derive(Debug, PartialEq)]
pub(crate) enum Heard {
    Frame(Value),
    Closed(Option<u16>),
}

/// A connection, and what it has been told.
pub(crate) struct Line {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub(crate) feeds: BTreeMap<String, Feed>,
    /// Answers to operations, by id.
    results: BTreeMap<String, Value>,
    /// How many frames of changes came.
    pub(crate) intervals: usize,
}

impl Line {
    /// A connection that has said nothing yet.
    pub(crate) async fn open(url: &str) -> Self {
        let (socket, _) = connect_async(url).await.expect("the server takes the connection");
        Self { socket, feeds: BTreeMap::new(), results: BTreeMap::new(), intervals: 0 }
    }

    /// A connection that was welcomed, at the start of its own scope's feed.
    pub(crate) async fn welcomed(url: &str, token: &str) -> Self {
        let mut line = Self::open(url).await;
        line.say(hello(token)).await;
        line.frame("welcome").await;
        line
    }

    pub(crate) async fn say(&mut self, frame: Value) {
        self.send(Message::text(frame.to_string())).await;
    }

    /// Sends, whether or not the other side is still there to read it.
    pub(crate) async fn send(&mut self, message: Message) {
        self.socket.send(message).await.ok();
    }

    /// The next frame, or the end.
    pub(crate) async fn hear(&mut self) -> Heard {
        next(&mut self.socket).await
    }

    /// Hears one frame, and keeps what it tells.
    async fn step(&mut self) -> Value {
        let Heard::Frame(frame) = self.hear().await else {
            panic!("the connection ended");
        };
        match frame["type"].as_str() {
            Some("changes") => {
                self.intervals += 1;
                let scope = frame["scope"].as_str().expect("a scope").to_owned();
                self.feeds.entry(scope).or_default().take(&frame);
            }
            Some("result") => {
                let id = frame["id"].as_str().expect("an id").to_owned();
                self.results.insert(id, frame.clone());
            }
            _ => {}
        }
        frame
    }

    /// The next frame of a type; what comes before it is kept.
    pub(crate) async fn frame(&mut self, kind: &str) -> Value {
        loop {
            let frame = self.step().await;
            if frame["type"] == kind {
                return frame;
            }
        }
    }

    /// The only feed that this line has.
    pub(crate) fn feed(&self) -> &Feed {
        assert_eq!(self.feeds.len(), 1, "one scope");
        self.feeds.values().next().expect("one scope")
    }

    /// Listens until the only feed shows what is looked for.
    pub(crate) async fn until<T>(&mut self, shown: impl Fn(&Feed) -> Option<T>) -> T {
        loop {
            if let Some(found) = self.feeds.values().next().and_then(&shown) {
                return found;
            }
            self.step().await;
        }
    }

    /// Listens until the only feed holds an entity that fits.
    pub(crate) async fn sees(&mut self, kind: &str, fits: impl Fn(&Value) -> bool) -> Value {
        self.until(|feed| feed.all(kind).into_iter().find(|body| fits(body)).cloned()).await
    }

    /// Listens until the only feed does not hold an entity any more.
    pub(crate) async fn gone(&mut self, kind: &str, id: &Value) {
        self.until(|feed| feed.one(kind, id).is_none().then_some(())).await;
    }

    /// Listens until a scope has come to the head that a `pong` names.
    pub(crate) async fn caught_up(&mut self) {
        self.say(json!({ "type": "ping" })).await;
        let heads = self.frame("pong").await["heads"].clone();
        let behind = |line: &Self| {
            let heads = heads.as_object().expect("heads by scope");
            heads.iter().any(|(scope, head)| {
                line.feeds.get(scope).is_none_or(|feed| Some(feed.seq) < head["seq"].as_i64())
            })
        };
        while behind(self) {
            self.step().await;
        }
    }

    /// Asks for an operation and waits for its result.
    pub(crate) async fn op(&mut self, op: Value) -> Value {
        let id = op["id"].as_str().expect("an id").to_owned();
        self.say(op).await;
        loop {
            if let Some(result) = self.results.remove(&id) {
                return result;
            }
            self.step().await;
        }
    }

    /// Asks for operations without waiting in between; their results, in the order of asking.
    pub(crate) async fn ops(&mut self, ops: &[Value]) -> Vec<Value> {
        for op in ops {
            self.say(op.clone()).await;
        }
        let mut results = vec![];
        while results.len() < ops.len() {
            results.push(self.frame("result").await);
        }
        let mut take = |op: &Value| {
            let place = results.iter().position(|it| it["id"] == op["id"]);
            results.swap_remove(place.expect("each is answered"))
        };
        ops.iter().map(&mut take).collect()
    }

    /// Listens to the end: an error frame with this code, then a close with this number.
    pub(crate) async fn ends(&mut self, code: &str, close: u16) {
        end_of(&mut self.socket, code, close).await;
    }

    /// Sends one message after the other, listening at the same time, until the other side ends it:
    /// an error frame with this code, then a close with this number.
    pub(crate) async fn floods(&mut self, message: impl Fn() -> Message, code: &str, close: u16) {
        let (mut sending, mut heard) = (&mut self.socket).split();
        let flood = async {
            for _ in 0..FLOOD_MAX {
                if sending.send(message()).await.is_err() {
                    break;
                }
            }
        };
        tokio::join!(flood, end_of(&mut heard, code, close));
    }
}

type Received = Result<Message, Error>;

/// The next frame, or the end.
async fn next(socket: &mut (impl Stream<Item = Received> + Unpin)) -> Heard {
    loop {
        let heard = tokio::time::timeout(BOUND, socket.next()).await;
        match heard.expect("the server says something in time") {
            Some(Ok(Message::Text(text))) => {
                return Heard::Frame(serde_json::from_str(&text).expect("frames are JSON"));
            }
            Some(Ok(Message::Close(frame))) => {
                return Heard::Closed(frame.map(|frame| frame.code.into()));
            }
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return Heard::Closed(None),
        }
    }
}

/// Listens to the end: an error frame with this code, then a close with this number.
async fn end_of(socket: &mut (impl Stream<Item = Received> + Unpin), code: &str, close: u16) {
    let mut last = Value::Null;
    loop {
        match next(socket).await {
            Heard::Frame(frame) => last = frame,
            Heard::Closed(number) => {
                assert_eq!((last["type"].as_str(), number), (Some("error"), Some(close)));
                assert_eq!(last["code"], code, "{last}");
                assert!(!last["message"].as_str().unwrap_or_default().is_empty(), "{last}");
                return;
            }
        }
    }
}

/// The first frame of a connection that starts from nothing.
pub(crate) fn hello(token: &str) -> Value {
    json!({ "type": "hello", "version": "reda.v1", "token": token, "cursors": {} })
}

/// A till's operation.
pub(crate) fn op(id: Uuid, kind: &str, body: Value, staff_token: &str) -> Value {
    json!({ "type": "op", "id": id, "kind": kind, "body": body, "staff_token": staff_token })
}
