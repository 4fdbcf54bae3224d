//! Hints between servers on one PostgreSQL, over `NOTIFY`. Any of them may be lost.

use crate::db::Db;
use crate::error::StoreError;
use sqlx::PgPool;
use sqlx::postgres::PgListener;

const CHANNEL: &str = "reda_scopes";
/// Bytes of one hint at most; PostgreSQL takes less than 8,000.
pub const HINT_BYTES_MAX: usize = 7900;

/// The way to the other servers; its connections are its own, so that no hint waits for a
/// transaction and none stands in one: a commit with a `NOTIFY` in it waits for all others.
#[derive(Clone)]
pub struct Hints(PgPool);

/// What other servers say, and this one too.
pub struct Hearing(PgListener);

impl Db {
    /// The way to the other servers; `None` where there can be none.
    pub fn hints(&self) -> Option<Hints> {
        self.hints_pool().map(Hints)
    }
}

impl Hints {
    /// Tells all servers.
    pub async fn tell(&self, hint: &str) -> Result<(), StoreError> {
        debug_assert!(hint.len() <= HINT_BYTES_MAX);
        sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(hint).execute(&self.0).await?;
        Ok(())
    }

    /// Begins to listen.
    pub async fn hear(&self) -> Result<Hearing, StoreError> {
        let mut listener = PgListener::connect_with(&self.0).await?;
        listener.ignore_pool_close_event(false);
        listener.listen(CHANNEL).await?;
        Ok(Hearing(listener))
    }
}

impl Hearing {
    /// The next hint. A lost connection is made anew; what was said meanwhile is lost.
    pub async fn next(&mut self) -> Result<String, StoreError> {
        Ok(self.0.recv().await?.payload().to_owned())
    }
}
