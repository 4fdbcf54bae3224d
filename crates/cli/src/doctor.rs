//! `reda doctor`.

use crate::config;
use crate::database::DatabaseArgument;
use crate::error::CommandError;
use crate::output;
use reda_server::{Clock, doctor};
use std::process::ExitCode;

/// Says which configuration is in force and what it lacks, and finds what is inconsistent in the
/// database, also beside a running server. Exit code 1 if something stays wrong.
#[derive(clap::Args)]
pub(crate) struct Doctor {
    /// Mends what can be mended, while no server has the database open.
    #[arg(long)]
    repair: bool,
    #[command(flatten)]
    of: DatabaseArgument,
}

impl Doctor {
    pub(crate) async fn run(self) -> Result<ExitCode, CommandError> {
        for line in config::in_words()? {
            output::text(&line)?;
        }
        let database = self.of.database.existing().map_err(CommandError::Usage)?;
        let report = doctor::visit(database, self.repair, &Clock::default()).await?;
        output::text(&format!("Database {database:?}:"))?;
        for ailment in &report.found {
            let state = match (report.mended.contains(ailment), ailment.is_mendable()) {
                (true, _) => "mended",
                (false, true) => "wrong; --repair mends it",
                (false, false) => "wrong; only a backup can tell what was there",
            };
            output::text(&format!("  {ailment} ({state})"))?;
        }
        if report.found.is_empty() {
            output::text("  nothing is wrong")?;
        }
        Ok(if report.is_sound() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
