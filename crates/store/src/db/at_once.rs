//! Writing without asking first, if all is as the writer left it: beginning, asking and committing
//! by themselves are two changes of thread (SQLite) or a round trip (PostgreSQL) each.

use super::text::{self, Form};
use super::waiting::{self, Bulk, TOGETHER_MAX};
use super::{Db, Open, Pools, Tx, Val, bound};
use crate::error::StoreError;
use crate::tables::feed::{self, Head};
use reda_domain::OperationId;
use reda_domain::scope::Scope;
use sqlx::{AssertSqlSafe, PgPool, SqliteConnection, SqlitePool};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What must still be so when rows are written at once.
#[derive(Debug)]
pub struct AsLeft<'a> {
    /// Of SQLite's file (`Tx::load_with_version`).
    pub version: Option<i64>,
    /// Of all scopes that are touched or were decided by; at least one.
    pub heads: &'a BTreeMap<Scope, Head>,
    /// None of these is known.
    pub operations: Vec<OperationId>,
}

impl Db {
    /// A transaction that has not begun: rows wait in it until [`Tx::commit_if`], and nothing can
    /// be read.
    pub fn at_once(&self) -> Tx {
        Tx::of(Open::Not(self.0.clone()))
    }
}

impl Tx {
    /// Writes what waits in a transaction of [`Db::at_once`], if all is as it was left; else nothing
    /// of it, and answers false. That also where the rows cannot be written: who begins a
    /// transaction is told why.
    pub async fn commit_if(self, left: &AsLeft<'_>) -> Result<bool, StoreError> {
        let done = match &self.open {
            Open::Not(Pools::Sqlite { writer, .. }) => sqlite(writer, self.waiting, left).await,
            Open::Not(Pools::Postgres { writers, .. }) => {
                postgres(writers, &self.waiting, left).await
            }
            Open::Sqlite(_) | Open::Postgres(_) => return Err(StoreError::Begun),
        };
        match done {
            Err(StoreError::Sql(sqlx::Error::Database(_))) => Ok(false),
            done => done,
        }
    }
}

/// A known operation makes the row of its second one fail.
async fn sqlite(
    writer: &SqlitePool,
    waiting: Vec<Bulk>,
    left: &AsLeft<'_>,
) -> Result<bool, StoreError> {
    let Some(version) = left.version else { return Ok(false) };
    let mut statements = vec![(Form::Begin, vec![]), (Form::SameVersion, vec![version.into()])];
    statements.extend(waiting.into_iter().flat_map(Bulk::parts));
    statements.push((Form::Commit, vec![]));
    let mut connection = writer.acquire().await?;
    let done = run(&mut connection, statements).await;
    if done.is_err() {
        // It may have ended by itself, as on a full disk.
        let _ = sqlx::query("ROLLBACK").execute(&mut *connection).await;
    }
    done.map(|()| true)
}

/// Few rows go as one text.
async fn run(
    connection: &mut SqliteConnection,
    statements: Vec<(Form, Vec<Val>)>,
) -> Result<(), StoreError> {
    let rows: usize = statements.iter().map(|(form, _)| form.rows()).sum();
    if rows > TOGETHER_MAX {
        for (form, vals) in statements {
            bound!(text::text(form), vals).execute(&mut *connection).await?;
        }
        return Ok(());
    }
    let (forms, vals): (Vec<_>, Vec<_>) = statements.into_iter().unzip();
    let vals = vals.into_iter().flatten().collect();
    bound!(text::one_by_one(forms), vals).execute(&mut *connection).await?;
    Ok(())
}

async fn postgres(
    writers: &PgPool,
    waiting: &[Bulk],
    left: &AsLeft<'_>,
) -> Result<bool, StoreError> {
    let heads: Vec<Vec<Val>> = (left.heads.iter())
        .map(|(scope, head)| vec![feed::key(*scope), head.changes.into()])
        .collect();
    let operations: Vec<Vec<Val>> = left.operations.iter().map(|id| vec![id.0.into()]).collect();
    if heads.is_empty() || operations.is_empty() {
        return Ok(false);
    }
    let sql = text::if_as_left(waiting.iter().map(|it| (it.head, it.row, it.tail)).collect());
    let tables = waiting.iter().map(|it| it.rows.as_slice());
    let sets: Vec<&[Vec<Val>]> = [&heads[..], &operations[..]].into_iter().chain(tables).collect();
    let row = waiting::arrays(sql, &sets)?.fetch_one(writers).await?;
    Ok(sqlx::Row::try_get(&row, 0)?)
}
