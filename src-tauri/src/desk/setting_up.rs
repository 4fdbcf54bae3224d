//! A new computer comes to a shop: it starts one, or joins one by an invitation that is read by the
//! camera, pasted or typed.

use super::{Desk, Kind, Stage};
use crate::first_camera::{self, FirstCamera, Seen};
use crate::shop::{Place, Shop, ShopError};
use reda_protocol::error::WireError;
use reda_protocol::rpc::{
    Changed, InvitationView, JoinShop, ShopAddress, ShopLook, StartShop, WindowEvent,
};
use reda_till::{JoinError, ServerAddress, preview_view};
use std::future::Future;
use tracing::warn;

impl Desk {
    /// Makes a shop of its own and opens it.
    pub(crate) async fn start_shop(&self, asked: &StartShop) -> Result<(), WireError> {
        let folders = &self.0.folders;
        let (unfinished, folder) = (folders.unfinished_shop(), folders.shop());
        let language = self.0.settings.language();
        self.set_up(Shop::make(&unfinished, &folder, asked, language)).await
    }

    /// Joins a shop and opens it.
    pub(crate) async fn join_shop(&self, asked: &JoinShop) -> Result<(), WireError> {
        let folders = &self.0.folders;
        let (unfinished, folder) = (folders.unfinished_shop(), folders.shop());
        let language = self.0.settings.language();
        self.set_up(Shop::join(&unfinished, &folder, asked, language)).await
    }

    /// Looks at the certificate of a shop's server.
    pub(crate) async fn look_at_shop(&self, asked: &ShopAddress) -> Result<ShopLook, WireError> {
        let language = self.0.settings.language();
        let failed = |failure: ShopError| failure.wire(language);
        let address = ServerAddress::parse(&asked.address).map_err(|bad| failed(bad.into()))?;
        let seen = reda_till::look(&address).await;
        let fingerprint = seen.map_err(|error| failed(JoinError::from(error).into()))?;
        // The words are slow on purpose, so they are made aside.
        let words = match fingerprint {
            Some(seen) => tauri::async_runtime::spawn_blocking(move || seen.words()).await.ok(),
            None => None,
        };
        Ok(ShopLook {
            fingerprint: fingerprint.map(|it| it.to_string()),
            words: words.map(|words| words.map(str::to_owned).to_vec()),
        })
    }

    /// Reads an invitation that was pasted.
    pub(crate) fn read_invitation(&self, text: &str) -> Result<InvitationView, WireError> {
        let not_one = |_| WireError::of("not_an_invitation", self.0.settings.language());
        first_camera::read(text).map_err(not_one)
    }

    /// Looks for an invitation with the camera, or stops; only where no shop has the camera.
    pub(crate) fn scan_invitation(&self, on: bool) {
        let is_free = matches!(*self.stage(), Stage::FirstRun | Stage::Failed(_));
        let camera = (on && is_free).then(|| {
            let desk = self.clone();
            FirstCamera::start(self.camera(), move |seen| desk.see(seen))
        });
        *self.first_camera() = camera;
        self.tell_changed();
    }

    fn see(&self, seen: Seen) {
        match seen {
            Seen::View => self.emit(&WindowEvent::Changed { what: vec![Changed::App] }),
            Seen::Picture(picture) => self.emit(&WindowEvent::Preview(preview_view(&picture))),
            Seen::Invitation(invitation) => {
                self.emit(&WindowEvent::CodeRead);
                self.emit(&WindowEvent::Invitation(invitation));
            }
        }
    }

    /// One set-up at a time, and only where there is no shop yet.
    async fn set_up(
        &self,
        making: impl Future<Output = Result<(), ShopError>>,
    ) -> Result<(), WireError> {
        let language = self.0.settings.language();
        let busy = |_| WireError::of("busy", language);
        let _turn = self.0.setting_up.try_lock().map_err(busy)?;
        if matches!(*self.stage(), Stage::Starting | Stage::Ready) {
            return Err(WireError::of("busy", language));
        }
        making.await.map_err(|failure| {
            warn!("the shop was not set up: {failure:#}");
            failure.wire(language)
        })?;
        match Place::read(&self.0.folders.shop()) {
            Some(place) => self.begin(Kind::Kept(place)),
            None => return Err(WireError::of("internal", language)),
        }
        Ok(())
    }
}
