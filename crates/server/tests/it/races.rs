//! Many at once, over real sockets; on PostgreSQL through two servers.

use crate::http::{Answer, Http};
use crate::town::{Customer, TestTown};
use futures_util::future::join_all;
use reda_cluster::{Engine, each_engine, engine};
use reda_server::{Server, ServerConfig};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::timeout;
use uuid::Uuid;

/// What must come comes within this time.
const WAIT_MAX: Duration = Duration::from_secs(20);
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
                let clock = town.clock.clone();
                let config = ServerConfig { clock, ..ServerConfig::local(town.database()) };
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

    fn operation(&self, kind: &str, body: Value) -> Value {
        let (id, staff_token) = (Uuid::now_v7(), &self.town.till.staff_token);
        json!({ "id": id, "kind": kind, "staff_token": staff_token, "body": body })
    }

    fn award(&self, to: &str, whom: &Value, points: usize) -> Value {
        self.operation("award_points", json!({ to: whom, "points": points }))
    }

    fn deduction(&self, card: &Value, points: i64) -> Value {
        let body = json!({ "card": card, "points": points, "reason": "Tea" });
        self.operation("request_deduction", body)
    }

    /// What a table says of a request.
    async fn of_request(&self, sql: &'static str, request: &Value) -> Vec<String> {
        let id: Uuid = serde_json::from_value(request.clone()).expect("an id");
        self.town.texts(sql, [id.into()]).await
    }
}

/// Balance, held and available of the person's only card.
async fn points(ana: &Customer) -> [i64; 3] {
    let card = ana.card().await;
    ["balance", "held", "available"].map(|name| card[name].as_i64().unwrap())
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
    let award = crowd.award("card", &joined.card, 5);
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
        let award = crowd.award("request", &request, n + 1);
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
            let award = crowd.award("card", &joined.card, 1);
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

#[each_engine]
async fn two_awards_and_a_deduction_at_once_count_in_some_order() {
    let crowd = Crowd::gather().await;
    let (ana, joined) = crowd.town.member("Ana").await;
    let callers = crowd.callers(crowd.town.till.token());
    for (turn, n) in (0..8).zip((0..CALLERS).cycle()) {
        let [before, ..] = points(&ana).await;
        // There is enough only after both awards.
        let needs = before + 12;
        let card = &joined.card;
        let call =
            |place: usize, body| callers[(n + place) % CALLERS].post("/api/operations", body);
        let (five, asked, seven) = tokio::join!(
            call(turn, crowd.award("card", card, 5)),
            call(2 * turn + 1, crowd.deduction(card, needs)),
            call(turn + 1, crowd.award("card", card, 7)),
        );
        drop((five.applied(), seven.applied()));
        if asked.body["outcome"] == "applied" {
            assert_eq!(points(&ana).await, [needs, needs, 0]);
            let cancel = json!({ "request": asked.applied()["request"] });
            call(turn, crowd.operation("cancel_request", cancel)).await.applied();
        } else {
            let details = asked.refused("not_enough_points");
            let there = details["available"].as_i64().unwrap() - before;
            assert!([0, 5, 7].contains(&there), "{details}");
        }
        assert_eq!(points(&ana).await, [needs, 0, needs]);
    }
    crowd.town.books_are_sound().await;
}

/// Sooner or later by a few round trips.
async fn hesitate(http: &Http, calls: usize) {
    for _ in 0..calls {
        http.get("/health/live").await.ok();
    }
}

#[each_engine]
async fn of_a_yes_a_cancel_and_the_clock_one_wins() {
    const ROUNDS: usize = 6;
    const MINUTES_MS: i64 = 2 * 60 * 1000;
    let crowd = Crowd::gather().await;
    let (ana, joined) = crowd.town.member("Ana").await;
    crowd.town.till.award(&joined.card, 100).await.applied();
    let tills = crowd.callers(crowd.town.till.token());
    let pages = crowd.callers(ana.token());
    for round in 0..ROUNDS {
        let [before, ..] = points(&ana).await;
        let asked = tills[round].post("/api/operations", crowd.deduction(&joined.card, 10)).await;
        let request = asked.applied()["request"].clone();
        let signature = ana.signature(&request, "accept").await;
        let path = format!("/api/requests/{}/answer", request.as_str().unwrap());
        let body = json!({ "answer": "accept", "signature": signature });
        let yes = pages.iter().map(async |http| {
            hesitate(http, round % 3).await;
            http.post(&path, body.clone()).await
        });
        let cancel = tills.iter().map(async |http| {
            hesitate(http, (round + 1) % 3).await;
            let cancel = crowd.operation("cancel_request", json!({ "request": request }));
            http.post("/api/operations", cancel).await
        });
        let clock = async {
            hesitate(&crowd.town.http, (round + 2) % 4).await;
            crowd.town.passes(MINUTES_MS);
            crowd.town.server.app().run_jobs().await;
        };
        let (yes, cancel, ()) = tokio::join!(join_all(yes), join_all(cancel), clock);
        // Whoever else had the job's turn may still be at it.
        let status = "SELECT status FROM approval_requests WHERE id = $1 AND status <> 'pending'";
        let closed = async {
            loop {
                crowd.town.server.app().run_jobs().await;
                if let [status] = crowd.of_request(status, &request).await.as_slice() {
                    return status.clone();
                }
            }
        };
        let status = timeout(WAIT_MAX, closed).await.expect("it is closed");
        let said = |answers: &[Answer], ok: &dyn Fn(&Answer) -> bool| {
            answers.iter().filter(|it| ok(it)).count()
        };
        let yeses = said(&yes, &|it| it.status == 200);
        let cancels = said(&cancel, &|it| it.body["outcome"] == "applied");
        let spent = match status.as_str() {
            "accepted" => (yeses, cancels) == (CALLERS, 0),
            "cancelled" => yeses == 0 && cancels > 0,
            "expired" => (yeses, cancels) == (0, 0),
            other => panic!("{other}"),
        };
        assert!(spent, "{status}: {yes:?} {cancel:?}");
        let left = if status == "accepted" { before - 10 } else { before };
        assert_eq!(points(&ana).await, [left, 0, left]);
        let outcomes = "SELECT o.outcome FROM hold_outcomes o JOIN holds h ON h.id = o.hold_id
            WHERE h.request_id = $1";
        assert_eq!(crowd.of_request(outcomes, &request).await.len(), 1);
    }
    crowd.town.books_are_sound().await;
}
