//! Any sequence of operations and refusals leaves books that add up.

use crate::books::Outcome;
use crate::shop::{PEOPLE, Shop, address, at, hash};
use proptest::prelude::*;
use proptest::sample::select;
use reda_actions::*;
use reda_domain::address::{Address, AddressHash, Phone};
use reda_domain::card::EntryKind;
use reda_domain::effects::Change;
use reda_domain::expiry::{Expiry, Lots};
use reda_domain::money::{Currency, Money};
use reda_domain::points::Points;
use reda_domain::program::ProgramStatus;
use reda_domain::refusal::Refusal;
use reda_domain::request::{RequestAnswer, RequestStatus};
use reda_domain::scan::ScanKind;
use reda_domain::*;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Something that somebody does. Numbers choose among what there is by then.
#[derive(Clone, Debug)]
enum Step {
    RegisterKey {
        person: usize,
    },
    RevokeKey {
        person: usize,
        key: usize,
    },
    Scan {
        counter: usize,
        key: usize,
    },
    ScanJunk {
        counter: usize,
    },
    Find {
        counter: usize,
        person: Option<usize>,
    },
    FindCard {
        counter: usize,
        card: usize,
    },
    Ask {
        counter: usize,
        program: usize,
        person: usize,
        by_address: bool,
    },
    Resend {
        counter: usize,
        request: usize,
    },
    Cancel {
        counter: usize,
        request: usize,
    },
    Expire {
        request: usize,
    },
    Deduct {
        counter: usize,
        card: usize,
        points: i64,
    },
    /// By a reward, at its cost.
    DeductReward {
        counter: usize,
        card: usize,
        reward: usize,
    },
    /// What came so long ago lapses, if the programme's rule says so.
    Lapse {
        card: usize,
        age_ms: i64,
    },
    Leave {
        person: usize,
        program: usize,
    },
    SetExpiry {
        counter: usize,
        program: usize,
        expiry: Expiry,
    },
    Adjust {
        counter: usize,
        card: usize,
        points: i64,
    },
    Reverse {
        counter: usize,
        entry: usize,
    },
    See {
        person: usize,
        request: usize,
    },
    /// By the person it asks, or by somebody else.
    Answer {
        request: usize,
        accept: bool,
        other: Option<usize>,
        signed: Option<(usize, bool)>,
    },
    Award {
        counter: usize,
        to: To,
        worth: i64,
        in_money: bool,
    },
    SetStatus {
        counter: usize,
        program: usize,
        status: ProgramStatus,
    },
    Rename {
        person: usize,
    },
    Print {
        counter: usize,
        person: usize,
    },
}

#[derive(Clone, Copy, Debug)]
enum To {
    Card(usize),
    Request(usize),
}

/// Some things at one moment, and how long it was quiet before.
type Moment = (i64, Vec<Step>);

fn step() -> impl Strategy<Value = Step> {
    let (counter, person, program) = (0..3_usize, 0..3_usize, 0..3_usize);
    let (request, card) = (0..9_usize, 0..4_usize);
    let to = prop_oneof![card.clone().prop_map(To::Card), request.clone().prop_map(To::Request)];
    let worth = prop_oneof![
        8 => 1..20_000_i64,
        1 => select(vec![-5, 0, 1_000_000, 1_000_001, 40_000_000_000]),
    ];
    let other = proptest::option::weighted(0.15, person.clone());
    let signed = proptest::option::weighted(0.5, (0..4_usize, proptest::bool::weighted(0.9)));
    let status = prop_oneof![
        6 => Just(ProgramStatus::Active),
        2 => Just(ProgramStatus::Paused),
        1 => Just(ProgramStatus::Ended),
    ];
    let expiry = select(vec![
        Expiry::Never,
        Expiry::AfterEarning { months: 1 },
        Expiry::Inactivity { months: 1 },
    ]);
    prop_oneof![
        2 => person.clone().prop_map(|person| Step::RegisterKey { person }),
        1 => (person.clone(), 0..4_usize).prop_map(|(person, key)| Step::RevokeKey { person, key }),
        4 => (counter.clone(), 0..4_usize).prop_map(|(counter, key)| Step::Scan { counter, key }),
        1 => counter.clone().prop_map(|counter| Step::ScanJunk { counter }),
        2 => (counter.clone(), proptest::option::of(person.clone()))
            .prop_map(|(counter, person)| Step::Find { counter, person }),
        1 => (counter.clone(), card.clone()).prop_map(|(counter, card)| Step::FindCard { counter, card }),
        6 => (counter.clone(), program.clone(), person.clone(), any::<bool>()).prop_map(
            |(counter, program, person, by_address)| Step::Ask { counter, program, person, by_address }
        ),
        1 => (counter.clone(), request.clone())
            .prop_map(|(counter, request)| Step::Resend { counter, request }),
        1 => (counter.clone(), request.clone())
            .prop_map(|(counter, request)| Step::Cancel { counter, request }),
        2 => request.clone().prop_map(|request| Step::Expire { request }),
        8 => (counter.clone(), card.clone(), 1..400_i64)
            .prop_map(|(counter, card, points)| Step::Deduct { counter, card, points }),
        3 => (counter.clone(), card.clone(), 0..2_usize)
            .prop_map(|(counter, card, reward)| Step::DeductReward { counter, card, reward }),
        5 => (card.clone(), select(vec![0, 1_000, 180_000]))
            .prop_map(|(card, age_ms)| Step::Lapse { card, age_ms }),
        1 => (person.clone(), program.clone())
            .prop_map(|(person, program)| Step::Leave { person, program }),
        1 => (counter.clone(), program.clone(), expiry)
            .prop_map(|(counter, program, expiry)| Step::SetExpiry { counter, program, expiry }),
        3 => (counter.clone(), card, -500..500_i64)
            .prop_map(|(counter, card, points)| Step::Adjust { counter, card, points }),
        4 => (counter.clone(), 0..40_usize)
            .prop_map(|(counter, entry)| Step::Reverse { counter, entry }),
        1 => (person.clone(), request.clone())
            .prop_map(|(person, request)| Step::See { person, request }),
        6 => (request, proptest::bool::weighted(0.75), other, signed).prop_map(
            |(request, accept, other, signed)| Step::Answer { request, accept, other, signed }
        ),
        8 => (counter.clone(), to, worth, any::<bool>()).prop_map(
            |(counter, to, worth, in_money)| Step::Award { counter, to, worth, in_money }
        ),
        1 => (counter.clone(), program, status).prop_map(
            |(counter, program, status)| Step::SetStatus { counter, program, status }
        ),
        1 => person.clone().prop_map(|person| Step::Rename { person }),
        1 => (counter, person).prop_map(|(counter, person)| Step::Print { counter, person }),
    ]
}

fn moments() -> impl Strategy<Value = Vec<Moment>> {
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    let quiet = prop_oneof![
        20 => select(vec![0, 1_000, 25_000, 180_000]),
        1 => select(vec![8 * DAY_MS, 31 * DAY_MS]),
    ];
    proptest::collection::vec((quiet, proptest::collection::vec(step(), 1..4)), 5..50)
}

/// The shop, and what its books should say.
struct Model {
    shop: Shop,
    requests: Vec<RequestId>,
    cards: Vec<CardId>,
    keys: Vec<KeyId>,
    /// Points on each card, counted independently of the rules.
    expected: BTreeMap<CardId, i64>,
    /// Who left how many points waiting on which request.
    waiting: BTreeMap<RequestId, Vec<(UserId, i64)>>,
}

/// The nth of a list, counted round; something that does not exist while the list is empty.
fn nth<T: Copy>(list: &[T], n: usize, none: T) -> T {
    if list.is_empty() { none } else { list[n % list.len()] }
}

impl Model {
    /// Everybody has a key and has been at both shops.
    fn open() -> Self {
        let mut model = Self {
            shop: Shop::open(),
            requests: vec![],
            cards: vec![],
            keys: vec![],
            expected: BTreeMap::new(),
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
        };
        self.shop.op(actor, act)
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
    fn pass(&mut self, (quiet_ms, steps): &Moment) {
        self.shop.now = self.shop.now.plus_ms(*quiet_ms);
        let ops: Vec<Op> = steps.iter().map(|step| self.op(step)).collect();
        let ctx = self.shop.ctx();
        let before = self.shop.books.requests.clone();
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
            self.note(op, outcome, &mut open);
            holds_nothing_personal(outcome);
        }
    }

    /// Counts along, from what was asked and answered alone.
    fn note(
        &mut self,
        op: &Op,
        outcome: &Outcome,
        open: &mut BTreeMap<RequestId, request::Request>,
    ) {
        let Ok(effects) = outcome else {
            return;
        };
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
            (Act::ExpirePoints(_) | Act::LeaveProgram(_), _) => {
                for change in &effects.changes {
                    if let Change::Entry(entry) = change {
                        assert_eq!(entry.kind, EntryKind::Expire);
                        *self.expected.get_mut(&entry.card).expect("a card") += entry.delta.0;
                    }
                }
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
            (Act::AnswerRequest(answer), Actor::Person(user)) => {
                let was_open = open.get(&answer.request).is_none_or(|it| it.closed_at.is_none());
                if answer.answer == RequestAnswer::Accept && was_open {
                    self.accepted(answer.request, user, effects);
                }
                let now = self.shop.books.requests[&answer.request].clone();
                open.insert(answer.request, now);
            }
            _ => {}
        }
    }

    fn accepted(&mut self, request: RequestId, user: UserId, effects: &effects::Effects) {
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
        let waited = waited.into_iter().filter(|(by, _)| *by != user).map(|(_, points)| points);
        *self.expected.entry(card).or_default() += bonus + waited.sum::<i64>();
    }

    fn adds_up(&self) {
        let books = &self.shop.books;
        for card in books.cards.values() {
            let lines: Vec<_> = books.entries.iter().filter(|it| it.card == card.id).collect();
            let mut sum = 0;
            for (line, n) in lines.iter().zip(1..) {
                sum += line.delta.0;
                assert_eq!((line.n, line.balance_after.0), (n, sum), "lines are adjacent");
            }
            assert_eq!(card.balance.0, sum, "the balance is the sum of its entries");
            assert_eq!(i64::try_from(lines.len()), Ok(card.entries));
            assert_eq!(Some(&sum), self.expected.get(&card.id), "each award counted once");
            self.lots_are_sound(card, &lines);
            let bonuses = lines.iter().filter(|it| it.kind == EntryKind::Bonus).count();
            assert!(bonuses <= 1, "a card is welcomed once");
        }
        self.holds_are_sound();
        let entries: BTreeSet<_> = books.entries.iter().map(|it| it.id).collect();
        assert_eq!(entries.len(), books.entries.len(), "no entry twice");
        assert_eq!(books.cards.len(), self.expected.len());
        self.questions_are_sound();
    }

    /// What a card has earned, and what is left of it by when it came.
    fn lots_are_sound(&self, card: &card::Card, lines: &[&card::Entry]) {
        let earns = |it: &card::Entry| matches!(it.kind, EntryKind::Earn | EntryKind::Bonus);
        let earned = lines.iter().filter(|it| earns(it)).map(|it| it.delta.0);
        let back = lines.iter().filter_map(|it| {
            let taken = lines.iter().find(|line| Some(line.id) == it.reverses)?;
            earns(taken).then_some(it.delta.0)
        });
        assert_eq!(card.earned.0, earned.sum::<i64>() + back.sum::<i64>());
        let lines: Vec<_> = lines.iter().copied().cloned().collect();
        let lots: i64 = Lots::of(&lines).lots.iter().map(|lot| lot.points.0).sum();
        assert_eq!(lots, card.balance.0.max(0), "the lots of a card are its balance");
    }

    fn holds_are_sound(&self) {
        let books = &self.shop.books;
        let mut spent = BTreeSet::new();
        for card in books.cards.values() {
            let open = books.holds.values().filter(|it| it.card == card.id && it.is_open());
            assert_eq!(
                card.held.0,
                open.map(|it| it.points.0).sum::<i64>(),
                "held is what is open"
            );
            assert!(card.held.0 <= card.balance.0.max(0), "what is held is there");
            assert!(card.available().0 >= 0);
        }
        for hold in books.holds.values() {
            let request = &books.requests[&hold.request];
            let closed = request.status != RequestStatus::Pending;
            assert_eq!(hold.is_open(), !closed, "a hold lives as long as its question");
            let posted = hold.outcome.and_then(|(outcome, _)| outcome.entry());
            assert_eq!(posted.is_some(), request.status == RequestStatus::Accepted);
            if let Some(id) = posted {
                assert!(spent.insert(id), "an entry spends one hold");
                let entry = books.entries.iter().find(|it| it.id == id).expect("posted");
                assert_eq!((entry.card, entry.delta.0), (hold.card, -hold.points.0));
                assert_eq!((entry.kind, entry.request), (EntryKind::Redeem, Some(hold.request)));
            }
        }
        let redeemed = books.entries.iter().filter(|it| it.kind == EntryKind::Redeem).count();
        assert_eq!(redeemed, spent.len(), "nothing is spent without a hold");
        let mut reversed = BTreeSet::new();
        for entry in &books.entries {
            let sound = entry.balance_after.0 >= 0 || entry.delta.0 > 0;
            assert!(sound || entry.kind == EntryKind::Reverse, "{entry:?}");
            assert!(entry.reverses.is_none_or(|id| reversed.insert(id)), "taken back once");
        }
    }

    fn questions_are_sound(&self) {
        let books = &self.shop.books;
        let mut pending = BTreeSet::new();
        let mut members = BTreeSet::new();
        for card in books.cards.values() {
            let again = card.ended_at.is_none() && !members.insert((card.program, card.user));
            assert!(!again, "one live card a programme and person");
            let handle = &books.handles[&card.handle];
            assert!(handle.is_member() && handle.user == card.user);
        }
        for request in books.requests.values() {
            let closed = request.status != RequestStatus::Pending;
            assert_eq!(closed, request.closed_at.is_some(), "{request:?}");
            let accepted = request.status == RequestStatus::Accepted;
            let has_card = request.card.is_some();
            assert_eq!(accepted || request.deduction.is_some(), has_card, "{request:?}");
            let joins = request.deduction.is_none();
            if let (false, Some(handle), true) = (closed, request.asked.handle, joins) {
                assert!(pending.insert((request.program, handle)), "one question at a time");
            }
            if let Some(card) = request.card.and_then(|id| books.cards.get(&id)) {
                assert_eq!(Some(card.user), request.asked.user, "a yes makes one's own card");
                assert_eq!(card.program, request.program);
            }
            let answered = books.consents.iter().filter(|it| it.request == request.id).count();
            let by_the_person =
                matches!(request.status, RequestStatus::Accepted | RequestStatus::Declined);
            assert_eq!(answered, usize::from(by_the_person), "one record of each answer");
        }
        for handle in books.handles.values().filter(|it| it.is_member()) {
            let own = |it: &&card::Card| it.handle == handle.id;
            assert!(books.cards.values().any(|it| own(&it)), "no member without a card");
        }
    }
}

/// What is kept with an operation, and what the audit says of it, names nobody.
fn holds_nothing_personal(outcome: &Outcome) {
    let kept = match outcome {
        Ok(effects) => format!("{} {:?}", effects.answer, effects.refused),
        Err(refusal) => format!("{refusal:?} {:?}", refusal.details()),
    };
    for (name, address) in PEOPLE {
        let local = address.split('@').next().expect("a part");
        for personal in name.split(' ').chain([local, &address[4..]]) {
            assert!(!kept.contains(personal), "{personal} in {kept}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_sequence_of_operations_and_refusals_leaves_books_that_add_up(moments in moments()) {
        let mut model = Model::open();
        for moment in &moments {
            model.pass(moment);
            model.adds_up();
        }
    }
}
