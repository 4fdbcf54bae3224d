//! `reda backup` and `reda restore`.

use crate::database::DatabaseArgument;
use crate::error::CommandError;
use crate::output;
use reda_server::{Clock, backup};
use serde_json::json;
use std::path::PathBuf;

/// Writes a copy of the database, of one moment; the server may go on meanwhile. PostgreSQL is
/// dumped by its own `pg_dump`.
#[derive(clap::Args)]
pub(crate) struct Backup {
    /// The file to write; it must not exist.
    file: PathBuf,
    #[command(flatten)]
    of: DatabaseArgument,
}

impl Backup {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        let database = self.of.database;
        let at = database.existing().map_err(CommandError::Usage)?;
        backup::write(at, &database.url, &self.file).await?;
        let bytes = std::fs::metadata(&self.file).map(|it| it.len());
        let bytes =
            bytes.map_err(|source| CommandError::File { path: self.file.clone(), source })?;
        Ok(output::line(&json!({ "file": self.file, "bytes": bytes }))?)
    }
}

/// Puts a backup in the database's place, while no server has it open. Every client starts again
/// from nothing; who signed in since the backup signs in once more.
#[derive(clap::Args)]
pub(crate) struct Restore {
    /// What `reda backup` wrote.
    file: PathBuf,
    /// Also where there is a database already, which is gone then.
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    of: DatabaseArgument,
}

impl Restore {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        let database = self.of.database;
        let clock = Clock::default();
        let restoring =
            backup::restore(&database.at, &database.url, &self.file, self.replace, &clock);
        let epoch = restoring.await?;
        Ok(output::line(&json!({ "file": self.file, "epoch": epoch }))?)
    }
}
