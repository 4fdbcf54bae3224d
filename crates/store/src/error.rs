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
}

impl StoreError {
    /// Whether the same thing may work in a moment.
    pub fn is_passing(&self) -> bool {
        matches!(self, StoreError::Sql(sqlx::Error::PoolTimedOut | sqlx::Error::Io(_)))
    }
}

/// An update that hits nothing, or too much, is loud.
pub(crate) fn exactly_one(changed: u64, what: &'static str) -> Result<(), StoreError> {
    if changed == 1 { Ok(()) } else { Err(StoreError::NotOne { what, changed }) }
}
