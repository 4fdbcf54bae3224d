//! Scopes and cursors: the units of order and of authorisation in the feed.

use reda_domain::scope::Scope;
use reda_domain::{BusinessId, UserId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

/// A feed that a client may read, as text: `b:<business>` or `u:<user>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, TS)]
#[ts(type = "string")]
pub enum ScopeName {
    Business(BusinessId),
    User(UserId),
}

impl PartialSchema for ScopeName {
    fn schema() -> RefOr<Schema> {
        String::schema()
    }
}

impl ToSchema for ScopeName {}

impl std::fmt::Display for ScopeName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ScopeName::Business(id) => write!(f, "b:{id}"),
            ScopeName::User(id) => write!(f, "u:{id}"),
        }
    }
}

impl From<ScopeName> for Scope {
    fn from(name: ScopeName) -> Self {
        match name {
            ScopeName::Business(id) => Scope::Business(id),
            ScopeName::User(id) => Scope::User(id),
        }
    }
}

impl ScopeName {
    /// The name of a scope that clients may read; the platform's is none.
    pub fn of(scope: Scope) -> Option<Self> {
        match scope {
            Scope::Business(id) => Some(ScopeName::Business(id)),
            Scope::User(id) => Some(ScopeName::User(id)),
            Scope::Platform => None,
        }
    }
}

/// A text that names no scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a scope is b:<business> or u:<user>")]
pub struct NotAScope;

impl std::str::FromStr for ScopeName {
    type Err = NotAScope;
    fn from_str(text: &str) -> Result<Self, NotAScope> {
        let id = |text: &str| Uuid::parse_str(text).map_err(|_| NotAScope);
        match text.split_once(':') {
            Some(("b", rest)) => Ok(ScopeName::Business(BusinessId(id(rest)?))),
            Some(("u", rest)) => Ok(ScopeName::User(UserId(id(rest)?))),
            _ => Err(NotAScope),
        }
    }
}

impl Serialize for ScopeName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ScopeName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// How far a reader has come in a scope. A first start has no epoch and stands at 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]

pub struct Cursor {
    /// Changes when the server was restored from a backup; then the reader starts again from 0.
    #[ts(type = "number | null")]
    pub epoch: Option<i64>,
    #[ts(type = "number")]
    pub seq: i64,
}

/// Cursors by scope.
pub type Cursors = BTreeMap<ScopeName, Cursor>;
