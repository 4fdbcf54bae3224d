//! Scopes of the feed, and the kinds of entity that stand in them.

use crate::{BusinessId, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A unit of order and of authorisation. Ordered as heads are locked: `b:`, `p:`, `u:`, then by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    Business(BusinessId),
    /// What belongs to no business; nobody reads it as a feed.
    Platform,
    User(UserId),
}

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Scope::Business(id) => write!(f, "b:{id}"),
            Scope::Platform => f.write_str("p:"),
            Scope::User(id) => write!(f, "u:{id}"),
        }
    }
}

/// A kind of entity in a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EntityKind {
    Business,
    Program,
    Reward,
    Staff,
    Device,
    Member,
    Key,
    PrintedCode,
    Card,
    Request,
    Notification,
    Preferences,
    User,
}

impl EntityKind {
    /// Every kind.
    pub const ALL: [EntityKind; 13] = [
        EntityKind::Business,
        EntityKind::Program,
        EntityKind::Reward,
        EntityKind::Staff,
        EntityKind::Device,
        EntityKind::Member,
        EntityKind::Key,
        EntityKind::PrintedCode,
        EntityKind::Card,
        EntityKind::Request,
        EntityKind::Notification,
        EntityKind::Preferences,
        EntityKind::User,
    ];

    /// The kind as it stands on the wire and in the database.
    pub fn name(self) -> &'static str {
        match self {
            EntityKind::Business => "business",
            EntityKind::Program => "program",
            EntityKind::Reward => "reward",
            EntityKind::Staff => "staff",
            EntityKind::Device => "device",
            EntityKind::Member => "member",
            EntityKind::Key => "key",
            EntityKind::PrintedCode => "printed_code",
            EntityKind::Card => "card",
            EntityKind::Request => "request",
            EntityKind::Notification => "notification",
            EntityKind::Preferences => "preferences",
            EntityKind::User => "user",
        }
    }

    /// The kind of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// An entity that became different, in a scope that shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Touched {
    pub scope: Scope,
    pub entity: EntityKind,
    pub id: Uuid,
}
