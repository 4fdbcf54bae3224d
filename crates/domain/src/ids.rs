//! One newtype per kind of id, so that a card's id can never stand where a request's belongs.

use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid, Version};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema), ts(type = "string"), schema(value_type = uuid::Uuid))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(s).map($name)
            }
        }

        impl From<OperationId> for $name {
            /// The main thing that an operation makes has the operation's id.
            fn from(op: OperationId) -> Self {
                $name(op.0)
            }
        }
    )*};
}

/// An operation's id (UUIDv7), made by whoever asks for the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema), ts(type = "string"), schema(value_type = uuid::Uuid))]
#[serde(transparent)]
pub struct OperationId(pub Uuid);

impl OperationId {
    /// The id of a further thing made by this operation: UUIDv5 of the operation and the thing's
    /// name, so that retries and replays agree on it.
    pub fn derive(self, name: &str) -> Uuid {
        Uuid::new_v5(&self.0, name.as_bytes())
    }

    /// The id of the notification by which this operation tells somebody, its `n`th: as derived as
    /// the others, but a UUIDv7 of the operation's own moment. Notifications are many, and so lie in
    /// the order they come in.
    pub fn notification(self, n: usize) -> Uuid {
        let mut derived = self.derive(&format!("notice:{n}")).into_bytes();
        if self.0.get_version() != Some(Version::SortRand) {
            return Uuid::from_bytes(derived);
        }
        derived[..TIME_BYTES].copy_from_slice(&self.0.as_bytes()[..TIME_BYTES]);
        Builder::from_bytes(derived).with_version(Version::SortRand).into_uuid()
    }
}

/// The milliseconds that a UUIDv7 begins with (RFC 9562, 5.7).
const TIME_BYTES: usize = 6;

impl std::fmt::Display for OperationId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for OperationId {
    type Err = uuid::Error;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(s).map(OperationId)
    }
}

ids! {
    /// A person with an account.
    UserId;
    /// A shop or chain.
    BusinessId;
    /// A user's place in a business.
    StaffId;
    /// A till.
    DeviceId;
    /// A person as the platform's customer; never shown to a business.
    CustomerId;
    /// A business's own handle for a person: all that the business ever calls them by.
    HandleId;
    /// A loyalty programme.
    ProgramId;
    /// A customer in a programme.
    EnrollmentId;
    /// A loyalty card.
    CardId;
    /// A line of the points ledger.
    EntryId;
    /// Points set aside until an answer.
    HoldId;
    /// Something that points buy.
    RewardId;
    /// An approval request.
    RequestId;
    /// A consent record.
    ConsentId;
    /// A customer's signing key.
    KeyId;
    /// A printed code.
    PrintedCodeId;
    /// What a person reads.
    NotificationId;
    /// One attempt to read a code or find a customer.
    ScanId;
    /// A signed-in session.
    SessionId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notification_has_the_time_of_its_operation_and_always_the_same_id() {
        let op = OperationId("019aa0b1-c2d3-7e4f-8a5b-6c7d8e9fa0b1".parse().unwrap());
        let [first, second] = [0, 1].map(|n| op.notification(n));
        assert_eq!(first, op.notification(0));
        assert_ne!(first, second);
        for id in [first, second] {
            assert_eq!(id.get_version(), Some(Version::SortRand));
            assert_eq!(id.as_bytes()[..TIME_BYTES], op.0.as_bytes()[..TIME_BYTES]);
        }
    }

    #[test]
    fn one_that_no_clock_made_derives_it_as_all_others() {
        let job = OperationId(OperationId(Uuid::nil()).derive("expire"));
        assert_eq!(job.notification(0), job.derive("notice:0"));
    }
}
