//! What can go wrong with the database.

/// A failure of the store. None of these is anybody's fault but ours or the machine's.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the database failed: {0}")]
    Sql(#[from] sqlx::Error),
    #[error("the database could not be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("{table}.{column} holds {value:?}, which means nothing")]
    Corrupt { table: &'static str, column: &'static str, value: String },
    #[error("{what}: expected one row to change, {changed} did")]
    NotOne { what: &'static str, changed: u64 },
    #[error("{got} values for {want} holes: {sql}")]
    Holes { want: usize, got: usize, sql: String },
    #[error("something was asked of a transaction that has not begun")]
    NotBegun,
    #[error("a transaction that has begun was to be written at once")]
    Begun,
}

/// SQLSTATEs of PostgreSQL after which the same transaction may do: serialization_failure,
/// deadlock_detected, lock_not_available, too_many_connections, idle_in_transaction_timeout,
/// admin_shutdown, crash_shutdown, cannot_connect_now.
const PASSING: [&str; 8] = ["40001", "40P01", "55P03", "53300", "25P03", "57P01", "57P02", "57P03"];

impl StoreError {
    /// Whether the same thing may work in a moment.
    pub fn is_passing(&self) -> bool {
        match self {
            StoreError::Sql(sqlx::Error::PoolTimedOut | sqlx::Error::Io(_)) => true,
            StoreError::Sql(sqlx::Error::Database(error)) => {
                error.code().is_some_and(|code| PASSING.contains(&code.as_ref()))
            }
            _ => false,
        }
    }

    /// Whether there is a row already with a key that had to be new; another server may have been
    /// quicker.
    pub fn is_taken(&self) -> bool {
        matches!(self, StoreError::Sql(sqlx::Error::Database(it)) if it.is_unique_violation())
    }
}

/// An update that hits nothing, or too much, is loud.
pub(crate) fn exactly_one(changed: u64, what: &'static str) -> Result<(), StoreError> {
    if changed == 1 { Ok(()) } else { Err(StoreError::NotOne { what, changed }) }
}
