//! Values to bind.

use std::sync::Arc;
use uuid::Uuid;

/// A value to bind; NULLs carry their type, which PostgreSQL wants to know.
#[derive(Clone, Debug)]
pub enum Val {
    Int(Option<i64>),
    Id(Option<Uuid>),
    Text(Option<Arc<str>>),
    Bytes(Arc<[u8]>),
}

impl From<i64> for Val {
    fn from(x: i64) -> Self {
        Val::Int(Some(x))
    }
}

impl From<Option<i64>> for Val {
    fn from(x: Option<i64>) -> Self {
        Val::Int(x)
    }
}

impl From<bool> for Val {
    fn from(x: bool) -> Self {
        Val::Int(Some(i64::from(x)))
    }
}

impl From<Uuid> for Val {
    fn from(x: Uuid) -> Self {
        Val::Id(Some(x))
    }
}

impl From<Option<Uuid>> for Val {
    fn from(x: Option<Uuid>) -> Self {
        Val::Id(x)
    }
}

impl From<&[u8]> for Val {
    fn from(x: &[u8]) -> Self {
        Val::Bytes(x.into())
    }
}

impl From<&str> for Val {
    fn from(x: &str) -> Self {
        Val::Text(Some(x.into()))
    }
}

impl From<String> for Val {
    fn from(x: String) -> Self {
        Val::Text(Some(x.into()))
    }
}

impl From<Option<&str>> for Val {
    fn from(x: Option<&str>) -> Self {
        Val::Text(x.map(Into::into))
    }
}
