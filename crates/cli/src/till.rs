//! `reda till`: a till without a window, on the demo shop of its own folder.

use crate::error::CommandError;
use crate::serve::ended;
use reda_scan::Source;
use reda_server::{App, Registration, Server, ServerConfig, TillAccess, demo};
use reda_till::headless::{self, Options};
use reda_till::{Settings, TillConfig, direct_tokens};
use std::path::PathBuf;

/// Opens the demo shop in a folder, with the server inside, and reads codes; one JSON line for
/// each thing that happens.
#[derive(clap::Args)]
pub(crate) struct TillCommand {
    /// `auto`, a camera's number, or `replay:FOLDER`.
    #[arg(long, default_value = "auto", value_parser = Source::parse)]
    camera: Source,
    /// Where the shop's data lies.
    #[arg(long, default_value = ".reda/till")]
    data: PathBuf,
    /// Ask whoever is not a member.
    #[arg(long)]
    ask: bool,
    /// Award the points of this amount to every member and to whoever accepts.
    #[arg(long)]
    award: Option<String>,
}

impl TillCommand {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        let file = |source| CommandError::File { path: self.data.clone(), source };
        std::fs::create_dir_all(&self.data).map_err(file)?;
        let mut config = ServerConfig::local(self.data.join("server.db"));
        config.registration = Registration::Open;
        let app = App::open(config).await?;
        let shop = demo::open(&app, &self.data.join("codes")).await?;
        let server = Server::serve(app.clone(), ([127, 0, 0, 1], 0).into()).await?;
        let till = till_config(&server, shop.till, &self.data, Some(self.camera))?;
        let options = Options { ask: self.ask, award: self.award };
        let ran = headless::run(till, options, &mut std::io::stdout(), ended()).await;
        server.stop().await;
        Ok(ran?)
    }
}

/// A till beside the server that it talks to, its tokens by direct calls.
pub(crate) fn till_config(
    server: &Server,
    access: TillAccess,
    data: &std::path::Path,
    scan: Option<Source>,
) -> Result<TillConfig, CommandError> {
    let (device_app, staff_app) = (server.app().clone(), server.app().clone());
    Ok(TillConfig {
        data_dir: data.join("till"),
        settings: Settings::open(data)?,
        server_url: server.socket_url(),
        device: access.device,
        business: access.business,
        staff: access.staff,
        device_tokens: direct_tokens(move || device_app.device_token(access)),
        staff_tokens: direct_tokens(move || staff_app.staff_token(access)),
        scan,
        clock: reda_server::now,
    })
}
