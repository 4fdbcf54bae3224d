//! Where a database is, as it is configured.

use sqlx::postgres::PgConnectOptions;
use std::path::PathBuf;

/// A SQLite file, or a PostgreSQL database.
#[derive(Clone)]
pub enum Location {
    /// Made if it is missing.
    Sqlite(PathBuf),
    Postgres(Box<PgConnectOptions>),
}

impl Location {
    /// Reads `sqlite:PATH` or `postgres://USER:PASSWORD@HOST/NAME`.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("sqlite:").filter(|path| !path.is_empty()) {
            return Ok(Location::Sqlite(path.into()));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            // The error names what is wrong, not the text, which may hold a password.
            let options = text.parse::<PgConnectOptions>();
            let bad = |error: sqlx::Error| format!("no address of a database: {error}");
            return Ok(Location::Postgres(Box::new(options.map_err(bad)?)));
        }
        Err("a database is sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME".to_owned())
    }

    /// The file, where it is one.
    pub fn file(&self) -> Option<&std::path::Path> {
        match self {
            Location::Sqlite(path) => Some(path),
            Location::Postgres(_) => None,
        }
    }
}

impl From<PathBuf> for Location {
    fn from(path: PathBuf) -> Self {
        Location::Sqlite(path)
    }
}

/// Without the password.
impl std::fmt::Debug for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Location::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Location::Postgres(it) => {
                write!(f, "postgres://{}/{}", it.get_host(), it.get_database().unwrap_or_default())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_a_file_or_an_address() {
        assert_eq!(format!("{:?}", Location::parse("sqlite:a/b.db").unwrap()), "sqlite:a/b.db");
        for text in ["postgres://ana:secret@db.example/reda", "postgresql://ana@db.example/reda"] {
            let shown = format!("{:?}", Location::parse(text).unwrap());
            assert_eq!(shown, "postgres://db.example/reda");
        }
        for text in ["", "sqlite:", "reda.db", "mysql://db.example/reda", "postgres://[/x"] {
            Location::parse(text).unwrap_err();
        }
    }
}
