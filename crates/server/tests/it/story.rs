//! A shop in which anything may happen, and what was asked and answered there. Its sums say what the
//! books should hold.

use crate::erasing::every_text;
use crate::line::Feed;
use crate::story_steps::{GUEST, NOTES, PEOPLE, Step};
use crate::town::{Customer, TestTown, Till};
use futures_util::future::join_all;
use reda_actions::*;
use reda_domain::address::{Address, AddressHash, Phone};
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

/// What came so long ago lapses: some of a story, most often not all of it.
const LAPSES_AFTER_MS: i64 = 40;

/// A shop of its own in the common town, and what was asked and answered in it.
pub(crate) struct Story<'a> {
    pub(crate) town: &'a TestTown,
    people: [Customer; PEOPLE],
    shop: ShopIds,
    pub(crate) till: Till,
    pub(crate) asked: Vec<(Op, String)>,
    answers: BTreeMap<OperationId, Done>,
    /// With the person that each asks.
    requests: Vec<(RequestId, usize)>,
    /// Of those, the ones that were put by phone number.
    by_number: BTreeSet<RequestId>,
    /// With the person whose each is.
    cards: Vec<(CardId, usize)>,
    entries: Vec<EntryId>,
    /// Since when the programme's points lapse.
    since: Timestamp,
    /// How the shop calls whom it has met.
    handles: BTreeMap<usize, HandleId>,
    /// Whether the guest is deleting their account, or has.
    guest_goes: bool,
}

fn nth<T: Copy>(list: &[T], n: usize, none: T) -> T {
    if list.is_empty() { none } else { list[n % list.len()] }
}

fn field<T: DeserializeOwned>(data: &Value, name: &str) -> Option<T> {
    serde_json::from_value(data[name].clone()).ok()
}

impl<'a> Story<'a> {
    /// In a shop of its own, with a guest who knows no other.
    pub(crate) async fn open(town: &'a TestTown, people: &[Customer; GUEST]) -> Self {
        let (shop, till) = town.other_shop().await;
        let [ana, ben, cleo] = people.clone();
        let guest = town.verified("Guest").await;
        // A name that no other story knows.
        let name = json!({ "name": format!("Guest of {}", number(&guest)) });
        guest.http.patch("/api/me", name).await.ok();
        let mut story = Self {
            town,
            people: [ana, ben, cleo, guest],
            shop,
            till,
            asked: vec![],
            answers: BTreeMap::new(),
            requests: vec![],
            by_number: BTreeSet::new(),
            cards: vec![],
            entries: vec![],
            since: Timestamp(0),
            handles: BTreeMap::new(),
            guest_goes: false,
        };
        story.since = story.lapsing().await;
        story.write_down().await;
        story
    }
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
                let whom = match by_phone && self.may_be_named(person) {
                    true => {
                        let phone = phone(&self.people[person]);
                        let hash = hash(&phone);
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
            Step::WriteDown { person } if self.may_be_named(person) => {
                let (address, whose) = (phone(&self.people[person]), &self.people[person]);
                let name = Some(format!("Note of {}", number(whose)));
                (staff, CreateCustomer { address, name }.into())
            }
            Step::WriteDown { person } => {
                let read = CodeRead::Rotating { key: self.people[person].key(), step: 1 };
                (staff, Scan { read }.into())
            }
            Step::ReadOut { request: n, right } => {
                let (request, person) = asked(n);
                let by_number = self.by_number.contains(&request);
                let address = by_number.then(|| phone(&self.people[person]));
                let asked = AskedAt { request, address };
                (staff, AnswerByCode { asked, said: Said::Digits { right } }.into())
            }
            Step::Merge { keep, merge } => {
                let handle = |n| self.handles.get(&n).copied().unwrap_or(HandleId(Uuid::nil()));
                (staff, MergeCustomers { keep: handle(keep), merge: handle(merge) }.into())
            }
            Step::LeaveProgram { person } => {
                let leave = LeaveProgram { program: self.shop.program };
                (Actor::Person(self.people[person].user), leave.into())
            }
            Step::LeaveBusiness { person } => {
                let leave = LeaveBusiness { business: self.shop.business };
                (Actor::Person(self.people[person].user), leave.into())
            }
            Step::Erase => {
                let guest = &self.people[GUEST];
                let addresses = vec![(phone(guest), hash(&phone(guest)))];
                (Actor::Person(guest.user), EraseMe { addresses }.into())
            }
            Step::Again { .. } | Step::Misuse { .. } => unreachable!("no operation of its own"),
        }
    }

    /// Whoever names somebody after they deleted their account writes it all anew.
    fn may_be_named(&self, person: usize) -> bool {
        person != GUEST || !self.guest_goes
    }

    /// The members who are nobody's account.
    async fn write_down(&mut self) {
        for n in PEOPLE..PEOPLE + NOTES {
            let phone = format!("073300000{n}");
            let note = self.till.note("Auntie", &phone, self.shop.program).await;
            self.handles.insert(n, serde_json::from_value(note.handle).expect("a handle"));
            // Nobody can be asked for its points: whoever tries is somebody else.
            self.cards.push((serde_json::from_value(note.card).expect("a card"), GUEST));
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
    pub(crate) async fn pass(&mut self, moment: &[(Step, usize)]) {
        self.guest_goes |= moment.iter().any(|(step, _)| matches!(step, Step::Erase));
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
                if let (Whom::Address(..), true) = (&ask.whom, OperationId(id.0) == op.id) {
                    self.by_number.insert(id);
                }
            }
            Act::AnswerRequest(_) => {
                let (n, _) =
                    people().find(|(_, it)| Actor::Person(it.user) == op.actor).expect("one");
                let card = field(data, "card").map(|id: CardId| (id, n));
                self.cards.extend(card.filter(|it| !self.cards.contains(it)));
            }
            Act::AnswerByCode(answer) => {
                let asked = |(id, _): &&(RequestId, usize)| *id == answer.asked.request;
                let n = self.requests.iter().find(asked).expect("a request").1;
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
        // Merges move points and make none; who leaves lets theirs lapse.
        let left = "SELECT CAST(COALESCE(SUM(delta), 0) AS BIGINT) FROM points_entries
            WHERE kind = 'expire' AND reason = 'left' AND business_id = $1";
        let left = self.town.number(left, [self.shop.business.0.into()]).await;
        self.asked.iter().map(moved).sum::<i64>() - spent + left
    }

    pub(crate) async fn adds_up(&self) {
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
        let astray = "SELECT COUNT(*) FROM loyalty_cards c
            JOIN business_customers b ON b.id = c.business_customer_id
            WHERE c.user_id <> b.user_id OR (c.ended_at_ms IS NULL AND b.ended_at_ms IS NOT NULL)";
        assert_eq!(self.town.number(astray, []).await, 0, "a live card is of a live handle");
        let unnamed = "SELECT COUNT(*) FROM approval_requests r
            JOIN business_customers b ON b.id = r.business_customer_id
            WHERE r.status = 'pending' AND b.ended_at_ms IS NOT NULL";
        assert_eq!(self.town.number(unnamed, []).await, 0, "a handle that ended is asked nothing");
        for scope in [Scope::Platform, Scope::Business(self.shop.business)] {
            assert_eq!(audit::first_broken(&mut tx, scope).await.unwrap(), None, "{scope}");
        }
    }

    /// Nothing in any table names the guest once they are gone.
    pub(crate) async fn forgets_the_guest(&mut self) {
        if !self.guest_goes {
            self.pass(&[(Step::Erase, 1)]).await;
        }
        let number = number(&self.people[GUEST]);
        for text in every_text(self.town).await {
            assert!(!text.contains(number), "{text}");
        }
    }

    /// What the feed shows of the shop is what the tables hold.
    pub(crate) async fn shows(&self, feed: &Feed) {
        let tables = [
            (
                "card",
                "SELECT id, CAST(balance AS TEXT) FROM loyalty_cards
                    WHERE business_id = $1 AND ended_at_ms IS NULL",
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
                    WHERE business_id = $1 AND joined_at_ms IS NOT NULL AND ended_at_ms IS NULL",
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

fn phone(person: &Customer) -> Address {
    Address::Phone(Phone::parse(&person.phone, "KE").unwrap())
}

/// The digits that stand in every way of writing it, and in the guest's name.
fn number(person: &Customer) -> &str {
    person.phone.trim_start_matches('0')
}

fn hash(address: &Address) -> AddressHash {
    AddressHash(format!("hash of {}", address.as_str()))
}
