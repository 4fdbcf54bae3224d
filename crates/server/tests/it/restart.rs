//! Stopping and starting again, on the same file.

use crate::files::Files;
use crate::town::TestTown;
use reda_cluster::each_engine;
use reda_server::{App, Server, ServerConfig, ServerError};
use reda_store::tables::{programs, rewards};
use serde_json::json;
use uuid::Uuid;

#[each_engine]
async fn a_server_that_starts_again_is_where_it_was() {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    let id = Uuid::now_v7();
    let body = json!({ "card": joined.card, "points": 5 });
    let first = town.till.op_as(id, "award_points", body.clone()).await.ok();
    let printed = ana.http.get("/api/me/codes/printed").await.ok();
    let (mut till, mut page) = (town.till.line().await, ana.page().await);
    till.caught_up().await;
    page.caught_up().await;
    let rows = town.rows().await;

    let town = town.restarted().await;
    assert_eq!(town.rows().await, rows);
    let mut again = town.till.line().await;
    again.caught_up().await;
    again.feed().is(till.feed());
    let me = town.http.with_token(ana.token());
    assert_eq!(me.get("/api/me/cards").await.ok()["items"][0]["balance"], 5);
    assert_eq!(me.get("/api/me/codes/printed").await.ok(), printed);
    assert_eq!(town.till.op_as(id, "award_points", body).await.ok(), first);
    assert_eq!(town.rows().await, rows);
    let refresh = json!({ "refresh_token": ana.refresh_token });
    town.http.post("/api/auth/refresh", refresh).await.ok();
    assert_eq!(town.till.award(&joined.card, 6).await.applied()["balance"], 11);
}

/// PostgreSQL is for several servers.
#[tokio::test]
async fn a_second_server_stays_off_an_open_file() {
    let town = TestTown::open().await;
    let second = App::open(ServerConfig::local(town.database())).await;
    assert!(matches!(second.err(), Some(ServerError::Locked { .. })));
    town.till.scan("x").await.refused("not_a_code");
}

#[each_engine]
async fn a_port_that_is_taken_is_said_and_leaves_the_file_free() {
    let town = TestTown::open().await;
    let files = Files::new().await;
    let taken = ServerConfig { listen: town.server.address(), ..files.config() };
    let error = Server::start(taken).await.err().unwrap();
    assert!(matches!(error, ServerError::Listen { .. }), "{error}");
    Server::start(files.config()).await.unwrap();
}

#[each_engine]
async fn the_demo_shop_is_the_same_after_a_restart() {
    let files = Files::new().await;
    let codes = files.path("codes");
    let first = {
        let app = App::open(files.config()).await.unwrap();
        reda_server::demo::open(&app, &codes).await.unwrap()
    };
    let png = std::fs::read(&first.customers[0].code_file).unwrap();
    let server = Server::start(files.config()).await.unwrap();
    let second = reda_server::demo::open(server.app(), &codes).await.unwrap();
    assert_eq!(second.till.device, first.till.device);
    assert_eq!(second.program, first.program);
    let users = |shop: &reda_server::demo::DemoShop| {
        shop.customers.iter().map(|it| it.user).collect::<Vec<_>>()
    };
    assert_eq!(users(&first), users(&second));
    assert_eq!(std::fs::read(&second.customers[0].code_file).unwrap(), png);
    let mut tx = server.app().db().snapshot().await.unwrap();
    let programs = programs::of_business(&mut tx, second.till.business).await.unwrap();
    let tiers: Vec<&str> = programs[0].tiers.iter().map(|tier| tier.name.as_str()).collect();
    assert_eq!(tiers, ["Silver", "Gold"]);
    assert_eq!(rewards::of_program(&mut tx, second.program).await.unwrap().len(), 3);
}
