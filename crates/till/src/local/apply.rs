//! Takes what the server tells: rows and cursor in one transaction.

use super::{Local, LocalError, people};
use reda_protocol::frame::{Changes, Item};
use reda_protocol::scope::{Cursor, Cursors, ScopeName};
use sqlx::{Row as _, Sqlite, SqliteConnection, Transaction};

const CURSOR: &str = "SELECT epoch, seq FROM cursors WHERE scope = ?1";
const SET_CURSOR: &str = "INSERT INTO cursors (scope, epoch, seq) VALUES (?1, ?2, ?3)
    ON CONFLICT (scope) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq";
const PUT: &str = "INSERT INTO replica (scope, entity, id, seq, body) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (scope, entity, id) DO UPDATE SET seq = excluded.seq, body = excluded.body";
const DROP_ROW: &str = "DELETE FROM replica WHERE scope = ?1 AND entity = ?2 AND id = ?3";
const DROP_SCOPE: &str = "DELETE FROM replica WHERE scope = ?1";

impl Local {
    /// How far the replica has come.
    pub(crate) async fn cursor(&self) -> Result<Cursor, LocalError> {
        cursor(&mut *self.pool.acquire().await?, self.scope).await
    }

    /// The followed scope with its cursor.
    pub(crate) async fn cursors(&self) -> Result<Cursors, LocalError> {
        Ok(Cursors::from([(self.scope, self.cursor().await?)]))
    }

    /// Keeps an interval and its end, both or neither; refuses one that does not follow.
    pub(crate) async fn apply(&self, changes: &Changes) -> Result<(), LocalError> {
        let mut tx = self.begin().await?;
        let at = cursor(&mut tx, changes.scope).await?;
        if at.seq != changes.from || at.epoch.is_some_and(|epoch| epoch != changes.epoch) {
            let (scope, from) = (changes.scope, changes.from);
            return Err(LocalError::Gap { scope, from, at: at.seq });
        }
        for item in &changes.items {
            keep(&mut tx, changes.scope, item).await?;
        }
        set_cursor(&mut tx, changes.scope, changes.epoch, changes.to).await?;
        Ok(tx.commit().await?)
    }

    /// Drops a scope; it stands at 0 in `epoch`.
    pub(crate) async fn reset(&self, scope: ScopeName, epoch: i64) -> Result<(), LocalError> {
        let mut tx = self.begin().await?;
        people::drop_all(&mut tx, scope).await?;
        sqlx::query(DROP_SCOPE).bind(scope.to_string()).execute(&mut *tx).await?;
        set_cursor(&mut tx, scope, epoch, 0).await?;
        Ok(tx.commit().await?)
    }

    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, LocalError> {
        // As the writer from its start: a reader that turns writer can fail as busy.
        Ok(self.pool.begin_with("BEGIN IMMEDIATE").await?)
    }
}

async fn cursor(on: &mut SqliteConnection, scope: ScopeName) -> Result<Cursor, LocalError> {
    let row = sqlx::query(CURSOR).bind(scope.to_string()).fetch_optional(on).await?;
    Ok(match row {
        Some(row) => Cursor { epoch: Some(row.try_get(0)?), seq: row.try_get(1)? },
        None => Cursor::default(),
    })
}

async fn set_cursor(
    on: &mut SqliteConnection,
    scope: ScopeName,
    epoch: i64,
    seq: i64,
) -> Result<(), LocalError> {
    let query = sqlx::query(SET_CURSOR).bind(scope.to_string()).bind(epoch).bind(seq);
    exactly_one(query.execute(on).await?.rows_affected(), "cursors")
}

async fn keep(on: &mut SqliteConnection, scope: ScopeName, item: &Item) -> Result<(), LocalError> {
    let (name, entity) = (scope.to_string(), item.entity.name());
    let Some(body) = item.body.as_ref().filter(|_| !item.deleted) else {
        people::drop_one(on, scope, item).await?;
        // Gone already is gone: a first fill names things that this till never had.
        sqlx::query(DROP_ROW).bind(name).bind(entity).bind(item.id).execute(on).await?;
        return Ok(());
    };
    people::keep(on, scope, item, body).await?;
    let query = sqlx::query(PUT).bind(name).bind(entity).bind(item.id).bind(item.seq);
    let done = query.bind(body.to_string()).execute(on).await?;
    exactly_one(done.rows_affected(), "replica")
}

fn exactly_one(rows: u64, what: &'static str) -> Result<(), LocalError> {
    if rows == 1 { Ok(()) } else { Err(LocalError::Rows { what, rows }) }
}
