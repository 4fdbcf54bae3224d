//! What callers send. Fields that nobody knows are refused.

use reda_domain::business::Role;
use reda_domain::preferences::SwitchesChange;
use reda_domain::request::RequestAnswer;
use reda_domain::signature::SignedBy;
use reda_domain::{DeviceId, StaffId};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use ts_rs::TS;
use utoipa::ToSchema;

macro_rules! writes {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $type:ty),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Serialize, Deserialize, TS, ToSchema)]
        #[ts(optional_fields)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$fdoc])* pub $field: $type),* }
    )*};
}

writes! {
    /// `POST /api/auth/sign-up`; exactly one of e-mail and phone.
    SignUp {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        email: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        phone: Option<String>,
        password: String,
    }
    /// `POST /api/auth/sign-in`; exactly one of e-mail and phone.
    SignIn {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        email: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        phone: Option<String>,
        password: String,
    }
    /// `POST /api/auth/code`; exactly one of e-mail and phone.
    AskCode {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        email: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        phone: Option<String>,
    }
    /// `POST /api/auth/code/verify` and `POST /api/me/address`; exactly one of e-mail and phone.
    GiveCode {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        email: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        phone: Option<String>,
        code: String,
    }
    /// `POST /api/me/password`; the old one is needed where there is one.
    SetPassword {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        old: Option<String>,
        new: String,
    }
    /// `POST /api/businesses/{b}/staff`; at most one of e-mail and phone.
    InviteStaff {
        name: String,
        role: Role,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        email: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        phone: Option<String>,
        /// To switch on at a till with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pin: Option<String>,
    }
    /// `PATCH /api/businesses/{b}/staff/{s}`; what is missing stays.
    UpdateStaff {
        /// Only until the person has joined with an account of their own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        role: Option<Role>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pin: Option<String>,
    }
    /// `POST /api/businesses/{b}/invitations`.
    InviteDevice {
        /// A till to pair anew, instead of a new one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        device: Option<DeviceId>,
    }
    /// `POST /api/devices/pair`.
    PairDevice { code: String, name: String }
    /// `POST /api/devices/token`.
    AskDeviceToken { device: DeviceId, credential: String }
    /// `POST /api/devices/switch-on`.
    SwitchOn { staff: StaffId, pin: String }
    /// `PATCH /api/businesses/{b}/devices/{d}`.
    UpdateDevice { name: String }
    /// `POST /api/auth/refresh`.
    Refresh { refresh_token: String }
    /// `POST /api/businesses`.
    CreateBusiness { name: String, country: String, owner: Owner }
    /// The owner of a new business; exactly one of e-mail and phone.
    Owner {
        name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        email: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        phone: Option<String>,
        password: String,
    }
    /// `POST /api/me/keys`.
    RegisterKey {
        /// SPKI in base64.
        public_key: String,
        label: String,
    }
    /// `PATCH /api/me`.
    UpdateMe {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        language: Option<reda_domain::language::Language>,
        /// A new address gets a code; `POST /api/me/address` makes it the person's. At most one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        email: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        phone: Option<String>,
    }
    /// `POST /api/notifications/test`.
    TestNotification {
        #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
        kind: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<TestChannel>,
    }
    /// `DELETE /api/me`: the password, unless the session is new.
    EraseMe {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        password: Option<String>,
    }
    /// `POST /api/requests/{id}/answer`.
    AnswerRequest {
        answer: RequestAnswer,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signature: Option<SignedBy>,
        /// The language that the question was shown in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        language: Option<reda_domain::language::Language>,
    }
    /// `POST /api/r/{token}`.
    AnswerLink {
        answer: RequestAnswer,
        /// The language that the question was shown in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        language: Option<reda_domain::language::Language>,
    }
}

/// Where a test notification goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TestChannel {
    InApp,
    Sms,
    Email,
    All,
}

/// `PATCH /api/notifications/preferences`: what is missing stays.
#[derive(Clone, Debug, PartialEq, Serialize, TS, ToSchema)]
#[ts(optional_fields)]
pub struct UpdatePreferences {
    #[serde(flatten)]
    pub switches: SwitchesChange,
    /// Where SMS go; empty for the account's own phone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sms_phone: Option<String>,
}

impl<'de> Deserialize<'de> for UpdatePreferences {
    /// By hand: serde refuses no unknown field beside a flattened one.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = serde_json::Map::deserialize(deserializer)?;
        let sms_phone = match fields.remove("sms_phone") {
            None => None,
            Some(Value::Null) => Some(String::new()),
            Some(Value::String(text)) => Some(text),
            Some(_) => return Err(D::Error::custom("sms_phone is a text")),
        };
        let switches = SwitchesChange::deserialize(Value::Object(fields));
        Ok(Self { switches: switches.map_err(D::Error::custom)?, sms_phone })
    }
}
