//! A till joins a real server by an invitation, and lives on what it keeps.

use reda_domain::language::Language;
use reda_server::{DoorSign, NewShop, Server, ServerConfig, ShopIds};
use reda_till::{
    CredentialFile, Fingerprint, Http, HttpError, JoinError, Joined, TokenError, look,
};
use serde_json::{Value, json};
use std::path::PathBuf;
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

    async fn code(&self) -> String {
        let path = format!("/api/businesses/{}/invitations", self.ids.business);
        let invitation = self.call("POST", &path, json!({})).await;
        invitation["code"].as_str().unwrap().to_owned()
    }

    async fn joined(&self) -> Joined {
        let http = Http::at(&self.url()).unwrap();
        let joined = Joined::new(http, self.dir.path(), self.replica());
        joined.join(&self.code().await, "Counter", Language::En).await.unwrap();
        joined
    }

    /// Lets other computers in, and says where.
    async fn open_door(&self, port: u16, certificate: &str) -> DoorSign {
        let file = self.dir.path().join(certificate);
        self.server.open_door(([127, 0, 0, 1], port).into(), &file).await.unwrap();
        self.server.door_sign().unwrap()
    }

    fn replica(&self) -> PathBuf {
        self.dir.path().join("till")
    }

    /// What the till keeps on its disk.
    fn file(&self) -> CredentialFile {
        CredentialFile::in_folder(self.dir.path())
    }
}

#[tokio::test]
async fn a_till_joins_and_fetches_its_tokens() {
    let shop = Shop::open().await;
    let joined = shop.joined().await;
    let first = joined.kept().unwrap().unwrap();
    joined.device_tokens()().await.unwrap();
    assert_ne!(
        joined.kept().unwrap().unwrap(),
        first,
        "the next one is kept before the token is used"
    );
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
    let before = joined.kept().unwrap().unwrap();
    joined.device_tokens()().await.unwrap();
    // The power went just before the next credential was on the disk.
    shop.file().write(&before).unwrap();
    joined.device_tokens()().await.unwrap();
    joined.device_tokens()().await.unwrap();
    // A copy of what it was then is another matter.
    shop.file().write(&before).unwrap();
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
    std::fs::create_dir_all(shop.replica()).unwrap();
    let device = joined.kept().unwrap().unwrap().device;
    let path = format!("/api/businesses/{}/devices/{device}", shop.ids.business);
    shop.call("DELETE", &path, json!({})).await;
    let refused = joined.device_tokens()().await;
    assert!(matches!(refused, Err(TokenError::Refused(_))), "{refused:?}");
    assert_eq!(joined.kept().unwrap(), None);
    assert!(!shop.replica().exists());
    shop.server.stop().await;
}

#[tokio::test]
async fn a_till_joins_from_another_computer_and_knows_its_server_from_then() {
    let shop = Shop::open().await;
    let sign = shop.open_door(0, "certificate.pem").await;
    let address = &sign.addresses[0];
    let shown = look(address).await.unwrap().expect("a certificate of its own");
    assert_eq!(shown.words(), sign.words);
    let http = Http::of(address.clone(), Some(shown));
    let joined = Joined::new(http, shop.dir.path(), shop.replica());
    joined.join(&shop.code().await, "Counter", Language::En).await.unwrap();
    let again = Joined::kept_in(shop.dir.path(), address.clone(), shop.replica());
    let again = again.unwrap().expect("it has joined");
    assert_eq!(again.server().pin(), Some(sign.fingerprint));
    again.device_tokens()().await.unwrap();
    // Somebody else answers at the same place.
    let other = shop.open_door(sign.port, "another.pem").await;
    assert_ne!(other.fingerprint, sign.fingerprint);
    let refused = again.device_tokens()().await;
    assert!(matches!(refused, Err(TokenError::Distrusted(_))), "{refused:?}");
    assert!(again.kept().unwrap().is_some(), "the till keeps what it has");
    shop.open_door(sign.port, "certificate.pem").await;
    again.device_tokens()().await.unwrap();
    shop.server.stop().await;
}

#[tokio::test]
async fn a_code_is_not_told_to_a_server_that_is_not_believed() {
    let shop = Shop::open().await;
    let sign = shop.open_door(0, "certificate.pem").await;
    let code = shop.code().await;
    let strangers = Fingerprint::of_certificate(b"another certificate");
    for pin in [Some(strangers), None] {
        let http = Http::of(sign.addresses[0].clone(), pin);
        let joining = Joined::new(http, shop.dir.path(), shop.replica());
        let refused = joining.join(&code, "Counter", Language::En).await;
        let is_distrust = matches!(refused, Err(JoinError::Http(HttpError::Distrusted(_))));
        assert!(is_distrust, "{refused:?}");
    }
    let http = Http::of(sign.addresses[0].clone(), Some(sign.fingerprint));
    let joining = Joined::new(http, shop.dir.path(), shop.replica());
    joining.join(&code, "Counter", Language::En).await.expect("the code is as good as new");
    shop.server.stop().await;
}
