//! Which database a command works on.

use reda_server::Location;

/// A database by its address. The text is kept for programs that are given it again.
#[derive(Clone)]
pub(crate) struct Database {
    pub(crate) at: Location,
    pub(crate) url: String,
}

#[derive(clap::Args)]
pub(crate) struct DatabaseArgument {
    /// `sqlite:PATH`, or `postgres://USER:PASSWORD@HOST/NAME`.
    #[arg(long, env = "REDA_DATABASE", hide_env_values = true, default_value = "sqlite:reda.db", value_parser = parse)]
    pub(crate) database: Database,
}

fn parse(text: &str) -> Result<Database, String> {
    Ok(Database { at: Location::parse(text)?, url: text.to_owned() })
}

impl Database {
    /// Where it is, if there is one: a command that looks must not make it.
    pub(crate) fn existing(&self) -> Result<&Location, String> {
        match self.at.file() {
            Some(file) if !file.exists() => {
                Err(format!("there is no database at {}", file.display()))
            }
            Some(_) | None => Ok(&self.at),
        }
    }
}
