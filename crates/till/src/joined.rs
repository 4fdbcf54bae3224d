//! A till that belongs to a server by an invitation: it joins, and fetches its tokens over HTTP.

use crate::credential::{Credential, CredentialFile};
use crate::http::{Ask, Http, HttpError};
use reda_domain::StaffId;
use reda_domain::language::Language;
use reda_domain::server_address::ServerAddress;
use reda_protocol::api::{
    AskDeviceToken, DevicePaired, DeviceToken, PairDevice, SwitchOn, SwitchedOn,
};
use reda_sync::{Token, TokenError, TokenSource};
use reqwest::Method;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// A till that has joined, and its server.
#[derive(Clone)]
pub struct Joined {
    http: Http,
    file: CredentialFile,
    /// What goes with the till when it is taken out of its business.
    replica: PathBuf,
    /// One call at a time: each changes the credential.
    turn: Arc<Mutex<()>>,
}

/// Why a till could not join.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    #[error(transparent)]
    Http(#[from] HttpError),
    #[error("the credential could not be kept")]
    Keep(#[from] io::Error),
}

impl Joined {
    /// The till of a folder, on a server; its replica lies where the till keeps it.
    pub fn new(http: Http, folder: &Path, replica: PathBuf) -> Self {
        let file = CredentialFile::in_folder(folder);
        Self { http, file, replica, turn: Arc::default() }
    }

    /// The till of a folder that has joined, on the server that it knows since; `None` where it has
    /// not joined, or was taken out.
    pub fn kept_in(
        folder: &Path,
        address: ServerAddress,
        replica: PathBuf,
    ) -> io::Result<Option<Self>> {
        let kept = CredentialFile::in_folder(folder).read()?;
        Ok(kept.map(|it| Self::new(Http::of(address, it.pin), folder, replica)))
    }

    /// Joins by an invitation; a replica of whatever was before goes.
    pub async fn join(
        &self,
        code: &str,
        name: &str,
        language: Language,
    ) -> Result<Credential, JoinError> {
        let body = PairDevice { code: code.to_owned(), name: name.to_owned() };
        let ask = Ask::new(Method::POST, "/api/devices/pair");
        let paired: DevicePaired = self.http.json(ask, Some(&body), language).await?;
        self.forget_replica();
        let credential = Credential {
            device: paired.device,
            business: paired.business,
            credential: paired.credential,
            pin: self.http.pin(),
        };
        self.file.write(&credential)?;
        Ok(credential)
    }

    /// What is kept from joining; `None` before that, and after being taken out.
    pub fn kept(&self) -> io::Result<Option<Credential>> {
        self.file.read()
    }

    /// Its server.
    pub fn server(&self) -> &Http {
        &self.http
    }

    /// The till's own tokens.
    pub fn device_tokens(&self) -> TokenSource {
        let own = self.clone();
        Box::new(move || {
            let own = own.clone();
            Box::pin(async move { own.device_token().await })
        })
    }

    /// The tokens of who switches on by PIN.
    pub fn staff_tokens(&self, staff: StaffId, pin: String) -> TokenSource {
        let own = self.clone();
        Box::new(move || {
            let (own, pin) = (own.clone(), pin.clone());
            Box::pin(async move {
                let till = own.device_token().await?;
                let switched = switch_on(&own.http, &till.text, staff, &pin, Language::default());
                switched.await.map_err(HttpError::of_token)
            })
        })
    }

    /// Exchanges the credential. The next one is on the disk before the token is used, so that
    /// being cut off here leaves the till with one that the server takes.
    async fn device_token(&self) -> Result<Token, TokenError> {
        let unavailable = |error: io::Error| TokenError::Unavailable(error.to_string());
        let _turn = self.turn.lock().await;
        let kept = self.file.read().map_err(unavailable)?;
        let kept =
            kept.ok_or_else(|| TokenError::Refused("this till has not joined".to_owned()))?;
        let body = AskDeviceToken { device: kept.device, credential: kept.credential.clone() };
        let got = self.http.post::<DeviceToken>("/api/devices/token", &body, None).await;
        let got = got.map_err(|error| {
            if matches!(&error, HttpError::Refused(no) if no.code == "device_revoked") {
                self.forget();
            }
            error.of_token()
        })?;
        self.file.write(&Credential { credential: got.credential, ..kept }).map_err(unavailable)?;
        Ok(Token { text: got.token, expires_in: secs(got.expires_in) })
    }

    /// The till is no longer the business's: what it has of it goes.
    fn forget(&self) {
        if let Err(error) = self.file.forget() {
            tracing::warn!("the credential could not be deleted: {error}");
        }
        self.forget_replica();
    }

    fn forget_replica(&self) {
        match std::fs::remove_dir_all(&self.replica) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!("the replica could not be deleted: {error}");
            }
            Ok(()) | Err(_) => {}
        }
    }
}

/// Switches a member of staff on at the till that has this token.
pub(crate) async fn switch_on(
    http: &Http,
    till: &str,
    staff: StaffId,
    pin: &str,
    language: Language,
) -> Result<Token, HttpError> {
    let body = SwitchOn { staff, pin: pin.to_owned() };
    let ask = Ask::new(Method::POST, "/api/devices/switch-on").by(till);
    let on: SwitchedOn = http.json(ask, Some(&body), language).await?;
    Ok(Token { text: on.staff_token, expires_in: secs(on.expires_in) })
}

fn secs(expires_in: i64) -> Duration {
    Duration::from_secs(expires_in.unsigned_abs())
}
