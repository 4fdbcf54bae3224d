//! What a person wants to be told by which channel. The in-app row is always kept: it is the
//! record of what a person was told. Preferences decide what else happens with it.

use crate::address::Phone;
use crate::{Timestamp, UserId};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A time of day, in minutes from midnight. On the wire "HH:MM".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema))]
#[cfg_attr(feature = "wire", ts(type = "string"), schema(value_type = String))]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// The time of "HH:MM".
    pub fn parse(text: &str) -> Option<Self> {
        let (hour, minute) = text.split_once(':')?;
        let number = |text: &str, below: u16| {
            let digits = text.len() == 2 && text.bytes().all(|it| it.is_ascii_digit());
            text.parse::<u16>().ok().filter(|it| digits && *it < below)
        };
        Some(Self(number(hour, 24)? * 60 + number(minute, 60)?))
    }

    /// The time `minutes` after midnight, of whatever day.
    pub const fn of_minutes(minutes: u16) -> Self {
        Self(minutes % (24 * 60))
    }

    /// Minutes from midnight.
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl std::fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("a time of day is HH:MM"))
    }
}

macro_rules! switches {
    ($($(#[$doc:meta])* $name:ident: $type:ty = $default:expr;)*) => {
        /// The switches, by the names that integrators know.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema))]
        #[serde(default)]
        pub struct Switches { $($(#[$doc])* pub $name: $type),* }

        /// Switches to change; what is missing stays.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema), ts(optional_fields))]
        #[serde(default, deny_unknown_fields)]
        pub struct SwitchesChange {
            $(#[serde(skip_serializing_if = "Option::is_none")] pub $name: Option<$type>),*
        }

        impl Default for Switches {
            /// A customer's, before they chose.
            fn default() -> Self {
                Self { $($name: $default),* }
            }
        }

        impl Switches {
            /// These, with what `change` says.
            #[must_use]
            pub fn changed(self, change: &SwitchesChange) -> Self {
                Self { $($name: change.$name.unwrap_or(self.$name)),* }
            }
        }
    };
}

switches! {
    /// Channels. SMS costs, so a customer gets one only for what they can answer no other way.
    sms_enabled: bool = false;
    email_enabled: bool = true;
    in_app_enabled: bool = true;
    push_enabled: bool = true;
    desktop_enabled: bool = true;
    /// Groups of types.
    payment_notifications: bool = true;
    stock_notifications: bool = true;
    sales_notifications: bool = true;
    wallet_notifications: bool = true;
    credit_notifications: bool = true;
    expense_notifications: bool = true;
    daily_summary: bool = true;
    loyalty_notifications: bool = true;
    reward_notifications: bool = true;
    promotion_notifications: bool = true;
    system_notifications: bool = true;
    /// In the person's own time zone; may span midnight.
    quiet_hours_enabled: bool = false;
    quiet_start: TimeOfDay = TimeOfDay::of_minutes(22 * 60);
    quiet_end: TimeOfDay = TimeOfDay::of_minutes(7 * 60);
}

/// A way to reach a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    InApp,
    Desktop,
    Push,
    Email,
    Sms,
}

/// The switch of a group of types.
type Group = fn(&Switches) -> bool;

/// Types of notifications for businesses and for customers, with the group that switches each.
const TYPES: &[(&str, Group)] = &[
    ("payment_complete", |it| it.payment_notifications),
    ("payment_failed", |it| it.payment_notifications),
    ("low_stock", |it| it.stock_notifications),
    ("stock_expiring", |it| it.stock_notifications),
    ("sale_created", |it| it.sales_notifications),
    ("wallet_low", |it| it.wallet_notifications),
    ("wallet_purchased", |it| it.wallet_notifications),
    ("credit_payment_due", |it| it.credit_notifications),
    ("expense_recorded", |it| it.expense_notifications),
    ("daily_summary", |it| it.daily_summary),
    ("enrollment_accepted", |it| it.loyalty_notifications),
    ("enrollment_declined", |it| it.loyalty_notifications),
    ("enrollment_cancelled", |it| it.loyalty_notifications),
    ("enrollment_expired", |it| it.loyalty_notifications),
    ("request_cancelled", |it| it.loyalty_notifications),
    ("request_expired", |it| it.loyalty_notifications),
    ("points_request_approved", |it| it.loyalty_notifications),
    ("points_request_declined", |it| it.loyalty_notifications),
    ("qr_scanned", |it| it.loyalty_notifications),
    // What asks for an answer is never held back.
    ("enrollment_request", |_| true),
    ("points_added", |it| it.loyalty_notifications),
    ("points_deducted", |it| it.loyalty_notifications),
    ("points_request", |_| true),
    ("card_created", |it| it.loyalty_notifications),
    ("reward_available", |it| it.reward_notifications),
    ("points_expiring", |it| it.reward_notifications),
    ("tier_changed", |it| it.reward_notifications),
    ("promotion", |it| it.promotion_notifications),
];

/// A type of notification by its name, as long as it is one that anybody sends.
pub fn known_type(name: &str) -> Option<&'static str> {
    TYPES.iter().map(|(it, _)| *it).find(|it| *it == name)
}

impl Switches {
    /// Someone's who works in a shop, before they chose: its news also come by SMS.
    pub fn of_staff() -> Self {
        Self { sms_enabled: true, ..Self::default() }
    }

    /// Whether a notification of this type goes out by this channel. Types of no group belong to
    /// the system's.
    pub fn wants(&self, channel: Channel, kind: &str) -> bool {
        let by_channel = match channel {
            Channel::InApp => self.in_app_enabled,
            Channel::Desktop => self.desktop_enabled,
            Channel::Push => self.push_enabled,
            Channel::Email => self.email_enabled,
            Channel::Sms => self.sms_enabled,
        };
        let group = TYPES.iter().find(|(it, _)| *it == kind).map(|(_, group)| group);
        by_channel && group.map_or(self.system_notifications, |group| group(self))
    }

    /// Whether `at`, in the person's time zone, is one of the quiet hours. The end is not.
    pub fn is_quiet(&self, at: TimeOfDay) -> bool {
        let (start, end) = (self.quiet_start, self.quiet_end);
        let within = match start <= end {
            true => start <= at && at < end,
            false => start <= at || at < end,
        };
        self.quiet_hours_enabled && within
    }
}

/// What a person chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preferences {
    /// Whose they are.
    pub id: UserId,
    pub switches: Switches,
    /// Where SMS go, if not to the phone of the account.
    pub sms_phone: Option<Phone>,
    pub updated_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> TimeOfDay {
        TimeOfDay::parse(text).unwrap()
    }

    #[test]
    fn quiet_hours_span_midnight() {
        let (quiet_start, quiet_end) = (at("22:00"), at("07:00"));
        let quiet =
            Switches { quiet_hours_enabled: true, quiet_start, quiet_end, ..Switches::default() };
        for (time, expected) in
            [("21:59", false), ("22:00", true), ("00:00", true), ("06:59", true), ("07:00", false)]
        {
            assert_eq!(quiet.is_quiet(at(time)), expected, "{time}");
        }
        let noon = Switches { quiet_start: at("12:00"), quiet_end: at("13:00"), ..quiet };
        assert!(noon.is_quiet(at("12:30")) && !noon.is_quiet(at("23:00")));
        assert!(!Switches { quiet_hours_enabled: false, ..quiet }.is_quiet(at("23:00")));
    }

    #[test]
    fn a_time_of_day_is_two_digits_twice() {
        assert_eq!(at("07:05").to_string(), "07:05");
        for wrong in ["7:05", "07:5", "24:00", "12:60", "+1:00", "0705", ""] {
            assert_eq!(TimeOfDay::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_group_that_is_off_is_off_on_every_channel() {
        let no_stock = Switches { stock_notifications: false, ..Switches::of_staff() };
        for channel in [Channel::InApp, Channel::Desktop, Channel::Push, Channel::Sms] {
            assert!(!no_stock.wants(channel, "low_stock"));
            assert!(no_stock.wants(channel, "payment_complete"));
        }
    }

    #[test]
    fn a_question_comes_whatever_group_is_off() {
        let none = Switches { loyalty_notifications: false, ..Switches::default() };
        assert!(none.wants(Channel::Push, "points_request"));
        assert!(!none.wants(Channel::Push, "points_added"));
        assert!(!none.wants(Channel::Sms, "points_request"), "but by a channel that is on");
    }
}
