//! Two servers on one PostgreSQL: one truth, and nobody notices which of them they talk to.

use crate::files::Files;
use crate::http::Http;
use crate::line::Line;
use crate::town::{TestTown, sign_up};
use reda_cluster::{Engine, on};
use reda_server::{Server, ServerConfig};
use serde_json::json;

/// A town, and another server on its database.
async fn two_servers() -> (TestTown, Server) {
    let town = on(Engine::Postgres, TestTown::open()).await;
    let config = ServerConfig::local(town.database());
    let second = Server::start(config).await.expect("a second server starts beside the first");
    (town, second)
}

fn http(server: &Server, token: &str) -> Http {
    Http::new(format!("http://{}", server.address())).with_token(token)
}

#[tokio::test]
async fn what_happens_on_one_is_seen_on_the_other() {
    let (town, second) = two_servers().await;
    let (ana, joined) = town.member("Ana").await;
    let mut page = Line::welcomed(&second.socket_url(), ana.token()).await;
    page.caught_up().await;
    town.till.award(&joined.card, 5).await.applied();
    page.sees("card", |card| card["balance"] == 5).await;
}

#[tokio::test]
async fn a_token_of_one_is_good_on_the_other_until_it_is_revoked() {
    let (town, second) = two_servers().await;
    let ana = town.customer("Ana").await;
    let there = http(&second, ana.token());
    there.get("/api/me").await.ok();
    ana.http.post("/api/auth/sign-out", json!({})).await.ok();
    // A session is believed for a second.
    let refused = async {
        while there.get("/api/me").await.status != 401 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(5), refused).await.expect("it ends");
}

#[tokio::test]
async fn servers_that_start_at_once_have_the_same_secrets() {
    let files = on(Engine::Postgres, Files::new()).await;
    let start = || Server::start(files.config());
    let (first, second) = tokio::join!(start(), start());
    let (first, second) = (first.unwrap(), second.unwrap());
    let http = Http::new(format!("http://{}", first.address()));
    let session = sign_up(&http, "Ana", "0722000001").await;
    let there = Http::new(format!("http://{}", second.address()));
    there.with_token(session["token"].as_str().unwrap()).get("/api/me").await.ok();
}
