//! The client against a server of the test's own, over real sockets.

use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use reda_protocol::frame::{Changes, ClientFrame, Limits, ServerFrame, cursor};
use reda_protocol::operation::{Operation, Outcome, OutcomeKind};
use reda_protocol::rpc::ConnectionStatus;
use reda_protocol::scope::{Cursor, Cursors, ScopeName};
use reda_protocol::{OperationId, Timestamp};
use reda_sync::{
    Client, ClientConfig, ClientError, Replica, ReplicaError, SubmitError, Token, TokenError,
    TokenSource, Trust,
};
use serde_json::{Value, json};
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use uuid::Uuid;

/// No step takes longer than this, reconnecting included.
async fn within<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(10), what).await.expect("it happens in time")
}

fn shop() -> ScopeName {
    "b:01999999-0000-7000-8000-000000000001".parse().unwrap()
}

/// The server's side of one socket.
struct Peer(WebSocketStream<TcpStream>);

impl Peer {
    async fn accept(listener: &TcpListener) -> Self {
        let (stream, _) = within(listener.accept()).await.unwrap();
        Self(within(tokio_tungstenite::accept_async(stream)).await.unwrap())
    }

    /// Accepts, takes hello and welcomes; gives the hello's token and cursors back.
    async fn greet(listener: &TcpListener) -> (Self, String, Cursors) {
        let mut peer = Self::accept(listener).await;
        let ClientFrame::Hello { version, token, cursors, .. } = peer.hear().await else {
            panic!("hello comes first")
        };
        assert_eq!(version, "reda.v1");
        peer.say(ServerFrame::Welcome {
            server_time: Timestamp(1_795_255_323_045),
            limits: Limits { frame_bytes: 65_536, unanswered_ops: 8 },
            scopes: vec![shop()],
        })
        .await;
        (peer, token, cursors)
    }

    async fn say(&mut self, frame: ServerFrame) {
        self.say_text(serde_json::to_string(&frame).unwrap()).await;
    }

    async fn say_text(&mut self, text: String) {
        within(self.0.send(Message::text(text))).await.unwrap();
    }

    /// What the client says next, pings aside.
    async fn hear(&mut self) -> ClientFrame {
        loop {
            let message = within(self.0.next()).await.expect("the client is there").unwrap();
            let frame = serde_json::from_str(message.to_text().unwrap()).unwrap();
            if frame != ClientFrame::Ping {
                return frame;
            }
        }
    }

    async fn hear_op(&mut self) -> Operation {
        match self.hear().await {
            ClientFrame::Op(operation) => operation,
            other => panic!("an operation, not {other:?}"),
        }
    }

    async fn close(mut self, code: u16) {
        let frame = CloseFrame { code: code.into(), reason: "".into() };
        within(self.0.close(Some(frame))).await.unwrap();
    }
}

/// A replica in memory: its cursor, and every interval it was given.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<(Cursor, Vec<Changes>)>>);

impl Replica for Memory {
    async fn cursors(&mut self) -> Result<Cursors, ReplicaError> {
        Ok(Cursors::from([(shop(), self.0.lock().unwrap().0)]))
    }

    async fn apply(&mut self, changes: Changes) -> Result<(), ReplicaError> {
        let mut kept = self.0.lock().unwrap();
        if kept.0.seq != changes.from {
            return Err("a gap".into());
        }
        kept.0 = cursor(changes.epoch, changes.to);
        kept.1.push(changes);
        Ok(())
    }

    async fn reset(&mut self, _: ScopeName, epoch: i64) -> Result<(), ReplicaError> {
        *self.0.lock().unwrap() = (cursor(epoch, 0), Vec::new());
        Ok(())
    }
}

/// Tokens that are numbered, so that a test sees which one is used.
fn tokens() -> TokenSource {
    let count = Arc::new(Mutex::new(0));
    Box::new(move || {
        let mut count = count.lock().unwrap();
        *count += 1;
        let text = format!("token {count}");
        async move { Ok(Token { text, expires_in: Duration::from_secs(900) }) }.boxed()
    })
}

async fn start(replica: Memory) -> (TcpListener, Client) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/ws", listener.local_addr().unwrap());
    let client =
        Client::start(ClientConfig { url, trust: Trust::Known, device: None }, tokens(), replica)
            .unwrap();
    (listener, client)
}

async fn reaches(client: &Client, connection: ConnectionStatus) {
    let mut status = client.status();
    within(status.wait_for(|status| status.connection == connection)).await.unwrap();
}

fn operation(n: u128) -> Operation {
    Operation {
        id: OperationId(Uuid::from_u128(n)),
        kind: "scan".to_owned(),
        body: json!({ "code": "R1" }),
        business: None,
        staff_token: None,
        at: None,
    }
}

fn applied(operation: &Operation, data: Value) -> ServerFrame {
    ServerFrame::Result(Outcome {
        id: operation.id,
        outcome: OutcomeKind::Applied,
        code: None,
        message: None,
        details: None,
        data,
        moved: Cursors::new(),
    })
}

fn changes(from: i64, to: i64) -> ServerFrame {
    ServerFrame::Changes(Changes { scope: shop(), epoch: 1, from, to, items: Vec::new() })
}

#[tokio::test]
async fn an_operation_cut_off_by_the_line_goes_out_again_with_the_same_id() {
    let (listener, client) = start(Memory::default()).await;
    let (mut peer, _, _) = Peer::greet(&listener).await;
    let first = tokio::spawn(client.submit(operation(1)));
    let second = tokio::spawn(client.submit(operation(2)));
    assert_eq!(peer.hear_op().await, operation(1));
    assert_eq!(peer.hear_op().await, operation(2));
    drop(peer);

    let (mut peer, _, _) = Peer::greet(&listener).await;
    for n in [1, 2] {
        let again = peer.hear_op().await;
        assert_eq!(again, operation(n));
        peer.say(applied(&again, json!(u64::try_from(n).unwrap()))).await;
    }
    assert_eq!(within(first).await.unwrap().unwrap().data, 1);
    assert_eq!(within(second).await.unwrap().unwrap().data, 2);
}

#[tokio::test]
async fn changes_reach_the_replica_and_the_next_hello_goes_on_from_there() {
    let replica = Memory::default();
    let (listener, client) = start(replica.clone()).await;
    let (mut peer, _, cursors) = Peer::greet(&listener).await;
    assert_eq!(cursors[&shop()], Cursor::default());
    peer.say(changes(0, 4)).await;
    peer.say(changes(4, 6)).await;
    peer.say(changes(9, 11)).await;
    let since = ClientFrame::Since { scopes: Cursors::from([(shop(), cursor(1, 6))]) };
    assert_eq!(peer.hear().await, since);
    drop(peer);

    let (mut peer, _, cursors) = Peer::greet(&listener).await;
    assert_eq!(cursors[&shop()], cursor(1, 6));
    peer.say(ServerFrame::Reset { scope: shop(), epoch: 2, reason: "restored".into() }).await;
    let since = ClientFrame::Since { scopes: Cursors::from([(shop(), cursor(2, 0))]) };
    assert_eq!(peer.hear().await, since);
    assert_eq!(*replica.0.lock().unwrap(), (cursor(2, 0), Vec::new()));
    reaches(&client, ConnectionStatus::Online).await;
}

#[tokio::test]
async fn the_replica_is_whole_when_it_stands_where_the_server_stands() {
    let (listener, client) = start(Memory::default()).await;
    let (mut peer, _, _) = Peer::greet(&listener).await;
    peer.say(ServerFrame::Pong { heads: Cursors::from([(shop(), cursor(1, 4))]) }).await;
    let mut status = client.status();
    assert_eq!(status.borrow_and_update().whole_at, None);
    peer.say(changes(0, 4)).await;
    within(status.wait_for(|status| status.whole_at.is_some())).await.unwrap();
    let time = client.status().borrow().server_time.expect("said in the welcome");
    assert!(time.at(Instant::now()) >= Timestamp(1_795_255_323_045));
}

#[tokio::test]
async fn a_wrong_token_is_replaced() {
    let (listener, client) = start(Memory::default()).await;
    let (peer, token, _) = Peer::greet(&listener).await;
    assert_eq!(token, "token 1");
    peer.close(4001).await;
    let (_peer, token, _) = Peer::greet(&listener).await;
    assert_eq!(token, "token 2");
    reaches(&client, ConnectionStatus::Online).await;
}

#[tokio::test]
async fn a_refused_till_stays_away_until_told() {
    let (listener, client) = start(Memory::default()).await;
    let (peer, _, _) = Peer::greet(&listener).await;
    peer.close(4003).await;
    reaches(&client, ConnectionStatus::Refused).await;
    client.try_now();
    let _peer = Peer::greet(&listener).await;
    reaches(&client, ConnectionStatus::Online).await;
}

#[tokio::test]
async fn what_no_protocol_knows_is_passed_over_and_what_is_broken_ends_the_line() {
    let (listener, client) = start(Memory::default()).await;
    let (mut peer, _, _) = Peer::greet(&listener).await;
    peer.say_text(r#"{"type":"weather"}"#.to_owned()).await;
    let answer = tokio::spawn(client.submit(operation(1)));
    let heard = peer.hear_op().await;
    peer.say(applied(&heard, Value::Null)).await;
    within(answer).await.unwrap().unwrap();

    peer.say_text("{".to_owned()).await;
    let (mut peer, _, _) = Peer::greet(&listener).await;
    peer.say_text(format!("\"{}\"", "x".repeat(100_000))).await;
    let _peer = Peer::greet(&listener).await;
}

#[tokio::test]
async fn stopping_says_goodbye_and_answers_who_waits() {
    let (listener, client) = start(Memory::default()).await;
    let (mut peer, _, _) = Peer::greet(&listener).await;
    let answer = tokio::spawn(client.submit(operation(1)));
    peer.hear_op().await;
    client.stop().await;
    assert!(matches!(within(peer.0.next()).await, Some(Ok(Message::Close(_)))));
    assert_eq!(within(answer).await.unwrap(), Err(SubmitError::Stopped));
    assert_eq!(within(client.submit(operation(2))).await, Err(SubmitError::Stopped));
}

#[tokio::test]
async fn a_refused_credential_is_told() {
    let tokens: TokenSource =
        Box::new(|| async { Err(TokenError::Refused("revoked".to_owned())) }.boxed());
    let url = "ws://127.0.0.1:9/ws".to_owned();
    let config = ClientConfig { url, trust: Trust::Known, device: None };
    let client = Client::start(config, tokens, Memory::default()).unwrap();
    reaches(&client, ConnectionStatus::Refused).await;
}

#[tokio::test]
async fn a_token_never_goes_over_the_network_in_the_clear() {
    let config =
        ClientConfig { url: "ws://192.0.2.1/ws".to_owned(), trust: Trust::Known, device: None };
    let refused = Client::start(config, tokens(), Memory::default()).unwrap_err();
    assert_eq!(refused, ClientError::PlainToOther("192.0.2.1".to_owned()));
}
