//! What the database refuses, whoever asks.

use super::TestDb;
use super::rows::*;
use crate::{StoreError, save, tables};
use reda_cluster::each_engine;
use reda_domain::card::Entry;
use reda_domain::effects::Change;
use reda_domain::hold::Outcome;
use reda_domain::points::Points;
use reda_domain::request::Request;
use reda_domain::user::User;
use reda_domain::*;
use sqlx::error::ErrorKind;

/// Which rule of the database saving this, beside everything else, breaks.
async fn broken(db: &TestDb, change: Change) -> ErrorKind {
    let mut tx = db.begin().await;
    save(&mut tx, &everything()).await.unwrap();
    let mut saved = save(&mut tx, &[change]).await;
    if saved.is_ok() {
        saved = tx.flush().await;
    }
    match saved {
        Err(StoreError::Sql(sqlx::Error::Database(error))) => error.kind(),
        other => panic!("the database takes it: {other:?}"),
    }
}

#[each_engine]
async fn the_rules_that_must_never_break_stand_in_the_schema_too() {
    let db = TestDb::open().await;
    let entry = |id: u128, n: i64, delta: i64| Entry {
        id: EntryId(super::rows::id(id)),
        n,
        delta: Points(delta),
        ..entry()
    };
    let other = |id: u128| RequestId(super::rows::id(id));
    for (change, why) in [
        (Change::Entry(entry(17, 1, 9)), ErrorKind::UniqueViolation),
        (Change::Entry(entry(99, 1, 9)), ErrorKind::UniqueViolation),
        (
            Change::Entry(Entry { id: EntryId(id(99)), n: 9, ..reversal() }),
            ErrorKind::UniqueViolation,
        ),
        (
            Change::Entry(Entry { balance_after: Points(-1), ..entry(99, 9, -9) }),
            ErrorKind::CheckViolation,
        ),
        (Change::Entry(entry(99, 9, 0)), ErrorKind::CheckViolation),
        (
            Change::Entry(Entry { card: CardId(id(98)), ..entry(99, 9, 9) }),
            ErrorKind::ForeignKeyViolation,
        ),
        (Change::Request(Request { id: other(99), ..pending() }), ErrorKind::UniqueViolation),
        (
            Change::Request(Request { id: other(99), card: None, ..request() }),
            ErrorKind::CheckViolation,
        ),
        (
            Change::Request(Request { id: other(99), closed_at: None, ..declined() }),
            ErrorKind::CheckViolation,
        ),
        (Change::User(User { id: UserId(id(99)), ..user() }), ErrorKind::UniqueViolation),
        (Change::User(User { phone_verified: true, ..bare_user() }), ErrorKind::CheckViolation),
    ] {
        let what = format!("{change:?}");
        assert_eq!(broken(&db, change).await, why, "{what}");
    }
}

#[each_engine]
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

#[each_engine]
async fn opening_again_runs_no_migration_twice() {
    let first = TestDb::open().await;
    first.db.close().await;
    for users in [0, 2] {
        let db = first.again().await;
        let mut tx = db.begin().await.unwrap();
        assert_eq!(tables::users::count(&mut tx).await.unwrap(), users);
        save(&mut tx, &[Change::User(user()), Change::User(bare_user())]).await.unwrap();
        tx.commit().await.unwrap();
        db.close().await;
    }
}

#[each_engine]
async fn a_hold_has_one_outcome_and_it_stands() {
    let (yes, no) = (Outcome::Posted(entry().id), Outcome::Voided);
    for (first, second) in [(yes, no), (no, yes), (no, no)] {
        let db = TestDb::open().await;
        let mut tx = db.begin().await;
        save(&mut tx, &everything()).await.unwrap();
        save(&mut tx, &[Change::Hold(hold().closed(first, NOW))]).await.unwrap();
        let found = tables::holds::by_ids(&mut tx, [hold().id]).await.unwrap();
        assert_eq!(found, [hold().closed(first, NOW)]);
        save(&mut tx, &[Change::Hold(hold().closed(second, NOW))]).await.unwrap();
        let again = tx.flush().await;
        assert!(matches!(again, Err(StoreError::Sql(_))), "{again:?}");
    }
    for sql in [
        "UPDATE hold_outcomes SET at_ms = 1",
        "DELETE FROM hold_outcomes",
        "DELETE FROM holds",
        "UPDATE holds SET points = 1",
    ] {
        let db = TestDb::open().await;
        let mut tx = db.begin().await;
        save(&mut tx, &everything()).await.unwrap();
        save(&mut tx, &[Change::Hold(hold().closed(no, NOW))]).await.unwrap();
        assert!(tx.exec(sql, vec![]).await.is_err(), "{sql}");
    }
}
