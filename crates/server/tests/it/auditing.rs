//! The audit log: a line for everything that was done, and none that can be changed unseen.

use crate::http::{Answer, Http};
use crate::scene::Scene;
use crate::town::TestTown;
use crate::wrong_people::operation;
use reda_cluster::{Engine, each_engine, engine};
use reda_domain::scope::Scope;
use reda_domain::settings::Settings;
use reda_protocol::operation::Verb;
use reda_store::tables::audit::{self, Broken, Chain};
use reda_store::tables::feed;
use serde_json::{Value, json};

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

fn scope_of(town: &TestTown) -> [reda_store::Val; 1] {
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
        town.sql(edit, scope_of(&town)).await;
        assert_eq!(broken(&town).await, Some(Broken::Altered(5)), "{edit}");
    }
}

#[each_engine]
async fn a_line_taken_out_of_the_middle_is_named() {
    let town = unguarded().await;
    town.sql("DELETE FROM audit_log WHERE scope = $1 AND n = 3", scope_of(&town)).await;
    assert_eq!(broken(&town).await, Some(Broken::Missing(3)));
}

#[each_engine]
async fn a_chain_without_its_end_is_found_by_its_head() {
    let town = unguarded().await;
    let last = "DELETE FROM audit_log WHERE scope = $1
        AND n = (SELECT MAX(n) FROM audit_log WHERE scope = $1)";
    town.sql(last, scope_of(&town)).await;
    let lines = "SELECT COUNT(*) FROM audit_log WHERE scope = $1";
    let left = town.number(lines, scope_of(&town)).await;
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

/// What the lines of a kind say, the first one first.
async fn facts(town: &TestTown, kind: &'static str) -> Vec<Value> {
    let lines = "SELECT facts FROM audit_lines WHERE kind = $1 ORDER BY n";
    let lines = town.texts(lines, [kind.into()]).await;
    let facts = lines.iter().map(|it| serde_json::from_str::<Value>(it).expect("JSON"));
    facts.map(|mut it| it["data"].take()).collect()
}

#[each_engine]
async fn an_audit_line_says_which_fields_were_changed_and_never_a_personal_value() {
    let town = TestTown::open().await;
    let owner = town.owner().await;
    let (ana, joined) = town.member("Ana").await;
    let settings = json!({ "approval_evidence": ["app"], "adjust_max_manager": 100_000 });
    owner.op("update_business", json!({ "name": "Zawadi", "settings": settings })).await.applied();
    let change = json!({ "program": town.program(), "name": "Zawadi", "welcome_bonus": 999 });
    owner.op("update_program", change).await.applied();
    let gives = json!({ "kind": "text", "text": "Zawadi" });
    let new = json!({ "program": town.program(), "name": "Tea", "cost": 5, "gives": gives });
    let reward = owner.op("create_reward", new).await.applied()["reward"].clone();
    let change = json!({ "reward": reward, "name": "Zawadi", "cost": 6, "status": "paused" });
    owner.op("update_reward", change).await.applied();
    let wrote = json!({ "customer": joined.handle, "notes": "Zawadi", "tags": ["Zawadi"] });
    owner.op("update_customer", wrote).await.applied();
    ana.http.patch("/api/me", json!({ "name": "Zawadi", "language": "sw" })).await.ok();
    let chosen = json!({ "sms_phone": "0722000777", "sms_enabled": true, "email_enabled": true });
    ana.http.patch("/api/notifications/preferences", chosen).await.ok();

    let changed = async |kind| facts(&town, kind).await.pop().unwrap()["changed"].take();
    let default = Settings::default().adjust_max_manager;
    assert_eq!(
        changed("update_business").await,
        json!({
            "name": {},
            "approval_evidence": { "from": [], "to": ["app"] },
            "adjust_max_manager": { "from": default, "to": 100_000 },
        })
    );
    let bonus = json!({ "name": {}, "welcome_bonus": { "from": 0, "to": 999 } });
    assert_eq!(changed("update_program").await, bonus);
    assert_eq!(
        changed("update_reward").await,
        json!({
            "name": {},
            "cost": { "from": 5, "to": 6 },
            "status": { "from": "active", "to": "paused" },
        })
    );
    assert_eq!(changed("update_customer").await, json!({ "notes": {}, "tags": {} }));
    assert_eq!(changed("update_me").await, json!({ "name": {}, "language": {} }));
    // E-mail was on before.
    let preferences = json!({ "sms_phone": {}, "sms_enabled": {} });
    assert_eq!(changed("update_preferences").await, preferences);
    let lines = town.texts("SELECT actor || ' ' || facts FROM audit_lines", []).await.join("\n");
    assert!(!lines.contains("Zawadi") && !lines.contains("722000777"), "{lines}");
}

#[each_engine]
async fn an_audit_line_says_who_was_merged_and_with_how_many_points() {
    let town = TestTown::open().await;
    let (_, keep) = town.member("Ana").await;
    let (_, merge) = town.noted("Anna").await;
    town.till.award(&merge.card, 7).await.applied();
    let both = json!({ "keep": keep.handle, "merge": merge.handle });
    town.owner().await.op("merge_customers", both).await.applied();
    let line = json!({ "customer": keep.handle, "merged": merge.handle, "points": 7 });
    assert_eq!(facts(&town, "merge_customers").await, [line]);
}

#[each_engine]
async fn whoever_takes_the_list_of_customers_away_leaves_a_line() {
    let town = TestTown::open().await;
    town.member("Ana").await;
    town.member("Ben").await;
    let file = format!("/api/businesses/{}/customers.csv", town.shop.business);
    let take = |http: &Http, query: &str| {
        let call = http.call(reqwest::Method::GET, &format!("{file}{query}"));
        Answer::of(call)
    };
    let owner = town.owner().await;
    take(&owner, "").await.ok();
    take(&owner, "?q=ana&status=member").await.ok();
    take(&town.till.http, "").await.error(403, "not_allowed");
    let lines = facts(&town, "export_customers").await;
    assert_eq!(
        lines,
        [
            json!({ "customers": 2, "narrowed_by": [] }),
            json!({ "customers": 1, "narrowed_by": ["q", "status"] }),
        ]
    );
    let scope = "SELECT COUNT(*) FROM audit_lines WHERE kind = 'export_customers' AND scope = $1";
    assert_eq!(town.number(scope, scope_of(&town)).await, 2);
}
