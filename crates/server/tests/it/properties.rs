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
use reda_store::tables::{audit, entries};
use serde::de::DeserializeOwned;
use serde_json::Value;
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
        6 => (card, points.clone()).prop_map(|(card, points)| Step::AwardCard { card, points }),
        4 => (request, points)
            .prop_map(|(request, points)| Step::AwardRequest { request, points }),
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
    cards: Vec<CardId>,
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
                        Whom::Handle(met.unwrap_or(HandleId(Uuid::nil())))
                    }
                };
                (staff, AskEnrollment { whom, program: self.shop.program }.into())
            }
            Step::Cancel { request: n } => (staff, CancelRequest { request: request(n) }.into()),
            Step::Answer { request: n, accept, other } => {
                let answer = if accept { RequestAnswer::Accept } else { RequestAnswer::Decline };
                let person = other.unwrap_or(asked(n).1);
                let act =
                    AnswerRequest { request: request(n), answer, signature: None, language: None };
                (Actor::Person(self.people[person].user), act.into())
            }
            Step::AwardCard { card, points } => {
                let to = AwardTo::Card(nth(&self.cards, card, CardId(Uuid::nil())));
                let worth = Worth::Points(Points(points));
                (staff, AwardPoints { to, worth, sale: None }.into())
            }
            Step::AwardRequest { request: n, points } => {
                let worth = Worth::Points(Points(points));
                (staff, AwardPoints { to: AwardTo::Request(request(n)), worth, sale: None }.into())
            }
            Step::SetStatus { paused } => {
                let status = if paused { ProgramStatus::Paused } else { ProgramStatus::Active };
                let (program, status) = (self.shop.program, Some(status));
                (staff, UpdateProgram { program, name: None, status }.into())
            }
            Step::Again { .. } | Step::Misuse { .. } => unreachable!("no operation of its own"),
        }
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
                    Whom::Handle(handle) => self.handles.get(&n) == Some(handle),
                    Whom::Address(address, _) => phone(it) == *address,
                };
                let (n, _) = people().find(|(n, it)| asked(*n, it)).expect("someone is asked");
                if !self.requests.contains(&(id, n)) {
                    self.requests.push((id, n));
                }
            }
            Act::AnswerRequest(_) => {
                let card = field(data, "card").filter(|id| !self.cards.contains(id));
                self.cards.extend(card);
            }
            _ => {}
        }
    }

    /// Points that must be on cards: those awarded to one, and those that waited for a yes.
    async fn expected(&self) -> i64 {
        let accepted = "SELECT id, status FROM approval_requests
            WHERE status = 'accepted' AND business_id = $1";
        let accepted = self.town.named(accepted, [self.shop.business.0.into()]).await;
        let award = |(op, _): &(Op, String)| {
            let Act::AwardPoints(award) = &op.act else { return 0 };
            let data = &self.answers[&op.id].result.data;
            let points = data["points"].as_i64().unwrap_or(0);
            match (award.to, data.get("waiting")) {
                (AwardTo::Request(id), Some(_)) => {
                    let counts = accepted.iter().any(|(request, _)| *request == id.0);
                    if counts { points } else { 0 }
                }
                _ => points,
            }
        };
        self.asked.iter().map(award).sum()
    }

    async fn adds_up(&self) {
        let business = || [self.shop.business.0.into()];
        let sum = "SELECT CAST(COALESCE(SUM(delta), 0) AS BIGINT) FROM points_entries WHERE business_id = $1";
        assert_eq!(self.town.number(sum, business()).await, self.expected().await);
        let ids: BTreeSet<_> = self.asked.iter().map(|(op, _)| op.id).collect();
        assert_eq!(ids.len(), self.asked.len());
        let twice = "SELECT COUNT(*) FROM (SELECT 1 FROM approval_requests
            WHERE status = 'pending' AND business_customer_id IS NOT NULL
            GROUP BY program_id, business_customer_id HAVING COUNT(*) > 1) AS twice";
        assert_eq!(self.town.number(twice, []).await, 0, "one question at a time");
        let mut tx = self.town.server.app().db().snapshot().await.unwrap();
        assert_eq!(entries::disagreeing(&mut tx).await.unwrap(), []);
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
    let before = town.number("SELECT COUNT(*) FROM operations", []).await;
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
        handles: BTreeMap::new(),
    };
    // Everybody has been in; what happens then is anybody's guess.
    story.pass(&[0, 1, 2].map(|person| (Step::Scan { person }, 1))).await;
    story.pass(&[0, 1].map(|person| (Step::Ask { person, by_phone: false }, 1))).await;
    for moment in moments {
        story.pass(moment).await;
    }
    story.adds_up().await;
    let kept = town.number("SELECT COUNT(*) FROM operations", []).await - before;
    assert_eq!(usize::try_from(kept), Ok(story.asked.len()), "each operation is kept once");
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
