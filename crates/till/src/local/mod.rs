//! The till's copy of its business's feed, in SQLite. The only place in this crate that knows so.
//!
//! It holds nothing of its own: deleted, it fills again from the server.

mod apply;
mod people;
#[cfg(test)]
mod people_tests;
mod read;
#[cfg(test)]
mod tests;

pub(crate) use people::{Found, Search};

use reda_protocol::frame::EntityKind;
use reda_protocol::scope::ScopeName;
use sqlx::Connection as _;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tracing::warn;
use uuid::Uuid;

/// As at the end of [`TABLES`], raised when they change; a replica of another version is made anew.
const VERSION: i64 = 4;
/// One writer and readers beside it.
const CONNECTIONS: u32 = 3;
const BUSY: Duration = Duration::from_secs(5);

const TABLES: &str = "BEGIN;
CREATE TABLE IF NOT EXISTS replica (
    scope  TEXT NOT NULL,
    entity TEXT NOT NULL,
    id     BLOB NOT NULL,
    seq    INTEGER NOT NULL,
    body   TEXT NOT NULL,
    PRIMARY KEY (scope, entity, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cursors (
    scope TEXT PRIMARY KEY,
    epoch INTEGER NOT NULL,
    seq   INTEGER NOT NULL CHECK (seq >= 0)
) STRICT;
CREATE INDEX IF NOT EXISTS card_by_number
    ON replica (scope, json_extract(body, '$.number')) WHERE entity = 'card';
CREATE INDEX IF NOT EXISTS notification_by_staff
    ON replica (scope, json_extract(body, '$.staff'), json_extract(body, '$.created_at'))
    WHERE entity = 'notification';
CREATE TABLE IF NOT EXISTS people (
    n             INTEGER PRIMARY KEY,
    scope         TEXT NOT NULL,
    id            BLOB NOT NULL,
    name          TEXT NOT NULL,
    spend         INTEGER NOT NULL,
    last_visit_at TEXT,
    joined_at     TEXT,
    UNIQUE (scope, id)
) STRICT;
CREATE INDEX IF NOT EXISTS people_by_name ON people (scope, name COLLATE NOCASE, n);
CREATE INDEX IF NOT EXISTS people_by_visit ON people (scope, last_visit_at, n);
CREATE VIRTUAL TABLE IF NOT EXISTS people_words USING fts5 (
    words, content = '', contentless_delete = 1, prefix = '1 2 3',
    tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TABLE IF NOT EXISTS people_cards (
    scope   TEXT NOT NULL,
    id      BLOB NOT NULL,
    member  BLOB NOT NULL,
    program BLOB NOT NULL,
    number  TEXT NOT NULL,
    balance INTEGER NOT NULL,
    earned  INTEGER NOT NULL,
    PRIMARY KEY (scope, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS people_cards_by_member ON people_cards (scope, member, balance);
CREATE INDEX IF NOT EXISTS people_cards_by_program ON people_cards (scope, program, member);
CREATE INDEX IF NOT EXISTS people_cards_by_number ON people_cards (scope, number, member);
PRAGMA user_version = 4;
COMMIT;";

/// What can be wrong with the replica.
#[derive(Debug, thiserror::Error)]
pub enum LocalError {
    #[error("the replica is of version {0}")]
    Version(i64),
    #[error("the replica could not be removed from {0}")]
    Remove(PathBuf, #[source] std::io::Error),
    #[error("the replica could not be read or written")]
    Sql(#[from] sqlx::Error),
    #[error("{scope}: the changes start at {from}, the replica stands at {at}")]
    Gap { scope: ScopeName, from: i64, at: i64 },
    #[error("replica, {entity} {id}: the body cannot be read")]
    Body {
        entity: &'static str,
        id: Uuid,
        #[source]
        source: serde_json::Error,
    },
    #[error("replica, {what}: {rows} rows changed where one was to")]
    Rows { what: &'static str, rows: u64 },
}

/// The replica of one business.
#[derive(Clone, Debug)]
pub(crate) struct Local {
    pool: SqlitePool,
    scope: ScopeName,
}

impl Local {
    /// Opens `replica.db` in a folder. One that is broken or from another version is thrown away:
    /// everything in it is the server's.
    pub(crate) async fn open(dir: &Path, scope: ScopeName) -> Result<Self, LocalError> {
        let path = dir.join("replica.db");
        match Self::try_open(&path, scope).await {
            Ok(local) => return Ok(local),
            Err(error) => warn!(%error, "the replica cannot be used and is made anew"),
        }
        remove(&path)?;
        Self::try_open(&path, scope).await
    }

    async fn try_open(path: &Path, scope: ScopeName) -> Result<Self, LocalError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(BUSY);
        // A full disk makes SQLite end a transaction by itself. The driver then still believes to be
        // in it, and would refuse to begin another as long as the connection lives.
        let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS).before_acquire(|it, _| {
            let is_free = !it.is_in_transaction();
            Box::pin(async move { Ok(is_free) })
        });
        let pool = pool.connect_with(options).await?;
        let version: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&pool).await?;
        if version == 0 {
            sqlx::raw_sql(TABLES).execute(&pool).await?;
        } else if version != VERSION {
            pool.close().await;
            return Err(LocalError::Version(version));
        }
        Ok(Self { pool, scope })
    }

    /// The scope that it follows.
    pub(crate) fn scope(&self) -> ScopeName {
        self.scope
    }

    /// Waits for what is being written and closes the file.
    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}

fn remove(path: &Path) -> Result<(), LocalError> {
    for suffix in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(suffix);
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(LocalError::Remove(file.into(), error));
            }
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

fn broken(entity: EntityKind, id: Uuid) -> impl FnOnce(serde_json::Error) -> LocalError {
    move |source| LocalError::Body { entity: entity.name(), id, source }
}
