//! A small town to test in: a shop with its owner, a cashier at a till, and a real server on a
//! port of its own; people come in as a test needs them.

mod people;

use crate::files::Files;
use crate::http::{Answer, Http};
use crate::line::Line;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use reda_actions::{Act, Actor, AddStaff, Op};
use reda_domain::business::Role;
use reda_domain::code::{Code, CodeId, STEP_MS, step_at};
use reda_domain::scope::Scope;
use reda_domain::signature::PrivateKey;
use reda_domain::{BusinessId, KeyId, OperationId, ProgramId, StaffId, Timestamp, UserId};
use reda_server::{
    Clock, Location, NewShop, NewTill, Registration, Server, ServerConfig, ShopIds, TillAccess, now,
};
use reda_store::tables::{audit, entries};
use reda_store::{Db, Row, Val};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU8, Ordering};
use uuid::Uuid;

pub(crate) const PASSWORD: &str = "a good password";
pub(crate) const SHOP: &str = "Baraka Mini-Mart";
pub(crate) const PROGRAM: &str = "Baraka Points";

/// The town.
pub(crate) struct TestTown {
    pub(crate) server: Server,
    pub(crate) shop: ShopIds,
    /// The shop's only till, with its cashier Grace switched on.
    pub(crate) till: Till,
    /// Calls by nobody.
    pub(crate) http: Http,
    /// The server's clock: tests let time pass by it.
    pub(crate) clock: Clock,
    people: AtomicU8,
    files: Files,
}

/// A till with someone switched on.
#[derive(Clone)]
pub(crate) struct Till {
    pub(crate) http: Http,
    pub(crate) access: TillAccess,
    pub(crate) staff_token: String,
    socket_url: String,
}

/// A person with an account and a key of their own.
#[derive(Clone)]
pub(crate) struct Customer {
    pub(crate) http: Http,
    pub(crate) user: UserId,
    pub(crate) phone: String,
    pub(crate) refresh_token: String,
    pub(crate) private: PrivateKey,
    pub(crate) key_id: Value,
    pub(crate) code_id: CodeId,
    socket_url: String,
}

/// What joining made.
pub(crate) struct Joined {
    /// The shop's handle for the person.
    pub(crate) handle: Value,
    pub(crate) request: Value,
    pub(crate) card: Value,
}

impl TestTown {
    pub(crate) async fn open() -> Self {
        let files = Files::new().await;
        Self::open_with(files.config(), files).await
    }

    pub(crate) async fn open_with(config: ServerConfig, files: Files) -> Self {
        // What the server logs stands beside a failed test.
        let log = tracing_subscriber::fmt().with_test_writer();
        log.with_max_level(tracing::Level::WARN).try_init().ok();
        let (clock, registration) = (config.clock.clone(), config.registration);
        let server = Server::start(config).await.expect("the server starts");
        let http = Http::new(format!("http://{}", server.address()));
        let shop = start_shop(&server, SHOP, "0720000001").await;
        // Where nobody can make an account there is only the owner.
        let staff = match registration {
            Registration::Open => {
                let cashier = user_of(&sign_up(&http, "Grace", "0720000002").await);
                add_staff(&server, shop.business, cashier, Role::Cashier).await
            }
            Registration::Closed => shop.staff,
        };
        let till = till(&server, &http, shop.business, staff).await;
        Self { server, shop, till, http, clock, people: AtomicU8::new(1), files }
    }

    /// Stops the server and opens the same files again: same people, same tokens.
    pub(crate) async fn restarted(self) -> Self {
        self.restarted_after(async || ()).await.1
    }

    /// The same, with something done while no server has the files.
    pub(crate) async fn restarted_after<T>(self, meanwhile: impl AsyncFnOnce() -> T) -> (T, Self) {
        let Self { server, shop, till, clock, people, files, .. } = self;
        server.stop().await;
        let done = meanwhile().await;
        let config = ServerConfig { clock: clock.clone(), ..files.config() };
        let server = Server::start(config).await.expect("the server starts again");
        let base = format!("http://{}", server.address());
        let http = Http::new(base);
        let token = till.http.token.clone().expect("a till has a token");
        let socket_url = server.socket_url();
        let till = Till { http: http.with_token(&token), socket_url, ..till };
        (done, Self { server, shop, till, http, clock, people, files })
    }

    /// What was sent to an address, the latest last.
    pub(crate) fn messages_to(&self, address: &str) -> Vec<String> {
        let lines = std::fs::read_to_string(self.messages()).unwrap_or_default();
        let lines = lines.lines().map(|it| serde_json::from_str::<Value>(it).expect("JSON"));
        let to = lines.filter(|it| it["to"] == address);
        to.map(|it| it["text"].as_str().expect("a text").to_owned()).collect()
    }

    /// Where the database is.
    pub(crate) fn database(&self) -> Location {
        self.files.database()
    }

    /// See [`Files::database_url`].
    pub(crate) fn database_url(&self) -> String {
        self.files.database_url().to_owned()
    }

    /// Where the certificate of the server's door is.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.files.path("certificate.pem")
    }

    /// Where the server writes what it would send.
    pub(crate) fn messages(&self) -> PathBuf {
        self.files.messages()
    }

    /// The shop's programme.
    pub(crate) fn program(&self) -> ProgramId {
        self.shop.program
    }

    /// The shop's owner, signed in without a till.
    pub(crate) async fn owner(&self) -> Http {
        self.signed_in("0720000001").await
    }

    /// Someone signed in by phone.
    pub(crate) async fn signed_in(&self, phone: &str) -> Http {
        let body = json!({ "phone": phone, "password": PASSWORD });
        let session = self.http.post("/api/auth/sign-in", body).await.ok();
        self.http.with_token(session["token"].as_str().expect("a token"))
    }

    /// Another shop on the same server, with a till of its own.
    pub(crate) async fn other_shop(&self) -> (ShopIds, Till) {
        let n = self.people.fetch_add(1, Ordering::Relaxed);
        let shop = start_shop(&self.server, "Duka Letu", &format!("0721000{n:03}")).await;
        (shop, till(&self.server, &self.http, shop.business, shop.staff).await)
    }

    /// Makes a person a member of this shop's staff.
    pub(crate) async fn hire(&self, person: &Customer, role: Role) -> Till {
        let staff = add_staff(&self.server, self.shop.business, person.user, role).await;
        let access = TillAccess { staff, ..self.till.access };
        let (staff_token, _) = self.server.app().staff_token(access);
        Till { access, staff_token, ..self.till.clone() }
    }

    /// A person with an account, whose page has registered its key.
    pub(crate) async fn customer(&self, name: &str) -> Customer {
        let n = self.people.fetch_add(1, Ordering::Relaxed);
        let phone = format!("0722000{n:03}");
        let session = sign_up(&self.http, name, &phone).await;
        let http = self.http.with_token(session["token"].as_str().expect("a token"));
        let private = PrivateKey::from_bytes(&[n; 32]).expect("a scalar");
        let body = json!({ "public_key": private.public().to_spki_base64(), "label": "phone" });
        let registered = http.post("/api/me/keys", body).await.ok();
        let code_id = registered["key"]["code_id"].as_str().expect("an id");
        Customer {
            user: user_of(&session),
            phone,
            refresh_token: session["refresh_token"].as_str().expect("a token").to_owned(),
            code_id: CodeId::from_hex(code_id).expect("hex"),
            key_id: registered["key"]["id"].clone(),
            private,
            socket_url: self.server.socket_url(),
            http,
        }
    }

    /// A person whose phone number counts. Nothing proves one over HTTP yet.
    pub(crate) async fn verified(&self, name: &str) -> Customer {
        let person = self.customer(name).await;
        self.sql("UPDATE users SET phone_verified = 1 WHERE id = $1", [person.user.0.into()]).await;
        person
    }

    /// A person who has joined the shop's programme, through a scan, a question and a yes.
    pub(crate) async fn member(&self, name: &str) -> (Customer, Joined) {
        let person = self.customer(name).await;
        let joined = self.join(&person).await;
        (person, joined)
    }

    /// A member whom the shop wrote down and who said yes at the till: nobody's account. Their
    /// number comes with them.
    pub(crate) async fn noted(&self, name: &str) -> (String, Joined) {
        let n = self.people.fetch_add(1, Ordering::Relaxed);
        let phone = format!("0722000{n:03}");
        let joined = self.owner_at_till().note(name, &phone, self.program()).await;
        (phone, joined)
    }

    /// The shop's till, with its owner switched on.
    pub(crate) fn owner_at_till(&self) -> Till {
        let access = TillAccess { staff: self.shop.staff, ..self.till.access };
        let (staff_token, _) = self.server.app().staff_token(access);
        Till { access, staff_token, ..self.till.clone() }
    }

    /// Scans, asks, and accepts.
    pub(crate) async fn join(&self, person: &Customer) -> Joined {
        let found = self.till.scan(&person.code_now()).await.applied();
        let handle = found["customer"]["id"].clone();
        let request = self.ask(&handle).await;
        let answered = person.answer(&request, "accept").await.ok();
        Joined { handle, request, card: answered["card"].clone() }
    }

    /// Asks whoever a handle names; the request's id.
    pub(crate) async fn ask(&self, handle: &Value) -> Value {
        let body = json!({ "customer": handle, "program": self.program() });
        self.till.op("ask_enrollment", body).await.applied()["request"].clone()
    }

    /// Scans a person's code and asks them: handle and request.
    pub(crate) async fn asked(&self, person: &Customer) -> (Value, Value) {
        let found = self.till.scan(&person.code_now()).await.applied();
        let handle = found["customer"]["id"].clone();
        let request = self.ask(&handle).await;
        (handle, request)
    }

    /// Changes a row as another program would: behind the server's back, and noted in the heads.
    pub(crate) async fn sql(&self, sql: &'static str, vals: impl Into<Vec<Val>>) {
        let db = Db::open(&self.database()).await.expect("the database opens");
        let mut tx = db.begin().await.expect("a transaction");
        let changed = tx.exec(sql, vals.into()).await.expect("the statement is sound");
        assert_eq!(changed, 1, "{sql}");
        let noted = tx.exec("UPDATE feed_heads SET changes = changes + 1", vec![]).await;
        noted.expect("heads are there");
        tx.commit().await.expect("committed");
        db.close().await;
    }

    /// Whether every card's balance is the sum of its entries.
    pub(crate) async fn balances_agree(&self) -> bool {
        let mut tx = self.server.app().db().snapshot().await.expect("a transaction");
        let disagreeing = reda_store::tables::entries::disagreeing(&mut tx).await;
        disagreeing.expect("the query is sound").is_empty()
    }

    /// Lets time pass on the server's clock.
    pub(crate) fn passes(&self, ms: i64) {
        self.clock.put_forward(ms);
    }

    /// A number that a query counts.
    pub(crate) async fn number(&self, sql: &'static str, vals: impl Into<Vec<Val>>) -> i64 {
        let mut tx = self.server.app().db().snapshot().await.expect("a transaction");
        let rows = tx.rows(sql, vals.into()).await.expect("the query is sound");
        rows[0].get(0).expect("a number")
    }

    /// Ids with a text.
    pub(crate) async fn named(
        &self,
        sql: &'static str,
        vals: impl Into<Vec<Val>>,
    ) -> Vec<(Uuid, String)> {
        let mut tx = self.server.app().db().snapshot().await.expect("a transaction");
        let rows = tx.rows(sql, vals.into()).await.expect("the query is sound");
        let read = |row: &Row| (row.get(0).expect("an id"), row.get(1).expect("a text"));
        rows.iter().map(read).collect()
    }

    /// A column of texts.
    pub(crate) async fn texts(&self, sql: &'static str, vals: impl Into<Vec<Val>>) -> Vec<String> {
        let mut tx = self.server.app().db().snapshot().await.expect("a transaction");
        let rows = tx.rows(sql, vals.into()).await.expect("the query is sound");
        rows.iter().map(|row| row.get(0).expect("a text")).collect()
    }

    /// Balances are the sums of their entries, and no chain of the audit is broken.
    pub(crate) async fn books_are_sound(&self) {
        let mut tx = self.server.app().db().snapshot().await.expect("a transaction");
        assert_eq!(entries::disagreeing(&mut tx).await.expect("read"), []);
        for scope in [Scope::Platform, Scope::Business(self.shop.business)] {
            assert_eq!(audit::first_broken(&mut tx, scope).await.expect("read"), None, "{scope}");
        }
    }

    /// How many rows there are of everything that an operation can leave behind.
    pub(crate) async fn rows(&self) -> Vec<(&'static str, i64)> {
        macro_rules! tables {
            ($($name:literal),*) => {
                vec![$(($name, self.number(concat!("SELECT COUNT(*) FROM ", $name), []).await)),*]
            };
        }
        tables![
            "users",
            "businesses",
            "staff",
            "devices",
            "programs",
            "rewards",
            "customers",
            "business_customers",
            "enrollments",
            "loyalty_cards",
            "points_entries",
            "approval_requests",
            "waiting_awards",
            "consents",
            "customer_keys",
            "printed_codes",
            "qr_scan_logs",
            "notifications",
            "operations",
            "feed",
            "audit_log"
        ]
    }
}

async fn start_shop(server: &Server, name: &str, owner_phone: &str) -> ShopIds {
    let shop = NewShop {
        name: name.to_owned(),
        country: "KE".to_owned(),
        owner_name: "Joseph".to_owned(),
        owner_phone: Some(owner_phone.to_owned()),
        owner_email: None,
        password: PASSWORD.to_owned(),
        program_name: PROGRAM.to_owned(),
    };
    server.app().start_shop(None, shop).await.expect("the shop starts")
}

pub(crate) async fn till(
    server: &Server,
    http: &Http,
    business: BusinessId,
    staff: StaffId,
) -> Till {
    let new = NewTill { business, name: "Front counter".to_owned() };
    let device = server.app().add_till(None, new).await.expect("the till joins");
    let access = TillAccess { business, device, staff };
    let (token, _) = server.app().device_token(access);
    let (staff_token, _) = server.app().staff_token(access);
    let socket_url = server.socket_url();
    Till { http: http.with_token(&token), access, staff_token, socket_url }
}

/// As the server's own set-up does it: at once, and without asking the person.
pub(crate) async fn add_staff(
    server: &Server,
    business: BusinessId,
    user: UserId,
    role: Role,
) -> StaffId {
    let id = OperationId(Uuid::now_v7());
    let act: Act = AddStaff { business, user, role }.into();
    let op = Op { id, actor: Actor::Server, at: now(), act };
    let done = server.app().engine().submit(op, String::new()).await.expect("hired");
    assert_eq!(done.result.refused, None);
    StaffId::from(id)
}

pub(crate) async fn sign_up(http: &Http, name: &str, phone: &str) -> Value {
    let body = json!({ "name": name, "phone": phone, "password": PASSWORD });
    http.post("/api/auth/sign-up", body).await.ok()
}

fn user_of(session: &Value) -> UserId {
    serde_json::from_value(session["user"]["id"].clone()).expect("a user's id")
}
