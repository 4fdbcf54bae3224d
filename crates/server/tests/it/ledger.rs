//! The ledger and the audit log are only ever added to, and a change behind our back is found.

use crate::town::TestTown;
use reda_cluster::each_engine;
use reda_domain::scope::Scope;
use reda_store::tables::{audit, entries, feed};

async fn first_broken(town: &TestTown, scope: Scope) -> Option<i64> {
    let mut tx = town.server.app().db().snapshot().await.unwrap();
    audit::first_broken(&mut tx, scope).await.unwrap()
}

/// What the database says to a statement.
async fn refusal(town: &TestTown, sql: &'static str) -> String {
    let mut tx = town.server.app().db().begin().await.unwrap();
    tx.exec(sql, vec![]).await.expect_err("the statement is refused").to_string()
}

#[each_engine]
async fn the_database_itself_refuses_to_edit_the_books() {
    let town = TestTown::open().await;
    let (_, joined) = town.member("Ana").await;
    town.till.award(&joined.card, 5).await.applied();
    for sql in [
        "UPDATE points_entries SET delta = 500",
        "DELETE FROM points_entries",
        "UPDATE operations SET actor = 'nobody'",
        "DELETE FROM operations",
        "UPDATE audit_log SET n = n + 1",
        "DELETE FROM audit_log",
    ] {
        let error = refusal(&town, sql).await;
        assert!(error.contains("append-only"), "{sql}: {error}");
    }
}

#[each_engine]
async fn every_change_has_its_line_in_a_sound_chain() {
    let town = TestTown::open().await;
    let (_, joined) = town.member("Ana").await;
    town.till.award(&joined.card, 5).await.applied();
    let business = Scope::Business(town.shop.business);
    assert_eq!(first_broken(&town, business).await, None);
    assert_eq!(first_broken(&town, Scope::Platform).await, None);
    let kinds = "SELECT kind FROM audit_lines WHERE scope = $1 ORDER BY n";
    let kinds = town.texts(kinds, [feed::key(business)]).await;
    let expected = [
        "create_business",
        "add_staff",
        "add_device",
        "scan",
        "ask_enrollment",
        "answer_request",
        "award_points",
    ];
    assert_eq!(kinds, expected);
}

#[each_engine]
async fn a_changed_audit_line_is_found() {
    let town = TestTown::open().await;
    let (_, joined) = town.member("Ana").await;
    town.till.award(&joined.card, 5).await.applied();
    let business = Scope::Business(town.shop.business);
    let forge: [&'static str; 3] = [
        "UPDATE operations SET result = '{}' WHERE kind = 'scan'",
        "UPDATE audit_log SET n = 1000
         WHERE operation_id = (SELECT id FROM operations WHERE kind = 'scan')",
        "DELETE FROM audit_log
         WHERE operation_id = (SELECT id FROM operations WHERE kind = 'award_points')",
    ];
    for (sql, broken) in forge.into_iter().zip([4, 4, 7]) {
        let mut tx = town.server.app().db().begin().await.unwrap();
        for (trigger, table) in [
            ("operations_are_never_edited", "operations"),
            ("audit_log_is_never_edited", "audit_log"),
            ("audit_log_is_never_deleted", "audit_log"),
        ] {
            let on = if tx.is_alone() { String::new() } else { format!(" ON {table}") };
            tx.exec(format!("DROP TRIGGER {trigger}{on}"), vec![]).await.unwrap();
        }
        assert_eq!(tx.exec(sql, vec![]).await.unwrap(), 1, "{sql}");
        assert_eq!(audit::first_broken(&mut tx, business).await.unwrap(), Some(broken), "{sql}");
        // Not committed: the next forgery starts from a sound chain.
        drop(tx);
        assert_eq!(first_broken(&town, business).await, None);
    }
}

#[each_engine]
async fn a_balance_that_is_not_its_entries_is_found() {
    let town = TestTown::open().await;
    let (_, joined) = town.member("Ana").await;
    town.till.award(&joined.card, 5).await.applied();
    let disagreeing = async || {
        let mut tx = town.server.app().db().snapshot().await.unwrap();
        entries::disagreeing(&mut tx).await.unwrap().len()
    };
    assert_eq!(disagreeing().await, 0);
    town.sql("UPDATE loyalty_cards SET balance = 500", []).await;
    assert_eq!(disagreeing().await, 1);
}
