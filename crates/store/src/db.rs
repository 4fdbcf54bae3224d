//! The store's whole dependence on an engine: one SQL text, native types.
//!
//! Callers write small statements with `$1`. The two set operations, [`Tx::bulk`] and
//! [`Tx::load`], are rendered here, with `?`, because SQLite looks `$N` up by walking a list.

use crate::error::StoreError;
use crate::migrate;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, Decode, Row as _, Sqlite, SqlitePool, Transaction, Type};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;
use uuid::Uuid;

/// Readers beside the one writer.
const READERS: u32 = 4;
/// Milliseconds to wait for another process's lock.
const BUSY_MS: u64 = 10_000;
/// Statements kept prepared on a connection; the set operations have a few texts per table.
const STATEMENTS: usize = 512;

/// A value to bind; NULLs carry their type.
#[derive(Clone, Debug)]
pub enum Val {
    Int(Option<i64>),
    Id(Option<Uuid>),
    Text(Option<Arc<str>>),
}

impl From<i64> for Val {
    fn from(x: i64) -> Self {
        Val::Int(Some(x))
    }
}

impl From<Option<i64>> for Val {
    fn from(x: Option<i64>) -> Self {
        Val::Int(x)
    }
}

impl From<bool> for Val {
    fn from(x: bool) -> Self {
        Val::Int(Some(i64::from(x)))
    }
}

impl From<Uuid> for Val {
    fn from(x: Uuid) -> Self {
        Val::Id(Some(x))
    }
}

impl From<Option<Uuid>> for Val {
    fn from(x: Option<Uuid>) -> Self {
        Val::Id(x)
    }
}

impl From<&str> for Val {
    fn from(x: &str) -> Self {
        Val::Text(Some(x.into()))
    }
}

impl From<String> for Val {
    fn from(x: String) -> Self {
        Val::Text(Some(x.into()))
    }
}

impl From<Option<&str>> for Val {
    fn from(x: Option<&str>) -> Self {
        Val::Text(x.map(Into::into))
    }
}

/// The database.
#[derive(Clone)]
pub struct Db {
    writer: SqlitePool,
    readers: SqlitePool,
}

/// A transaction; gone without effect unless committed.
pub struct Tx(Transaction<'static, Sqlite>);

/// A row of an answer.
pub struct Row(SqliteRow);

impl Row {
    /// The column at `i`.
    pub fn get<'r, T: Decode<'r, Sqlite> + Type<Sqlite>>(
        &'r self,
        i: usize,
    ) -> Result<T, StoreError> {
        Ok(self.0.try_get(i)?)
    }

    /// A flag, kept as 0 or 1.
    pub fn flag(&self, i: usize) -> Result<bool, StoreError> {
        Ok(self.get::<i64>(i)? != 0)
    }
}

impl Db {
    /// Opens the database file, makes it if it is missing, and brings it up to date.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // An acknowledged point survives a power cut; batching makes that cheap.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_millis(BUSY_MS))
            .pragma("wal_autocheckpoint", "4000")
            .pragma("cache_size", "-65536")
            .statement_cache_capacity(STATEMENTS);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.clone())
            .await?;
        migrate::run(&writer).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options.read_only(true))
            .await?;
        Ok(Self { writer, readers })
    }

    /// Begins a writing transaction; waits for the one before it.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(Tx(self.writer.begin_with("BEGIN IMMEDIATE").await?))
    }

    /// Begins a reading transaction: everything read in it is of one moment.
    pub async fn snapshot(&self) -> Result<Tx, StoreError> {
        Ok(Tx(self.readers.begin().await?))
    }

    /// Closes all connections, after what they are at.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

type Query = sqlx::query::Query<'static, Sqlite, sqlx::sqlite::SqliteArguments>;

/// Binds, counting: SQLite would read a missing value as NULL.
fn bound(sql: Arc<str>, vals: Vec<Val>) -> Result<Query, StoreError> {
    let (want, got) = (holes(&sql), vals.len());
    if want != got {
        return Err(StoreError::Holes { want, got, sql: sql.to_string() });
    }
    let query = sqlx::query(AssertSqlSafe(sql));
    Ok(vals.into_iter().fold(query, |query, val| match val {
        Val::Int(x) => query.bind(x),
        Val::Id(x) => query.bind(x),
        Val::Text(x) => query.bind(x.map(|text| text.to_string())),
    }))
}

impl Tx {
    /// Makes what was done permanent.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.0.commit().await?)
    }

    /// Runs a statement; answers how many rows it changed.
    pub async fn exec(
        &mut self,
        sql: impl Into<Arc<str>>,
        vals: Vec<Val>,
    ) -> Result<u64, StoreError> {
        Ok(bound(sql.into(), vals)?.execute(&mut *self.0).await?.rows_affected())
    }

    /// Runs a query.
    pub async fn rows(
        &mut self,
        sql: impl Into<Arc<str>>,
        vals: Vec<Val>,
    ) -> Result<Vec<Row>, StoreError> {
        let rows = bound(sql.into(), vals)?.fetch_all(&mut *self.0).await?;
        Ok(rows.into_iter().map(Row).collect())
    }

    /// Writes `rows` through `head VALUES (row), (row)… tail`, for example
    /// `("INSERT INTO t (a, b)", "?, ?", "ON CONFLICT (a) DO UPDATE SET b = excluded.b")`.
    /// No two rows may have the same key: one statement must not change a row twice.
    pub async fn bulk(
        &mut self,
        head: &'static str,
        row: &'static str,
        tail: &'static str,
        rows: Vec<Vec<Val>>,
    ) -> Result<(), StoreError> {
        let mut rows = rows.into_iter();
        while rows.len() > 0 {
            let n = SIZES.into_iter().find(|n| *n <= rows.len()).unwrap_or(1);
            let vals = rows.by_ref().take(n).flatten().collect();
            self.exec(text(head, row, tail, n), vals).await?;
        }
        Ok(())
    }

    /// Reads the rows of `head (keys)`, where `head` ends in `key IN`.
    pub async fn load(
        &mut self,
        head: &'static str,
        keys: Vec<Val>,
    ) -> Result<Vec<Row>, StoreError> {
        let mut out = vec![];
        for part in keys.chunks(SIZES[0]) {
            let n = SIZES.into_iter().rev().find(|n| *n >= part.len()).unwrap_or(SIZES[0]);
            // Padded with the first key, so that the texts stay few.
            let mut part = part.to_vec();
            part.resize(n, part[0].clone());
            out.extend(self.rows(text(head, "", "", n), part).await?);
        }
        Ok(out)
    }
}

/// How many rows or keys a generated statement has.
const SIZES: [usize; 5] = [256, 64, 16, 4, 1];

/// The holes of a statement: `$1, $2, $1` has two, `?, ?` has two.
fn holes(sql: &str) -> usize {
    let numbered = sql.split('$').skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        rest[..end].parse().ok()
    });
    numbered.max().unwrap_or_else(|| sql.matches('?').count())
}

fn text(head: &'static str, row: &'static str, tail: &'static str, n: usize) -> Arc<str> {
    type Key = (&'static str, &'static str, &'static str, usize);
    static TEXTS: LazyLock<Mutex<HashMap<Key, Arc<str>>>> = LazyLock::new(Mutex::default);
    let mut texts = TEXTS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let made = || match row {
        "" => format!("{head} ({})", vec!["?"; n].join(",")),
        _ => format!("{head} VALUES {} {tail}", vec![format!("({row})"); n].join(",")),
    };
    texts.entry((head, row, tail, n)).or_insert_with(|| made().into()).clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_counted_by_the_highest_number() {
        assert_eq!(holes("a = $1 AND b = $2 OR c = $1"), 2);
        assert_eq!(holes("(?, ?, 1)"), 2);
        assert_eq!(holes("SELECT 1"), 0);
    }

    #[tokio::test]
    async fn a_missing_value_is_an_error_and_not_a_null() {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(&dir.path().join("t.db")).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        let error = tx.rows("SELECT $1, $2", vec![1.into()]).await.err().unwrap();
        assert!(matches!(error, StoreError::Holes { want: 2, got: 1, .. }), "{error}");
    }

    #[tokio::test]
    async fn many_keys_and_rows_go_in_few_statements() {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(&dir.path().join("t.db")).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        tx.exec("CREATE TABLE t (a INTEGER PRIMARY KEY)", vec![]).await.unwrap();
        let rows = (0..333).map(|i| vec![Val::from(i)]).collect();
        tx.bulk("INSERT INTO t (a)", "?", "", rows).await.unwrap();
        let keys = (0..1000).map(Val::from).collect();
        let found = tx.load("SELECT a FROM t WHERE a IN", keys).await.unwrap();
        assert_eq!(found.len(), 333);
    }
}
