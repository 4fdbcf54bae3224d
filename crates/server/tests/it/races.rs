//! Many at once, over real sockets; on PostgreSQL through two servers.

use crate::http::{Answer, Http};
use crate::town::TestTown;
use futures_util::future::join_all;
use reda_cluster::{Engine, each_engine, engine};
use reda_server::{Server, ServerConfig};
use serde_json::{Value, json};
use uuid::Uuid;

/// Callers with connections of their own.
const CALLERS: usize = 8;
const CALLS: usize = 32;

/// A town with as many servers as its database takes.
struct Crowd {
    town: TestTown,
    bases: Vec<String>,
    _second: Option<Server>,
}

impl Crowd {
    async fn gather() -> Self {
        let town = TestTown::open().await;
        let second = match engine() {
            Engine::Sqlite => None,
            Engine::Postgres => {
                let config = ServerConfig::local(town.database());
                Some(Server::start(config).await.expect("a second server starts"))
            }
        };
        let servers = std::iter::once(&town.server).chain(&second);
        let bases = servers.map(|server| format!("http://{}", server.address())).collect();
        Self { town, bases, _second: second }
    }

    /// Calls by one person from several places at once.
    fn callers(&self, token: &str) -> Vec<Http> {
        let base = |n: usize| self.bases[n % self.bases.len()].clone();
        (0..CALLERS).map(|n| Http::new(base(n)).with_token(token)).collect()
    }

    async fn all_at_once<F: Future<Output = Answer>>(
        &self,
        token: &str,
        call: impl Fn(Http, usize) -> F,
    ) -> Vec<Answer> {
        let callers = self.callers(token);
        join_all((0..CALLS).map(|n| call(callers[n % CALLERS].clone(), n))).await
    }

    fn award(&self, id: Uuid, to: &str, whom: &Value, points: usize) -> Value {
        json!({ "id": id, "kind": "award_points", "staff_token": self.town.till.staff_token,
            "body": { to: whom, "points": points } })
    }
}

#[each_engine]
async fn thirty_two_acceptances_make_one_card() {
    let crowd = Crowd::gather().await;
    let ana = crowd.town.customer("Ana").await;
    let (_, request) = crowd.town.asked(&ana).await;
    let signature = ana.signature(&request, "accept").await;
    let path = format!("/api/requests/{}/answer", request.as_str().unwrap());
    let body = json!({ "answer": "accept", "signature": signature });
    let accept = |http: Http, _| {
        let (path, body) = (path.clone(), body.clone());
        async move { http.post(&path, body).await }
    };
    let answers = crowd.all_at_once(ana.token(), accept).await;
    let cards: Vec<Value> = answers.into_iter().map(|it| it.ok()["card"].clone()).collect();
    assert!(cards.iter().all(|card| *card == cards[0] && card.is_string()), "{cards:?}");
    for (sql, n) in [
        ("SELECT COUNT(*) FROM loyalty_cards", 1),
        ("SELECT COUNT(*) FROM enrollments", 1),
        ("SELECT COUNT(*) FROM customers", 1),
        ("SELECT COUNT(*) FROM consents", 1),
    ] {
        assert_eq!(crowd.town.number(sql, []).await, n, "{sql}");
    }
    crowd.town.books_are_sound().await;
}

#[each_engine]
async fn one_operation_thirty_two_times_is_done_once() {
    let crowd = Crowd::gather().await;
    let (ana, joined) = crowd.town.member("Ana").await;
    let award = crowd.award(Uuid::now_v7(), "card", &joined.card, 5);
    let again = |http: Http, _| {
        let award = award.clone();
        async move { http.post("/api/operations", award).await }
    };
    let answers = crowd.all_at_once(crowd.town.till.token(), again).await;
    let answers: Vec<Value> = answers.into_iter().map(Answer::ok).collect();
    assert!(answers.iter().all(|it| *it == answers[0]), "{answers:?}");
    assert_eq!(crowd.town.number("SELECT COUNT(*) FROM points_entries", []).await, 1);
    assert_eq!(ana.card().await["balance"], 5);
}

#[each_engine]
async fn first_awards_while_the_card_is_made_all_count_once() {
    let crowd = Crowd::gather().await;
    let ana = crowd.town.customer("Ana").await;
    let (_, request) = crowd.town.asked(&ana).await;
    let award = |http: Http, n: usize| {
        let award = crowd.award(Uuid::now_v7(), "request", &request, n + 1);
        async move { http.post("/api/operations", award).await }
    };
    let (answers, accepted) = tokio::join!(
        crowd.all_at_once(crowd.town.till.token(), award),
        ana.answer(&request, "accept"),
    );
    accepted.ok();
    // Only so many awards wait on one request; whoever came too early for a place is told.
    let awarded = (1..).zip(answers).filter(|(_, answer)| answer.body["outcome"] == "applied");
    let expected: i64 = awarded.map(|(points, _): (i64, _)| points).sum();
    assert!(expected > 0);
    assert_eq!(ana.card().await["balance"], expected);
    crowd.town.books_are_sound().await;
}

#[each_engine]
async fn awards_from_everywhere_add_up() {
    let crowd = Crowd::gather().await;
    let (ana, joined) = crowd.town.member("Ana").await;
    for _ in 0..4 {
        let award = |http: Http, _| {
            let award = crowd.award(Uuid::now_v7(), "card", &joined.card, 1);
            async move { http.post("/api/operations", award).await }
        };
        for answer in crowd.all_at_once(crowd.town.till.token(), award).await {
            answer.applied();
        }
    }
    assert_eq!(ana.card().await["balance"], 4 * CALLS);
    crowd.town.books_are_sound().await;
}

#[each_engine]
async fn a_refresh_token_used_twice_at_once_keeps_its_session() {
    let crowd = Crowd::gather().await;
    let ana = crowd.town.customer("Ana").await;
    let callers = crowd.callers(ana.token());
    let refresh = json!({ "refresh_token": ana.refresh_token });
    let (one, two) = tokio::join!(
        callers[0].post("/api/auth/refresh", refresh.clone()),
        callers[1].post("/api/auth/refresh", refresh),
    );
    let tokens = [one.ok(), two.ok()].map(|it| json!({ "refresh_token": it["refresh_token"] }));
    for token in tokens {
        callers[0].post("/api/auth/refresh", token).await.ok();
    }
}
