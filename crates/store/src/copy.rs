//! Whole databases: a copy of a file while servers use it, who uses a PostgreSQL database, and how
//! much room tables take.

use crate::db::Tx;
use crate::error::StoreError;
use crate::location::Location;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _, Row as _};
use std::path::Path;
use std::time::Duration;

/// How our own servers call themselves to PostgreSQL; tools have another name.
const TOOL: &str = "reda-tool";

/// Writes one moment of a SQLite file to another file, which must not exist. Whoever uses the first
/// goes on meanwhile.
pub async fn copy_file(from: &Path, to: &Path) -> Result<(), StoreError> {
    let options = SqliteConnectOptions::new().filename(from).read_only(true);
    let mut connection: SqliteConnection = options.connect().await?;
    let to = to.to_string_lossy().into_owned();
    let written = sqlx::query("VACUUM INTO ?").bind(to).execute(&mut connection).await;
    connection.close().await?;
    written?;
    Ok(())
}

/// What a PostgreSQL database is used for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// Connections of servers.
    pub servers: i64,
    pub tables: i64,
}

/// PostgreSQL shows the connections of a server that has stopped for a moment more.
const LOOKS: usize = 20;
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Looks at a PostgreSQL database from outside; `None` for a file.
pub async fn usage(location: &Location) -> Result<Option<Use>, StoreError> {
    const SERVERS: &str = "SELECT COUNT(*) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'reda'";
    const TABLES: &str = "SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'";
    let Location::Postgres(options) = location else {
        return Ok(None);
    };
    let options: PgConnectOptions = options.as_ref().clone().application_name(TOOL);
    let mut connection: PgConnection = options.connect().await?;
    let mut servers: i64 = 0;
    for _ in 0..LOOKS {
        servers = sqlx::query(SERVERS).fetch_one(&mut connection).await?.try_get(0)?;
        if servers == 0 {
            break;
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    let tables = sqlx::query(TABLES).fetch_one(&mut connection).await?.try_get(0)?;
    connection.close().await?;
    Ok(Some(Use { servers, tables }))
}

/// Bytes of each table with its indexes.
pub async fn sizes(tx: &mut Tx) -> Result<Vec<(String, i64)>, StoreError> {
    const SQLITE: &str = "SELECT m.tbl_name, CAST(SUM(s.pgsize) AS BIGINT) FROM dbstat s
        JOIN sqlite_schema m ON m.name = s.name WHERE s.aggregate = TRUE GROUP BY m.tbl_name";
    const POSTGRES: &str = "SELECT CAST(relname AS TEXT), pg_total_relation_size(oid)
        FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace";
    let rows = tx.rows(if tx.is_alone() { SQLITE } else { POSTGRES }, vec![]).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}
