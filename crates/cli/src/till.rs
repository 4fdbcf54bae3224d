//! `reda till`: a till without a window, on the demo shop of its own folder.

use crate::error::CommandError;
use crate::serve::ended;
use reda_scan::Source;
use reda_server::{App, Registration, Server, ServerConfig, TillAccess, demo};
use reda_till::headless::{self, Options};
use reda_till::{Settings, TillConfig, Token, TokenSource};
use std::path::PathBuf;
use std::time::Duration;

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
    Ok(TillConfig {
        data_dir: data.join("till"),
        settings: Settings::open(data)?,
        server_url: server.socket_url(),
        device: access.device,
        business: access.business,
        staff: access.staff,
        device_tokens: tokens(server.app().clone(), access, App::device_token),
        staff_tokens: tokens(server.app().clone(), access, App::staff_token),
        scan,
        clock: reda_server::now,
    })
}

fn tokens(
    app: App,
    access: TillAccess,
    issue: fn(&App, TillAccess) -> (String, i64),
) -> TokenSource {
    Box::new(move || {
        let (text, secs) = issue(&app, access);
        let expires_in = Duration::from_secs(secs.unsigned_abs());
        Box::pin(std::future::ready(Ok(Token { text, expires_in })))
    })
}
