//! The demo shop: its cashier is switched on from the start.

use super::{Opening, Shop, ShopError, beside, serve};
use reda_protocol::rpc::{DemoCustomer, DemoStaff, DemoView};
use reda_server::demo::{self, DemoShop};
use reda_server::{App, Registration, ServerConfig};
use reda_till::{Staffing, Till, TillConfig, direct_tokens};

impl Shop {
    /// Opens the demo shop: makes it at the first time, finds it later.
    pub(crate) async fn open_demo(opening: Opening<'_>) -> Result<Self, ShopError> {
        let dir = opening.folders.demo();
        std::fs::create_dir_all(&dir).map_err(ShopError::folder(&dir))?;
        let database = opening.folders.demo_database();
        let mut config = ServerConfig::local(database.clone());
        config.registration = Registration::Open;
        let app = App::open(config).await?;
        let demo = demo::open(&app, &dir.join("codes")).await?;
        let server = serve(app.clone()).await?;
        let access = demo.till;
        let till = TillConfig {
            data_dir: dir.join("till"),
            settings: opening.settings,
            server: beside(&server)?,
            device: access.device,
            business: access.business,
            device_tokens: direct_tokens({
                let app = app.clone();
                move || app.device_token(access)
            }),
            staffing: Staffing::On {
                staff: access.staff,
                tokens: direct_tokens(move || app.staff_token(access)),
            },
            downloads: opening.folders.downloads().to_owned(),
            unsent: opening.folders.unsent(),
            scan: Some(opening.camera),
            clock: reda_server::now,
        };
        let till = Till::start(till, opening.on_event).await?;
        let database = Some(database.display().to_string());
        let (device, server) = (access.device, Some(server));
        Ok(Self { till, device, server, network: None, demo: Some(demo), database })
    }
}

/// What whoever tries the demo needs to know.
pub(super) fn view(demo: &DemoShop) -> DemoView {
    let customer = |it: &demo::DemoCustomer| DemoCustomer {
        name: it.name.clone(),
        phone: it.phone.clone(),
        password: it.password.clone(),
        code_file: it.code_file.display().to_string(),
    };
    let staff = |(name, role, pin): (&str, _, &str)| DemoStaff {
        name: name.to_owned(),
        role,
        pin: pin.to_owned(),
    };
    DemoView {
        codes_dir: demo.codes_dir.display().to_string(),
        customers: demo.customers.iter().map(customer).collect(),
        staff: demo.staff.into_iter().map(staff).collect(),
    }
}
