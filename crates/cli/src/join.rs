//! A till that works on a server of its own place: it joins by an invitation, and fetches its
//! tokens over HTTP. Without encryption only this computer is asked, since there is no certificate
//! to know another one by.

use crate::error::CommandError;
use reda_domain::StaffId;
use reda_protocol::api::{
    AskDeviceToken, DevicePaired, DeviceToken, PairDevice, SwitchOn, SwitchedOn,
};
use reda_protocol::error::ErrorBody;
use reda_till::{Credential, CredentialFile, Token, TokenError, TokenSource};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// A call that takes longer is given up.
const CALL_WITHIN: Duration = Duration::from_secs(8);

/// A till that has joined, and its server.
#[derive(Clone)]
pub(crate) struct Joined {
    http: reqwest::Client,
    /// `http://host:port`.
    server: String,
    file: CredentialFile,
    /// What goes with the till when it is taken out of its business.
    replica: PathBuf,
    /// One call at a time: each changes the credential.
    turn: Arc<Mutex<()>>,
}

impl Joined {
    /// The till of a folder, on a server.
    pub(crate) fn new(server: &str, data: &Path, replica: PathBuf) -> Result<Self, CommandError> {
        let server = server.trim_end_matches('/').to_owned();
        let here = server.strip_prefix("http://").is_some_and(|rest| {
            let name = rest.rsplit_once(':').map_or(rest, |(name, _)| name);
            ["localhost", "127.0.0.1", "[::1]"].contains(&name)
        });
        if !here {
            let why = format!("{server} is not http:// on this computer: it cannot be asked yet");
            return Err(CommandError::Usage(why));
        }
        let http = reqwest::Client::builder().timeout(CALL_WITHIN).build();
        let http = http.map_err(|error| CommandError::Usage(error.to_string()))?;
        let file = CredentialFile::in_folder(data);
        Ok(Self { http, server, file, replica, turn: Arc::default() })
    }

    /// Joins by an invitation; a replica of whatever was before goes.
    pub(crate) async fn join(&self, code: &str, name: &str) -> Result<Credential, CommandError> {
        let body = PairDevice { code: code.to_owned(), name: name.to_owned() };
        let paired = self.post::<DevicePaired>("/api/devices/pair", &body, None).await;
        let paired =
            paired.map_err(|why| CommandError::Step { step: "join", why: why.to_string() })?;
        self.forget_replica();
        let credential = Credential {
            device: paired.device,
            business: paired.business,
            credential: paired.credential,
        };
        self.file.write(&credential)?;
        Ok(credential)
    }

    /// What is kept from joining.
    pub(crate) fn kept(&self) -> Result<Credential, CommandError> {
        let missing =
            || CommandError::Usage("this till has not joined: give --join CODE".to_owned());
        self.file.read()?.ok_or_else(missing)
    }

    /// Where its line goes.
    pub(crate) fn socket_url(&self) -> String {
        format!("{}/ws", self.server.replacen("http", "ws", 1))
    }

    /// The till's own tokens.
    pub(crate) fn device_tokens(&self) -> TokenSource {
        let own = self.clone();
        Box::new(move || {
            let own = own.clone();
            Box::pin(async move { own.device_token().await })
        })
    }

    /// The tokens of who switches on by PIN.
    pub(crate) fn staff_tokens(&self, staff: StaffId, pin: String) -> TokenSource {
        let own = self.clone();
        Box::new(move || {
            let (own, pin) = (own.clone(), pin.clone());
            Box::pin(async move {
                let till = own.device_token().await?;
                let body = SwitchOn { staff, pin };
                let path = "/api/devices/switch-on";
                let on = own.post::<SwitchedOn>(path, &body, Some(&till.text)).await?;
                let expires_in = Duration::from_secs(on.expires_in.unsigned_abs());
                Ok(Token { text: on.staff_token, expires_in })
            })
        })
    }

    /// Exchanges the credential. The next one is on the disk before the token is used, so that
    /// being cut off here leaves the till with one that the server takes.
    async fn device_token(&self) -> Result<Token, TokenError> {
        let unavailable = |error: std::io::Error| TokenError::Unavailable(error.to_string());
        let _turn = self.turn.lock().await;
        let kept = self.file.read().map_err(unavailable)?;
        let kept =
            kept.ok_or_else(|| TokenError::Refused("this till has not joined".to_owned()))?;
        let body = AskDeviceToken { device: kept.device, credential: kept.credential.clone() };
        let got = self.post::<DeviceToken>("/api/devices/token", &body, None).await?;
        self.file.write(&Credential { credential: got.credential, ..kept }).map_err(unavailable)?;
        Ok(Token {
            text: got.token,
            expires_in: Duration::from_secs(got.expires_in.unsigned_abs()),
        })
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        token: Option<&str>,
    ) -> Result<T, TokenError> {
        let unavailable = |error: reqwest::Error| TokenError::Unavailable(error.to_string());
        let call = self.http.post(format!("{}{path}", self.server)).json(body);
        let call = match token {
            Some(token) => call.bearer_auth(token),
            None => call,
        };
        let answer = call.send().await.map_err(unavailable)?;
        if answer.status().is_success() {
            return answer.json().await.map_err(unavailable);
        }
        let passing = answer.status().is_server_error() || answer.status().as_u16() == 429;
        let error = answer.json::<ErrorBody>().await.map_err(unavailable)?.error;
        if error.code == "device_revoked" {
            self.forget();
        }
        let why = error.to_string();
        Err(if passing { TokenError::Unavailable(why) } else { TokenError::Refused(why) })
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
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!("the replica could not be deleted: {error}");
            }
            Ok(()) | Err(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reda_server::{NewShop, Server, ServerConfig, ShopIds};
    use serde_json::{Value, json};
    use tempfile::TempDir;

    struct Shop {
        server: Server,
        ids: ShopIds,
        owner: String,
        dir: TempDir,
    }

    impl Shop {
        async fn open() -> Self {
            let dir = tempfile::tempdir().unwrap();
            let config = ServerConfig::local(dir.path().join("server.db"));
            let server = Server::start(config).await.unwrap();
            let shop = NewShop {
                name: "Baraka".to_owned(),
                country: "KE".to_owned(),
                owner_name: "Joseph".to_owned(),
                owner_phone: Some("0720000001".to_owned()),
                owner_email: None,
                password: "a good password".to_owned(),
                program_name: "Points".to_owned(),
            };
            let ids = server.app().start_shop(None, shop).await.unwrap();
            let mut shop = Self { server, ids, owner: String::new(), dir };
            let body = json!({ "phone": "0720000001", "password": "a good password" });
            let session = shop.call("POST", "/api/auth/sign-in", body).await;
            shop.owner = session["token"].as_str().unwrap().to_owned();
            shop
        }

        fn url(&self) -> String {
            format!("http://{}", self.server.address())
        }

        async fn call(&self, method: &str, path: &str, body: Value) -> Value {
            let http = reqwest::Client::new();
            let call = http.request(method.parse().unwrap(), format!("{}{path}", self.url()));
            let call = call.bearer_auth(&self.owner).json(&body);
            let answer = call.send().await.unwrap();
            assert!(answer.status().is_success(), "{method} {path}: {}", answer.status());
            answer.json().await.unwrap_or_default()
        }

        async fn joined(&self) -> Joined {
            let path = format!("/api/businesses/{}/invitations", self.ids.business);
            let invitation = self.call("POST", &path, json!({})).await;
            let (data, replica) = (self.dir.path(), self.dir.path().join("till"));
            let joined = Joined::new(&self.url(), data, replica).unwrap();
            joined.join(invitation["code"].as_str().unwrap(), "Counter").await.unwrap();
            joined
        }
    }

    #[tokio::test]
    async fn a_till_joins_and_fetches_its_tokens() {
        let shop = Shop::open().await;
        let joined = shop.joined().await;
        let first = joined.kept().unwrap();
        joined.device_tokens()().await.unwrap();
        assert_ne!(joined.kept().unwrap(), first, "the next one is kept before the token is used");
        let staff = shop.ids.staff;
        let path = format!("/api/businesses/{}/staff/{staff}", shop.ids.business);
        shop.call("PATCH", &path, json!({ "pin": "2468" })).await;
        joined.staff_tokens(staff, "2468".to_owned())().await.unwrap();
        let wrong = joined.staff_tokens(staff, "1357".to_owned())().await;
        assert!(matches!(wrong, Err(TokenError::Refused(_))), "{wrong:?}");
        shop.server.stop().await;
    }

    #[tokio::test]
    async fn a_till_that_was_cut_off_before_saving_goes_on() {
        let shop = Shop::open().await;
        let joined = shop.joined().await;
        let before = joined.kept().unwrap();
        joined.device_tokens()().await.unwrap();
        // The power went just before the next credential was on the disk.
        joined.file.write(&before).unwrap();
        joined.device_tokens()().await.unwrap();
        joined.device_tokens()().await.unwrap();
        // A copy of what it was then is another matter.
        joined.file.write(&before).unwrap();
        let copied = joined.device_tokens()().await;
        assert!(matches!(copied, Err(TokenError::Refused(_))), "{copied:?}");
        shop.server.stop().await;
    }

    #[tokio::test]
    async fn many_tokens_at_once_take_turns() {
        let shop = Shop::open().await;
        let joined = shop.joined().await;
        let source = joined.device_tokens();
        let all = futures_util::future::join_all((0..5).map(|_| source())).await;
        assert!(all.iter().all(Result::is_ok), "{all:?}");
        source().await.unwrap();
        shop.server.stop().await;
    }

    #[tokio::test]
    async fn a_revoked_till_deletes_what_it_has() {
        let shop = Shop::open().await;
        let joined = shop.joined().await;
        std::fs::create_dir_all(&joined.replica).unwrap();
        let device = joined.kept().unwrap().device;
        let path = format!("/api/businesses/{}/devices/{device}", shop.ids.business);
        shop.call("DELETE", &path, json!({})).await;
        let refused = joined.device_tokens()().await;
        assert!(matches!(refused, Err(TokenError::Refused(_))), "{refused:?}");
        assert_eq!(joined.file.read().unwrap(), None);
        assert!(!joined.replica.exists());
        shop.server.stop().await;
    }

    #[test]
    fn another_computer_is_not_asked_in_the_clear() {
        let dir = tempfile::tempdir().unwrap();
        let of = |server: &str| Joined::new(server, dir.path(), dir.path().join("till"));
        assert!(of("http://127.0.0.1:3000").is_ok() && of("http://localhost:3000/").is_ok());
        for other in ["http://192.168.1.2:3000", "http://localhost.evil.example", "ftp://127.0.0.1"]
        {
            assert!(of(other).is_err(), "{other}");
        }
    }
}
