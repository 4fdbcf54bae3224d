//! `reda audit verify`.

use crate::database::DatabaseArgument;
use crate::error::CommandError;
use crate::output;
use reda_server::doctor;
use serde_json::json;
use std::process::ExitCode;

/// The audit log: who did what, in chains that cannot be changed unseen.
#[derive(clap::Subcommand)]
pub(crate) enum Audit {
    /// Follows every chain to its end, also beside a running server. One JSON line per chain;
    /// exit code 1 if one is not as it was written.
    Verify(DatabaseArgument),
}

impl Audit {
    pub(crate) async fn run(self) -> Result<ExitCode, CommandError> {
        let Audit::Verify(of) = self;
        let database = of.database.existing().map_err(CommandError::Usage)?;
        let mut code = ExitCode::SUCCESS;
        for chain in doctor::chains(database).await? {
            if chain.broken.is_some() {
                code = ExitCode::FAILURE;
            }
            let broken =
                chain.broken.map(|it| json!({ "line": it.line(), "what": doctor::in_words(it) }));
            output::line(&json!({ "scope": chain.scope, "lines": chain.lines, "broken": broken }))?;
        }
        Ok(code)
    }
}
