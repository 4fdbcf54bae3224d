//! How connections of each engine are made.

use crate::error::StoreError;
use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use std::path::Path;
use std::time::Duration;

/// Readers beside the one writer of SQLite.
const SQLITE_READERS: u32 = 4;
/// Milliseconds to wait for another process's lock.
const BUSY_MS: u64 = 10_000;
/// Pages of 2 KiB in the log before they are copied into the file: the longer it is, the more
/// operations share the page that is copied (`docs/ledger.md`).
const LOG_PAGES: &str = "32000";
/// Statements kept prepared on a connection; the set operations have a few texts per table.
const STATEMENTS: usize = 512;
/// Connections to PostgreSQL that write: the lane, and small transactions beside it.
const POSTGRES_WRITERS: u32 = 4;
const POSTGRES_READERS: u32 = 8;
/// How long a caller waits for a connection.
const CONNECTION_WITHIN: Duration = Duration::from_secs(10);
/// A connection that lay idle for longer is asked whether it still lives before it is used.
const TRUSTED_FOR: Duration = Duration::from_secs(5);

pub(super) fn sqlite_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        // An award changes little on each of many pages, and all of a page is written.
        .page_size(2048)
        .journal_mode(SqliteJournalMode::Wal)
        // An acknowledged point survives a power cut; batching makes that cheap.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_millis(BUSY_MS))
        .pragma("wal_autocheckpoint", LOG_PAGES)
        .pragma("cache_size", "-65536")
        // What a statement would have to undo is kept in memory: in a file it costs more than the
        // statement itself.
        .pragma("temp_store", "MEMORY")
        .statement_cache_capacity(STATEMENTS)
}

pub(super) async fn sqlite_writer(options: SqliteConnectOptions) -> Result<SqlitePool, StoreError> {
    let pool = sqlite_pool().max_connections(1).idle_timeout(None).max_lifetime(None);
    Ok(pool.connect_with(options).await?)
}

/// A full disk or a failed read makes SQLite end a transaction by itself. The driver then still
/// believes to be in it, and would refuse to begin another as long as the connection lives.
fn sqlite_pool() -> SqlitePoolOptions {
    SqlitePoolOptions::new().before_acquire(|connection, _| {
        let is_free = !connection.is_in_transaction();
        Box::pin(async move { Ok(is_free) })
    })
}

pub(super) async fn sqlite_readers(
    options: SqliteConnectOptions,
) -> Result<SqlitePool, StoreError> {
    let pool = sqlite_pool().max_connections(SQLITE_READERS);
    Ok(pool.connect_with(options.read_only(true)).await?)
}

/// Connections that write. Plans made while tables are small would scan them whole for as long
/// as the connection lives, so scans are off; a lock or a transaction that somebody left behind
/// ends by itself.
pub(super) fn postgres_writers(options: &PgConnectOptions) -> PgPool {
    let options = postgres_options(options).options([
        ("enable_seqscan", "off"),
        ("lock_timeout", "10s"),
        ("idle_in_transaction_session_timeout", "30s"),
    ]);
    postgres_pool(POSTGRES_WRITERS).connect_lazy_with(options)
}

pub(super) fn postgres_readers(options: &PgConnectOptions) -> PgPool {
    postgres_pool(POSTGRES_READERS).connect_lazy_with(postgres_options(options))
}

/// One connection that hears and one that tells.
pub(super) fn postgres_hints(options: &PgConnectOptions) -> PgPool {
    postgres_pool(2).connect_lazy_with(postgres_options(options))
}

fn postgres_options(options: &PgConnectOptions) -> PgConnectOptions {
    // Compiling a plan takes longer than running any of ours.
    options
        .clone()
        .application_name("reda")
        .options([("jit", "off")])
        .statement_cache_capacity(STATEMENTS)
}

fn postgres_pool(connections: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(CONNECTION_WITHIN)
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(
                async move { Ok(meta.idle_for < TRUSTED_FOR || connection.ping().await.is_ok()) },
            )
        })
}
