//! Rows that are written in one way to the database, if all is as it was left.

use super::TestDb;
use super::rows::*;
use crate::tables::feed::{self, Head};
use crate::tables::operations::{self, By, Known};
use crate::{AsLeft, Db, StoreError, Tx};
use reda_cluster::each_engine;
use reda_domain::OperationId;
use reda_domain::scope::{EntityKind, Scope, Touched};
use std::collections::BTreeMap;
use uuid::Uuid;

const OP: OperationId = OperationId(Uuid::from_u128(60));

fn scope() -> Scope {
    Scope::Business(business().id)
}

/// A database with one head, as a writer left it.
struct Left {
    db: TestDb,
    heads: BTreeMap<Scope, Head>,
    version: Option<i64>,
}

impl Left {
    async fn new() -> Self {
        let db = TestDb::open().await;
        let heads = BTreeMap::from([(scope(), Head { epoch: 7, changes: 3, ..Head::default() })]);
        let mut tx = db.begin().await;
        feed::save_heads(&mut tx, &heads).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = db.begin().await;
        let (_, version) = operations::known_as_of(&mut tx, [OP]).await.unwrap();
        Self { db, heads, version }
    }

    /// Writes an operation and a place, if all is as it was left.
    async fn write(&self) -> bool {
        let mut tx = self.db.db().at_once();
        rows(&mut tx).await;
        let Self { heads, version, .. } = self;
        tx.commit_if(&AsLeft { version: *version, heads, operations: vec![OP] }).await.unwrap()
    }

    /// Whether that is there.
    async fn is_written(&self) -> bool {
        let mut tx = self.db.snapshot().await;
        let known = operations::known(&mut tx, [OP]).await.unwrap().len();
        let places = feed::between(&mut tx, scope(), 0, 9, 9).await.unwrap().len();
        assert_eq!(known, places, "all of it or nothing");
        known == 1
    }
}

async fn rows(tx: &mut Tx) {
    let touched = Touched { scope: scope(), entity: EntityKind::Business, id: business().id.0 };
    feed::save(tx, &[(touched, 1)]).await.unwrap();
    operations::add(tx, &[operation()]).await.unwrap();
}

fn device() -> Touched {
    Touched { scope: scope(), entity: EntityKind::Device, id: id(9) }
}

fn operation() -> Known {
    Known {
        id: OP,
        hash: "hash".to_owned(),
        kind: "scan",
        by: By::Server,
        business: None,
        result: "{}".to_owned(),
        applied_at: NOW,
        business_seq: None,
        user_seq: None,
    }
}

/// What another program does.
async fn elsewhere(db: &Db, heads: &BTreeMap<Scope, Head>) {
    let mut tx = db.begin().await.unwrap();
    feed::save_heads(&mut tx, heads).await.unwrap();
    tx.commit().await.unwrap();
}

#[each_engine]
async fn rows_are_written_where_all_is_as_it_was_left() {
    let left = Left::new().await;
    assert!(left.write().await);
    assert!(left.is_written().await);
    // The connection is free for whoever comes next.
    left.db.begin().await.commit().await.unwrap();
}

#[each_engine]
async fn nothing_is_written_where_somebody_else_changed_something() {
    let left = Left::new().await;
    let changed =
        left.heads.iter().map(|(scope, head)| (*scope, Head { changes: 4, ..head.clone() }));
    elsewhere(&left.db.again().await, &changed.collect()).await;
    assert!(!left.write().await);
    assert!(!left.is_written().await);
    left.db.begin().await.commit().await.unwrap();
}

#[each_engine]
async fn nothing_is_written_where_an_operation_is_known() {
    let left = Left::new().await;
    assert!(left.write().await);
    let mut tx = left.db.db().at_once();
    let touched = device();
    feed::save(&mut tx, &[(touched, 2)]).await.unwrap();
    operations::add(&mut tx, &[operation()]).await.unwrap();
    let Left { heads, version, .. } = &left;
    let again = AsLeft { version: *version, heads, operations: vec![OP] };
    assert!(!tx.commit_if(&again).await.unwrap());
    assert!(left.is_written().await, "the second place is not there");
    left.db.begin().await.commit().await.unwrap();
}

#[each_engine]
async fn nothing_can_be_read_before_it_begins() {
    let left = Left::new().await;
    let mut tx = left.db.db().at_once();
    let asked = operations::known(&mut tx, [OP]).await;
    assert!(matches!(asked, Err(StoreError::NotBegun)));
    let asked = operations::count(&mut tx).await;
    assert!(matches!(asked, Err(StoreError::NotBegun)));
    assert!(matches!(tx.commit().await, Err(StoreError::NotBegun)));
}

#[each_engine]
async fn many_rows_are_written_as_few_are() {
    let left = Left::new().await;
    let mut tx = left.db.db().at_once();
    let place = |n: i64| Touched { id: Uuid::from_u64_pair(0, n.unsigned_abs()), ..device() };
    let places: Vec<_> = (1..=99).map(|n| (place(n), n)).collect();
    feed::save(&mut tx, &places).await.unwrap();
    operations::add(&mut tx, &[operation()]).await.unwrap();
    let Left { heads, version, .. } = &left;
    let now = AsLeft { version: *version, heads, operations: vec![OP] };
    assert!(tx.commit_if(&now).await.unwrap());
    let mut tx = left.db.snapshot().await;
    assert_eq!(feed::between(&mut tx, scope(), 0, 99, 200).await.unwrap().len(), 99);
}
