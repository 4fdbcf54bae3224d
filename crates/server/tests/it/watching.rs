//! What whoever watches the server learns: health and numbers, and nothing of people.

use crate::files::Files;
use crate::http::Answer;
use crate::scene::Scene;
use crate::town::TestTown;
use reda_cluster::each_engine;
use reda_server::ServerConfig;
use reqwest::Method;
use serde_json::json;

async fn metrics(town: &TestTown) -> String {
    let response = town.http.call(Method::GET, "/metrics").send().await.unwrap();
    assert_eq!(response.status(), 200);
    response.text().await.unwrap()
}

/// The value of a line.
#[track_caller]
fn value(text: &str, name: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {name} in\n{text}")).parse().expect("a number")
}

#[each_engine]
async fn metrics_count_what_was_done_and_what_was_refused() {
    let town = TestTown::open().await;
    let mut page = town.customer("Ana").await.page().await;
    page.caught_up().await;
    let (_, joined) = town.member("Ben").await;
    town.till.award(&joined.card, 5).await.applied();
    town.till.award(&joined.card, 0).await.refused("points_out_of_range");
    let text = metrics(&town).await;
    let awards =
        |outcome| format!("reda_operations_total{{kind=\"award_points\",outcome=\"{outcome}\"}}");
    assert_eq!(value(&text, &awards("applied")), 1.0);
    assert_eq!(value(&text, &awards("rejected")), 1.0);
    assert_eq!(value(&text, "reda_refusals_total{code=\"points_out_of_range\"}"), 1.0);
    assert_eq!(value(&text, "reda_sockets"), 1.0);
    assert!(value(&text, "reda_commit_seconds_count") >= 5.0);
    assert_eq!(
        value(&text, "reda_commit_seconds_count"),
        value(&text, "reda_batch_operations_count")
    );
}

#[each_engine]
async fn metrics_time_how_news_travels() {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    let mut page = ana.page().await;
    page.caught_up().await;
    let before = value(&metrics(&town).await, "reda_feed_lag_seconds_count");
    town.till.award(&joined.card, 5).await.applied();
    page.sees("card", |it| it["balance"] == 5).await;
    page.caught_up().await;
    assert!(value(&metrics(&town).await, "reda_feed_lag_seconds_count") > before);
}

#[each_engine]
async fn metrics_name_nobody() {
    let scene = Scene::set().await;
    let text = metrics(&scene.town).await;
    let mut secrets = scene.secrets().await;
    secrets.push(scene.town.shop.business.to_string());
    secrets.push(scene.amina.user.to_string());
    for secret in secrets {
        assert!(!text.contains(&secret), "{secret} in\n{text}");
    }
}

#[each_engine]
async fn metrics_are_for_this_computer_unless_configured() {
    let town = TestTown::open().await;
    let proxied = |town: &TestTown| {
        town.http.call(Method::GET, "/metrics").header("x-forwarded-for", "203.0.113.7")
    };
    Answer::of(proxied(&town)).await.error(404, "not_found");
    let files = Files::new().await;
    let open = ServerConfig { metrics_for_all: true, ..files.config() };
    let town = TestTown::open_with(open, files).await;
    assert_eq!(proxied(&town).send().await.unwrap().status(), 200);
}

#[each_engine]
async fn a_server_whose_database_takes_no_write_is_not_ready() {
    let town = TestTown::open().await;
    assert_eq!(town.http.get("/health/ready").await.ok(), json!({ "status": "ok" }));
    let mut held = town.server.app().db().begin().await.unwrap();
    reda_store::tables::secrets::touch(&mut held).await.unwrap();
    town.http.get("/health/ready").await.error(503, "busy");
    town.http.get("/health/live").await.ok();
    drop(held);
    town.http.get("/health/ready").await.ok();
}
