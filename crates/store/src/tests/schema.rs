//! What the database refuses, whoever asks.

use super::TestDb;
use super::rows::*;
use crate::{StoreError, save, tables};
use reda_domain::card::Entry;
use reda_domain::effects::Change;
use reda_domain::points::Points;
use reda_domain::request::Request;
use reda_domain::user::User;
use reda_domain::*;

/// What saving this, beside everything else, is answered.
async fn refused(change: Change) -> String {
    let db = TestDb::open().await;
    let mut tx = db.begin().await;
    save(&mut tx, &everything()).await.unwrap();
    match save(&mut tx, &[change]).await {
        Err(StoreError::Sql(error)) => error.to_string(),
        other => panic!("the database takes it: {other:?}"),
    }
}

#[tokio::test]
async fn the_rules_that_must_never_break_stand_in_the_schema_too() {
    let entry = |id: u128, n: i64, delta: i64| Entry {
        id: EntryId(super::rows::id(id)),
        n,
        delta: Points(delta),
        ..entry()
    };
    let other = |id: u128| RequestId(super::rows::id(id));
    for (change, why) in [
        (Change::Entry(entry(17, 1, 9)), "UNIQUE"),
        (Change::Entry(entry(99, 1, 9)), "UNIQUE"),
        (Change::Entry(entry(99, 2, 0)), "CHECK"),
        (Change::Entry(Entry { card: CardId(id(98)), ..entry(99, 2, 9) }), "FOREIGN KEY"),
        (Change::Request(Request { id: other(99), ..pending() }), "UNIQUE"),
        (Change::Request(Request { id: other(99), card: None, ..request() }), "CHECK"),
        (Change::Request(Request { id: other(99), closed_at: None, ..declined() }), "CHECK"),
        (Change::User(User { id: UserId(id(99)), ..user() }), "UNIQUE"),
        (Change::User(User { phone_verified: true, ..bare_user() }), "CHECK"),
    ] {
        let what = format!("{change:?}");
        let error = refused(change).await;
        assert!(error.contains(why), "{error}: {what}");
    }
}

#[tokio::test]
async fn a_value_that_means_nothing_names_its_table_and_column() {
    let db = TestDb::open().await;
    let mut tx = db.begin().await;
    save(&mut tx, &everything()).await.unwrap();
    tx.exec("UPDATE notifications SET metadata = 'not JSON'", vec![]).await.unwrap();
    let error = tables::notifications::by_ids(&mut tx, [notification().id]).await.unwrap_err();
    let named =
        matches!(&error, StoreError::Corrupt { table: "notifications", column: "metadata", .. });
    assert!(named, "{error}");
}

#[tokio::test]
async fn opening_again_runs_no_migration_twice() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("again.db");
    for users in [0, 2] {
        let db = crate::Db::open(&path).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        assert_eq!(tables::users::count(&mut tx).await.unwrap(), users);
        save(&mut tx, &[Change::User(user()), Change::User(bare_user())]).await.unwrap();
        tx.commit().await.unwrap();
        db.close().await;
    }
}
