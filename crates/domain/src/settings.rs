//! What a business decides for itself: one flat struct, kept as JSON with the business.
//!
//! A field that an older row lacks has its default, so adding one needs no migration.

use crate::business::Role;
use crate::points::{AWARD_MAX, Points};
use crate::preferences::TimeOfDay;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What may stand for a customer's signature about points, where the business allows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// The customer's own page, signed in.
    App,
    /// A one-time link.
    Link,
    /// A code that was sent to the customer and read out.
    SmsCode,
    /// The code of that moment on the customer's own page, shown to the till. It proves the key, so
    /// it counts from customers who have one; the others count from those who have none.
    FreshCode,
}
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// The longest that a no can count, in days.
pub const ASK_AGAIN_DAYS_MAX: u32 = 365;

/// The settings of a business.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(default)]
pub struct Settings {
    /// How long a customer has to answer about their points, in minutes: the hold's life, and the
    /// ring's on till and phone (SPEC PT-5).
    pub approval_minutes: u32,
    /// What counts as a yes about points instead of a signature; nothing by itself.
    pub approval_evidence: Vec<Evidence>,
    /// The most points that one code approves, and that all codes together approve on one card
    /// within a day (SPEC PT-5).
    pub fresh_code_points: Points,
    pub fresh_code_points_day: Points,
    /// The most points that one adjustment by a manager, or by an owner, may add or take, and that
    /// one entry may have taken which they take back.
    pub adjust_max_manager: Points,
    pub adjust_max_owner: Points,
    /// How long a question to join stays open, in days (SPEC CU-7).
    pub request_days: u32,
    /// How long nobody who said no is asked again, in days (SPEC CU-7).
    pub ask_again_days: u32,
    /// Whether customers may answer at the till (SPEC CU-5). Undecided: only while the server has
    /// no way to send messages.
    pub in_person: Option<bool>,
    /// Where the shop's days begin and end, by its name in the IANA database; the country's where
    /// nothing is said.
    pub time_zone: Option<String>,
    /// Between which hours points usually move; may span midnight (SPEC PT-8).
    pub opens: TimeOfDay,
    pub closes: TimeOfDay,
    /// From how many points on a line of the ledger is worth a manager's look.
    pub review_points: Points,
    /// From how many awards to one card within a day on.
    pub review_awards: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            approval_minutes: 2,
            request_days: 7,
            ask_again_days: 30,
            in_person: None,
            approval_evidence: vec![],
            fresh_code_points: Points(500),
            fresh_code_points_day: Points(1_000),
            adjust_max_manager: Points(1_000),
            adjust_max_owner: AWARD_MAX,
            time_zone: None,
            opens: TimeOfDay::of_minutes(6 * 60),
            closes: TimeOfDay::of_minutes(22 * 60),
            review_points: Points(500),
            review_awards: 5,
        }
    }
}

/// Why settings cannot be changed so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadChange {
    #[error("there is no setting {0}")]
    Unknown(String),
    #[error("{0}")]
    Malformed(String),
}

impl Settings {
    /// The most points that somebody in this role adds or takes at once (SPEC PT-8).
    pub fn adjust_max(&self, role: Role) -> Points {
        match role {
            Role::Owner => self.adjust_max_owner,
            Role::Manager | Role::Cashier => self.adjust_max_manager,
        }
    }

    /// These settings with what `change` names replaced; whether they are sound is another matter.
    pub fn changed(&self, change: &Map<String, Value>) -> Result<Self, BadChange> {
        let mut all = self.to_map();
        for (name, value) in change {
            let old = all
                .get_mut(name)
                .ok_or_else(|| BadChange::Unknown(name.chars().take(40).collect()))?;
            *old = value.clone();
        }
        let changed = serde_json::from_value(Value::Object(all));
        changed.map_err(|error| BadChange::Malformed(error.to_string()))
    }

    /// The first setting that is out of its bounds.
    pub fn unsound(&self) -> Option<&'static str> {
        let points = 0..=AWARD_MAX.0;
        let bounds = [
            ("approval_minutes", (1..=10).contains(&self.approval_minutes)),
            ("request_days", (1..=30).contains(&self.request_days)),
            ("ask_again_days", (0..=ASK_AGAIN_DAYS_MAX).contains(&self.ask_again_days)),
            ("approval_evidence", self.approval_evidence.len() <= 4),
            ("fresh_code_points", points.contains(&self.fresh_code_points.0)),
            ("fresh_code_points_day", points.contains(&self.fresh_code_points_day.0)),
            ("adjust_max_manager", points.contains(&self.adjust_max_manager.0)),
            ("adjust_max_owner", points.contains(&self.adjust_max_owner.0)),
            ("review_points", (1..=AWARD_MAX.0).contains(&self.review_points.0)),
            ("review_awards", (2..=100).contains(&self.review_awards)),
        ];
        bounds.into_iter().find(|(_, sound)| !sound).map(|(name, _)| name)
    }

    /// [`Settings::request_days`] in milliseconds.
    pub fn request_ms(&self) -> i64 {
        i64::from(self.request_days) * DAY_MS
    }

    /// [`Settings::ask_again_days`] in milliseconds.
    pub fn ask_again_ms(&self) -> i64 {
        i64::from(self.ask_again_days) * DAY_MS
    }

    /// Whether every setting is within its bounds.
    pub fn is_sound(&self) -> bool {
        self.unsound().is_none()
    }

    fn to_map(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(map)) => map,
            other => unreachable!("settings are an object, not {other:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn changed(change: Value) -> Result<Settings, BadChange> {
        Settings::default().changed(change.as_object().unwrap())
    }

    #[test]
    fn the_defaults_are_sound_and_an_older_row_gets_them() {
        assert!(Settings::default().is_sound());
        assert_eq!(serde_json::from_str::<Settings>("{}").unwrap(), Settings::default());
    }

    #[test]
    fn what_is_not_named_stays() {
        assert_eq!(changed(json!({})).unwrap(), Settings::default());
        assert_eq!(changed(json!({ "approval_minutes": 5 })).unwrap().approval_minutes, 5);
    }

    #[test]
    fn an_unknown_setting_and_a_wrong_value_are_refused() {
        assert_eq!(changed(json!({ "free": 1 })), Err(BadChange::Unknown("free".to_owned())));
        let wrong = changed(json!({ "approval_minutes": "two" }));
        assert!(matches!(wrong, Err(BadChange::Malformed(_))), "{wrong:?}");
    }

    #[test]
    fn approval_takes_one_to_ten_minutes() {
        for (minutes, sound) in [(0, false), (1, true), (10, true), (11, false)] {
            let settings = Settings { approval_minutes: minutes, ..Settings::default() };
            assert_eq!(settings.is_sound(), sound, "{minutes}");
        }
    }
}
