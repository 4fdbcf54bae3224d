//! Bodies of the HTTP calls that are no operations: what the server answers, and in `writes.rs` what it
//! is sent.

use crate::entity::{BusinessBody, CardBody, PreferencesBody, RequestBody, RewardBody, UserBody};
use reda_domain::business::Role;
use reda_domain::code::CodeId;
use reda_domain::points::Points;
use reda_domain::request::RequestAnswer;
use reda_domain::review::Why;
use reda_domain::tier::Tier;
use reda_domain::{
    BusinessId, CardId, DeviceId, EntryId, HandleId, HoldId, KeyId, NotificationId, ProgramId,
    RequestId, ScanId, SessionId, StaffId, Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

mod writes;

pub use writes::*;

macro_rules! bodies {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $type:ty),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
        #[ts(optional_fields)]
        pub struct $name { $($(#[$fdoc])* pub $field: $type),* }
    )*};
}

bodies! {
    /// What a card can come to: what its points buy, its programme's tiers, what runs out soon.
    CardOffer {
        card: CardId,
        /// What can be had now, the cheapest first.
        rewards: Vec<RewardBody>,
        /// From the least on.
        tiers: Vec<Tier>,
        /// Within 30 days, the soonest first.
        expiring: Vec<Expiring>,
    }

    /// Points that run out.
    Expiring {
        points: Points,
        /// The shop's day at whose beginning they are gone, YYYY-MM-DD.
        on: String,
    }

    /// Who is signed in, and with what.
    SignedIn {
        token: String,
        refresh_token: String,
        /// Seconds until the token runs out.
        #[ts(type = "number")]
        expires_in: i64,
        user: UserBody,
    }
    /// A place where someone is signed in.
    SessionLine {
        id: SessionId,
        /// The browser, as far as it says: "Firefox, Android".
        label: String,
        /// Whether this call came from it.
        current: bool,
        created_at: Timestamp,
        used_at: Timestamp,
    }
    /// A member of staff, as managers see them.
    StaffDetail {
        id: StaffId,
        name: String,
        role: Role,
        has_pin: bool,
        /// Whether they took the place with an account of their own.
        joined: bool,
        /// Where the invitation went, until they have joined.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        invited: Option<String>,
        created_at: Timestamp,
    }
    /// A member of staff, made or changed.
    StaffAnswer { staff: StaffDetail }
    /// A place that waits for the person to take it.
    StaffInvitation { id: StaffId, business: BusinessId, business_name: String, role: Role }
    /// A till, as managers see it.
    DeviceDetail {
        id: DeviceId,
        name: String,
        revoked: bool,
        locked: bool,
        created_at: Timestamp,
        /// When it last asked for a token.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seen_at: Option<Timestamp>,
    }
    /// How a till joins.
    DeviceInvitation {
        address: String,
        code: String,
        /// Of the server's certificate; none while it has none of its own.
        fingerprint: Option<String>,
        /// The four words by which people compare it.
        words: Option<Vec<String>>,
        /// All of it in one line, for a QR code.
        text: String,
        expires_at: Timestamp,
    }
    /// A till that has joined.
    DevicePaired { device: DeviceId, business: BusinessId, credential: String }
    /// A till's token, and the credential for the next call.
    DeviceToken {
        token: String,
        #[ts(type = "number")]
        expires_in: i64,
        credential: String,
    }
    /// The token of whoever switched on.
    SwitchedOn {
        staff_token: String,
        #[ts(type = "number")]
        expires_in: i64,
    }
    /// A new business with its owner signed in.
    BusinessCreated {
        business: BusinessBody,
        program: ProgramId,
        user: UserBody,
        token: String,
        refresh_token: String,
    }
    /// A registered key: `id` is used in signatures, `code_id` in codes.
    KeyRegistered { key: RegisteredKey }
    /// See [`KeyRegistered`].
    RegisteredKey { id: KeyId, code_id: CodeId }
    /// An answered request.
    RequestAnswered {
        request: RequestBody,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<CardId>,
    }
    /// Customers of a business; `count` is how many there are on all pages.
    CustomerList {
        #[ts(type = "number")]
        count: i64,
        items: Vec<CustomerLine>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }
    /// A customer in a list. Who has not joined has a name and the request that asks them.
    CustomerLine {
        id: HandleId,
        status: FoundStatus,
        name: String,
        phone: Option<reda_domain::address::Phone>,
        email: Option<reda_domain::address::Email>,
        tags: Vec<String>,
        #[ts(type = "number")]
        visits: i64,
        /// Minor units of the business's currency.
        #[ts(type = "number")]
        spend: i64,
        joined_at: Option<Timestamp>,
        first_visit_at: Option<Timestamp>,
        last_visit_at: Option<Timestamp>,
        cards: Vec<CustomerCard>,
        /// The open request that asks them.
        request: Option<RequestId>,
    }
    /// A customer's card.
    CustomerCard {
        id: CardId,
        number: String,
        program: ProgramId,
        balance: Points,
        held: Points,
        available: Points,
        /// The tier that the card is in, by its name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tier: Option<String>,
        created_at: Timestamp,
    }
    /// A customer with what staff wrote and what the customer agreed to.
    CustomerDetail { customer: CustomerLine, notes: String, consents: Vec<CustomerConsent> }
    /// An answer that a customer gave.
    CustomerConsent {
        request: RequestId,
        program: ProgramId,
        answer: RequestAnswer,
        channel: reda_domain::consent::AnswerChannel,
        wording: String,
        language: reda_domain::language::Language,
        at: Timestamp,
    }
    /// Something that passed between a business and a customer: a scan, points, a request, its
    /// end, or a message.
    InteractionLine {
        at: Timestamp,
        kind: String,
        id: String,
        /// The kind of code, of entry, of request, or of message.
        what: String,
        /// What came of it; `reversed` of an entry that was taken back.
        result: Option<String>,
        reason: Option<String>,
        points: Option<Points>,
        balance: Option<Points>,
        staff: Option<StaffId>,
        device: Option<DeviceId>,
    }
    /// An attempt to read a code or to find a customer.
    ScanLine {
        id: ScanId,
        at: Timestamp,
        kind: String,
        result: String,
        reason: Option<String>,
        customer: Option<HandleId>,
        name: Option<String>,
        staff: Option<StaffId>,
        device: Option<DeviceId>,
    }
    /// Something about points that a manager may want to look at: a line of the ledger, or a yes.
    ReviewLine {
        at: Timestamp,
        why: Vec<Why>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        entry: Option<EntryId>,
        /// The kind of line.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kind: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        points: Option<Points>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request: Option<RequestId>,
        /// How a yes came.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<reda_domain::consent::AnswerChannel>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<CardId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        customer: Option<HandleId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        staff: Option<StaffId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        device: Option<DeviceId>,
    }
    /// Six digits that name the person once.
    ShortCode { code: String, expires_at: Timestamp }
    /// A business that knows the person, and what it keeps of them in numbers.
    SharedBusiness {
        id: BusinessId,
        name: String,
        currency: reda_domain::money::Currency,
        joined_at: Option<Timestamp>,
        last_visit_at: Option<Timestamp>,
        #[ts(type = "number")]
        visits: i64,
        /// Minor units of the currency.
        #[ts(type = "number")]
        spend: i64,
        cards: Vec<CardBody>,
    }
    /// A notification by the names that integrators know.
    NotificationRow {
        id: NotificationId,
        #[serde(rename = "type")]
        kind: String,
        channel: String,
        title: String,
        message: String,
        related_id: Option<String>,
        related_type: Option<String>,
        #[ts(type = "Record<string, unknown>")]
        metadata: Value,
        is_read: bool,
        sent_at: Timestamp,
        delivered_at: Timestamp,
        sms_sent: bool,
        sms_error: Option<String>,
        email_sent: bool,
        email_error: Option<String>,
        created_at: Timestamp,
        updated_at: Timestamp,
    }
    /// `GET /api/notifications`; `count` is how many are in this answer.
    NotificationList { message: String, count: usize, notifications: Vec<NotificationRow> }
    /// `PATCH /api/notifications/{id}/read`.
    NotificationAnswer { message: String, notification: NotificationRow }
    /// `PATCH /api/notifications/read/all`; `count` is how many were unread.
    ReadAllAnswer {
        message: String,
        #[ts(type = "number")]
        count: i64,
    }
    /// `GET|PATCH /api/notifications/preferences`.
    PreferencesAnswer { message: String, preferences: PreferencesBody }
    /// `POST /api/notifications/test`.
    TestAnswer { message: String, sent: Sent, notification: Option<NotificationRow> }
    /// By which channels something went out.
    Sent { in_app: bool, sms: bool, email: bool }
    /// `GET /health/…`.
    Health { status: String }
    /// A request as its link shows it.
    RequestShown { request: RequestBody }
    /// A line of a card's history.
    EntryLine {
        id: EntryId,
        kind: String,
        delta: Points,
        balance_after: Points,
        reason: Option<String>,
        business: BusinessId,
        at: Timestamp,
    }
    /// `data` of `scan` and `find_customer`.
    CustomerFound {
        status: FoundStatus,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        customer: Option<FoundCustomer>,
        #[serde(default)]
        enrollments: Vec<FoundEnrollment>,
        /// Where no member has the address: whom a request would go to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ask: Option<AskAddress>,
        /// This business's own pending request, if there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request: Option<RequestId>,
        /// Until when the customer is not to be asked again, after a no.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        declined_until: Option<Timestamp>,
    }
    /// The person as the business may see them now.
    FoundCustomer {
        /// This business's handle for the person; later calls take it.
        id: HandleId,
        display_name: String,
    }
    /// The person's place in one programme.
    FoundEnrollment {
        program: ProgramId,
        card: CardId,
        balance: Points,
        available: Points,
        tier: Option<String>,
    }
    /// An address that a request can go to, in full as the asker gave it.
    AskAddress {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        phone: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        email: Option<String>,
    }
    /// `data` of `ask_enrollment`, `resend_request` and `cancel_request`.
    RequestData { request: RequestId }
    /// `data` of `request_deduction`.
    DeductionData { request: RequestId, hold: HoldId }
    /// `data` of `award_points` to a card, `adjust_points` and `reverse_entry`.
    AwardData { entry: EntryId, points: Points, balance: Points, available: Points }
    /// `data` of `award_points` to a request: how many points wait on it now.
    WaitingData { entry: EntryId, points: Points, waiting: Points }
    /// `data` of `issue_printed_code`.
    PrintedCodeData {
        text: String,
        /// A PNG in base64.
        png: String,
    }
}

/// What a scan or a look-up found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FoundStatus {
    Member,
    NotEnrolled,
    Pending,
}

impl Health {
    /// All is well.
    pub fn ok() -> Self {
        Self { status: "ok".to_owned() }
    }
}

/// A list and where it goes on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct Page<T: TS> {
    pub items: Vec<T>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T: TS + ToSchema> PartialSchema for Page<T> {
    fn schema() -> RefOr<Schema> {
        let items = ArrayBuilder::new().items(Ref::from_schema_name(<T as ToSchema>::name()));
        let page = ObjectBuilder::new().property("items", items).required("items");
        page.property("next", String::schema()).into()
    }
}

impl<T: TS + ToSchema> ToSchema for Page<T> {
    /// A list of each thing is a shape of its own.
    fn name() -> std::borrow::Cow<'static, str> {
        format!("{}Page", <T as ToSchema>::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
        schemas.push((<T as ToSchema>::name().into_owned(), T::schema()));
    }
}
