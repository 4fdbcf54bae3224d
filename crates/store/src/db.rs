//! The store's whole dependence on an engine: one SQL text, native types, two engines.
//!
//! Callers write small statements with `$1`, which both engines read. Only the two set operations,
//! [`Tx::bulk`] and [`Tx::load`], are rendered for each.

mod at_once;
mod pools;
mod text;
mod val;
mod waiting;

pub use at_once::AsLeft;
pub use val::Val;

use crate::error::StoreError;
use crate::location::Location;
use crate::migrate;
use sqlx::postgres::{PgPool, PgRow};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Decode, Postgres, Row as _, Sqlite, SqlitePool, Transaction, Type};
use std::sync::Arc;
use text::{Form, KEYS_MAX, least_for};
use waiting::Bulk;

/// A query with its values bound, counted: SQLite would read a missing one as NULL.
macro_rules! bound {
    ($sql:expr, $vals:expr) => {{
        let (sql, vals): (Arc<str>, Vec<Val>) = ($sql, $vals);
        let (want, got) = ($crate::db::text::holes(&sql), vals.len());
        if want != got {
            return Err(StoreError::Holes { want, got, sql: sql.to_string() });
        }
        vals.into_iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, val| match val {
            Val::Int(x) => query.bind(x),
            Val::Id(x) => query.bind(x),
            Val::Text(x) => query.bind(x),
            Val::Bytes(x) => query.bind(x.to_vec()),
        })
    }};
}
use bound;

/// The database.
#[derive(Clone)]
pub struct Db(Pools);

#[derive(Clone)]
enum Pools {
    Sqlite { writer: SqlitePool, readers: SqlitePool },
    Postgres { writers: PgPool, readers: PgPool, hints: PgPool },
}

/// A transaction; gone without effect unless committed.
pub struct Tx {
    open: Open,
    /// Rows that go to the database together, before whatever is asked of it next.
    waiting: Vec<Bulk>,
}

enum Open {
    Not(Pools),
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// A row of an answer.
pub struct Row(Read);

enum Read {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// What a column holds: `i64`, `Uuid`, `String`, `&str`, `&[u8]`, and options of these.
pub trait Cell<'r>:
    Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>
{
}

impl<'r, T> Cell<'r> for T where
    T: Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>
{
}

impl Row {
    /// The column at `i`.
    pub fn get<'r, T: Cell<'r>>(&'r self, i: usize) -> Result<T, StoreError> {
        Ok(match &self.0 {
            Read::Sqlite(row) => row.try_get(i)?,
            Read::Postgres(row) => row.try_get(i)?,
        })
    }

    /// A flag, kept as 0 or 1.
    pub fn flag(&self, i: usize) -> Result<bool, StoreError> {
        Ok(self.get::<i64>(i)? != 0)
    }
}

impl Db {
    /// Opens the database and brings it up to date; a SQLite file is made if it is missing.
    pub async fn open(at: &Location) -> Result<Self, StoreError> {
        Ok(Self(match at {
            Location::Sqlite(path) => {
                let options = pools::sqlite_options(path);
                let writer = pools::sqlite_writer(options.clone()).await?;
                migrate::sqlite(&writer).await?;
                Pools::Sqlite { writer, readers: pools::sqlite_readers(options).await? }
            }
            Location::Postgres(options) => {
                let writers = pools::postgres_writers(options);
                migrate::postgres(&writers).await?;
                let hints = pools::postgres_hints(options);
                Pools::Postgres { writers, readers: pools::postgres_readers(options), hints }
            }
        }))
    }

    /// Begins a writing transaction. On SQLite it waits for the one before it; on PostgreSQL
    /// each statement sees what others have committed before it.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(Tx::of(match &self.0 {
            Pools::Sqlite { writer, .. } => {
                Open::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?)
            }
            Pools::Postgres { writers, .. } => Open::Postgres(writers.begin().await?),
        }))
    }

    /// Begins a reading transaction: everything read in it is of one moment.
    pub async fn snapshot(&self) -> Result<Tx, StoreError> {
        const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        Ok(Tx::of(match &self.0 {
            Pools::Sqlite { readers, .. } => Open::Sqlite(readers.begin().await?),
            Pools::Postgres { readers, .. } => Open::Postgres(readers.begin_with(SNAPSHOT).await?),
        }))
    }

    /// Whether other servers may have this database open too.
    pub fn is_shared(&self) -> bool {
        matches!(self.0, Pools::Postgres { .. })
    }

    pub(crate) fn hints_pool(&self) -> Option<PgPool> {
        match &self.0 {
            Pools::Sqlite { .. } => None,
            Pools::Postgres { hints, .. } => Some(hints.clone()),
        }
    }

    /// Lets PostgreSQL use the room of dead rows again, without waiting until it does so by itself;
    /// SQLite has none.
    pub async fn vacuum(&self) -> Result<(), StoreError> {
        if let Pools::Postgres { writers, .. } = &self.0 {
            sqlx::query("VACUUM").execute(writers).await?;
        }
        Ok(())
    }

    /// Closes all connections, after what they are at.
    pub async fn close(&self) {
        match &self.0 {
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres { writers, readers, hints } => {
                hints.close().await;
                readers.close().await;
                writers.close().await;
            }
        }
    }
}

impl Tx {
    fn of(open: Open) -> Self {
        Self { open, waiting: vec![] }
    }

    /// Makes what was done permanent.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        self.flush().await?;
        match self.open {
            Open::Not(_) => return Err(StoreError::NotBegun),
            Open::Sqlite(tx) => tx.commit().await?,
            Open::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Whether no other transaction can write while this one is open.
    pub fn is_alone(&self) -> bool {
        matches!(self.open, Open::Sqlite(_) | Open::Not(Pools::Sqlite { .. }))
    }

    /// Runs a statement; answers how many rows it changed.
    pub async fn exec(
        &mut self,
        sql: impl Into<Arc<str>>,
        vals: Vec<Val>,
    ) -> Result<u64, StoreError> {
        self.flush().await?;
        self.exec_now(sql.into(), vals).await
    }

    async fn exec_now(&mut self, sql: Arc<str>, vals: Vec<Val>) -> Result<u64, StoreError> {
        Ok(match &mut self.open {
            Open::Not(_) => return Err(StoreError::NotBegun),
            Open::Sqlite(tx) => bound!(sql, vals).execute(&mut **tx).await?.rows_affected(),
            Open::Postgres(tx) => bound!(sql, vals).execute(&mut **tx).await?.rows_affected(),
        })
    }

    /// Runs a query.
    pub async fn rows(
        &mut self,
        sql: impl Into<Arc<str>>,
        vals: Vec<Val>,
    ) -> Result<Vec<Row>, StoreError> {
        self.flush().await?;
        let sql = sql.into();
        Ok(match &mut self.open {
            Open::Not(_) => return Err(StoreError::NotBegun),
            Open::Sqlite(tx) => {
                let rows = bound!(sql, vals).fetch_all(&mut **tx).await?;
                rows.into_iter().map(|row| Row(Read::Sqlite(row))).collect()
            }
            Open::Postgres(tx) => from_postgres(bound!(sql, vals).fetch_all(&mut **tx).await?),
        })
    }

    /// Reads the rows of `head (keys)`, where `head` ends in `key IN`.
    pub async fn load(
        &mut self,
        head: &'static str,
        keys: Vec<Val>,
    ) -> Result<Vec<Row>, StoreError> {
        self.load_with(head, "", keys).await
    }

    /// The same, and on SQLite a number that is another once anything but this connection has
    /// changed the file; nothing where others always may.
    pub async fn load_with_version(
        &mut self,
        head: &'static str,
        keys: &[Val],
    ) -> Result<(Vec<Row>, Option<i64>), StoreError> {
        let (first, rest) = keys.split_at(keys.len().min(KEYS_MAX));
        if !self.is_alone() || first.is_empty() {
            return Ok((self.load(head, keys.to_vec()).await?, None));
        }
        let first = padded(first);
        let sql = text::one_by_one(vec![Form::Version, Form::Keys { head, n: first.len() }]);
        let mut rows = self.rows(sql, first).await?;
        let version = rows.remove(0).get(0)?;
        rows.extend(self.load(head, rest.to_vec()).await?);
        Ok((rows, Some(version)))
    }

    /// The same, and nobody else changes these rows before this transaction ends. They are locked
    /// in the order of the first column.
    pub async fn lock(
        &mut self,
        head: &'static str,
        keys: Vec<Val>,
    ) -> Result<Vec<Row>, StoreError> {
        // A writing transaction of SQLite is the only one.
        self.load_with(head, "ORDER BY 1 FOR NO KEY UPDATE", keys).await
    }

    async fn load_with(
        &mut self,
        head: &'static str,
        on_postgres: &'static str,
        keys: Vec<Val>,
    ) -> Result<Vec<Row>, StoreError> {
        if keys.is_empty() {
            return Ok(vec![]);
        }
        self.flush().await?;
        if let Open::Postgres(tx) = &mut self.open {
            let sql = text::text(Form::KeyArray { head, tail: on_postgres });
            let keys: Vec<Vec<Val>> = keys.into_iter().map(|key| vec![key]).collect();
            return Ok(from_postgres(waiting::arrays(sql, &[&keys])?.fetch_all(&mut **tx).await?));
        }
        let mut out = vec![];
        for part in keys.chunks(KEYS_MAX) {
            let part = padded(part);
            let sql = text::text(Form::Keys { head, n: part.len() });
            out.extend(self.rows(sql, part).await?);
        }
        Ok(out)
    }
}

/// These keys and the first one again, so that the texts stay few.
fn padded(keys: &[Val]) -> Vec<Val> {
    let mut out = keys.to_vec();
    out.resize(least_for(keys.len()), keys[0].clone());
    out
}

fn from_postgres(rows: Vec<PgRow>) -> Vec<Row> {
    rows.into_iter().map(|row| Row(Read::Postgres(row))).collect()
}

#[cfg(test)]
mod tests;
