//! A shop of its own on this computer: the server inside, and the first till, which joins it as any
//! other would.

use super::network::Network;
use super::place::{self, Place};
use super::{Opening, Shop, ShopError, beside, serve};
use reda_protocol::api::{DeviceInvitation, SignIn, SignedIn, StaffAnswer};
use reda_protocol::rpc::StartShop;
use reda_server::{App, NewShop, Server, ServerConfig, ShopIds};
use reda_till::{Http, HttpError, Joined, Language, Till};
use serde_json::json;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The first market's; the owner changes nothing about it yet.
const COUNTRY: &str = "KE";

impl Shop {
    /// Makes a shop, whole or not at all: in a folder aside, which then takes its place.
    pub(crate) async fn make(
        unfinished: &Path,
        folder: &Path,
        asked: &StartShop,
        language: Language,
    ) -> Result<(), ShopError> {
        place::begin(unfinished)?;
        let app = App::open(ServerConfig::local(database(unfinished))).await?;
        let server = Server::serve(app, SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let made = set_up(&server, unfinished, asked, language).await;
        server.stop().await;
        made?;
        place::finish(&Place::Inside, unfinished, folder)
    }

    /// Opens the shop that was made here.
    pub(crate) async fn open_own(opening: Opening<'_>) -> Result<Self, ShopError> {
        let folder = opening.folders.shop();
        let database = database(&folder);
        let app = App::open(ServerConfig::local(database.clone())).await?;
        let server = serve(app).await?;
        let network = Some(Network::resume(&folder, &server).await);
        let joined = joined(&server, &folder)?;
        let config = super::joined::config(&joined, &folder, &opening)?;
        let device = config.device;
        let till = Till::start(config, opening.on_event).await?;
        let database = Some(database.display().to_string());
        Ok(Self { till, device, server: Some(server), network, demo: None, database })
    }
}

fn database(folder: &Path) -> PathBuf {
    folder.join("server.db")
}

fn joined(server: &Server, folder: &Path) -> Result<Joined, ShopError> {
    let http = beside(server)?;
    Ok(Joined::new(http, folder, folder.join("till")))
}

/// The business with its owner, the owner's PIN, and this till in it.
async fn set_up(
    server: &Server,
    folder: &Path,
    asked: &StartShop,
    language: Language,
) -> Result<(), ShopError> {
    let (phone, email) = match asked.address.contains('@') {
        true => (None, Some(asked.address.clone())),
        false => (Some(asked.address.clone()), None),
    };
    let shop = NewShop {
        name: asked.shop.clone(),
        country: COUNTRY.to_owned(),
        owner_name: asked.name.clone(),
        owner_phone: phone.clone(),
        owner_email: email.clone(),
        password: asked.password.0.clone(),
        program_name: asked.shop.clone(),
    };
    let ids = server.app().start_shop(None, shop).await?;
    let sign_in = SignIn { phone, email, password: asked.password.0.clone() };
    let http = beside(server)?;
    let code = invite(&http, &ids, &sign_in, &asked.pin.0).await;
    let code = code.map_err(|error| ShopError::Join(error.into()))?;
    joined(server, folder)?.join(&code, &asked.till, language).await?;
    Ok(())
}

/// As the owner: sets the PIN and invites this till.
async fn invite(
    http: &Http,
    ids: &ShopIds,
    sign_in: &SignIn,
    pin: &str,
) -> Result<String, HttpError> {
    let owner: SignedIn = http.post("/api/auth/sign-in", sign_in, None).await?;
    let shop = format!("/api/businesses/{}", ids.business);
    let path = format!("{shop}/staff/{}", ids.staff);
    let _: StaffAnswer = http.patch(&path, &json!({ "pin": pin }), &owner.token).await?;
    let path = format!("{shop}/invitations");
    let invitation: DeviceInvitation = http.post(&path, &json!({}), Some(&owner.token)).await?;
    Ok(invitation.code)
}
