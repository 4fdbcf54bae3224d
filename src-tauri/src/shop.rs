//! A shop that runs inside the window: its server and its till.

use crate::folders::Folders;
use reda_protocol::rpc::{CustomerPage, DemoCustomer, DemoView};
use reda_scan::Source;
use reda_server::demo::{self, DemoShop};
use reda_server::{App, Registration, Server, ServerConfig, ServerError};
use reda_till::{Settings, Till, TillConfig, TillError, TillEvent, direct_tokens};
use serde_json::{Value, json};
use std::net::SocketAddr;

/// The port of the server inside, so that the customers' page keeps its address and with it its
/// browsers' keys; another one where it is taken.
const PORT: u16 = 7332;

/// A running shop.
pub(crate) struct Shop {
    server: Server,
    pub(crate) till: Till,
    demo: DemoShop,
    database: String,
}

/// Why a shop did not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ShopError {
    #[error(transparent)]
    Server(#[from] ServerError),
    #[error(transparent)]
    Till(#[from] TillError),
    #[error("could not make {path}: {source}")]
    Folder { path: String, source: std::io::Error },
}

type OnEvent = Box<dyn Fn(TillEvent) + Send + Sync>;

impl Shop {
    /// Opens the demo shop: makes it at the first time, finds it later.
    pub(crate) async fn open_demo(
        folders: &Folders,
        settings: Settings,
        camera: Source,
        on_event: OnEvent,
    ) -> Result<Self, ShopError> {
        let database = folders.demo_database();
        let dir = database.parent().unwrap_or(&database);
        std::fs::create_dir_all(dir)
            .map_err(|source| ShopError::Folder { path: dir.display().to_string(), source })?;
        let mut config = ServerConfig::local(database.clone());
        config.registration = Registration::Open;
        let app = App::open(config).await?;
        let demo = demo::open(&app, &folders.demo_codes()).await?;
        let server = serve(app.clone()).await?;
        let access = demo.till;
        let till = TillConfig {
            data_dir: folders.demo_till(),
            settings,
            server_url: server.socket_url(),
            device: access.device,
            business: access.business,
            staff: access.staff,
            device_tokens: direct_tokens({
                let app = app.clone();
                move || app.device_token(access)
            }),
            staff_tokens: direct_tokens(move || app.staff_token(access)),
            scan: Some(camera),
            clock: reda_server::now,
        };
        let till = Till::start(till, on_event).await?;
        Ok(Self { server, till, demo, database: database.display().to_string() })
    }

    /// Where customers open their page.
    pub(crate) fn customer_page(&self) -> CustomerPage {
        let url = self.server.url();
        let public = url.starts_with("https://");
        CustomerPage { url, public }
    }

    /// What whoever tries the demo needs to know.
    pub(crate) fn demo_view(&self) -> DemoView {
        let customer = |it: &demo::DemoCustomer| DemoCustomer {
            name: it.name.clone(),
            phone: it.phone.clone(),
            password: it.password.clone(),
            code_file: it.code_file.display().to_string(),
        };
        DemoView {
            codes_dir: self.demo.codes_dir.display().to_string(),
            customers: self.demo.customers.iter().map(customer).collect(),
        }
    }

    /// The ready line, for scripts.
    pub(crate) fn ready_line(&self) -> Value {
        json!({
            "event": "ready",
            "customer_page": self.server.url(),
            "codes_dir": self.demo.codes_dir,
            "database": self.database,
            "customers": self.demo.customers,
        })
    }

    /// Ends till and server, in this order: what the till has sent is answered.
    pub(crate) async fn stop(self) {
        self.till.stop().await;
        self.server.stop().await;
    }
}

async fn serve(app: App) -> Result<Server, ServerError> {
    let at = |port| SocketAddr::from(([127, 0, 0, 1], port));
    match Server::serve(app.clone(), at(PORT)).await {
        Err(ServerError::Listen { .. }) => Server::serve(app, at(0)).await,
        served => served,
    }
}
