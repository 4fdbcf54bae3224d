//! The shop, and beside it what its books should say, counted from what was asked and answered
//! alone.

use crate::books::Outcome;
use crate::shop::{PEOPLE, Shop, address, at, hash};
use crate::steps::{Moment, Step, To, Way};
use reda_actions::*;
use reda_domain::address::{Address, AddressHash, Phone};
use reda_domain::card::EntryKind;
use reda_domain::effects::{Change, Effects};
use reda_domain::language::Language;
use reda_domain::money::{Currency, Money};
use reda_domain::points::Points;
use reda_domain::program::ProgramStatus;
use reda_domain::refusal::Refusal;
use reda_domain::request::{Request, RequestAnswer};
use reda_domain::scan::ScanKind;
use reda_domain::*;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Numbers of people whom the first shop wrote down.
const NOTES: [&str; 2] = ["+254700000101", "+254700000102"];

/// The shop, and what its books should say.
pub(crate) struct Model {
    pub(crate) shop: Shop,
    requests: Vec<RequestId>,
    cards: Vec<CardId>,
    keys: Vec<KeyId>,
    /// Points on each card, counted independently of the rules.
    pub(crate) expected: BTreeMap<CardId, i64>,
    /// What cards that were merged into others had earned, by those others.
    pub(crate) brought: BTreeMap<CardId, i64>,
    /// Cards that came to be another person's by a merge.
    pub(crate) moved: BTreeSet<CardId>,
    /// Who left how many points waiting on which request.
    waiting: BTreeMap<RequestId, Vec<(UserId, i64)>>,
    /// Whose account is deleted; they come back by proving their address.
    pub(crate) gone: BTreeSet<usize>,
}

/// The nth of a list, counted round; something that does not exist while the list is empty.
fn nth<T: Copy>(list: &[T], n: usize, none: T) -> T {
    if list.is_empty() { none } else { list[n % list.len()] }
}

impl Model {
    /// Everybody has a key and has been at both shops.
    pub(crate) fn strangers() -> Self {
        let mut model = Self {
            shop: Shop::open(),
            requests: vec![],
            cards: vec![],
            keys: vec![],
            expected: BTreeMap::new(),
            brought: BTreeMap::new(),
            moved: BTreeSet::new(),
            gone: BTreeSet::new(),
            waiting: BTreeMap::new(),
        };
        for person in 0..3 {
            let key = model.keys.len();
            let met = [0, 2].map(|counter| Step::Scan { counter, key });
            model.pass(&(0, vec![Step::RegisterKey { person }]));
            model.pass(&(0, met.to_vec()));
        }
        model
    }

    /// Everybody is a member of the first shop's programme, with points.
    pub(crate) fn members() -> Self {
        let mut model = Self::strangers();
        for n in 0..3 {
            let ask = Step::Ask { counter: 0, program: 0, person: n, by_address: false };
            model.pass(&(0, vec![ask]));
            let yes = Step::Answer { request: n, accept: true, other: None, signed: None };
            model.pass(&(0, vec![yes]));
            let (counter, to) = (0, To::Card(n));
            let award = Step::Award { counter, to, worth: 150, in_money: false };
            model.pass(&(0, vec![award]));
        }
        assert_eq!(model.cards.len(), 3);
        for (note, n) in NOTES.into_iter().zip(3..) {
            model.write_down(note);
            let (counter, to) = (0, To::Card(n));
            let award = Step::Award { counter, to, worth: 60, in_money: false };
            model.pass(&(0, vec![award]));
        }
        assert_eq!(model.cards.len(), 3 + NOTES.len());
        model
    }

    /// Whom the first shop wrote down says yes at its till: a member who is nobody's account, and so
    /// may be merged into another.
    fn write_down(&mut self, number: &str) {
        let by = Actor::Staff(self.shop.counters[0]);
        let address = Address::Phone(Phone::from_e164(number.to_owned()));
        let written = self.done(by, CreateCustomer { address, name: None });
        let handle = serde_json::from_value(written["customer"].clone()).expect("a handle");
        let (whom, program) = (Whom::Handle(handle, None), self.shop.programs[0]);
        let asked = self.done(by, AskEnrollment { whom, program });
        let request = serde_json::from_value(asked["request"].clone()).expect("a request");
        let asked = AskedAt { request, address: None };
        let (answer, language, has_messages) = (RequestAnswer::Accept, None, false);
        self.done(by, AnswerInPerson { asked, answer, language, has_messages });
    }

    /// Something that is done alone, and is not refused.
    fn done(&mut self, by: Actor, act: impl Into<Act>) -> serde_json::Value {
        let op = self.shop.op(by, act);
        let mut open = self.shop.books.requests.clone();
        let outcome = self.shop.one(&op);
        self.note(&op, &outcome, &mut open, &BTreeMap::new());
        outcome.expect("it is done").answer
    }

    fn op(&mut self, step: &Step) -> Op {
        let staff = |counter: usize| Actor::Staff(self.shop.counters[counter]);
        let person = |person: usize| Actor::Person(self.shop.people[person]);
        let request = |n: usize| nth(&self.requests, n, RequestId(Uuid::nil()));
        let card = |n: usize| nth(&self.cards, n, CardId(Uuid::nil()));
        let key = |n: usize| nth(&self.keys, n, KeyId(Uuid::nil()));
        let (actor, act): (Actor, Act) = match *step {
            Step::RegisterKey { person: who } => {
                let public_key = format!("key {}", self.keys.len());
                (person(who), RegisterKey { public_key, label: "phone".to_owned() }.into())
            }
            Step::RevokeKey { person: who, key: n } => {
                (person(who), RevokeKey { key: key(n) }.into())
            }
            Step::Scan { counter, key: n } => {
                (staff(counter), Scan { read: CodeRead::Rotating { key: key(n), step: 1 } }.into())
            }
            Step::ScanJunk { counter } => {
                let read = CodeRead::Refused {
                    kind: ScanKind::Unknown,
                    why: Refusal::NotACode,
                    code: None,
                };
                (staff(counter), Scan { read }.into())
            }
            Step::Find { counter, person } => {
                let nobodys = Address::Phone(Phone::from_e164("+254700000000".to_owned()));
                let by = match person {
                    Some(person) => FindBy::Address(address(person), hash(person)),
                    None => FindBy::Address(nobodys, AddressHash("nobody's".to_owned())),
                };
                (staff(counter), FindCustomer { by }.into())
            }
            Step::FindCard { counter, card: n } => {
                let number = self.shop.books.cards.get(&card(n)).map(|it| it.number.clone());
                let by = FindBy::CardNumber(number.unwrap_or_default());
                (staff(counter), FindCustomer { by }.into())
            }
            Step::Ask { counter, program, person, by_address } => {
                let business = self.shop.counters[counter].business;
                let whom = match by_address {
                    true => at(person),
                    false => self.shop.whom(business, person),
                };
                (
                    staff(counter),
                    AskEnrollment { whom, program: self.shop.programs[program] }.into(),
                )
            }
            Step::Resend { counter, request: n } => {
                (staff(counter), ResendRequest { request: request(n) }.into())
            }
            Step::Cancel { counter, request: n } => {
                (staff(counter), CancelRequest { request: request(n) }.into())
            }
            Step::Deduct { counter, card: n, points } => {
                let (points, reason) = (Some(Points(points)), Some("Tea".to_owned()));
                let ask = RequestDeduction { card: card(n), points, reason, reward: None };
                (staff(counter), ask.into())
            }
            Step::DeductReward { counter, card: n, reward } => {
                let reward = Some(self.shop.rewards[reward]);
                let ask = RequestDeduction { card: card(n), points: None, reason: None, reward };
                (staff(counter), ask.into())
            }
            Step::Lapse { card: n, age_ms } => {
                let (card, over) = (card(n), self.shop.now.plus_ms(-age_ms));
                let row = self.shop.books.cards.get(&card);
                let program = row.and_then(|it| self.shop.books.programs.get(&it.program));
                let since = program.map_or(over, |it| it.expiry_since);
                let soon = Warning { from: over, to: self.shop.now, on: "today".to_owned() };
                let act = ExpirePoints { card, since, over, warnings: vec![soon] };
                (Actor::Server, act.into())
            }
            Step::Leave { person: who, program } => {
                (person(who), LeaveProgram { program: self.shop.programs[program] }.into())
            }
            Step::SetExpiry { counter, program, expiry } => {
                let program = self.shop.programs[program];
                let status = UpdateProgram::status(program, ProgramStatus::Active);
                let set = UpdateProgram { status: None, expiry: Some(expiry), ..status };
                (staff(counter), set.into())
            }
            Step::Adjust { counter, card: n, points } => {
                let (points, reason) = (Points(points), "Miscounted".to_owned());
                (staff(counter), AdjustPoints { card: card(n), points, reason }.into())
            }
            Step::Reverse { counter, entry } => {
                let entries: Vec<EntryId> =
                    self.shop.books.entries.iter().map(|it| it.id).collect();
                let entry = nth(&entries, entry, EntryId(Uuid::nil()));
                (staff(counter), ReverseEntry { entry, reason: "By mistake".to_owned() }.into())
            }
            Step::Expire { request: n } => {
                (Actor::Server, ExpireRequest { request: request(n) }.into())
            }
            Step::See { person: who, request: n } => {
                (person(who), SeeRequest { request: request(n) }.into())
            }
            Step::Answer { request: n, accept, other, signed } => {
                let who = other.unwrap_or_else(|| self.asked(request(n)));
                let answer = if accept { RequestAnswer::Accept } else { RequestAnswer::Decline };
                let signature = signed.map(|(n, valid)| {
                    let value = "signature".to_owned();
                    CheckedSignature { key: key(n), value, valid }
                });
                (
                    person(who),
                    AnswerRequest { request: request(n), answer, signature, language: None }.into(),
                )
            }
            Step::Award { counter, to, worth, in_money } => {
                let to = match to {
                    To::Card(n) => AwardTo::Card(card(n)),
                    To::Request(n) => AwardTo::Request(request(n)),
                };
                let worth = match in_money {
                    true => Worth::Amount(Money { amount: worth, currency: Currency::KES }),
                    false => Worth::Points(Points(worth)),
                };
                (staff(counter), AwardPoints { to, worth, sale: None }.into())
            }
            Step::SetStatus { counter, program, status } => {
                let program = self.shop.programs[program];
                (staff(counter), UpdateProgram::status(program, status).into())
            }
            Step::Rename { person: who } => {
                let name = Some(PEOPLE[who].0.to_owned());
                (person(who), UpdateMe { name, language: None }.into())
            }
            Step::Print { counter, person } => {
                let business = self.shop.counters[counter].business;
                let handle = self.shop.handle(business, person);
                let member = handle.unwrap_or(HandleId(Uuid::nil()));
                (staff(counter), IssuePrintedCode::Member(member).into())
            }
            Step::WriteDown { counter, person } => {
                let name = Some(PEOPLE[person].0.to_owned());
                (staff(counter), CreateCustomer { address: address(person), name }.into())
            }
            Step::AnswerBy { way, counter, request: n, accept } => {
                let address = self.shop.books.requests.get(&request(n));
                let address = address.and_then(|it| it.asked.address.clone());
                let asked = AskedAt { request: request(n), address };
                let answer = if accept { RequestAnswer::Accept } else { RequestAnswer::Decline };
                let language = Some(Language::Sw);
                match way {
                    Way::Digits(right) => {
                        let said = Said::Digits { right };
                        (staff(counter), AnswerByCode { asked, said }.into())
                    }
                    Way::Link => (Actor::Nobody, AnswerByLink { asked, answer, language }.into()),
                    Way::InPerson => {
                        let has_messages = false;
                        let act = AnswerInPerson { asked, answer, language, has_messages };
                        (staff(counter), act.into())
                    }
                }
            }
            Step::Merge { counter, keep, merge } => {
                let member = |n| nth(&self.members_at(counter), n, HandleId(Uuid::nil()));
                let act = MergeCustomers { keep: member(keep), merge: member(merge) };
                (staff(counter), act.into())
            }
            Step::LeaveBusiness { person: who, counter } => {
                let business = self.shop.counters[counter].business;
                (person(who), LeaveBusiness { business }.into())
            }
            Step::Prove { person } => {
                let (address, language) = (address(person), Language::En);
                (Actor::Nobody, ProveAddress { address, language }.into())
            }
            Step::Erase { person: who } => {
                (person(who), EraseMe { addresses: vec![(address(who), hash(who))] }.into())
            }
        };
        let (actor, act) = match self.returning(actor) {
            Some(address) => {
                (Actor::Nobody, ProveAddress { address, language: Language::En }.into())
            }
            None => (actor, act),
        };
        self.shop.op(actor, act)
    }

    /// The members of a counter's business.
    fn members_at(&self, counter: usize) -> Vec<HandleId> {
        let business = self.shop.counters[counter].business;
        let handles = self.shop.books.handles.values();
        handles.filter(|it| it.business == business && it.is_member()).map(|it| it.id).collect()
    }

    /// The address by which somebody comes back who has no account to do anything with.
    fn returning(&self, actor: Actor) -> Option<Address> {
        let is = |n: &&usize| actor == Actor::Person(self.shop.people[**n]);
        self.gone.iter().find(is).map(|n| address(*n))
    }

    /// Whom a request asks.
    fn asked(&self, id: RequestId) -> usize {
        let Some(request) = self.shop.books.requests.get(&id) else { return 0 };
        let is = |n: &usize| match &request.asked.hash {
            Some(asked) => *asked == hash(*n),
            None => request.asked.user == Some(self.shop.people[*n]),
        };
        // Nobody any more, where an address was forgotten.
        (0..3).find(is).unwrap_or(0)
    }

    /// Lets a moment happen: at once if the operations agree, else one after the other.
    pub(crate) fn pass(&mut self, (quiet_ms, steps): &Moment) -> Vec<Outcome> {
        self.shop.now = self.shop.now.plus_ms(*quiet_ms);
        let ops: Vec<Op> = steps.iter().map(|step| self.op(step)).collect();
        let ctx = self.shop.ctx();
        let before = self.shop.books.requests.clone();
        let whose: BTreeMap<CardId, HandleId> =
            self.shop.books.cards.iter().map(|(id, card)| (*id, card.handle)).collect();
        let outcomes = match self.shop.books.batch(&ops, &ctx) {
            Some(outcomes) => outcomes,
            None => ops
                .iter()
                .zip(0..)
                .map(|(op, n)| {
                    let mut ctx = ctx;
                    ctx.random[1] = ctx.random[1].wrapping_add(n);
                    self.shop.books.one(op, &ctx)
                })
                .collect(),
        };
        let mut open = before;
        for (op, outcome) in ops.iter().zip(&outcomes) {
            self.note(op, outcome, &mut open, &whose);
        }
        outcomes
    }

    /// Counts along, from what was asked and answered alone.
    fn note(
        &mut self,
        op: &Op,
        outcome: &Outcome,
        open: &mut BTreeMap<RequestId, Request>,
        whose: &BTreeMap<CardId, HandleId>,
    ) {
        let Ok(effects) = outcome else {
            return;
        };
        self.merged(effects, whose);
        let number = |field: &str| effects.answer[field].as_i64();
        match (&op.act, op.actor) {
            (Act::RegisterKey(_), _) => self.keys.push(KeyId::from(op.id)),
            (Act::AskEnrollment(_) | Act::RequestDeduction(_), _) => {
                let id: RequestId =
                    serde_json::from_value(effects.answer["request"].clone()).expect("an id");
                if !self.requests.contains(&id) {
                    self.requests.push(id);
                }
            }
            (Act::ProveAddress(proof), Actor::Nobody) => self.came_back(&proof.address, effects),
            (Act::EraseMe(_), Actor::Person(user)) => {
                let is = |n: &usize| self.shop.people[*n] == user;
                self.gone.extend((0..3).find(is));
                self.lapsed(effects);
            }
            (Act::ExpirePoints(_) | Act::LeaveProgram(_) | Act::LeaveBusiness(_), _) => {
                self.lapsed(effects);
            }
            (Act::AdjustPoints(adjust), _) => {
                *self.expected.get_mut(&adjust.card).expect("a card") += adjust.points.0;
            }
            (Act::ReverseEntry(reverse), _) => {
                let entry = self.shop.books.entries.iter().find(|it| it.id == reverse.entry);
                let entry = entry.expect("an entry that was made");
                *self.expected.get_mut(&entry.card).expect("a card") -= entry.delta.0;
            }
            (Act::AwardPoints(award), Actor::Staff(by)) => {
                let points = number("points").expect("points");
                let request = match award.to {
                    AwardTo::Request(id) => Some(id),
                    AwardTo::Card(_) => None,
                };
                if number("waiting").is_some() {
                    let id = request.expect("only requests make points wait");
                    self.waiting.entry(id).or_default().push((by.user, points));
                    return;
                }
                let card = match award.to {
                    AwardTo::Card(card) => card,
                    AwardTo::Request(id) => self.shop.books.requests[&id].card.expect("a card"),
                };
                let expected = self.expected.get_mut(&card).expect("a card that was made");
                *expected += points;
                assert_eq!(number("balance"), Some(*expected), "the answer says what the card has");
            }
            (Act::AnswerRequest(it), _) => self.answered(it.request, it.answer, effects, open),
            (Act::AnswerByCode(it), _) => {
                self.answered_at(&it.asked, RequestAnswer::Accept, effects, open);
            }
            (Act::AnswerByLink(it), _) => self.answered_at(&it.asked, it.answer, effects, open),
            (Act::AnswerInPerson(it), _) => {
                self.answered(it.asked.request, it.answer, effects, open);
            }
            _ => {}
        }
    }

    /// Points went, and none came.
    fn lapsed(&mut self, effects: &Effects) {
        for entry in entries(effects) {
            assert_eq!(entry.kind, EntryKind::Expire);
            *self.expected.get_mut(&entry.card).expect("a card") += entry.delta.0;
        }
    }

    /// Somebody has an account again, whose address it is.
    fn came_back(&mut self, to: &Address, effects: &Effects) {
        let Some(n) = (0..3).find(|n| address(*n) == *to) else { return };
        if self.gone.remove(&n) {
            let user = effects.answer["user"].clone();
            self.shop.people[n] = serde_json::from_value(user).expect("a user's id");
        }
    }

    /// No point is lost or made where two members turn out to be one, by a manager's word or by
    /// proving an address, and who was merged is nobody any more.
    fn merged(&mut self, effects: &Effects, whose: &BTreeMap<CardId, HandleId>) {
        let moved = || entries(effects).filter(|it| it.reason.as_deref() == Some("merged"));
        assert_eq!(moved().map(|it| it.delta.0).sum::<i64>(), 0, "points are conserved");
        for entry in moved() {
            assert_eq!(entry.kind, EntryKind::Adjust);
            *self.expected.get_mut(&entry.card).expect("a card") += entry.delta.0;
        }
        let cards: BTreeMap<CardId, &card::Card> = effects
            .changes
            .iter()
            .filter_map(|it| match it {
                Change::Card(card) => Some((card.id, card)),
                _ => None,
            })
            .collect();
        let over = effects.changes.iter().filter_map(|it| match it {
            Change::BusinessCustomer(handle) => Some((handle, handle.merged_into?)),
            _ => None,
        });
        for (over, keep) in over {
            assert!(!over.is_member());
            for into in cards.values().filter(|it| it.handle == keep) {
                let same = |it: &&&card::Card| it.handle == over.id && it.program == into.program;
                if let Some(from) = cards.values().find(same) {
                    assert!(from.ended_at.is_some());
                    *self.brought.entry(into.id).or_default() += from.earned.0;
                } else if self.cards.contains(&into.id) && whose.get(&into.id) != Some(&keep) {
                    self.moved.insert(into.id);
                }
            }
            let lives = |card: &&card::Card| card.handle == over.id && card.ended_at.is_none();
            assert_eq!(self.shop.books.cards.values().find(lives), None);
        }
    }

    /// An answer by whoever has an address: who had deleted their account has one again by a yes.
    fn answered_at(
        &mut self,
        asked: &AskedAt,
        answer: RequestAnswer,
        effects: &Effects,
        open: &mut BTreeMap<RequestId, Request>,
    ) {
        if let (Some(address), RequestAnswer::Accept) = (&asked.address, answer) {
            let owns = |it: &&user::User| it.owns(address);
            let owner = self.shop.books.users.values().find(owns).map(|it| it.id);
            let n = (0..3).find(|n| crate::shop::address(*n) == *address);
            if let (Some(owner), Some(n)) = (owner, n)
                && self.gone.remove(&n)
            {
                self.shop.people[n] = owner;
            }
        }
        self.answered(asked.request, answer, effects, open);
    }

    fn answered(
        &mut self,
        request: RequestId,
        answer: RequestAnswer,
        effects: &Effects,
        open: &mut BTreeMap<RequestId, Request>,
    ) {
        let was_open = open.get(&request).is_none_or(|it| it.closed_at.is_none());
        if answer == RequestAnswer::Accept && was_open {
            self.accepted(request, effects);
        }
        open.insert(request, self.shop.books.requests[&request].clone());
    }

    fn accepted(&mut self, request: RequestId, effects: &Effects) {
        let card: CardId =
            serde_json::from_value(effects.answer["card"].clone()).expect("a card's id");
        if let Some(asked) = &self.shop.books.requests[&request].deduction {
            *self.expected.get_mut(&card).expect("a card") -= asked.points.0;
            return;
        }
        let is_new = !self.cards.contains(&card);
        if is_new {
            self.cards.push(card);
        }
        let bonus = match self.shop.books.cards[&card].program == self.shop.programs[1] {
            true if is_new => 50,
            true | false => 0,
        };
        let waited = self.waiting.remove(&request).unwrap_or_default();
        let user = whose(card, effects);
        let waited = waited.into_iter().filter(|(by, _)| *by != user).map(|(_, points)| points);
        *self.expected.entry(card).or_default() += bonus + waited.sum::<i64>();
    }
}

fn entries(effects: &Effects) -> impl Iterator<Item = &card::Entry> {
    effects.changes.iter().filter_map(|it| match it {
        Change::Entry(entry) => Some(entry),
        _ => None,
    })
}

/// Whose a card was when it was given.
fn whose(id: CardId, effects: &Effects) -> UserId {
    let card = effects.changes.iter().find_map(|it| match it {
        Change::Card(card) if card.id == id => Some(card.user),
        _ => None,
    });
    card.expect("a yes writes the card")
}
