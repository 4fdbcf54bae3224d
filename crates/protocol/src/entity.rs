//! Bodies of entities, as each scope shows them. At most 16 KiB each; pictures go by URL.

use reda_domain::address::{Email, Phone};
use reda_domain::business::Role;
use reda_domain::code::CodeId;
use reda_domain::expiry::Expiry;
use reda_domain::language::Language;
use reda_domain::money::Currency;
use reda_domain::points::Points;
use reda_domain::preferences::Switches;
use reda_domain::program::{EarnRule, ProgramKind, ProgramStatus};
use reda_domain::request::{RequestKind, RequestStatus, Shared};
use reda_domain::reward::{Gives, RewardStatus};
use reda_domain::settings::Settings;
use reda_domain::tier::Tier;
use reda_domain::wording::ConsentTexts;
use reda_domain::{
    BusinessId, CardId, DeviceId, HandleId, KeyId, NotificationId, PrintedCodeId, ProgramId,
    RequestId, RewardId, StaffId, Timestamp, UserId,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;
use utoipa::ToSchema;

/// `b:` the business itself; `u:` a business that the person shares data with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]

pub struct BusinessBody {
    pub id: BusinessId,
    pub name: String,
    pub country: String,
    pub currency: Currency,
    /// In `b:` only.
    pub settings: Option<Settings>,
}

/// `b:` a programme.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]

pub struct ProgramBody {
    pub id: ProgramId,
    pub name: String,
    pub kind: ProgramKind,
    pub status: ProgramStatus,
    pub earn: EarnRule,
    pub welcome_bonus: Points,
    /// From the least on.
    #[serde(default)]
    pub tiers: Vec<Tier>,
    #[serde(default)]
    pub expiry: Expiry,
}

/// `b:` something that a programme's points buy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]

pub struct RewardBody {
    pub id: RewardId,
    pub program: ProgramId,
    pub name: String,
    pub cost: Points,
    pub gives: Gives,
    pub status: RewardStatus,
}

/// `b:` a member of staff.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]

pub struct StaffBody {
    pub id: StaffId,
    pub name: String,
    pub role: Role,
    /// Whether they can switch on at a till.
    pub has_pin: bool,
}

/// `b:` a till.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]

pub struct DeviceBody {
    pub id: DeviceId,
    pub name: String,
    pub revoked: bool,
    /// A copy of it was seen; it works again once it is paired anew.
    pub locked: bool,
}

/// `b:` a customer who consented.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]

pub struct MemberBody {
    /// The business's handle for the person.
    pub id: HandleId,
    pub name: String,
    /// What staff wrote.
    #[serde(default)]
    pub notes: String,
    #[serde(default)]
    pub tags: Vec<String>,
    pub phone: Option<Phone>,
    pub email: Option<Email>,
    #[ts(type = "number")]
    pub visits: i64,
    /// Minor units of the business's currency.
    #[ts(type = "number")]
    pub spend: i64,
    pub joined_at: Option<Timestamp>,
    #[serde(default)]
    pub first_visit_at: Option<Timestamp>,
    pub last_visit_at: Option<Timestamp>,
}

/// `b:` a member's public key, with which a till checks codes; `u:` the person's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]

pub struct KeyBody {
    pub id: KeyId,
    pub code_id: CodeId,
    /// In `b:` only.
    pub member: Option<HandleId>,
    /// SPKI in base64.
    pub public_key: String,
    /// In `u:` only.
    pub label: Option<String>,
    pub revoked: bool,
    pub created_at: Timestamp,
}

/// `b:` a printed code that the business's tills know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]

pub struct PrintedCodeBody {
    pub id: PrintedCodeId,
    pub member: HandleId,
    pub revoked: bool,
}

/// A loyalty card: in `b:` with its member, in `u:` with the names that the person reads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]

pub struct CardBody {
    pub id: CardId,
    pub number: String,
    pub program: ProgramId,
    pub program_name: String,
    pub business: BusinessId,
    pub business_name: String,
    /// In `b:` only.
    pub member: Option<HandleId>,
    pub balance: Points,
    pub held: Points,
    /// What can be spent: balance less holds, never below zero.
    pub available: Points,
    /// The tier that the card is in, by its name; as of when the body was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub tier: Option<String>,
    /// All that the card ever earned, which tiers are counted by.
    #[serde(default)]
    #[ts(optional, as = "Option<Points>")]
    pub earned: Points,
    pub created_at: Timestamp,
}

/// An approval request, open or closed within 24 hours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]

pub struct RequestBody {
    pub id: RequestId,
    pub kind: RequestKind,
    pub status: RequestStatus,
    pub business: BusinessId,
    pub business_name: String,
    pub program: ProgramId,
    pub program_name: String,
    /// In `b:` only: whom it asks, where the request names a person.
    pub customer: Option<HandleId>,
    /// In `b:` only, while it is open: the name that the person showed with their code.
    pub asked_name: Option<String>,
    /// In `b:` only: the address it went to, masked, where it names none.
    pub asked_address: Option<String>,
    /// In `b:` only: the till that asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub asked_by: Option<DeviceId>,
    pub asked_at: Timestamp,
    pub expires_at: Timestamp,
    /// Until when the counter waits.
    pub counter_until: Timestamp,
    pub seen_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    /// The card that accepting made, or that the points are on.
    pub card: Option<CardId>,
    /// The points that a yes deducts; 0 where it is about joining.
    pub points: Points,
    /// What the points are for.
    pub reason: Option<String>,
    /// What they buy, where it is a reward.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reward: Option<RewardId>,
    /// Points that wait on the acceptance.
    pub waiting: Points,
    /// What accepting shares with the business, and what it never sees.
    pub shares: Vec<Shared>,
    pub never_shares: Vec<Shared>,
    /// The version of the question's words; the consent record keeps it.
    pub wording: String,
    /// The question as it is to be shown; missing once it is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub text: Option<ConsentTexts>,
}

/// What a person reads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]

pub struct NotificationBody {
    pub id: NotificationId,
    /// In `b:`: whose it is.
    pub staff: Option<StaffId>,
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub message: String,
    pub related_id: Option<String>,
    pub related_type: Option<String>,
    #[ts(type = "Record<string, unknown>")]
    pub metadata: Value,
    pub is_read: bool,
    pub created_at: Timestamp,
}

/// What a person chose to be told: in `u:` their own, in `b:` those of staff, for the tills'
/// popups. Who chose nothing has none; then the defaults count.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]

pub struct PreferencesBody {
    /// In `b:` only: whose they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub staff: Option<StaffId>,
    #[serde(flatten)]
    pub switches: Switches,
    /// In `u:` only.
    pub sms_phone: Option<Phone>,
}

/// `u:` the person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]

pub struct UserBody {
    pub id: UserId,
    /// What a shop sees before consent.
    pub display_name: String,
    pub name: Option<String>,
    pub phone: Option<Phone>,
    pub phone_verified: bool,
    pub email: Option<Email>,
    pub email_verified: bool,
    pub language: Language,
}
