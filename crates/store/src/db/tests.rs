//! The facade by itself.

use super::*;
use crate::tests::TestDb;
use reda_cluster::each_engine;

#[each_engine]
async fn a_missing_value_is_an_error_and_not_a_null() {
    let db = TestDb::open().await;
    let mut tx = db.begin().await;
    let error = tx.rows("SELECT $1, $2", vec![1.into()]).await.err().unwrap();
    assert!(matches!(error, StoreError::Holes { want: 2, got: 1, .. }), "{error}");
}

#[each_engine]
async fn many_keys_and_rows_go_in_few_statements() {
    let db = TestDb::open().await;
    let mut tx = db.begin().await;
    tx.exec("CREATE TABLE t (a BIGINT PRIMARY KEY)", vec![]).await.unwrap();
    let rows = (0..333).map(|i| vec![Val::from(i)]).collect();
    tx.bulk("INSERT INTO t (a)", "?", "", rows).await.unwrap();
    let keys = (0..1000).map(Val::from).collect();
    let found = tx.load("SELECT a FROM t WHERE a IN", keys).await.unwrap();
    assert_eq!(found.len(), 333);
}
