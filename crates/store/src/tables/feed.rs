//! `feed_heads` and `feed`: what changed, per scope, in the order of commits.

use super::named;
use crate::db::{Row, Tx, Val};
use crate::error::StoreError;
use reda_domain::scope::{EntityKind, Scope, Touched};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A scope's head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Changes when the database was restored from a backup.
    pub epoch: i64,
    pub seq: i64,
    /// The audit chain's last hash and number.
    pub audit_hash: String,
    pub audit_n: i64,
}

/// Where an entity stands in a scope's feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub entity: EntityKind,
    pub id: Uuid,
    pub seq: i64,
    pub deleted: bool,
}

/// The heads of those of `scopes` that have one. Begin and hold the transaction to lock them.
pub async fn heads(
    tx: &mut Tx,
    scopes: &BTreeSet<Scope>,
) -> Result<BTreeMap<Scope, Head>, StoreError> {
    const HEADS: &str =
        "SELECT scope, epoch, seq, audit_hash, audit_n FROM feed_heads WHERE scope IN";
    let by_name: BTreeMap<String, Scope> = scopes.iter().map(|it| (it.to_string(), *it)).collect();
    let keys = by_name.keys().map(|name| Val::from(name.as_str())).collect();
    let read = |row: &Row| {
        let head = Head {
            epoch: row.get(1)?,
            seq: row.get(2)?,
            audit_hash: row.get(3)?,
            audit_n: row.get(4)?,
        };
        let name: &str = row.get(0)?;
        let scope = by_name.get(name).copied();
        Ok((named("feed_heads", "scope", name, |_| scope)?, head))
    };
    tx.load(HEADS, keys).await?.iter().map(read).collect()
}

/// The head of a scope, for readers: epoch and number.
pub async fn head(tx: &mut Tx, scope: Scope) -> Result<Option<Head>, StoreError> {
    Ok(heads(tx, &BTreeSet::from([scope])).await?.remove(&scope))
}

/// Writes heads.
pub async fn save_heads(tx: &mut Tx, heads: &BTreeMap<Scope, Head>) -> Result<(), StoreError> {
    let rows = heads.iter().map(|(scope, head)| {
        vec![
            scope.to_string().into(),
            head.epoch.into(),
            head.seq.into(),
            head.audit_hash.as_str().into(),
            head.audit_n.into(),
        ]
    });
    tx.bulk(
        "INSERT INTO feed_heads (scope, epoch, seq, audit_hash, audit_n)",
        "?, ?, ?, ?, ?",
        "ON CONFLICT (scope) DO UPDATE SET seq = excluded.seq, audit_hash = excluded.audit_hash,
         audit_n = excluded.audit_n",
        rows.collect(),
    )
    .await
}

/// Gives the touched entities their new numbers.
pub async fn save(tx: &mut Tx, places: &[(Touched, i64)]) -> Result<(), StoreError> {
    let rows = places.iter().map(|(touched, seq)| {
        vec![
            touched.scope.to_string().into(),
            touched.entity.name().into(),
            touched.id.into(),
            (*seq).into(),
            false.into(),
        ]
    });
    tx.bulk(
        "INSERT INTO feed (scope, entity, entity_id, seq, deleted)",
        "?, ?, ?, ?, ?",
        "ON CONFLICT (scope, entity, entity_id) DO UPDATE SET seq = excluded.seq,
         deleted = excluded.deleted",
        rows.collect(),
    )
    .await
}

/// What stands in a scope after `since` and not after `to`, in order, at most `limit`.
pub async fn between(
    tx: &mut Tx,
    scope: Scope,
    since: i64,
    to: i64,
    limit: i64,
) -> Result<Vec<Place>, StoreError> {
    const BETWEEN: &str = "SELECT entity, entity_id, seq, deleted FROM feed
        WHERE scope = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4";
    let vals = vec![scope.to_string().into(), since.into(), to.into(), limit.into()];
    let read = |row: &Row| {
        Ok(Place {
            entity: named("feed", "entity", row.get(0)?, EntityKind::of_name)?,
            id: row.get(1)?,
            seq: row.get(2)?,
            deleted: row.flag(3)?,
        })
    };
    tx.rows(BETWEEN, vals).await?.iter().map(read).collect()
}
