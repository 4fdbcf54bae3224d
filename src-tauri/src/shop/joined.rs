//! A shop whose server is elsewhere: this till joined it by an invitation.

use super::place::{self, Place};
use super::{Opening, Shop, ShopError};
use reda_protocol::rpc::JoinShop;
use reda_till::{
    AddressError, Fingerprint, Http, Joined, Language, ServerAddress, Staffing, Till, TillConfig,
};
use std::path::Path;

impl Shop {
    /// Joins, whole or not at all.
    pub(crate) async fn join(
        unfinished: &Path,
        folder: &Path,
        asked: &JoinShop,
        language: Language,
    ) -> Result<(), ShopError> {
        let address = ServerAddress::parse(&asked.address)?;
        let pin = asked.fingerprint.as_deref().map(Fingerprint::from_hex);
        // A fingerprint that is none must not become no fingerprint.
        let pin = pin.map(|it| it.ok_or(AddressError::NotAnAddress)).transpose()?;
        place::begin(unfinished)?;
        let place = Place::At { address: address.to_string() };
        let joined = Joined::new(Http::of(address, pin), unfinished, unfinished.join("till"));
        joined.join(&asked.code.0, &asked.till, language).await?;
        place::finish(&place, unfinished, folder)
    }

    /// Opens the shop that was joined.
    pub(crate) async fn open_joined(
        address: &str,
        opening: Opening<'_>,
    ) -> Result<Self, ShopError> {
        let folder = opening.folders.shop();
        let address = ServerAddress::parse(address)?;
        let joined = Joined::kept_in(&folder, address, folder.join("till"));
        let joined = joined.map_err(ShopError::folder(&folder))?.ok_or(ShopError::NotJoined)?;
        let config = config(&joined, &folder, &opening)?;
        let device = config.device;
        let till = Till::start(config, opening.on_event).await?;
        Ok(Self { till, device, server: None, network: None, demo: None, database: None })
    }
}

/// The till of a shop that it joined, with nobody switched on.
pub(super) fn config(
    joined: &Joined,
    folder: &Path,
    opening: &Opening<'_>,
) -> Result<TillConfig, ShopError> {
    let kept = joined.kept().map_err(ShopError::folder(folder))?.ok_or(ShopError::NotJoined)?;
    Ok(TillConfig {
        data_dir: folder.join("till"),
        settings: opening.settings.clone(),
        server: joined.server().clone(),
        device: kept.device,
        business: kept.business,
        device_tokens: joined.device_tokens(),
        staffing: Staffing::ByPin,
        downloads: opening.folders.downloads().to_owned(),
        unsent: opening.folders.unsent(),
        scan: Some(opening.camera.clone()),
        clock: reda_server::now,
    })
}
