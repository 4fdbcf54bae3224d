//! Where is measured: an engine and its database.

use super::failed;
use crate::error::CommandError;
use reda_server::Location;
use std::path::PathBuf;
use tempfile::TempDir;

pub(super) struct Place {
    pub(super) name: &'static str,
    pub(super) url: String,
    pub(super) at: Location,
    /// A folder on the disk that the database is on, or on one like it.
    pub(super) dir: PathBuf,
    _own: TempDir,
}

impl Place {
    /// A file of its own.
    pub(super) fn sqlite() -> Result<Self, CommandError> {
        let own = tempfile::tempdir().map_err(failed("a folder"))?;
        Self::of("sqlite", format!("sqlite:{}", own.path().join("bench.db").display()), own)
    }

    /// A database that is there.
    pub(super) fn postgres(url: &str) -> Result<Self, CommandError> {
        Self::of("postgres", url.to_owned(), tempfile::tempdir().map_err(failed("a folder"))?)
    }

    fn of(name: &'static str, url: String, own: TempDir) -> Result<Self, CommandError> {
        let at = Location::parse(&url).map_err(CommandError::Usage)?;
        Ok(Self { name, url, at, dir: own.path().to_owned(), _own: own })
    }
}
