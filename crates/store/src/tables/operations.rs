//! `operations`: what was asked for under which id, and what became of it. Only ever added to.

use super::named;
use crate::db::{Row, Tx, Val};
use crate::error::StoreError;
use reda_domain::scope::Scope;
use reda_domain::{BusinessId, DeviceId, OperationId, StaffId, Timestamp, UserId};
use serde_json::Value;
use std::collections::HashMap;

/// Who asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Staff { staff: StaffId, device: Option<DeviceId> },
    Person(UserId),
    Nobody,
    Server,
}

/// An operation that was applied or refused.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    pub id: OperationId,
    /// Of what was asked, without secrets; the same id with another hash is another operation.
    pub hash: String,
    pub kind: &'static str,
    pub by: By,
    pub business: Option<BusinessId>,
    /// The answer, as JSON.
    pub result: String,
    pub applied_at: Timestamp,
    /// Where the business's feed, and the person's who asked, stood after it; `None` where it does
    /// not show. Not among what the audit log vouches for.
    pub business_seq: Option<i64>,
    pub user_seq: Option<i64>,
}

/// What became of an operation before.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    pub hash: String,
    pub result: Value,
    /// The feeds in which whoever asked sees it, and where they stood after it.
    pub moved: Vec<(Scope, i64)>,
}

/// A row's columns as texts, in the order of `columns`; empty where there is nothing.
pub(super) type Texts = [String; 10];

/// The columns, each after a prefix.
macro_rules! columns {
    ($of:literal) => {
        concat!(
            concat!($of, "id, ", $of, "hash, ", $of, "kind, ", $of, "actor, "),
            concat!($of, "business_id, ", $of, "user_id, ", $of, "staff_id, "),
            concat!($of, "device_id, ", $of, "result, ", $of, "applied_at_ms"),
        )
    };
}
pub(super) use columns;

impl Known {
    fn ids(&self) -> (&'static str, Option<UserId>, Option<StaffId>, Option<DeviceId>) {
        match self.by {
            By::Staff { staff, device } => ("staff", None, Some(staff), device),
            By::Person(user) => ("person", Some(user), None, None),
            By::Nobody => ("nobody", None, None, None),
            By::Server => ("server", None, None, None),
        }
    }

    fn row(&self) -> Vec<Val> {
        let (actor, user, staff, device) = self.ids();
        vec![
            self.id.0.into(),
            self.hash.as_str().into(),
            self.kind.into(),
            actor.into(),
            self.business.map(|id| id.0).into(),
            user.map(|id| id.0).into(),
            staff.map(|id| id.0).into(),
            device.map(|id| id.0).into(),
            self.result.as_str().into(),
            self.applied_at.0.into(),
            self.business_seq.into(),
            self.user_seq.into(),
        ]
    }

    /// The feeds of whoever asked.
    pub fn scopes(&self) -> impl Iterator<Item = Scope> + use<> {
        let user = match self.by {
            By::Person(user) => Some(Scope::User(user)),
            By::Staff { .. } | By::Nobody | By::Server => None,
        };
        self.business.map(Scope::Business).into_iter().chain(user)
    }

    pub(super) fn texts(&self) -> Texts {
        let (actor, user, staff, device) = self.ids();
        [
            self.id.to_string(),
            self.hash.clone(),
            self.kind.to_owned(),
            actor.to_owned(),
            self.business.map(|id| id.to_string()).unwrap_or_default(),
            user.map(|id| id.to_string()).unwrap_or_default(),
            staff.map(|id| id.to_string()).unwrap_or_default(),
            device.map(|id| id.to_string()).unwrap_or_default(),
            self.result.clone(),
            self.applied_at.0.to_string(),
        ]
    }
}

/// The same texts of a row that was read, whose columns begin at `first`.
pub(super) fn read_texts(row: &Row, first: usize) -> Result<Texts, StoreError> {
    let id =
        |i| Ok::<_, StoreError>(row.get::<Option<uuid::Uuid>>(first + i)?.map(|id| id.to_string()));
    Ok([
        id(0)?.unwrap_or_default(),
        row.get(first + 1)?,
        row.get(first + 2)?,
        row.get(first + 3)?,
        id(4)?.unwrap_or_default(),
        id(5)?.unwrap_or_default(),
        id(6)?.unwrap_or_default(),
        id(7)?.unwrap_or_default(),
        row.get(first + 8)?,
        row.get::<i64>(first + 9)?.to_string(),
    ])
}

/// Adds these; the same id twice is an error.
pub async fn add(tx: &mut Tx, rows: &[Known]) -> Result<(), StoreError> {
    const INSERT: &str =
        concat!("INSERT INTO operations (", columns!(""), ", business_seq, user_seq)");
    let rows = rows.iter().map(Known::row).collect();
    tx.bulk(INSERT, "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?", "", rows).await
}

const KNOWN: &str = "SELECT id, hash, result, business_id, business_seq, user_id, user_seq
    FROM operations WHERE id IN";

/// What became of those of `ids` that are known.
pub async fn known(
    tx: &mut Tx,
    ids: impl IntoIterator<Item = OperationId>,
) -> Result<HashMap<OperationId, Answered>, StoreError> {
    tx.load(KNOWN, keys(ids)).await?.iter().map(answered).collect()
}

/// The same, and the version of the database's file (`Tx::load_with_version`).
pub async fn known_as_of(
    tx: &mut Tx,
    ids: impl IntoIterator<Item = OperationId>,
) -> Result<(HashMap<OperationId, Answered>, Option<i64>), StoreError> {
    let (rows, version) = tx.load_with_version(KNOWN, &keys(ids)).await?;
    Ok((rows.iter().map(answered).collect::<Result<_, _>>()?, version))
}

fn keys(ids: impl IntoIterator<Item = OperationId>) -> Vec<Val> {
    ids.into_iter().map(|id| Val::from(id.0)).collect()
}

fn answered(row: &Row) -> Result<(OperationId, Answered), StoreError> {
    let json = |text: &str| serde_json::from_str(text).ok();
    let business = row.get::<Option<_>>(3)?.map(|id| Scope::Business(BusinessId(id)));
    let user = row.get::<Option<_>>(5)?.map(|id| Scope::User(UserId(id)));
    let (business, user) = (business.zip(row.get(4)?), user.zip(row.get(6)?));
    let answered = Answered {
        hash: row.get(1)?,
        result: named("operations", "result", row.get(2)?, json)?,
        moved: business.into_iter().chain(user).collect(),
    };
    Ok((OperationId(row.get(0)?), answered))
}

/// How many operations were applied or refused.
pub async fn count(tx: &mut Tx) -> Result<i64, StoreError> {
    tx.rows("SELECT COUNT(*) FROM operations", vec![]).await?[0].get(0)
}
