//! `reda shop create`.

use crate::error::CommandError;
use crate::output;
use reda_server::{App, Location, NewShop, ServerConfig};
use serde_json::json;

/// Shops on a server's database; with a SQLite file, the server itself must not run meanwhile.
#[derive(clap::Subcommand)]
pub(crate) enum Shop {
    /// Makes a business with an owner and a first programme; prints their ids.
    Create(Create),
}

#[derive(clap::Args)]
pub(crate) struct Create {
    /// The shop's name.
    #[arg(long)]
    name: String,
    /// The owner's e-mail address, to sign in with.
    #[arg(long)]
    owner_email: String,
    /// The owner's name.
    #[arg(long, default_value = "Owner")]
    owner_name: String,
    /// The owner's password.
    #[arg(long, env = "REDA_PASSWORD", hide_env_values = true)]
    password: String,
    /// ISO 3166 alpha-2; decides the currency.
    #[arg(long, default_value = "KE")]
    country: String,
    /// `sqlite:PATH`, or `postgres://USER:PASSWORD@HOST/NAME`.
    #[arg(long, env = "REDA_DATABASE", hide_env_values = true, default_value = "sqlite:reda.db", value_parser = Location::parse)]
    database: Location,
}

impl Shop {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        match self {
            Shop::Create(it) => it.run().await,
        }
    }
}

impl Create {
    async fn run(self) -> Result<(), CommandError> {
        let app = App::open(ServerConfig::local(self.database)).await?;
        let shop = NewShop {
            name: self.name,
            country: self.country,
            owner_name: self.owner_name,
            owner_phone: None,
            owner_email: Some(self.owner_email),
            password: self.password,
            program_name: "Points".to_owned(),
        };
        let ids = app.start_shop(None, shop).await?;
        app.close().await;
        Ok(output::line(&json!(ids))?)
    }
}
