//! The counter's flow, fact by fact.

mod answering;
mod asking;
mod awards;
mod offers;
mod resume;
mod shown;
mod spending;

use super::*;
use reda_domain::address::Phone;
use reda_domain::code::CodeId;
use reda_domain::money::Currency;
use reda_domain::points::Points;
use reda_domain::program::{EarnRule, ProgramStatus, Rounding};
use reda_domain::request::{
    ASK_AGAIN_AFTER_MS, COUNTER_WAIT_MS, RESEND_AFTER_MS, RequestKind, RequestStatus,
};
use reda_domain::signature::PrivateKey;
use reda_domain::{BusinessId, CardId, HandleId, ProgramId, RequestId};
use reda_protocol::entity::{CardBody, MemberBody, RequestBody};
use reda_protocol::frame::cursor;
use reda_protocol::rpc::{CounterStage, CounterView};
use reda_protocol::scope::Cursors;
use serde_json::Value;
use uuid::Uuid;

const SHOP: BusinessId = BusinessId(Uuid::from_u128(1));
const PROGRAM: ProgramId = ProgramId(Uuid::from_u128(2));
const AMINA: HandleId = HandleId(Uuid::from_u128(3));
const CARD: CardId = CardId(Uuid::from_u128(4));
const REQUEST: RequestId = RequestId(Uuid::from_u128(5));
const MINUTE: i64 = 60_000;

fn program() -> ProgramLine {
    let per = Money { amount: 10_000, currency: Currency::KES };
    ProgramLine {
        id: PROGRAM,
        name: "Baraka Points".into(),
        status: ProgramStatus::Active,
        earn: EarnRule { points: Points(1), per, rounding: Rounding::Down },
        tiers: vec![],
    }
}

fn code(of: u8, step: u32) -> String {
    let key = PrivateKey::from_bytes(&[1; 32]).unwrap();
    Code::rotating(CodeId([of; 8]), step, &key).to_text()
}

fn kes(amount: i64) -> Money {
    Money { amount, currency: Currency::KES }
}

fn member_row() -> MemberBody {
    MemberBody {
        notes: String::new(),
        tags: vec![],
        id: AMINA,
        name: "Amina Odhiambo".into(),
        phone: Some(Phone::parse("0722000412", "KE").unwrap()),
        email: None,
        visits: 3,
        spend: 0,
        joined_at: Some(Timestamp(5)),
        first_visit_at: Some(Timestamp(5)),
        last_visit_at: Some(Timestamp(6)),
    }
}

fn card_row(balance: i64) -> CardBody {
    CardBody {
        id: CARD,
        number: "079927398713".into(),
        program: PROGRAM,
        program_name: "Baraka Points".into(),
        business: SHOP,
        business_name: "Baraka".into(),
        member: Some(AMINA),
        balance: Points(balance),
        held: Points(0),
        available: Points(balance),
        tier: None,
        earned: Points(balance),
        created_at: Timestamp(0),
    }
}

/// Amina is asked to join.
fn request_row(asked_at: Timestamp) -> RequestBody {
    RequestBody {
        id: REQUEST,
        kind: RequestKind::Enrollment,
        status: RequestStatus::Pending,
        business: SHOP,
        business_name: "Baraka".into(),
        program: PROGRAM,
        program_name: "Baraka Points".into(),
        customer: Some(AMINA),
        asked_name: None,
        asked_address: None,
        asked_by: None,
        points: Points(0),
        reason: None,
        reward: None,
        asked_at,
        expires_at: asked_at.plus_ms(7 * 24 * 60 * MINUTE),
        counter_until: asked_at.plus_ms(COUNTER_WAIT_MS),
        seen_at: None,
        closed_at: None,
        card: None,
        waiting: Points(0),
        shares: vec![],
        never_shares: vec![],
        wording: String::new(),
        text: None,
    }
}

/// A counter, the time, and the operations it sent.
struct Shop {
    counter: Counter,
    now: Timestamp,
    online: bool,
    sent: Vec<(OperationId, Verb)>,
    others: Vec<Effect>,
    to_the_caller: usize,
    facts: Facts,
}

impl Shop {
    fn open() -> Self {
        let mut counter = Counter::new(ScopeName::Business(SHOP));
        counter.set_program(Some(program()));
        Self {
            counter,
            now: Timestamp(1_000_000_000),
            online: true,
            sent: vec![],
            others: vec![],
            to_the_caller: 0,
            facts: Facts { cursor: cursor(1, 10), ..Facts::default() },
        }
    }

    fn ctx(&self) -> Ctx {
        let n = 1_000 + self.sent.len() as u128;
        let operation = OperationId(Uuid::from_u128(n));
        Ctx { now: self.now, online: self.online, operation, language: Language::En }
    }

    fn took(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Submit { id, verb, shown } => {
                    self.sent.push((id, verb));
                    self.to_the_caller += usize::from(shown == Shown::ToTheCaller);
                }
                other => self.others.push(other),
            }
        }
    }

    fn code(&mut self, text: &str) {
        self.code_of(None, text);
    }

    /// Reads a code that this member's key is known to have signed.
    fn code_of(&mut self, whose: Option<HandleId>, text: &str) {
        let effects = self.counter.code_read(text, whose, &self.ctx());
        self.took(effects);
    }

    fn does(&mut self, wish: impl FnOnce(&mut Counter, &Ctx) -> Wish) {
        let ctx = self.ctx();
        let effects = wish(&mut self.counter, &ctx).expect("it is allowed");
        self.took(effects);
    }

    fn is_refused(&mut self, wish: impl FnOnce(&mut Counter, &Ctx) -> Wish) -> String {
        let ctx = self.ctx();
        wish(&mut self.counter, &ctx).expect_err("it is refused").code
    }

    fn clear(&mut self) {
        let ctx = self.ctx();
        let effects = self.counter.clear(&ctx);
        self.took(effects);
    }

    fn ask(&mut self) {
        self.does(|counter, ctx| counter.ask(ctx));
    }

    fn award(&mut self, amount: i64) {
        self.does(|counter, ctx| counter.award(kes(amount), ctx));
    }

    fn answer_to(&mut self, n: usize, answer: Answer) {
        let effects = self.counter.answered(self.sent[n].0, answer, &self.ctx());
        self.took(effects);
    }

    fn answer(&mut self, data: Value) {
        let moved = Cursors::new();
        self.answer_to(self.sent.len() - 1, Ok(Applied { data, moved }));
    }

    fn answer_moved(&mut self, data: Value, seq: i64) {
        let moved = Cursors::from([(ScopeName::Business(SHOP), cursor(1, seq))]);
        self.answer_to(self.sent.len() - 1, Ok(Applied { data, moved }));
    }

    fn reject(&mut self, code: &str) {
        self.answer_to(self.sent.len() - 1, Err(WireError::of(code, Language::En)));
    }

    fn see(&mut self) {
        self.counter.seen(&self.facts, self.now);
    }

    fn see_request(&mut self, status: RequestStatus, waiting: i64) {
        let row = self.facts.request.get_or_insert_with(|| request_row(self.now));
        row.status = status;
        row.waiting = Points(waiting);
        if status != RequestStatus::Pending {
            row.closed_at = Some(self.now);
        }
        self.see();
    }

    fn accept(&mut self, balance: i64) {
        self.facts.card = Some(card_row(balance));
        self.facts.member = Some(member_row());
        self.see_request(RequestStatus::Accepted, 0);
    }

    fn view(&self) -> CounterView {
        self.counter.view(self.now, Language::En)
    }

    fn stage(&self) -> CounterStage {
        self.view().stage
    }

    fn stage_name(&self) -> String {
        serde_json::to_value(self.stage()).unwrap()["stage"].as_str().unwrap().to_owned()
    }

    /// Amina has shown her code and is a member.
    fn member(balance: i64) -> Self {
        let mut shop = Self::open();
        shop.code(&code(1, 7));
        shop.answer(found_member(balance));
        shop.facts.card = Some(card_row(balance));
        shop.facts.member = Some(member_row());
        shop.see();
        shop
    }

    /// Amina has shown her code and is not a member.
    fn not_member() -> Self {
        let mut shop = Self::open();
        shop.code(&code(1, 7));
        shop.answer(json!({ "status": "not_enrolled", "customer": amina() }));
        shop
    }

    /// Amina was asked to join and has not answered.
    fn waiting() -> Self {
        let mut shop = Self::not_member();
        shop.ask();
        shop.answer(json!({ "request": REQUEST }));
        shop.see_request(RequestStatus::Pending, 0);
        shop
    }
}

fn amina() -> Value {
    json!({ "id": AMINA, "display_name": "Amina" })
}

fn found_member(balance: i64) -> Value {
    let enrollment = json!({
        "program": PROGRAM, "card": CARD, "balance": balance, "available": balance, "tier": null,
    });
    json!({ "status": "member", "customer": amina(), "enrollments": [enrollment] })
}

fn award_data(points: i64, balance: i64) -> Value {
    json!({ "entry": Uuid::nil(), "points": points, "balance": balance, "available": balance })
}

fn waiting_data(points: i64, waiting: i64) -> Value {
    json!({ "entry": Uuid::nil(), "points": points, "waiting": waiting })
}

fn award_of(stage: CounterStage) -> AwardState {
    match stage {
        CounterStage::Member { award, .. }
        | CounterStage::Waiting { award, .. }
        | CounterStage::Accepted { award, .. } => award,
        other => panic!("no award at {other:?}"),
    }
}

fn balance_of(stage: CounterStage) -> i64 {
    match stage {
        CounterStage::Member { card, .. } | CounterStage::Accepted { card, .. } => card.balance.0,
        other => panic!("no card at {other:?}"),
    }
}

#[test]
fn a_code_is_looked_up_and_flashes() {
    let mut shop = Shop::open();
    let text = code(1, 7);
    shop.code(&text);
    assert_eq!(shop.stage(), CounterStage::LookingUp { shown: None });
    assert_eq!(shop.sent[0].1, Verb::Scan(Scan { code: text }));
    assert_eq!(shop.others, [Effect::CodeRead]);
}

#[test]
fn a_member_is_shown_with_card_and_masked_phone() {
    let shop = Shop::member(240);
    let CounterStage::Member { person, card, joined_at, .. } = shop.stage() else { panic!() };
    assert_eq!(person.name, "Amina Odhiambo");
    assert_eq!(person.short_name, "Amina");
    assert_eq!(person.phone.as_deref(), Some("0722 ••• 412"));
    assert_eq!((card.number.as_str(), card.balance), ("079927398713", Points(240)));
    assert_eq!(joined_at, Some(Timestamp(5)));
}

#[test]
fn a_refused_code_says_why_in_the_readers_language() {
    let mut shop = Shop::open();
    shop.code(&code(1, 7));
    shop.reject("code_expired");
    let CounterStage::Refused { error } = shop.counter.view(shop.now, Language::Sw).stage else {
        panic!()
    };
    assert_eq!(error.code, "code_expired");
    assert!(error.message.starts_with("Msimbo huu umepitwa"), "{}", error.message);
    shop.code(&code(1, 8));
    assert_eq!(shop.sent.len(), 2, "the next code of the same key is another try");
}

#[test]
fn the_same_code_again_does_nothing_and_another_replaces_the_customer() {
    let mut shop = Shop::member(240);
    shop.code(&code(1, 7));
    shop.code(&code(1, 8));
    assert_eq!((shop.sent.len(), shop.stage_name()), (1, "member".into()));
    shop.code(&code(2, 7));
    assert_eq!((shop.sent.len(), shop.stage_name()), (2, "looking_up".into()));
}

#[test]
fn a_code_shown_while_something_is_under_way_waits_until_it_is_answered() {
    let mut shop = Shop::member(240);
    shop.award(170_000);
    shop.code(&code(2, 7));
    assert_eq!((shop.sent.len(), shop.stage_name()), (2, "member".into()));
    shop.others.clear();
    shop.answer(award_data(17, 257));
    assert_eq!(shop.others, [Effect::LookAgain]);
    shop.code(&code(2, 7));
    assert_eq!(shop.stage_name(), "looking_up");
}

#[test]
fn a_foreign_code_is_refused_on_an_empty_counter_only() {
    let mut shop = Shop::open();
    let ctx = shop.ctx();
    shop.counter.foreign_read("not_a_code", &ctx);
    assert!(matches!(shop.stage(), CounterStage::Refused { error } if error.code == "not_a_code"));
    let mut shop = Shop::member(240);
    shop.counter.foreign_read("not_a_code", &ctx);
    assert_eq!(shop.stage_name(), "member");
}

#[test]
fn without_the_line_nothing_is_sent() {
    let mut shop = Shop::open();
    shop.online = false;
    shop.code(&code(1, 7));
    assert!(matches!(shop.stage(), CounterStage::Refused { error } if error.code == "offline"));
    let phone = LookUp::parse("0722000412", "KE", false).unwrap();
    assert_eq!(shop.is_refused(|counter, ctx| counter.look_up(phone, ctx)), "offline");

    let mut shop = Shop::member(240);
    shop.online = false;
    shop.code(&code(2, 7));
    assert_eq!(shop.is_refused(|counter, ctx| counter.award(kes(10_000), ctx)), "offline");
    assert_eq!((shop.stage_name(), shop.sent.len()), ("member".into(), 1));

    let mut shop = Shop::waiting();
    shop.online = false;
    shop.now = shop.now.plus_ms(MINUTE);
    assert_eq!(shop.is_refused(|counter, ctx| counter.send_again(ctx)), "offline");
    assert_eq!(shop.is_refused(|counter, ctx| counter.cancel(ctx)), "offline");
    assert_eq!(shop.stage_name(), "waiting");
}

#[test]
fn clearing_takes_the_customer_off_at_any_time() {
    for mut shop in [Shop::member(1), Shop::not_member(), Shop::waiting()] {
        shop.clear();
        assert_eq!(shop.stage(), CounterStage::Idle);
    }
    let mut shop = Shop::member(1);
    shop.clear();
    shop.code(&code(1, 8));
    assert_eq!(shop.stage_name(), "looking_up", "the same code brings them back");
}

#[test]
fn an_answer_for_a_customer_who_left_changes_only_the_last_award() {
    let mut shop = Shop::member(240);
    shop.award(170_000);
    shop.clear();
    shop.code(&code(2, 7));
    shop.answer_to(1, Ok(Applied { data: award_data(17, 257), moved: Cursors::new() }));
    assert_eq!(shop.stage_name(), "looking_up");
    let last = shop.view().last_award.unwrap();
    assert_eq!((last.name.as_str(), last.points), ("Amina Odhiambo", Points(17)));

    let mut shop = Shop::not_member();
    shop.ask();
    shop.clear();
    shop.answer(json!({ "request": REQUEST }));
    assert_eq!(shop.stage(), CounterStage::Idle);
}

#[test]
fn the_last_award_stays_until_the_next_customer() {
    let mut shop = Shop::member(240);
    shop.award(170_000);
    shop.answer(award_data(17, 257));
    shop.clear();
    assert!(shop.view().last_award.is_some());
    shop.code(&code(2, 7));
    assert_eq!(shop.view().last_award, None);
}

#[test]
fn an_answer_that_cannot_be_read_is_an_error_on_the_counter() {
    let mut shop = Shop::open();
    shop.code(&code(1, 7));
    shop.answer(json!({ "status": "a riddle" }));
    assert!(matches!(shop.stage(), CounterStage::Refused { error } if error.code == "internal"));
}

#[test]
fn wishes_that_fit_no_customer_do_nothing() {
    let mut shop = Shop::open();
    shop.ask();
    shop.award(170_000);
    shop.does(|counter, ctx| counter.send_again(ctx));
    shop.does(|counter, ctx| counter.cancel(ctx));
    assert_eq!((shop.sent.len(), shop.stage()), (0, CounterStage::Idle));
}
