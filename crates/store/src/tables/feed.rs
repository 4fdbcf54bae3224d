//! `feed_heads` and `feed`: what changed, per scope, in the order of commits.

use super::named;
use crate::db::{Row, Tx, Val};
use crate::error::StoreError;
use reda_domain::effects::Change;
use reda_domain::scope::{EntityKind, Scope, Touched};
use reda_domain::{BusinessId, Timestamp, UserId};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// A scope's head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Changes when the database was restored from a backup.
    pub epoch: i64,
    pub seq: i64,
    /// The audit chain's last hash (empty where there is no chain) and number.
    pub audit_hash: Vec<u8>,
    pub audit_n: i64,
    /// How many transactions changed anything under this head's lock, shown in the feed or not.
    pub changes: i64,
}

/// Where an entity stands in a scope's feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub entity: EntityKind,
    pub id: Uuid,
    pub seq: i64,
}

/// The numbers that cards and notifications have in the feed of the person whose they are, by their
/// ids. Their rows keep them.
pub type OwnPlaces = HashMap<Uuid, i64>;

/// Of a scope that has no audit chain yet.
const NO_HASH: &[u8] = &[];

const HEADS: &str =
    "SELECT scope, epoch, seq, audit_hash, audit_n, changes FROM feed_heads WHERE scope IN";

/// The heads of those of `scopes` that have one.
pub async fn heads(
    tx: &mut Tx,
    scopes: &BTreeSet<Scope>,
) -> Result<BTreeMap<Scope, Head>, StoreError> {
    let rows = tx.load(HEADS, keys(scopes)).await?;
    read_heads(&rows)
}

/// The same, and nobody else changes what is under them before this transaction ends.
pub async fn lock(
    tx: &mut Tx,
    scopes: &BTreeSet<Scope>,
) -> Result<BTreeMap<Scope, Head>, StoreError> {
    let rows = tx.lock(HEADS, keys(scopes)).await?;
    read_heads(&rows)
}

/// Locks the heads of `scopes` in the order of their keys, and makes those that are missing.
pub async fn lock_or_make(
    tx: &mut Tx,
    scopes: &BTreeSet<Scope>,
    epoch: i64,
) -> Result<(), StoreError> {
    tx.bulk(
        "INSERT INTO feed_heads (scope, epoch, seq, audit_hash, audit_n, changes)",
        "?, ?, 0, ?, 0, 0",
        // A row that is there is locked, and stays as it is.
        "ON CONFLICT (scope) DO UPDATE SET seq = excluded.seq WHERE feed_heads.seq < 0",
        keys(scopes).into_iter().map(|key| vec![key, epoch.into(), NO_HASH.into()]).collect(),
    )
    .await
}

/// Sorted by bytes, as all locks are taken: scopes sort as their keys do.
fn keys(scopes: &BTreeSet<Scope>) -> Vec<Val> {
    scopes.iter().copied().map(key).collect()
}

/// A scope as it stands in a column: its letter, and the bytes of its id.
pub fn key(scope: Scope) -> Val {
    let (letter, id) = match scope {
        Scope::Business(id) => (b'b', Some(id.0)),
        Scope::Platform => (b'p', None),
        Scope::User(id) => (b'u', Some(id.0)),
    };
    let mut bytes = vec![letter];
    bytes.extend(id.iter().flat_map(Uuid::as_bytes));
    Val::from(bytes.as_slice())
}

/// The scope of a column of `table`.
pub(crate) fn scope_of(table: &'static str, key: &[u8]) -> Result<Scope, StoreError> {
    let scope = match key {
        [b'p'] => Some(Scope::Platform),
        [b'b', id @ ..] => Uuid::from_slice(id).ok().map(|id| Scope::Business(BusinessId(id))),
        [b'u', id @ ..] => Uuid::from_slice(id).ok().map(|id| Scope::User(UserId(id))),
        _ => None,
    };
    let value = || format!("{key:?}");
    scope.ok_or_else(|| StoreError::Corrupt { table, column: "scope", value: value() })
}

fn read_heads(rows: &[Row]) -> Result<BTreeMap<Scope, Head>, StoreError> {
    let read = |row: &Row| {
        let head = Head {
            epoch: row.get(1)?,
            seq: row.get(2)?,
            audit_hash: row.get(3)?,
            audit_n: row.get(4)?,
            changes: row.get(5)?,
        };
        Ok((scope_of("feed_heads", row.get(0)?)?, head))
    };
    rows.iter().map(read).collect()
}

/// The head of a scope, for readers: epoch and number.
pub async fn head(tx: &mut Tx, scope: Scope) -> Result<Option<Head>, StoreError> {
    Ok(heads(tx, &BTreeSet::from([scope])).await?.remove(&scope))
}

/// Writes heads.
pub async fn save_heads<'a>(
    tx: &mut Tx,
    heads: impl IntoIterator<Item = (&'a Scope, &'a Head)>,
) -> Result<(), StoreError> {
    let rows = heads.into_iter().map(|(scope, head)| {
        vec![
            key(*scope),
            head.epoch.into(),
            head.seq.into(),
            head.audit_hash.as_slice().into(),
            head.audit_n.into(),
            head.changes.into(),
        ]
    });
    tx.bulk(
        "INSERT INTO feed_heads (scope, epoch, seq, audit_hash, audit_n, changes)",
        "?, ?, ?, ?, ?, ?",
        "ON CONFLICT (scope) DO UPDATE SET seq = excluded.seq, audit_hash = excluded.audit_hash,
         audit_n = excluded.audit_n, changes = excluded.changes",
        rows.collect(),
    )
    .await
}

/// Starts a new epoch, later than every one before: what clients have is of another database.
pub async fn new_epoch(tx: &mut Tx, now: Timestamp) -> Result<i64, StoreError> {
    const NEWEST: &str = "SELECT CAST(COALESCE(MAX(epoch), 0) AS BIGINT) FROM feed_heads";
    let newest: i64 = tx.rows(NEWEST, vec![]).await?[0].get(0)?;
    let epoch = now.0.max(newest + 1);
    tx.exec("UPDATE feed_heads SET epoch = $1", vec![epoch.into()]).await?;
    let text = epoch.to_string();
    super::secrets::get_or_make(tx, "epoch", &text, now).await?;
    const REMEMBER: &str = "UPDATE server_secrets SET value = $1 WHERE name = 'epoch'";
    tx.exec(REMEMBER, vec![text.into()]).await?;
    Ok(epoch)
}

/// Takes out of `places` what rows that are about to be written with `changes` keep themselves.
pub fn split_own(places: &mut Vec<(Touched, i64)>, changes: &[Change]) -> OwnPlaces {
    let mut owners = HashMap::new();
    for change in changes {
        match change {
            Change::Card(row) => drop(owners.insert(row.id.0, (row.user, Some(row.business)))),
            Change::Notification(row) if row.staff.is_none() => {
                owners.insert(row.id.0, (row.user, None));
            }
            // These are not the person's any more.
            Change::Unsaid(row) => drop(owners.remove(&row.id.0)),
            Change::Parting(it) => owners.retain(|_, of| *of != (it.user, Some(it.business))),
            _ => {}
        }
    }
    let is_own = |it: &Touched| {
        let owner = owners.get(&it.id);
        owner.is_some_and(|(user, _)| it.scope == Scope::User(*user))
    };
    let own = places.extract_if(.., |(touched, _)| is_own(touched));
    own.map(|(touched, seq)| (touched.id, seq)).collect()
}

/// Gives the touched entities their new numbers, but for those that keep theirs themselves.
pub async fn save(tx: &mut Tx, places: &[(Touched, i64)]) -> Result<(), StoreError> {
    let rows = places.iter().map(|(touched, seq)| {
        vec![key(touched.scope), touched.entity.name().into(), touched.id.into(), (*seq).into()]
    });
    tx.bulk(
        "INSERT INTO feed (scope, entity, entity_id, seq)",
        "?, ?, ?, ?",
        "ON CONFLICT (scope, entity, entity_id) DO UPDATE SET seq = excluded.seq",
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
    const BETWEEN: &str = "SELECT entity, entity_id, seq FROM feed
        WHERE scope = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4";
    const BETWEEN_OF_PERSON: &str = "SELECT entity, entity_id, seq FROM feed
        WHERE scope = $1 AND seq > $2 AND seq <= $3
        UNION ALL SELECT 'card', id, user_seq FROM loyalty_cards
        WHERE user_id = $5 AND user_seq > $2 AND user_seq <= $3
        UNION ALL SELECT 'notification', id, user_seq FROM notifications
        WHERE user_id = $5 AND user_seq > $2 AND user_seq <= $3
        ORDER BY 3 LIMIT $4";
    let mut vals = vec![key(scope), since.into(), to.into(), limit.into()];
    let sql = match scope {
        Scope::User(user) => {
            vals.push(user.0.into());
            BETWEEN_OF_PERSON
        }
        Scope::Business(_) | Scope::Platform => BETWEEN,
    };
    let read = |row: &Row| {
        Ok(Place {
            entity: named("feed", "entity", row.get(0)?, EntityKind::of_name)?,
            id: row.get(1)?,
            seq: row.get(2)?,
        })
    };
    tx.rows(sql, vals).await?.iter().map(read).collect()
}
