//! A whole till over real sockets, against a server that the test plays.

mod correcting;
mod server;
mod switching;
mod unsent;

use reda_domain::code::{Code, CodeId};
use reda_domain::signature::PrivateKey;
use reda_domain::{DeviceId, Timestamp};
use reda_protocol::error::WireError;
use reda_protocol::frame::{EntityKind, cursor};
use reda_protocol::rpc::{
    AmountText, Call, Changed, ConnectionStatus, CounterStage, CounterView, InboxView, LookUp,
    Nothing, SpendAsk, SpendState, WindowEvent,
};
use reda_protocol::scope::Cursor;
use reda_scan::Source;
use reda_till::headless::{self, Options};
use reda_till::{Http, Popup, Settings, Staffing, Till, TillConfig, TillEvent, Unsent};
use serde_json::{Value, json};
use server::{
    AMINA, CARD, ME, REQUEST, SHOP, Server, TILL_TIME, award_data, card_with, member_with,
    not_enrolled, points_asked, request, token, within,
};
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::oneshot;
use uuid::Uuid;

fn clock() -> Timestamp {
    TILL_TIME
}

fn config(dir: &Path, listener: &TcpListener, scan: Option<Source>) -> TillConfig {
    TillConfig {
        data_dir: dir.to_owned(),
        settings: Settings::open(dir).unwrap(),
        server: Http::at(&listener.local_addr().unwrap().to_string()).unwrap(),
        device: DeviceId(Uuid::from_u128(9)),
        business: SHOP,
        device_tokens: token("device token"),
        staffing: Staffing::On { staff: ME, tokens: token("staff token") },
        downloads: dir.to_owned(),
        unsent: Unsent::in_folder(dir),
        scan,
        clock,
    }
}

/// A till, what it tells, and the port of its server.
struct Shop {
    till: Till,
    events: UnboundedReceiver<TillEvent>,
    popups: Vec<Popup>,
    codes_read: usize,
}

impl Shop {
    async fn open(dir: &Path, listener: &TcpListener, scan: Option<Source>) -> Self {
        Self::start(config(dir, listener, scan)).await
    }

    async fn start(config: TillConfig) -> Self {
        let (tell, events) = unbounded_channel();
        let on_event = Box::new(move |event| drop(tell.send(event)));
        let till = Till::start(config, on_event).await.unwrap();
        Self { till, events, popups: vec![], codes_read: 0 }
    }

    /// Waits until the till says that one of these changed.
    async fn changes(&mut self, one_of: &[Changed]) {
        loop {
            match within(self.events.recv()).await.expect("the till runs") {
                TillEvent::Window(WindowEvent::Changed { what }) => {
                    if what.iter().any(|what| one_of.contains(what)) {
                        return;
                    }
                }
                TillEvent::Window(WindowEvent::CodeRead) => self.codes_read += 1,
                TillEvent::Window(
                    WindowEvent::Preview(_)
                    | WindowEvent::Exported { .. }
                    | WindowEvent::Invitation(_)
                    | WindowEvent::Closing { .. }
                    | WindowEvent::Open(_),
                ) => {}
                TillEvent::Popup(popup) => self.popups.push(popup),
            }
        }
    }

    async fn call(&self, name: &str, params: Value) -> Result<Value, WireError> {
        within(self.till.rpc(Call::parse(name, params).unwrap())).await
    }

    async fn does(&self, name: &str, params: Value) -> CounterView {
        serde_json::from_value(self.call(name, params).await.unwrap()).unwrap()
    }

    async fn view(&self) -> CounterView {
        self.does("counter.view", json!({})).await
    }

    /// Waits, as a window would, until the counter shows what is wanted.
    async fn counter(&mut self, wanted: impl Fn(&CounterStage) -> bool) -> CounterStage {
        loop {
            let stage = self.view().await.stage;
            if wanted(&stage) {
                return stage;
            }
            self.changes(&[Changed::Counter]).await;
        }
    }

    async fn is(&mut self, status: ConnectionStatus) {
        while self.till.app_parts().await.unwrap().connection.status != status {
            self.changes(&[Changed::App]).await;
        }
    }

    /// Online, with the shop in the replica.
    async fn ready(&mut self) {
        self.is(ConnectionStatus::Online).await;
        while self.view().await.program.is_none() {
            self.changes(&[Changed::Counter]).await;
        }
    }
}

/// A till with its server, the shop open.
async fn open(dir: &Path, scan: Option<Source>) -> (Shop, Server, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut shop = Shop::open(dir, &listener, scan).await;
    let (mut server, _) = Server::greet(&listener).await;
    server.open_shop().await;
    shop.ready().await;
    (shop, server, listener)
}

fn code() -> String {
    let key = PrivateKey::from_bytes(&[1; 32]).unwrap();
    Code::rotating(CodeId([1; 8]), 7, &key).to_text()
}

/// Holds the code before the camera.
fn show_code_in(dir: &Path) {
    let qr = qrcode::QrCode::new(code()).unwrap();
    let picture = qr.render::<image::Luma<u8>>().module_dimensions(6, 6).build();
    picture.save(dir.join("amina.png")).unwrap();
}

#[tokio::test]
async fn a_code_read_without_the_line_says_that_it_needs_the_line() {
    let (dir, pictures) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    show_code_in(pictures.path());
    let source = Source::Replay { dir: pictures.path().to_owned() };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut shop = Shop::open(dir.path(), &listener, Some(source)).await;
    let refused = |stage: &CounterStage| matches!(stage, CounterStage::Refused { .. });
    let CounterStage::Refused { error } = shop.counter(refused).await else { panic!() };
    assert_eq!(error.code, "offline");
}

fn is_waiting(stage: &CounterStage) -> bool {
    matches!(stage, CounterStage::Waiting { .. })
}

#[tokio::test]
async fn from_a_typed_code_to_points_on_a_new_card() {
    let dir = tempfile::tempdir().unwrap();
    let (mut shop, mut server, _listener) = open(dir.path(), None).await;
    let view = shop.does("counter.look_up", json!({ "text": code() })).await;
    assert_eq!(view.stage, CounterStage::LookingUp { shown: None });
    let scan = server.hear_op("scan").await;
    assert_eq!(scan.body, json!({ "code": code() }));
    server.apply(&scan, not_enrolled()).await;
    shop.counter(|stage| matches!(stage, CounterStage::NotMember { .. })).await;

    shop.does("counter.ask", json!({})).await;
    let ask = server.hear_op("ask_enrollment").await;
    assert_eq!(ask.body["customer"], json!(AMINA));
    server.changes(vec![(EntityKind::Request, REQUEST, request("pending", None))]).await;
    server.apply(&ask, json!({ "request": REQUEST })).await;
    let CounterStage::Waiting { counter_until, .. } = shop.counter(is_waiting).await else {
        panic!()
    };
    let left_ms = counter_until.ms_since(TILL_TIME);
    assert!((60_000..=120_000).contains(&left_ms), "by the till's clock: {left_ms}");

    server.amina_accepts().await;
    let accepted = |stage: &CounterStage| matches!(stage, CounterStage::Accepted { .. });
    let CounterStage::Accepted { person, card, .. } = shop.counter(accepted).await else {
        panic!()
    };
    assert_eq!((person.name.as_str(), card.number.as_str()), ("Amina Odhiambo", "079927398713"));
    while shop.popups.is_empty() {
        shop.changes(&[Changed::Inbox]).await;
    }
    assert_eq!(shop.popups[0].title, "Amina joined Baraka Points");

    let amount = shop.call("counter.amount", json!({ "text": "1,700" })).await.unwrap();
    assert_eq!(amount["points"], 17);
    shop.does("counter.award", json!({ "text": "1,700" })).await;
    let award = server.hear_op("award_points").await;
    assert_eq!(award.body["amount"], json!({ "amount": 170_000, "currency": "KES" }));
    server.changes(vec![(EntityKind::Card, CARD, card_with(17))]).await;
    server.apply(&award, award_data(17, 17)).await;
    let has_points = |stage: &CounterStage| match stage {
        CounterStage::Accepted { card, .. } => card.balance.0 == 17,
        _ => false,
    };
    shop.counter(has_points).await;
    while shop.view().await.last_award.is_none() {
        shop.changes(&[Changed::Counter]).await;
    }

    let inbox: InboxView =
        serde_json::from_value(shop.call("inbox.view", json!({})).await.unwrap()).unwrap();
    assert_eq!(inbox.items.len(), 1);
    let parts = shop.till.app_parts().await.unwrap();
    assert_eq!(parts.unread, 1);
    assert_eq!(parts.staff.unwrap().initials, "EK");
    assert_eq!(parts.business.unwrap().name, "Baraka");
}

#[tokio::test]
async fn an_ask_that_the_line_cut_off_is_sent_again_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let (mut shop, mut server, listener) = open(dir.path(), None).await;
    shop.does("counter.look_up", json!({ "text": code() })).await;
    let scan = server.hear_op("scan").await;
    server.apply(&scan, not_enrolled()).await;
    shop.counter(|stage| matches!(stage, CounterStage::NotMember { .. })).await;
    shop.does("counter.ask", json!({})).await;
    let ask = server.hear_op("ask_enrollment").await;
    drop(server);

    let (mut server, at) = Server::greet(&listener).await;
    assert_eq!(at, cursor(1, 1), "the replica went on from where it stood");
    let again = server.hear_op("ask_enrollment").await;
    assert_eq!(again, ask);
    server.apply(&again, json!({ "request": REQUEST })).await;
    shop.counter(is_waiting).await;
}

#[tokio::test]
async fn without_the_line_calls_say_so_and_the_replica_still_shows() {
    let dir = tempfile::tempdir().unwrap();
    let (mut shop, mut server, listener) = open(dir.path(), None).await;
    server.amina_accepts().await;
    shop.changes(&[Changed::Inbox]).await;
    assert_eq!(shop.popups.len(), 1);
    shop.till.stop().await;
    drop(server);

    let mut shop = Shop::open(dir.path(), &listener, None).await;
    let error = shop.call("counter.look_up", json!({ "text": "0722000412" })).await.unwrap_err();
    assert_eq!(error.code, "offline");
    assert_eq!(shop.till.app_parts().await.unwrap().unread, 1);
    let (mut server, at) = Server::greet(&listener).await;
    assert_eq!(at, cursor(1, 2));
    shop.is(ConnectionStatus::Online).await;
    server.amina_accepts().await;
    shop.changes(&[Changed::Inbox]).await;
    assert_eq!(shop.popups, [], "a restart shows no popup again");
}

#[tokio::test]
async fn taking_back_answers_the_caller_when_the_server_has() {
    let dir = tempfile::tempdir().unwrap();
    let (mut shop, mut server, _listener) = open(dir.path(), None).await;
    server.changes(vec![(EntityKind::Request, REQUEST, request("pending", None))]).await;
    shop.does("counter.look_up", json!({ "text": code() })).await;
    let scan = server.hear_op("scan").await;
    let pending = json!({
        "status": "pending", "customer": { "id": AMINA, "display_name": "Amina" },
        "request": REQUEST,
    });
    server.apply(&scan, pending).await;
    shop.counter(is_waiting).await;
    let till = shop.till.clone();
    let cancel = tokio::spawn(async move { till.rpc(Call::Cancel(Nothing {})).await });
    let operation = server.hear_op("cancel_request").await;
    let refusal = WireError::of("already_answered", Default::default());
    server.refuse(&operation, refusal.clone()).await;
    assert_eq!(within(cancel).await.unwrap(), Err(refusal));

    let till = shop.till.clone();
    let cancel = tokio::spawn(async move { till.rpc(Call::Cancel(Nothing {})).await });
    server.hear_op("cancel_request").await;
    drop(server);
    assert_eq!(within(cancel).await.unwrap().unwrap_err().code, "offline");
}

#[tokio::test]
async fn points_are_asked_for_and_the_yes_shows_and_pops_up() {
    let dir = tempfile::tempdir().unwrap();
    let (mut shop, mut server, _listener) = open(dir.path(), None).await;
    server.changes(vec![(EntityKind::Card, CARD, card_with(1_240))]).await;
    shop.does("counter.look_up", json!({ "text": code() })).await;
    let scan = server.hear_op("scan").await;
    server.apply(&scan, member_with(1_240)).await;
    shop.counter(|stage| matches!(stage, CounterStage::Member { .. })).await;

    let short = shop.call("counter.spend", json!({ "text": "5000", "reason": "A hamper" })).await;
    assert_eq!(short.unwrap_err().code, "not_enough_points");
    let view = shop.call("counter.spending", json!({ "text": "200" })).await.unwrap();
    assert_eq!(view["leaves"], 1_040);
    let till = shop.till.clone();
    let ask = SpendAsk { text: "200".into(), reason: "KES 100 off".into(), reward: None };
    let asking = tokio::spawn(async move { till.rpc(Call::Spend(ask)).await });
    let asked = server.hear_op("request_deduction").await;
    assert_eq!(asked.body, json!({ "card": CARD, "points": 200, "reason": "KES 100 off" }));
    server.changes(vec![(EntityKind::Request, REQUEST, points_asked("pending"))]).await;
    server.apply(&asked, json!({ "request": REQUEST, "hold": Uuid::nil() })).await;
    within(asking).await.unwrap().expect("it was asked");
    shop.counter(|stage| matches!(spent(stage), Some(SpendState::Waiting { .. }))).await;

    server.amina_approves(1_040).await;
    let approved = |stage: &CounterStage| matches!(spent(stage), Some(SpendState::Approved { .. }));
    let CounterStage::Spending { card, points, .. } = shop.counter(approved).await else {
        panic!()
    };
    assert_eq!((card.balance.0, points.0), (1_040, 200));
    while shop.popups.is_empty() {
        shop.changes(&[Changed::Inbox]).await;
    }
    assert_eq!(shop.popups[0].title, "Amina said yes");
    shop.does("counter.clear", json!({})).await;
    shop.counter(|stage| matches!(stage, CounterStage::Member { .. })).await;
}

#[tokio::test]
async fn a_till_that_starts_again_while_points_are_asked_for_waits_on() {
    let dir = tempfile::tempdir().unwrap();
    let (mut shop, mut server, listener) = open(dir.path(), None).await;
    server.amina_accepts().await;
    shop.changes(&[Changed::Inbox]).await;
    let by = |device: u128| {
        let mut row = points_asked("pending");
        row["asked_by"] = json!(Uuid::from_u128(device));
        vec![(EntityKind::Request, REQUEST, row)]
    };
    server.changes(by(8)).await;
    shop.changes(&[Changed::Customers]).await;
    assert_eq!(shop.view().await.stage, CounterStage::Idle, "another till asked");
    server.changes(by(9)).await;
    shop.counter(|stage| spent(stage).is_some()).await;
    shop.till.stop().await;
    drop(server);

    let mut shop = Shop::open(dir.path(), &listener, None).await;
    let waits = |stage: &CounterStage| matches!(spent(stage), Some(SpendState::Waiting { .. }));
    assert!(waits(&shop.view().await.stage), "from the replica, before there is a line");
    let (mut server, _) = Server::greet(&listener).await;
    shop.is(ConnectionStatus::Online).await;
    server.amina_approves(1_040).await;
    shop.counter(|stage| matches!(spent(stage), Some(SpendState::Approved { .. }))).await;
}

fn spent(stage: &CounterStage) -> Option<&SpendState> {
    match stage {
        CounterStage::Spending { state, .. } => Some(state),
        _ => None,
    }
}

#[tokio::test]
async fn a_code_before_the_camera_reaches_the_counter() {
    let (dir, pictures) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let source = Source::Replay { dir: pictures.path().to_owned() };
    let (mut shop, mut server, _listener) = open(dir.path(), Some(source)).await;
    show_code_in(pictures.path());
    let scan = server.hear_op("scan").await;
    assert_eq!(scan.body, json!({ "code": code() }));
    shop.counter(|stage| matches!(stage, CounterStage::LookingUp { .. })).await;
    while shop.codes_read == 0 {
        shop.changes(&[Changed::Counter]).await;
    }
}

#[tokio::test]
async fn a_till_that_slept_has_line_and_camera_anew() {
    /// How much later it is by the wall clock.
    static SLEPT_MS: AtomicI64 = AtomicI64::new(0);
    let (dir, pictures) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    show_code_in(pictures.path());
    let source = Source::Replay { dir: pictures.path().to_owned() };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let clock = || TILL_TIME.plus_ms(SLEPT_MS.load(Ordering::Relaxed));
    let config = TillConfig { clock, ..config(dir.path(), &listener, Some(source)) };
    let mut shop = Shop::start(config).await;
    let (mut server, _) = Server::greet(&listener).await;
    server.open_shop().await;
    shop.ready().await;
    let is_refused = |stage: &CounterStage| matches!(stage, CounterStage::Refused { .. });
    if !is_refused(&shop.view().await.stage) {
        let scan = server.hear_op("scan").await;
        server.refuse(&scan, WireError::of("code_unknown", Default::default())).await;
        shop.counter(is_refused).await;
    }
    shop.does("counter.clear", json!({})).await;

    SLEPT_MS.store(8 * 3_600_000, Ordering::Relaxed);
    let _again = Server::greet(&listener).await;
    server.is_left().await;
    // The code has never left the picture: only a camera that was opened anew reads it again.
    shop.counter(|stage| !matches!(stage, CounterStage::Idle)).await;
}

#[tokio::test]
async fn calls_of_the_shell_and_bad_amounts_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (shop, _server, _listener) = open(dir.path(), None).await;
    for (call, code) in [
        (Call::AppView(Nothing {}), "not_found"),
        (Call::Award(AmountText { text: "12 34".into() }), "bad_amount"),
        (Call::Award(AmountText { text: String::new() }), "earns_nothing"),
        (Call::LookUp(LookUp { text: "hello".into() }), "bad_phone"),
    ] {
        assert_eq!(within(shop.till.rpc(call)).await.unwrap_err().code, code);
    }
    shop.till.stop().await;
    assert!(shop.till.app_parts().await.is_none());
}

#[tokio::test]
async fn dropping_the_last_till_ends_the_line() {
    let dir = tempfile::tempdir().unwrap();
    let (shop, mut server, _listener) = open(dir.path(), None).await;
    drop(shop);
    server.is_left().await;
}

/// Lines that the headless till wrote.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_headless_till_asks_and_awards_by_itself() {
    let (dir, pictures) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let source = Source::Replay { dir: pictures.path().to_owned() };
    let config = config(dir.path(), &listener, Some(source));
    let options = Options { ask: true, award: Some("1700".into()) };
    let lines = Lines::default();
    let mut out = lines.clone();
    let (stop, stopped) = oneshot::channel::<()>();
    let run = tokio::spawn(async move {
        headless::run(config, options, &mut out, async { drop(stopped.await) }).await
    });

    let (mut server, at) = Server::greet(&listener).await;
    assert_eq!(at, Cursor::default());
    server.open_shop().await;
    show_code_in(pictures.path());

    let scan = server.hear_op("scan").await;
    server.apply(&scan, not_enrolled()).await;
    let ask = server.hear_op("ask_enrollment").await;
    server.apply(&ask, json!({ "request": REQUEST })).await;
    server.amina_accepts().await;
    let award = server.hear_op("award_points").await;
    server.apply(&award, award_data(17, 17)).await;
    drop(stop);
    within(run).await.unwrap().unwrap();

    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let has = |event: &str| lines.iter().any(|line| line["event"] == event);
    assert!(
        ["connection", "camera", "code_read", "counter", "popup"].map(has) == [true; 5],
        "{text}"
    );
    let stages: Vec<&str> =
        lines.iter().filter_map(|line| line["view"]["stage"]["stage"].as_str()).collect();
    for stage in ["not_member", "accepted"] {
        assert!(stages.contains(&stage), "{stages:?}");
    }
}
