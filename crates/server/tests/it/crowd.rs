//! Callers with connections of their own, by whichever carrier; on PostgreSQL through two servers.

use crate::http::{Answer, Http};
use crate::line::Line;
use crate::town::{TestTown, Till};
use futures_util::future::join_all;
use reda_cluster::{Engine, engine};
use reda_server::{Server, ServerConfig};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use uuid::Uuid;

/// Callers with connections of their own.
pub(crate) const CALLERS: usize = 8;

/// How a till's operations reach the server.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Carrier {
    /// By HTTP.
    Calls,
    /// As frames of a socket.
    Frames,
}

pub(crate) const CARRIERS: [Carrier; 2] = [Carrier::Calls, Carrier::Frames];

/// A place from which a till asks.
pub(crate) enum Place {
    Calls(Http),
    Frames(Box<Mutex<Line>>),
}

/// A town with as many servers as its database takes.
pub(crate) struct Crowd {
    pub(crate) town: TestTown,
    carrier: Carrier,
    servers: Vec<(String, String)>,
    _second: Option<Server>,
}

impl Crowd {
    pub(crate) async fn gather(carrier: Carrier) -> Self {
        let town = TestTown::open().await;
        let second = match engine() {
            Engine::Sqlite => None,
            Engine::Postgres => {
                let clock = town.clock.clone();
                let config = ServerConfig { clock, ..ServerConfig::local(town.database()) };
                Some(Server::start(config).await.expect("a second server starts"))
            }
        };
        let servers = std::iter::once(&town.server).chain(&second);
        let reached = |it: &Server| (format!("http://{}", it.address()), it.socket_url());
        let servers = servers.map(reached).collect();
        Self { town, carrier, servers, _second: second }
    }

    /// Calls by one person from several places, at every server.
    pub(crate) fn callers(&self, token: &str) -> Vec<Http> {
        let base = |n: usize| self.servers[n % self.servers.len()].0.clone();
        (0..CALLERS).map(|n| Http::new(base(n)).with_token(token)).collect()
    }

    /// A till in several places, at every server.
    pub(crate) async fn places(&self, till: &Till) -> Vec<Place> {
        let socket =
            |n: usize| Line::welcomed(&self.servers[n % self.servers.len()].1, till.token());
        match self.carrier {
            Carrier::Calls => self.callers(till.token()).into_iter().map(Place::Calls).collect(),
            Carrier::Frames => {
                let lines = join_all((0..CALLERS).map(socket)).await.into_iter();
                lines.map(|line| Place::Frames(Box::new(Mutex::new(line)))).collect()
            }
        }
    }

    /// Asks for all of these at once, in turn from each of a till's places.
    pub(crate) async fn all_at_once(&self, till: &Till, operations: &[Value]) -> Vec<Answer> {
        let places = self.places(till).await;
        let share = |n: usize| operations.iter().skip(n).step_by(CALLERS).cloned().collect();
        let asked = places.iter().enumerate().map(|(n, place)| place.ask(share(n)));
        join_all(asked).await.into_iter().flatten().collect()
    }

    /// An operation by the town's till.
    pub(crate) fn operation(&self, kind: &str, body: Value) -> Value {
        operation(&self.town.till, kind, body)
    }

    pub(crate) fn award(&self, to: &str, whom: &Value, points: usize) -> Value {
        self.operation("award_points", json!({ to: whom, "points": points }))
    }

    pub(crate) fn deduction(&self, card: &Value, points: i64) -> Value {
        let body = json!({ "card": card, "points": points, "reason": "Tea" });
        self.operation("request_deduction", body)
    }

    /// What a table says of a request.
    pub(crate) async fn of_request(&self, sql: &'static str, request: &Value) -> Vec<String> {
        let id: Uuid = serde_json::from_value(request.clone()).expect("an id");
        self.town.texts(sql, [id.into()]).await
    }
}

/// An operation by who is switched on at a till, by whichever carrier.
pub(crate) fn operation(till: &Till, kind: &str, body: Value) -> Value {
    let (id, staff_token) = (Uuid::now_v7(), &till.staff_token);
    json!({ "id": id, "kind": kind, "staff_token": staff_token, "body": body })
}

impl Place {
    /// Asks for operations, all at once.
    pub(crate) async fn ask(&self, operations: Vec<Value>) -> Vec<Answer> {
        match self {
            Self::Calls(http) => {
                let call = |it: Value| http.post("/api/operations", it);
                join_all(operations.into_iter().map(call)).await
            }
            Self::Frames(line) => {
                let mut frames = operations;
                for frame in &mut frames {
                    frame["type"] = json!("op");
                }
                let results = line.lock().await.ops(&frames).await;
                results.into_iter().map(Answer::of_frame).collect()
            }
        }
    }

    /// Asks for one.
    pub(crate) async fn op(&self, operation: Value) -> Answer {
        self.ask(vec![operation]).await.pop().expect("one answer")
    }
}
