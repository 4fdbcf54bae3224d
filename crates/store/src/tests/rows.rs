//! One row of everything, hanging together: Amina is a member of Baraka.

use reda_domain::address::{AddressHash, Email, Phone};
use reda_domain::business::{Business, Device, Role, Staff, StaffPin};
use reda_domain::card::{Card, Entry, EntryKind};
use reda_domain::code::CodeId;
use reda_domain::consent::{AnswerChannel, Consent};
use reda_domain::customer::{BusinessCustomer, Customer, Enrollment, PrintedCode};
use reda_domain::effects::Change;
use reda_domain::expiry::Expiry;
use reda_domain::hold::Hold;
use reda_domain::language::Language;
use reda_domain::money::{Currency, Money};
use reda_domain::notice::Notification;
use reda_domain::points::Points;
use reda_domain::program::{EarnRule, Program, ProgramKind, ProgramStatus, Rounding};
use reda_domain::request::{
    Asked, Deduction, Request, RequestAnswer, RequestKind, RequestStatus, WaitingAward,
};
use reda_domain::reward::{Gives, Reward, RewardStatus};
use reda_domain::scan::{CodeUse, Scan, ScanKind};
use reda_domain::settings::Settings;
use reda_domain::tier::Tier;
use reda_domain::user::{CustomerKey, User};
use reda_domain::*;
use serde_json::json;
use uuid::Uuid;

pub(super) const NOW: Timestamp = Timestamp(1_795_255_323_000);

/// The nth id of these tests.
pub(super) fn id(n: u128) -> Uuid {
    Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0000 | n)
}

pub(super) const SHOP: u128 = 1;
pub(super) const AMINA: u128 = 2;
pub(super) const GRACE: u128 = 3;

pub(super) fn user() -> User {
    User {
        id: UserId(id(AMINA)),
        name: Some("Amina".to_owned()),
        phone: Some(Phone::from_e164("+254722000412".to_owned())),
        phone_verified: true,
        email: Some(Email::from_kept("amina@example.com".to_owned())),
        email_verified: true,
        language: Language::Sw,
        password_hash: Some("hash".to_owned()),
        created_at: NOW,
    }
}

/// An account that has nothing it need not have.
pub(super) fn bare_user() -> User {
    User {
        id: UserId(id(GRACE)),
        name: None,
        phone: None,
        phone_verified: false,
        email: None,
        email_verified: false,
        password_hash: None,
        ..user()
    }
}

pub(super) fn business() -> Business {
    Business {
        id: BusinessId(id(SHOP)),
        name: "Baraka".to_owned(),
        country: "KE".to_owned(),
        currency: Currency::KES,
        language: Language::En,
        settings: Settings { approval_minutes: 3, ..Settings::default() },
        created_at: NOW,
    }
}

pub(super) fn staff() -> Staff {
    Staff {
        id: StaffId(id(10)),
        business: business().id,
        user: bare_user().id,
        role: Role::Manager,
        created_at: NOW,
        joined_at: Some(NOW.plus_ms(1)),
        removed_at: None,
    }
}

pub(super) fn staff_pin() -> StaffPin {
    StaffPin { id: staff().id, business: business().id, hash: "hash".to_owned(), set_at: NOW }
}

pub(super) fn device() -> Device {
    Device {
        id: DeviceId(id(11)),
        business: business().id,
        name: "Front".to_owned(),
        created_at: NOW,
        revoked_at: Some(NOW),
        locked_at: Some(NOW.plus_ms(1)),
    }
}

pub(super) fn program() -> Program {
    Program {
        id: ProgramId(id(12)),
        business: business().id,
        name: "Points".to_owned(),
        kind: ProgramKind::Points,
        status: ProgramStatus::Paused,
        earn: EarnRule {
            points: Points(3),
            per: Money { amount: 500, currency: Currency::KES },
            rounding: Rounding::Nearest,
        },
        welcome_bonus: Points(50),
        tiers: vec![Tier { name: "Gold".to_owned(), from: Points(9), multiplier_percent: 150 }],
        expiry: Expiry::AfterEarning { months: 12 },
        expiry_since: NOW.plus_ms(1),
        created_at: NOW,
    }
}

pub(super) fn reward() -> Reward {
    Reward {
        id: RewardId(id(63)),
        business: business().id,
        program: program().id,
        name: "Tea".to_owned(),
        cost: Points(4),
        gives: Gives::Product { product: "Tea".to_owned() },
        status: RewardStatus::Paused,
        created_at: NOW,
    }
}

pub(super) fn customer() -> Customer {
    Customer { id: CustomerId(id(13)), user: user().id, created_at: NOW }
}

pub(super) fn handle() -> BusinessCustomer {
    BusinessCustomer {
        id: HandleId(id(14)),
        business: business().id,
        user: user().id,
        customer: Some(customer().id),
        joined_at: Some(NOW),
        visits: 3,
        spend: 12_345,
        first_visit_at: Some(NOW),
        last_visit_at: Some(NOW.plus_ms(1)),
        created_at: NOW,
        ended_at: None,
        merged_into: None,
    }
}

pub(super) fn enrollment() -> Enrollment {
    Enrollment {
        id: EnrollmentId(id(15)),
        business: business().id,
        program: program().id,
        customer: customer().id,
        handle: handle().id,
        joined_at: NOW,
        ended_at: None,
    }
}

pub(super) fn card() -> Card {
    Card {
        id: CardId(id(16)),
        business: business().id,
        program: program().id,
        enrollment: enrollment().id,
        handle: handle().id,
        user: user().id,
        number: "979208410303".to_owned(),
        balance: Points(7),
        held: Points(2),
        earned: Points(9),
        entries: 1,
        created_at: NOW,
        ended_at: None,
    }
}

pub(super) fn entry() -> Entry {
    Entry {
        request: None,
        reverses: None,
        id: EntryId(id(17)),
        card: card().id,
        n: 1,
        business: business().id,
        delta: Points(7),
        kind: EntryKind::Earn,
        balance_after: Points(7),
        amount: Some(700),
        sale: Some("till 3 / 42".to_owned()),
        reason: None,
        staff: Some(staff().id),
        device: Some(device().id),
        operation: OperationId(id(17)),
        at: NOW,
        applied_at: NOW.plus_ms(5),
    }
}

/// By handle and accepted, with two awards that had waited.
pub(super) fn request() -> Request {
    let award = |n: i64| WaitingAward {
        id: EntryId(id(40 + n.unsigned_abs() as u128)),
        n,
        points: Points(5 + n),
        amount: (n == 1).then_some(500),
        sale: None,
        staff: Some(staff().id),
        device: None,
        at: NOW.plus_ms(n),
    };
    Request {
        id: RequestId(id(18)),
        kind: RequestKind::Enrollment,
        deduction: None,
        status: RequestStatus::Accepted,
        business: business().id,
        program: program().id,
        asked: Asked {
            user: Some(user().id),
            handle: Some(handle().id),
            address: None,
            hash: None,
        },
        staff: Some(staff().id),
        device: Some(device().id),
        asked_at: NOW,
        expires_at: NOW.plus_ms(1000),
        counter_until: NOW.plus_ms(100),
        sent_at: NOW.plus_ms(1),
        seen_at: Some(NOW.plus_ms(2)),
        closed_at: Some(NOW.plus_ms(3)),
        card: Some(card().id),
        waiting: vec![award(0), award(1)],
    }
}

/// By handle, of whoever's it is, and pending.
pub(super) fn pending() -> Request {
    Request {
        id: RequestId(id(19)),
        status: RequestStatus::Pending,
        closed_at: None,
        card: None,
        waiting: vec![],
        ..request()
    }
}

/// By an address that is nobody's, and declined.
pub(super) fn declined() -> Request {
    let hash = Some(AddressHash("hash of +254733000118".to_owned()));
    Request {
        id: RequestId(id(20)),
        status: RequestStatus::Declined,
        asked: Asked { user: None, handle: None, address: None, hash },
        seen_at: None,
        card: None,
        waiting: vec![],
        ..request()
    }
}

/// For points of Amina's, and pending.
pub(super) fn deduction() -> Request {
    let asked = Deduction {
        points: Points(4),
        reason: "50 off".to_owned(),
        hold: HoldId(id(61)),
        reward: Some(reward().id),
    };
    Request {
        id: RequestId(id(60)),
        kind: RequestKind::PointsDeduction,
        status: RequestStatus::Pending,
        closed_at: None,
        deduction: Some(asked),
        waiting: vec![],
        ..request()
    }
}

pub(super) fn hold() -> Hold {
    Hold {
        id: HoldId(id(61)),
        card: card().id,
        business: business().id,
        request: deduction().id,
        points: Points(4),
        placed_at: NOW,
        expires_at: NOW.plus_ms(1000),
        outcome: None,
    }
}

/// Takes [`entry`] back.
pub(super) fn reversal() -> Entry {
    let old = entry();
    Entry {
        id: EntryId(id(62)),
        n: old.n + 1,
        kind: EntryKind::Reverse,
        delta: Points(-old.delta.0),
        balance_after: Points(old.balance_after.0 - old.delta.0),
        reverses: Some(old.id),
        ..old
    }
}

pub(super) fn consent() -> Consent {
    Consent {
        id: ConsentId(id(21)),
        request: request().id,
        business: business().id,
        program: program().id,
        user: Some(user().id),
        answer: RequestAnswer::Accept,
        channel: AnswerChannel::App,
        wording: "enrollment-1".to_owned(),
        language: Language::Sw,
        staff: Some(staff().id),
        device: Some(device().id),
        key: Some(key().id),
        signature: Some("AAAA".to_owned()),
        at: NOW,
    }
}

pub(super) fn key() -> CustomerKey {
    CustomerKey {
        id: KeyId(id(22)),
        user: user().id,
        code_id: CodeId([1, 2, 3, 4, 5, 6, 7, 8]),
        public_key: "SPKI".to_owned(),
        label: "phone".to_owned(),
        created_at: NOW,
        revoked_at: None,
    }
}

pub(super) fn printed_code() -> PrintedCode {
    PrintedCode {
        id: PrintedCodeId(id(23)),
        user: user().id,
        issued_by: Some((business().id, handle().id)),
        created_at: NOW,
        revoked_at: None,
    }
}

pub(super) fn code_use() -> CodeUse {
    CodeUse {
        id: OperationId(id(28)),
        key: key().id,
        step: 7,
        business: business().id,
        request: deduction().id,
        card: card().id,
        points: Points(20),
        at: NOW,
    }
}

pub(super) fn scan() -> Scan {
    Scan {
        id: ScanId(id(24)),
        business: business().id,
        device: Some(device().id),
        staff: Some(staff().id),
        kind: ScanKind::Rotating,
        result: "refused",
        reason: Some("code_expired".to_owned()),
        user: None,
        handle: Some(handle().id),
        code: Some((key().id, 7)),
        at: NOW,
    }
}

/// Of Grace, as a member of staff.
pub(super) fn notification() -> Notification {
    Notification {
        id: NotificationId(id(25)),
        user: bare_user().id,
        business: Some(business().id),
        staff: Some((business().id, staff().id)),
        kind: "enrollment_accepted".to_owned(),
        title: "Amina joined".to_owned(),
        message: "The card is ready.".to_owned(),
        related: Some(("request".to_owned(), request().id.0)),
        metadata: json!({ "points": 0 }),
        is_read: false,
        created_at: NOW,
        updated_at: NOW,
    }
}

/// Of Amina, and read.
pub(super) fn read_notification() -> Notification {
    Notification {
        id: NotificationId(id(26)),
        user: user().id,
        staff: None,
        related: None,
        is_read: true,
        ..notification()
    }
}

/// All of it, those that are referred to last.
pub(super) fn everything() -> Vec<Change> {
    vec![
        Change::Notification(notification()),
        Change::Notification(read_notification()),
        Change::Scan(scan()),
        Change::CodeUse(code_use()),
        Change::PrintedCode(printed_code()),
        Change::Key(key()),
        Change::Consent(consent()),
        Change::Request(request()),
        Change::Request(pending()),
        Change::Request(declined()),
        Change::Request(deduction()),
        Change::Hold(hold()),
        Change::Entry(reversal()),
        Change::Entry(entry()),
        Change::Card(card()),
        Change::Enrollment(enrollment()),
        Change::BusinessCustomer(handle()),
        Change::Customer(customer()),
        Change::Reward(reward()),
        Change::Program(program()),
        Change::Device(device()),
        Change::StaffPin(staff_pin()),
        Change::Staff(staff()),
        Change::Business(business()),
        Change::User(bare_user()),
        Change::User(user()),
    ]
}
