//! Brings the database up to date from the one migrations folder.

use crate::error::StoreError;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{PgPool, SqlSafeStr as _, SqlitePool};
use std::borrow::Cow;

/// A file of the migrations folder, and what differs beside it.
struct Step {
    version: i64,
    name: &'static str,
    portable: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! text {
    ($file:literal) => {
        include_str!(concat!("../../../migrations/", $file))
    };
}

const STEPS: &[Step] = &[
    Step {
        sqlite: text!("0001_first_light.sqlite.sql"),
        postgres: text!("0001_first_light.postgres.sql"),
        ..step(1, "first light", text!("0001_first_light.sql"))
    },
    Step {
        sqlite: text!("0002_points.sqlite.sql"),
        postgres: text!("0002_points.postgres.sql"),
        ..step(2, "points", text!("0002_points.sql"))
    },
    step(3, "identity", text!("0003_identity.sql")),
    step(4, "consent", text!("0004_consent.sql")),
    step(5, "people", text!("0005_people.sql")),
    step(6, "operations", text!("0006_operations.sql")),
];

/// A file with nothing beside it.
const fn step(version: i64, name: &'static str, portable: &'static str) -> Step {
    Step { version, name, portable, sqlite: "", postgres: "" }
}

/// Runs what has not run yet on a SQLite file.
pub(crate) async fn sqlite(pool: &SqlitePool) -> Result<(), StoreError> {
    Ok(migrator(|it| format!("{}\n{}", for_sqlite(it.portable), it.sqlite)).run(pool).await?)
}

/// Runs what has not run yet on PostgreSQL; servers that start at once wait for each other.
pub(crate) async fn postgres(pool: &PgPool) -> Result<(), StoreError> {
    Ok(migrator(|it| format!("{}\n{}", it.portable, it.postgres)).run(pool).await?)
}

fn migrator(text: impl Fn(&Step) -> String) -> Migrator {
    let migrations = STEPS.iter().map(|step| {
        Migration::new(
            step.version,
            Cow::Borrowed(step.name),
            MigrationType::Simple,
            sqlx::AssertSqlSafe(text(step)).into_sql_str(),
            false,
        )
    });
    Migrator { migrations: migrations.collect(), ..Migrator::DEFAULT }
}

/// The replacements of `migrations/README.md`.
fn for_sqlite(portable: &str) -> String {
    portable
        .replace(" UUID", " BLOB")
        .replace(" BYTEA", " BLOB")
        .replace(" BIGINT", " INTEGER")
        .replace("\n); -- by key", "\n) STRICT, WITHOUT ROWID;")
        .replace("\n);", "\n) STRICT;")
}
