//! A shop whose server is elsewhere: this till joined it by an invitation.

use super::place::{self, Place};
use super::{Opening, Shop, ShopError};
use reda_protocol::rpc::JoinShop;
use reda_till::{Http, Joined, Language, Staffing, Till, TillConfig};
use std::path::Path;

impl Shop {
    /// Joins, whole or not at all.
    pub(crate) async fn join(
        unfinished: &Path,
        folder: &Path,
        asked: &JoinShop,
        language: Language,
    ) -> Result<(), ShopError> {
        let http = Http::at(&asked.address)?;
        place::begin(unfinished)?;
        let joined = Joined::new(http.clone(), unfinished, unfinished.join("till"));
        joined.join(&asked.code.0, &asked.till, language).await?;
        let place = Place::At { address: http.address().to_owned() };
        place::finish(&place, unfinished, folder)
    }

    /// Opens the shop that was joined.
    pub(crate) async fn open_joined(
        address: &str,
        opening: Opening<'_>,
    ) -> Result<Self, ShopError> {
        let folder = opening.folders.shop();
        let joined = Joined::new(Http::at(address)?, &folder, folder.join("till"));
        let till = Till::start(config(&joined, &folder, &opening)?, opening.on_event).await?;
        Ok(Self { till, server: None, demo: None, database: None })
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
        server_url: joined.socket_url(),
        device: kept.device,
        business: kept.business,
        device_tokens: joined.device_tokens(),
        staffing: Staffing::ByPin,
        downloads: opening.folders.downloads().to_owned(),
        scan: Some(opening.camera.clone()),
        clock: reda_server::now,
    })
}
