//! The audit log: a line for everything that was done, and none that can be changed unseen.

use crate::scene::Scene;
use crate::town::TestTown;
use crate::wrong_people::operation;
use reda_cluster::{Engine, each_engine, engine};
use reda_domain::scope::Scope;
use reda_protocol::operation::Verb;
use reda_store::tables::audit::{self, Broken, Chain};
use reda_store::tables::feed;
use serde_json::json;

async fn chains(town: &TestTown) -> Vec<Chain> {
    let mut tx = town.server.app().db().snapshot().await.unwrap();
    audit::verify_all(&mut tx).await.unwrap()
}

/// What is broken in the shop's chain, while all others are sound.
async fn broken(town: &TestTown) -> Option<Broken> {
    let shop = format!("b:{}", town.shop.business);
    let mut found = None;
    for chain in chains(town).await {
        match chain.scope == shop {
            true => found = chain.broken,
            false => assert_eq!(chain.broken, None, "{chain:?}"),
        }
    }
    found
}

/// A shop with a few lines; the database no longer guards them.
async fn unguarded() -> TestTown {
    let town = TestTown::open().await;
    let (_, joined) = town.member("Ana").await;
    for points in 1..4 {
        town.till.award(&joined.card, points).await.applied();
    }
    assert_eq!(broken(&town).await, None);
    let triggers = match engine() {
        Engine::Sqlite => [
            "DROP TRIGGER operations_are_never_edited",
            "DROP TRIGGER audit_log_is_never_edited",
            "DROP TRIGGER audit_log_is_never_deleted",
        ],
        Engine::Postgres => [
            "DROP TRIGGER operations_are_never_edited ON operations",
            "DROP TRIGGER audit_log_is_never_edited ON audit_log",
            "DROP TRIGGER audit_log_is_never_deleted ON audit_log",
        ],
    };
    for trigger in triggers {
        let mut tx = town.server.app().db().begin().await.unwrap();
        tx.exec(trigger, vec![]).await.unwrap();
        tx.commit().await.unwrap();
    }
    town
}

fn scope(town: &TestTown) -> [reda_store::Val; 1] {
    [feed::key(Scope::Business(town.shop.business))]
}

#[each_engine]
async fn an_edited_line_is_named() {
    for edit in [
        "UPDATE operations SET result = '{}' WHERE id = (
            SELECT operation_id FROM audit_log WHERE scope = $1 AND n = 5)",
        "UPDATE operations SET device_id = NULL WHERE id = (
            SELECT operation_id FROM audit_log WHERE scope = $1 AND n = 5)",
        "UPDATE operations SET applied_at_ms = applied_at_ms + 1 WHERE id = (
            SELECT operation_id FROM audit_log WHERE scope = $1 AND n = 5)",
        "UPDATE audit_log SET hash = (SELECT hash FROM audit_log WHERE scope = $1 AND n = 4)
            WHERE scope = $1 AND n = 5",
    ] {
        let town = unguarded().await;
        town.sql(edit, scope(&town)).await;
        assert_eq!(broken(&town).await, Some(Broken::Altered(5)), "{edit}");
    }
}

#[each_engine]
async fn a_line_taken_out_of_the_middle_is_named() {
    let town = unguarded().await;
    town.sql("DELETE FROM audit_log WHERE scope = $1 AND n = 3", scope(&town)).await;
    assert_eq!(broken(&town).await, Some(Broken::Missing(3)));
}

#[each_engine]
async fn a_chain_without_its_end_is_found_by_its_head() {
    let town = unguarded().await;
    let last = "DELETE FROM audit_log WHERE scope = $1
        AND n = (SELECT MAX(n) FROM audit_log WHERE scope = $1)";
    town.sql(last, scope(&town)).await;
    let lines = "SELECT COUNT(*) FROM audit_log WHERE scope = $1";
    let left = town.number(lines, scope(&town)).await;
    assert_eq!(broken(&town).await, Some(Broken::CutOff(left + 1)));
}

#[each_engine]
async fn every_operation_that_was_applied_has_its_line() {
    let scene = Scene::set().await;
    let mut applied = 0;
    for kind in Verb::KINDS {
        let answer = scene.owner.post("/api/operations", operation(&scene, kind)).await;
        applied += i64::from(answer.body["outcome"] == "applied");
    }
    scene.amina.http.patch("/api/me", json!({ "name": "Amina W." })).await.ok();
    scene.amina.http.patch("/api/notifications/read/all", json!({})).await.ok();
    scene.amina.http.patch("/api/notifications/read/all", json!({})).await.ok();
    let mut tx = scene.town.server.app().db().snapshot().await.unwrap();
    assert_eq!(audit::unaudited(&mut tx, 10).await.unwrap(), []);
    let kept = "SELECT COUNT(*) FROM operations WHERE result NOT LIKE '%\"refused\":%'";
    let kept = scene.town.number(kept, []).await;
    assert!(kept > applied && applied > 3, "{applied} of {kept}");
    assert!(chains(&scene.town).await.iter().all(|it| it.broken.is_none()));
}

#[each_engine]
async fn a_line_names_nobody() {
    let scene = Scene::set().await;
    let lines = "SELECT actor || ' ' || facts FROM audit_lines";
    let lines = scene.town.texts(lines, []).await.join("\n");
    let mut secrets = scene.secrets().await;
    secrets.retain(|it| it != "4321");
    for secret in secrets {
        assert!(!lines.contains(&secret), "{secret} in\n{lines}");
    }
}
