//! Rows that wait to be written, so that those of several tables go in one statement: each
//! statement by itself costs two changes of thread (SQLite) or a round trip (PostgreSQL).

use super::text::{self, Form, most_of};
use super::{Open, Tx, Val};
use crate::error::StoreError;
use sqlx::{AssertSqlSafe, Postgres};
use std::sync::Arc;

/// Rows of a table, to be written through `head VALUES (row), (row)… tail`.
pub(super) struct Bulk {
    pub(super) head: &'static str,
    pub(super) row: &'static str,
    pub(super) tail: &'static str,
    pub(super) rows: Vec<Vec<Val>>,
}

/// Rows of a joined text for SQLite at most. Each combination of sizes is a text of its own, and of
/// many rows each table's statement is worth its way.
pub(super) const TOGETHER_MAX: usize = 24;

type PostgresQuery = sqlx::query::Query<'static, Postgres, sqlx::postgres::PgArguments>;

impl Tx {
    /// Writes `rows` through `head VALUES (row), (row)… tail`, for example
    /// `("INSERT INTO t (a, b)", "?, ?", "ON CONFLICT (a) DO UPDATE SET b = excluded.b")`.
    /// No two rows may have the same key: one statement must not change a row twice.
    ///
    /// They wait until anything else is asked of the transaction: what is wrong with them is told
    /// then.
    pub async fn bulk(
        &mut self,
        head: &'static str,
        row: &'static str,
        tail: &'static str,
        rows: Vec<Vec<Val>>,
    ) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        // Statements that are one see the tables as they were before all of them.
        if self.waiting.iter().any(|it| table(it.head) == table(head)) {
            self.flush().await?;
        }
        self.waiting.push(Bulk { head, row, tail, rows });
        Ok(())
    }

    /// Writes the rows that wait, so that what is wrong with them is told now.
    pub async fn flush(&mut self) -> Result<(), StoreError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        if matches!(self.open, Open::Not(_)) {
            return Err(StoreError::NotBegun);
        }
        let waiting = std::mem::take(&mut self.waiting);
        if let Open::Postgres(tx) = &mut self.open {
            let forms = waiting.iter().map(|&Bulk { head, row, tail, .. }| (head, row, tail));
            let sql = text::together(forms.collect());
            let rows: Vec<&[Vec<Val>]> = waiting.iter().map(|it| it.rows.as_slice()).collect();
            arrays(sql, &rows)?.execute(&mut **tx).await?;
            return Ok(());
        }
        let parts: Vec<(Form, Vec<Val>)> = waiting.into_iter().flat_map(Bulk::parts).collect();
        if parts.iter().map(|(form, _)| form.rows()).sum::<usize>() > TOGETHER_MAX {
            for (form, vals) in parts {
                self.exec_now(text::text(form), vals).await?;
            }
            return Ok(());
        }
        let (forms, vals): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
        let vals = vals.into_iter().flatten().collect();
        self.exec_now(text::one_by_one(forms), vals).await.map(drop)
    }
}

impl Bulk {
    /// The statements that SQLite gets.
    pub(super) fn parts(self) -> Vec<(Form, Vec<Val>)> {
        let Self { head, row, tail, rows } = self;
        let mut rows = rows.into_iter();
        let mut parts = vec![];
        while rows.len() > 0 {
            let n = most_of(rows.len());
            let vals = rows.by_ref().take(n).flatten().collect();
            parts.push((Form::Rows { head, row, tail, n }, vals));
        }
        parts
    }
}

/// The table of an `INSERT INTO table (…)`.
fn table(head: &'static str) -> &'static str {
    head.split_whitespace().nth(2).expect("an INSERT INTO a table")
}

/// Binds the column at `i` of these rows as one array.
fn with_array(query: PostgresQuery, rows: &[Vec<Val>], i: usize) -> PostgresQuery {
    macro_rules! column {
        ($variant:ident, $x:ident => $cell:expr) => {{
            let cells = rows.iter().map(|row| match &row[i] {
                Val::$variant($x) => $cell,
                other => panic!("a column of {} holds {other:?}", stringify!($variant)),
            });
            query.bind(cells.collect::<Vec<_>>())
        }};
    }
    match rows[0][i] {
        Val::Int(_) => column!(Int, x => *x),
        Val::Id(_) => column!(Id, x => *x),
        Val::Text(_) => column!(Text, x => x.as_deref()),
        Val::Bytes(_) => column!(Bytes, x => &x[..]),
    }
}

/// A query with each column of these sets of rows bound as an array.
pub(super) fn arrays(sql: Arc<str>, sets: &[&[Vec<Val>]]) -> Result<PostgresQuery, StoreError> {
    let want = text::holes(&sql);
    let got: usize = sets.iter().map(|rows| rows[0].len()).sum();
    let is_even = |rows: &&[Vec<Val>]| rows.iter().all(|row| row.len() == rows[0].len());
    if want != got || !sets.iter().all(is_even) {
        return Err(StoreError::Holes { want, got, sql: sql.to_string() });
    }
    let query = sqlx::query(AssertSqlSafe(sql));
    let columns = sets.iter().flat_map(|rows| (0..rows[0].len()).map(move |i| (*rows, i)));
    Ok(columns.fold(query, |query, (rows, i)| with_array(query, rows, i)))
}
