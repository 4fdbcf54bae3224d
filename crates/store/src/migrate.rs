//! Brings the database up to date from the one migrations folder.

use crate::error::StoreError;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{SqlSafeStr as _, SqlitePool};
use std::borrow::Cow;

/// Number, name, the text for all engines, and what differs for SQLite.
const MIGRATIONS: &[(i64, &str, &str, &str)] = &[
    (
        1,
        "first light",
        include_str!("../../../migrations/0001_first_light.sql"),
        include_str!("../../../migrations/0001_first_light.sqlite.sql"),
    ),
    (3, "identity", include_str!("../../../migrations/0003_identity.sql"), ""),
    (5, "people", include_str!("../../../migrations/0005_people.sql"), ""),
];

/// Runs what has not run yet.
pub(crate) async fn run(pool: &SqlitePool) -> Result<(), StoreError> {
    let migrations = MIGRATIONS.iter().map(|(version, name, portable, own)| {
        let text = format!("{}\n{own}", for_sqlite(portable));
        let name = Cow::Borrowed(*name);
        Migration::new(
            *version,
            name,
            MigrationType::Simple,
            sqlx::AssertSqlSafe(text).into_sql_str(),
            false,
        )
    });
    let migrator = Migrator { migrations: migrations.collect(), ..Migrator::DEFAULT };
    Ok(migrator.run(pool).await?)
}

/// The three replacements of `migrations/README.md`.
fn for_sqlite(portable: &str) -> String {
    portable.replace(" UUID", " BLOB").replace(" BIGINT", " INTEGER").replace("\n);", "\n) STRICT;")
}
