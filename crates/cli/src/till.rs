//! `reda till`: a till without a window, on the demo shop of its own folder, or on a server that it
//! has joined.

use crate::error::CommandError;
use crate::serve::ended;
use reda_domain::StaffId;
use reda_domain::language::Language;
use reda_scan::Source;
use reda_server::{App, Registration, Server, ServerConfig, TillAccess, demo};
use reda_till::headless::{self, Options};
use reda_till::{
    Fingerprint, Http, JoinError, Joined, ServerAddress, Settings, Staffing, TillConfig, Unsent,
    direct_tokens,
};
use std::path::PathBuf;

/// Opens the demo shop in a folder, with the server inside, or works on the server that it has
/// joined; reads codes; writes one JSON line for each thing that happens.
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
    /// The server that the till has joined, or is to join: `https://HOST:PORT`, or `http://127.0.0.1:PORT`.
    #[arg(long, requires_all = ["staff", "pin"])]
    server: Option<ServerAddress>,
    /// The fingerprint of that server's certificate, in 64 hex digits, when it joins; kept from then.
    #[arg(long, requires = "join", value_parser = fingerprint)]
    fingerprint: Option<Fingerprint>,
    /// Joins that server by the code of an invitation.
    #[arg(long, requires = "server", value_name = "CODE")]
    join: Option<String>,
    /// What the till is called when it joins.
    #[arg(long, default_value = "Counter")]
    name: String,
    /// Who is switched on: the id of a member of staff.
    #[arg(long, requires = "server")]
    staff: Option<StaffId>,
    /// Their PIN.
    #[arg(long, env = "REDA_PIN", hide_env_values = true, requires = "server")]
    pin: Option<String>,
}

impl TillCommand {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        let file = |source| CommandError::File { path: self.data.clone(), source };
        std::fs::create_dir_all(&self.data).map_err(file)?;
        match (self.server.clone(), self.staff, &self.pin) {
            (Some(server), Some(staff), Some(pin)) => self.on_server(server, staff, pin).await,
            _ => self.on_demo_shop().await,
        }
    }

    /// On a server of its own place.
    async fn on_server(
        &self,
        server: ServerAddress,
        staff: StaffId,
        pin: &str,
    ) -> Result<(), CommandError> {
        let replica = self.data.join("till");
        let not_joined =
            || CommandError::Usage("this till has not joined: give --join CODE".to_owned());
        let joined = match &self.join {
            Some(_) => Joined::new(Http::of(server, self.fingerprint), &self.data, replica.clone()),
            None => Joined::kept_in(&self.data, server, replica.clone())?.ok_or_else(not_joined)?,
        };
        let step = |why: JoinError| CommandError::Step { step: "join", why: why.to_string() };
        let credential = match &self.join {
            Some(code) => joined.join(code, &self.name, Language::default()).await.map_err(step)?,
            None => joined.kept()?.ok_or_else(not_joined)?,
        };
        let till = TillConfig {
            data_dir: replica,
            settings: Settings::open(&self.data)?,
            server: joined.server().clone(),
            device: credential.device,
            business: credential.business,
            device_tokens: joined.device_tokens(),
            staffing: Staffing::On { staff, tokens: joined.staff_tokens(staff, pin.to_owned()) },
            downloads: self.data.clone(),
            unsent: Unsent::in_folder(&self.data),
            scan: Some(self.camera.clone()),
            clock: reda_server::now,
        };
        Ok(headless::run(till, self.options(), &mut std::io::stdout(), ended()).await?)
    }

    fn options(&self) -> Options {
        Options { ask: self.ask, award: self.award.clone() }
    }

    async fn on_demo_shop(&self) -> Result<(), CommandError> {
        let mut config = ServerConfig::local(self.data.join("server.db"));
        config.registration = Registration::Open;
        let app = App::open(config).await?;
        let shop = demo::open(&app, &self.data.join("codes")).await?;
        let server = Server::serve(app.clone(), ([127, 0, 0, 1], 0).into()).await?;
        let till = till_config(&server, shop.till, &self.data, Some(self.camera.clone()))?;
        let ran = headless::run(till, self.options(), &mut std::io::stdout(), ended()).await;
        server.stop().await;
        Ok(ran?)
    }
}

fn fingerprint(text: &str) -> Result<Fingerprint, String> {
    Fingerprint::from_hex(text).ok_or_else(|| "a fingerprint has 64 hex digits".to_owned())
}

/// The way to a server in this same process.
fn beside(server: &Server) -> Result<Http, CommandError> {
    Http::at(&server.address().to_string()).map_err(|bad| CommandError::Usage(bad.to_string()))
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
        server: beside(server)?,
        device: access.device,
        business: access.business,
        device_tokens: direct_tokens(move || device_app.device_token(access)),
        staffing: Staffing::On {
            staff: access.staff,
            tokens: direct_tokens(move || staff_app.staff_token(access)),
        },
        downloads: data.to_owned(),
        unsent: Unsent::in_folder(data),
        scan,
        clock: reda_server::now,
    })
}
