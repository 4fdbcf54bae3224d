//! Any interleaving of operations, replays and refusals on the real engine and database leaves
//! books that add up, with each operation applied once, and a feed that shows what the tables say.

use crate::line::{Feed, Line};
use crate::town::{Customer, TestTown, Till};
use futures_util::future::join_all;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use reda_actions::*;
use reda_cluster::{Engine, on};
use reda_domain::address::AddressHash;
use reda_domain::points::Points;
use reda_domain::program::ProgramStatus;
use reda_domain::request::RequestAnswer;
use reda_domain::scope::Scope;
use reda_domain::*;
use reda_server::{Done, EngineError, ShopIds};
use reda_store::tables::{audit, entries, holds, programs};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Something that somebody does; numbers choose among what there is by then.
#[derive(Clone, Copy, Debug)]
enum Step {
    Scan {
        person: usize,
    },
    Ask {
        person: usize,
        by_phone: bool,
    },
    Cancel {
        request: usize,
    },
    /// By the person it asks, or by somebody else.
    Answer {
        request: usize,
        accept: bool,
        other: Option<usize>,
    },
    AwardCard {
        card: usize,
        points: i64,
    },
    AwardRequest {
        request: usize,
        points: i64,
    },
    /// Asks for points of a card.
    Deduct {
        card: usize,
        points: i64,
    },
    Adjust {
        card: usize,
        points: i64,
    },
    Reverse {
        entry: usize,
    },
    /// A request's time is over, and the server closes it.
    RunOut {
        request: usize,
    },
    /// A card's older points lapse, up to a part of its story.
    Lapse {
        card: usize,
    },
    SetStatus {
        paused: bool,
    },
    /// Something that was asked before, once more.
    Again {
        op: usize,
    },
    /// The id of something that was asked before, for something else.
    Misuse {
        op: usize,
    },
}

/// What came so long ago lapses: some of a story, most often not all of it.
const LAPSES_AFTER_MS: i64 = 40;

fn step() -> impl Strategy<Value = Step> {
    let (person, request, card) = (0..3_usize, 0..5_usize, 0..3_usize);
    let points = prop_oneof![1 => Just(0_i64), 8 => 1..500_i64, 1 => Just(1_000_001)];
    prop_oneof![
        3 => person.clone().prop_map(|person| Step::Scan { person }),
        4 => (person.clone(), proptest::bool::weighted(0.3))
            .prop_map(|(person, by_phone)| Step::Ask { person, by_phone }),
        1 => request.clone().prop_map(|request| Step::Cancel { request }),
        5 => (request.clone(), proptest::bool::weighted(0.8), proptest::option::weighted(0.1, person))
            .prop_map(|(request, accept, other)| Step::Answer { request, accept, other }),
        6 => (card.clone(), points.clone()).prop_map(|(card, points)| Step::AwardCard { card, points }),
        4 => (request.clone(), points)
            .prop_map(|(request, points)| Step::AwardRequest { request, points }),
        5 => (card.clone(), 1..300_i64).prop_map(|(card, points)| Step::Deduct { card, points }),
        2 => (card.clone(), -200..200_i64).prop_map(|(card, points)| Step::Adjust { card, points }),
        3 => (0..30_usize).prop_map(|entry| Step::Reverse { entry }),
        2 => request.prop_map(|request| Step::RunOut { request }),
        2 => card.prop_map(|card| Step::Lapse { card }),
        1 => proptest::bool::weighted(0.2).prop_map(|paused| Step::SetStatus { paused }),
        4 => (0..60_usize).prop_map(|op| Step::Again { op }),
        1 => (0..60_usize).prop_map(|op| Step::Misuse { op }),
    ]
}

/// What is asked at one moment, all at once; each so many times.
fn moments() -> impl Strategy<Value = Vec<Vec<(Step, usize)>>> {
    let times = prop_oneof![5 => Just(1_usize), 2 => Just(2), 1 => Just(4)];
    proptest::collection::vec(proptest::collection::vec((step(), times), 1..10), 8..25)
}

/// A shop of its own in the common town, and what was asked and answered in it.
struct Story<'a> {
    town: &'a TestTown,
    people: &'a [Customer; 3],
    shop: ShopIds,
    till: Till,
    asked: Vec<(Op, String)>,
    answers: BTreeMap<OperationId, Done>,
    /// With the person that each asks.
    requests: Vec<(RequestId, usize)>,
    /// With the person whose each is.
    cards: Vec<(CardId, usize)>,
    entries: Vec<EntryId>,
    /// Since when the programme's points lapse.
    since: Timestamp,
    /// How the shop calls whom it has met.
    handles: BTreeMap<usize, HandleId>,
}

fn nth<T: Copy>(list: &[T], n: usize, none: T) -> T {
    if list.is_empty() { none } else { list[n % list.len()] }
}

fn field<T: DeserializeOwned>(data: &Value, name: &str) -> Option<T> {
    serde_json::from_value(data[name].clone()).ok()
}

impl Story<'_> {
    fn act(&self, step: Step) -> (Actor, Act) {
        let staff = Actor::Staff(StaffActor {
            business: self.shop.business,
            staff: self.shop.staff,
            user: self.shop.user,
            role: reda_domain::business::Role::Owner,
            device: Some(self.till.access.device),
        });
        let asked = |n| nth(&self.requests, n, (RequestId(Uuid::nil()), 0));
        let request = |n| asked(n).0;
        let card = |n| nth(&self.cards, n, (CardId(Uuid::nil()), 0)).0;
        let reason = || "Tea".to_owned();
        match step {
            Step::Scan { person } => (
                staff,
                Scan { read: CodeRead::Rotating { key: self.people[person].key(), step: 1 } }
                    .into(),
            ),
            Step::Ask { person, by_phone } => {
                let whom = match by_phone {
                    true => {
                        let phone = phone(&self.people[person]);
                        let hash = AddressHash(format!("hash of {}", phone.as_str()));
                        Whom::Address(phone, hash)
                    }
                    false => {
                        let met = self.handles.get(&person).copied();
                        Whom::Handle(met.unwrap_or(HandleId(Uuid::nil())), None)
                    }
                };
                (staff, AskEnrollment { whom, program: self.shop.program }.into())
            }
            Step::Cancel { request: n } => (staff, CancelRequest { request: request(n) }.into()),
            Step::Answer { request: n, accept, other } => {
                let answer = if accept { RequestAnswer::Accept } else { RequestAnswer::Decline };
                let person = other.unwrap_or(asked(n).1);
                let key = self.people[person].key();
                let signature = CheckedSignature { key, value: "signature".into(), valid: true };
                let (request, signature) = (request(n), Some(signature));
                let act = AnswerRequest { request, answer, signature, language: None };
                (Actor::Person(self.people[person].user), act.into())
            }
            Step::AwardCard { card: n, points } => {
                let to = AwardTo::Card(card(n));
                let worth = Worth::Points(Points(points));
                (staff, AwardPoints { to, worth, sale: None }.into())
            }
            Step::AwardRequest { request: n, points } => {
                let worth = Worth::Points(Points(points));
                (staff, AwardPoints { to: AwardTo::Request(request(n)), worth, sale: None }.into())
            }
            Step::Deduct { card: n, points } => {
                let (points, reason) = (Some(Points(points)), Some(reason()));
                let ask = RequestDeduction { card: card(n), points, reason, reward: None };
                (staff, ask.into())
            }
            Step::Adjust { card: n, points } => {
                let (points, reason) = (Points(points), reason());
                (staff, AdjustPoints { card: card(n), points, reason }.into())
            }
            Step::Reverse { entry } => {
                let entry = nth(&self.entries, entry, EntryId(Uuid::nil()));
                (staff, ReverseEntry { entry, reason: reason() }.into())
            }
            Step::RunOut { request: n } => {
                (Actor::Server, ExpireRequest { request: request(n) }.into())
            }
            Step::Lapse { card: n } => {
                let over = reda_server::now().plus_ms(-LAPSES_AFTER_MS);
                let (card, since) = (card(n), self.since);
                (Actor::Server, ExpirePoints { card, since, over, warnings: vec![] }.into())
            }
            Step::SetStatus { paused } => {
                let status = if paused { ProgramStatus::Paused } else { ProgramStatus::Active };
                (staff, UpdateProgram::status(self.shop.program, status).into())
            }
            Step::Again { .. } | Step::Misuse { .. } => unreachable!("no operation of its own"),
        }
    }

    /// The programme's points last for a while: since when that is so.
    async fn lapsing(&mut self) -> Timestamp {
        let set = json!({ "program": self.shop.program,
            "expiry": { "kind": "after_earning", "months": 1 } });
        self.till.op("update_program", set).await.applied();
        let mut tx = self.town.server.app().db().snapshot().await.unwrap();
        programs::by_ids(&mut tx, [self.shop.program]).await.unwrap()[0].expiry_since
    }

    /// Lets a moment happen.
    async fn pass(&mut self, moment: &[(Step, usize)]) {
        let mut jobs: Vec<(Op, String, bool)> = vec![];
        for (step, times) in moment {
            let before =
                |n: usize| (!self.asked.is_empty()).then(|| &self.asked[n % self.asked.len()]);
            let (op, hash, misused) = match *step {
                Step::Again { op } => match before(op) {
                    Some((op, hash)) => (op.clone(), hash.clone(), false),
                    None => continue,
                },
                Step::Misuse { op } => match before(op) {
                    Some((op, _)) => (op.clone(), "something else".to_owned(), true),
                    None => continue,
                },
                step => {
                    if let Step::RunOut { request: n } = step {
                        self.run_out(nth(&self.requests, n, (RequestId(Uuid::nil()), 0)).0).await;
                    }
                    let (actor, act) = self.act(step);
                    let id = OperationId(Uuid::now_v7());
                    let op = Op { id, actor, at: reda_server::now(), act };
                    (op, format!("{step:?}"), false)
                }
            };
            for _ in 0..*times {
                jobs.push((op.clone(), hash.clone(), misused));
            }
        }
        let engine = self.town.server.app().engine();
        let submitted = jobs.iter().map(|(op, hash, _)| engine.submit(op.clone(), hash.clone()));
        let results = join_all(submitted).await;
        for ((op, hash, misused), result) in jobs.into_iter().zip(results) {
            match (misused, result) {
                (true, Err(EngineError::Reused)) => {}
                (true, other) => panic!("an id was used for two things: {other:?}"),
                (false, result) => self.note(op, hash, result.expect("the engine answers")),
            }
        }
    }

    /// Lets the time of an open request be over.
    async fn run_out(&self, request: RequestId) {
        const OVER: &str = "UPDATE approval_requests SET expires_at_ms = 1
            WHERE id = $1 AND status = 'pending'";
        let mut tx = self.town.server.app().db().begin().await.unwrap();
        tx.exec(OVER, vec![request.0.into()]).await.unwrap();
        tx.commit().await.unwrap();
    }

    fn note(&mut self, op: Op, hash: String, done: Done) {
        if let Some(first) = self.answers.get(&op.id) {
            assert!(done.replayed, "applied twice: {op:?}");
            assert_eq!(done.result, first.result, "a replay gives the first answer");
            return;
        }
        assert!(!done.replayed, "{op:?}");
        if done.result.refused.is_none() {
            self.learn(&op, &done.result.data);
        }
        self.answers.insert(op.id, done);
        self.asked.push((op, hash));
    }

    /// Takes up what the later steps choose among.
    fn learn(&mut self, op: &Op, data: &Value) {
        let people = || self.people.iter().enumerate();
        match &op.act {
            Act::Scan(Scan { read: CodeRead::Rotating { key, .. } }) => {
                let (n, _) = people().find(|(_, it)| it.key() == *key).expect("someone's key");
                self.handles.insert(n, field(&data["customer"], "id").expect("a handle"));
            }
            Act::AskEnrollment(ask) => {
                let id: RequestId = field(data, "request").expect("an id");
                let asked = |n: usize, it: &Customer| match &ask.whom {
                    Whom::Handle(handle, _) => self.handles.get(&n) == Some(handle),
                    Whom::Address(address, _) => phone(it) == *address,
                };
                let (n, _) = people().find(|(n, it)| asked(*n, it)).expect("someone is asked");
                if !self.requests.contains(&(id, n)) {
                    self.requests.push((id, n));
                }
            }
            Act::AnswerRequest(_) => {
                let (n, _) =
                    people().find(|(_, it)| Actor::Person(it.user) == op.actor).expect("one");
                let card = field(data, "card").map(|id: CardId| (id, n));
                self.cards.extend(card.filter(|it| !self.cards.contains(it)));
            }
            Act::RequestDeduction(ask) => {
                let whose = self.cards.iter().find(|(id, _)| *id == ask.card).expect("a card");
                self.requests.push((field(data, "request").expect("an id"), whose.1));
            }
            Act::AwardPoints(_) | Act::AdjustPoints(_) | Act::ReverseEntry(_) => {
                self.entries.extend(field::<EntryId>(data, "entry"));
            }
            _ => {}
        }
    }

    /// Points that must be on cards: those awarded to one, and those that waited for a yes.
    async fn expected(&self) -> i64 {
        let accepted = "SELECT id, status FROM approval_requests
            WHERE status = 'accepted' AND business_id = $1";
        let accepted = self.town.named(accepted, [self.shop.business.0.into()]).await;
        let moved = |(op, _): &(Op, String)| {
            let data = &self.answers[&op.id].result.data;
            let points = data["points"].as_i64().unwrap_or(0);
            let award = match &op.act {
                Act::AwardPoints(award) => award,
                Act::AdjustPoints(_) | Act::ReverseEntry(_) => return points,
                Act::ExpirePoints(_) => return -points,
                _ => return 0,
            };
            match (award.to, data.get("waiting")) {
                (AwardTo::Request(id), Some(_)) => {
                    let counts = accepted.iter().any(|(request, _)| *request == id.0);
                    if counts { points } else { 0 }
                }
                _ => points,
            }
        };
        let spent = "SELECT CAST(COALESCE(SUM(points), 0) AS BIGINT) FROM approval_requests
            WHERE status = 'accepted' AND hold_id IS NOT NULL AND business_id = $1";
        let spent = self.town.number(spent, [self.shop.business.0.into()]).await;
        self.asked.iter().map(moved).sum::<i64>() - spent
    }

    async fn adds_up(&self) {
        let business = || [self.shop.business.0.into()];
        let sum = "SELECT CAST(COALESCE(SUM(delta), 0) AS BIGINT) FROM points_entries WHERE business_id = $1";
        assert_eq!(self.town.number(sum, business()).await, self.expected().await);
        let ids: BTreeSet<_> = self.asked.iter().map(|(op, _)| op.id).collect();
        assert_eq!(ids.len(), self.asked.len());
        let twice = "SELECT COUNT(*) FROM (SELECT 1 FROM approval_requests
            WHERE status = 'pending' AND kind = 'enrollment' AND business_customer_id IS NOT NULL
            GROUP BY program_id, business_customer_id HAVING COUNT(*) > 1) AS twice";
        assert_eq!(self.town.number(twice, []).await, 0, "one question at a time");
        let mut tx = self.town.server.app().db().snapshot().await.unwrap();
        assert_eq!(entries::disagreeing(&mut tx).await.unwrap(), []);
        assert_eq!(holds::disagreeing(&mut tx).await.unwrap(), [], "held is what is open");
        assert_eq!(audit::unaudited(&mut tx, 1).await.unwrap(), [], "no effect without its line");
        let uncovered = "SELECT COUNT(*) FROM loyalty_cards
            WHERE held > CASE WHEN balance > 0 THEN balance ELSE 0 END";
        assert_eq!(self.town.number(uncovered, []).await, 0, "what is held is there");
        let undecided =
            "SELECT COUNT(*) FROM holds h JOIN approval_requests r ON r.id = h.request_id
            LEFT JOIN hold_outcomes o ON o.hold_id = h.id
            WHERE (r.status = 'pending') <> (o.hold_id IS NULL)
               OR (r.status = 'accepted') <> (o.entry_id IS NOT NULL)";
        assert_eq!(self.town.number(undecided, []).await, 0, "one outcome of each question");
        let owing = "SELECT COUNT(*) FROM points_entries
            WHERE balance_after < 0 AND delta < 0 AND kind <> 'reverse'";
        assert_eq!(self.town.number(owing, []).await, 0, "only taking back leaves a card owing");
        for scope in [Scope::Platform, Scope::Business(self.shop.business)] {
            assert_eq!(audit::first_broken(&mut tx, scope).await.unwrap(), None, "{scope}");
        }
    }

    /// What the feed shows of the shop is what the tables hold.
    async fn shows(&self, feed: &Feed) {
        let tables = [
            (
                "card",
                "SELECT id, CAST(balance AS TEXT) FROM loyalty_cards WHERE business_id = $1",
                ["balance"].as_slice(),
            ),
            (
                "request",
                "SELECT id, status FROM approval_requests
                    WHERE business_id = $1",
                &["status"],
            ),
            (
                "member",
                "SELECT id, visits || ' ' || spend FROM business_customers
                    WHERE business_id = $1 AND joined_at_ms IS NOT NULL",
                &["visits", "spend"],
            ),
            ("program", "SELECT id, status FROM programs WHERE business_id = $1", &["status"]),
        ];
        for (kind, sql, fields) in tables {
            let rows = self.town.named(sql, [self.shop.business.0.into()]).await;
            let rows: BTreeSet<_> = rows.into_iter().collect();
            let shown: BTreeSet<_> =
                feed.all(kind).into_iter().map(|it| line(it, fields)).collect();
            assert_eq!(shown, rows, "{kind}");
        }
    }
}

fn line(body: &Value, fields: &[&str]) -> (Uuid, String) {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let fields: Vec<_> = fields.iter().map(|field| text(&body[*field])).collect();
    (text(&body["id"]).parse().expect("an id"), fields.join(" "))
}

fn phone(person: &Customer) -> reda_domain::address::Address {
    let phone = reda_domain::address::Phone::parse(&person.phone, "KE").unwrap();
    reda_domain::address::Address::Phone(phone)
}

async fn tell(town: &TestTown, people: &[Customer; 3], moments: &[Vec<(Step, usize)>]) {
    let (shop, till) = town.other_shop().await;
    let mut live: Line = till.line().await;
    let mut story = Story {
        town,
        people,
        shop,
        till,
        asked: vec![],
        answers: BTreeMap::new(),
        requests: vec![],
        cards: vec![],
        entries: vec![],
        since: Timestamp(0),
        handles: BTreeMap::new(),
    };
    story.since = story.lapsing().await;
    // The server closes questions by itself, too.
    let by_people = "SELECT COUNT(*) FROM operations WHERE kind NOT LIKE 'expire%'";
    let before = town.number(by_people, []).await;
    // Everybody has been in; what happens then is anybody's guess.
    story.pass(&[0, 1, 2].map(|person| (Step::Scan { person }, 1))).await;
    story.pass(&[0, 1].map(|person| (Step::Ask { person, by_phone: false }, 1))).await;
    for moment in moments {
        story.pass(moment).await;
    }
    story.adds_up().await;
    let kept = town.number(by_people, []).await - before;
    let asked = story.asked.iter().filter(|(op, _)| op.actor != Actor::Server).count();
    assert_eq!(usize::try_from(kept), Ok(asked), "each operation is kept once");
    let mut fresh = story.till.line().await;
    live.caught_up().await;
    fresh.caught_up().await;
    live.feed().is(fresh.feed());
    story.shows(live.feed()).await;
}

/// A test has no runtime of its own here: each story runs on the one of its town.
fn any_interleaving_adds_up(engine: Engine) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    // One town for all stories, each in a shop of its own: the people know more and more shops.
    let (town, people) = runtime.block_on(on(engine, async {
        let town = TestTown::open().await;
        let people =
            [town.verified("Ana").await, town.verified("Ben").await, town.verified("Cleo").await];
        (town, people)
    }));
    let config = Config { cases: 24, failure_persistence: None, ..Config::default() };
    let told = TestRunner::new(config).run(&moments(), |moments| {
        runtime.block_on(tell(&town, &people, &moments));
        Ok(())
    });
    runtime.block_on(town.server.stop());
    told.unwrap();
}

mod any_interleaving_of_operations_replays_and_refusals_adds_up {
    use super::{Engine, any_interleaving_adds_up};

    #[test]
    fn sqlite() {
        any_interleaving_adds_up(Engine::Sqlite);
    }

    #[test]
    fn postgres() {
        any_interleaving_adds_up(Engine::Postgres);
    }
}
