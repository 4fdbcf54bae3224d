//! Backups: of one moment while the shop goes on, and back.

use crate::files::Files;
use crate::line::Line;
use crate::town::TestTown;
use reda_cluster::each_engine;
use reda_server::doctor::{chains, visit};
use reda_server::{Clock, Location, Server, ServerError, backup};
use serde_json::json;
use std::path::{Path, PathBuf};

async fn write(from: &Path, to: &Path) -> Result<(), ServerError> {
    backup::write(&Location::from(from.to_owned()), "", to).await
}

async fn restore(to: &Path, from: &Path, replace: bool) -> Result<i64, ServerError> {
    let at = Location::from(to.to_owned());
    backup::restore(&at, "", from, replace, &Clock::default()).await
}

/// The file of a town's database.
fn file_of(town: &TestTown) -> PathBuf {
    town.database().file().expect("a file").to_owned()
}

/// Nothing in it is inconsistent, and every chain is whole.
async fn is_sound(at: &Location) {
    assert_eq!(visit(at, false, &Clock::default()).await.unwrap().found, []);
    let chains = chains(at).await.unwrap();
    assert!(chains.len() > 1 && chains.iter().all(|it| it.broken.is_none()), "{chains:?}");
}

#[tokio::test]
async fn a_backup_of_a_busy_shop_is_of_one_moment() {
    let town = TestTown::open().await;
    let (_, joined) = town.member("Ana").await;
    let out = tempfile::tempdir().unwrap();
    let working = async {
        for _ in 0..60 {
            town.till.award(&joined.card, 1).await.applied();
        }
    };
    let copying = async {
        for n in 0..4 {
            write(&file_of(&town), &out.path().join(format!("{n}.db"))).await.unwrap();
        }
    };
    tokio::join!(working, copying);
    for n in 0..4 {
        let restored = out.path().join(format!("restored-{n}.db"));
        restore(&restored, &out.path().join(format!("{n}.db")), false).await.unwrap();
        is_sound(&restored.into()).await;
    }
}

#[each_engine]
async fn after_a_restore_every_client_starts_again() {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    town.till.award(&joined.card, 10).await.applied();
    let out = tempfile::tempdir().unwrap();
    let file = out.path().join("backup.db");
    let (at, url) = (town.database(), town.database_url());
    backup::write(&at, &url, &file).await.unwrap();
    town.till.award(&joined.card, 5).await.applied();
    let mut page = ana.page().await;
    page.sees("card", |it| it["balance"] == 15).await;
    let (before, scope) = (page.feed().cursor(), format!("u:{}", ana.user));

    let clock = Clock::default();
    let (epoch, town) = town
        .restarted_after(async || backup::restore(&at, &url, &file, true, &clock).await.unwrap())
        .await;
    assert!(epoch > before["epoch"].as_i64().unwrap());
    let asked =
        format!("/api/changes?scope={scope}&epoch={}&since={}", before["epoch"], before["seq"]);
    let session = town.signed_in(&ana.phone).await;
    let told = session.get(&asked).await.ok();
    assert_eq!(told, json!({ "reset": true, "epoch": epoch }));
    let token = session.token.clone().unwrap();
    let mut line = Line::open(&town.server.socket_url()).await;
    let cursors = json!({ (scope.as_str()): before });
    line.say(json!({ "type": "hello", "version": "reda.v1", "token": token, "cursors": cursors }))
        .await;
    let reset = line.frame("reset").await;
    assert_eq!((&reset["scope"], &reset["epoch"]), (&json!(scope), &json!(epoch)));
    let mut page = Line::welcomed(&town.server.socket_url(), &token).await;
    page.sees("card", |it| it["balance"] == 10).await;
    is_sound(&at).await;
}

#[tokio::test]
async fn a_restore_takes_nothing_from_anybody_unasked() {
    let town = TestTown::open().await;
    let out = tempfile::tempdir().unwrap();
    let file = out.path().join("backup.db");
    write(&file_of(&town), &file).await.unwrap();
    let words = |it: Result<_, ServerError>| it.map(|_: i64| ()).unwrap_err().to_string();
    let open = restore(&file_of(&town), &file, true).await;
    assert!(words(open).contains("another server has this database open"));
    let database = file_of(&town);
    town.server.stop().await;
    assert!(words(restore(&database, &file, false).await).contains("--replace"));
    assert!(words(restore(&database, &out.path().join("none"), true).await).contains("no backup"));
    let garbage = out.path().join("garbage");
    std::fs::write(&garbage, "not a database").unwrap();
    restore(&database, &garbage, true).await.unwrap_err();
    is_sound(&database.clone().into()).await;
    let again = write(&database, &file).await.unwrap_err().to_string();
    assert!(again.contains("is there already"), "{again}");
    let nothing = write(&out.path().join("none.db"), &out.path().join("b")).await.unwrap_err();
    assert!(nothing.to_string().contains("no database"), "{nothing}");
}

#[tokio::test]
async fn a_restored_shop_opens_under_another_name() {
    let town = TestTown::open().await;
    let (ana, joined) = town.member("Ana").await;
    town.till.award(&joined.card, 10).await.applied();
    let files = Files::new().await;
    let file = files.path("backup.db");
    write(&file_of(&town), &file).await.unwrap();
    let moved = files.config();
    restore(moved.database.file().unwrap(), &file, false).await.unwrap();
    let server = Server::start(moved).await.unwrap();
    let http = crate::http::Http::new(format!("http://{}", server.address()));
    let body = json!({ "phone": ana.phone, "password": crate::town::PASSWORD });
    let session = http.post("/api/auth/sign-in", body).await.ok();
    let cards = http.with_token(session["token"].as_str().unwrap()).get("/api/me/cards").await.ok();
    assert_eq!(cards["items"][0]["balance"], 10);
    server.stop().await;
}
