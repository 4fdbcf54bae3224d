//! `audit_log`: the operations that were applied, hash-chained per business and for the platform.

use super::feed::{Head, key, scope_of};
use super::operations::{self, Known, Texts, read_texts};
use crate::db::Tx;
use crate::error::StoreError;
use reda_domain::OperationId;
use reda_domain::scope::Scope;
use sha2::{Digest as _, Sha256};

/// A line: an operation's place in a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub scope: Scope,
    pub n: i64,
    pub operation: OperationId,
    pub hash: Vec<u8>,
}

/// Puts an operation at the end of a head's chain.
pub fn chain(scope: Scope, head: &mut Head, operation: &Known) -> Line {
    head.audit_n += 1;
    head.audit_hash = link(&head.audit_hash, head.audit_n, &operation.texts());
    Line { scope, n: head.audit_n, operation: operation.id, hash: head.audit_hash.clone() }
}

/// SHA-256 over the hash before, the number and the operation's columns; each with its length, so
/// that no two different lines have one text.
fn link(before: &[u8], n: i64, columns: &Texts) -> Vec<u8> {
    let mut hasher = Sha256::new();
    let n = n.to_string();
    let columns = columns.iter().map(String::as_bytes);
    for part in [before, n.as_bytes()].into_iter().chain(columns) {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().to_vec()
}

/// Adds lines.
pub async fn add(tx: &mut Tx, lines: &[Line]) -> Result<(), StoreError> {
    let row = |it: &Line| {
        vec![key(it.scope), it.n.into(), it.operation.0.into(), it.hash.as_slice().into()]
    };
    const INSERT: &str = "INSERT INTO audit_log (scope, n, operation_id, hash)";
    tx.bulk(INSERT, "?, ?, ?, ?", "", lines.iter().map(row).collect()).await
}

/// A chain as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// The scope's name.
    pub scope: String,
    pub lines: i64,
    pub broken: Option<Broken>,
}

/// The first line that is not as it was written, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// Its hash does not follow from it and the line before.
    Altered(i64),
    /// A later line is there, this one is not.
    Missing(i64),
    /// The chain ends before it, though the head says that it was written.
    CutOff(i64),
    /// It is there, though the head says that the chain ends before it.
    BeyondHead(i64),
}

impl Broken {
    /// The line's number.
    pub fn line(self) -> i64 {
        match self {
            Broken::Altered(n) | Broken::Missing(n) | Broken::CutOff(n) | Broken::BeyondHead(n) => {
                n
            }
        }
    }
}

/// Lines read at once.
const PAGE: i64 = 4096;

/// Follows a scope's chain from its first line to what its head says.
pub async fn verify(tx: &mut Tx, scope: Scope) -> Result<Chain, StoreError> {
    const LINES: &str = concat!(
        "SELECT a.n, a.hash, CAST(CASE WHEN o.id IS NULL THEN 1 ELSE 0 END AS BIGINT), ",
        operations::columns!("o."),
        " FROM audit_log a LEFT JOIN operations o ON o.id = a.operation_id
          WHERE a.scope = $1 AND a.n > $2 ORDER BY a.n LIMIT $3"
    );
    const HEAD: &str = "SELECT audit_hash, audit_n FROM feed_heads WHERE scope = $1";
    let heads = tx.rows(HEAD, vec![key(scope)]).await?;
    let (end_hash, end) = match heads.first() {
        Some(row) => (row.get::<Vec<u8>>(0)?, row.get::<i64>(1)?),
        None => (vec![], 0),
    };
    let mut before = vec![];
    let mut lines = 0;
    let found = |lines, broken| Ok(Chain { scope: scope.to_string(), lines, broken });
    loop {
        let page = tx.rows(LINES, vec![key(scope), lines.into(), PAGE.into()]).await?;
        for row in &page {
            let (n, hash) = (row.get::<i64>(0)?, row.get::<Vec<u8>>(1)?);
            if n != lines + 1 {
                return found(lines, Some(Broken::Missing(lines + 1)));
            }
            if n > end {
                return found(lines, Some(Broken::BeyondHead(n)));
            }
            let is_sound = !row.flag(2)? && hash == link(&before, n, &read_texts(row, 3)?);
            if !is_sound {
                return found(lines, Some(Broken::Altered(n)));
            }
            (before, lines) = (hash, n);
        }
        if page.is_empty() {
            break;
        }
    }
    let broken = match lines < end {
        true => Some(Broken::CutOff(lines + 1)),
        // A whole chain was written anew: its last line no longer is what the head remembers.
        false => (before != end_hash).then_some(Broken::Altered(lines)),
    };
    found(lines, broken)
}

/// Every chain there is.
pub async fn verify_all(tx: &mut Tx) -> Result<Vec<Chain>, StoreError> {
    const SCOPES: &str = "SELECT scope FROM feed_heads WHERE audit_n > 0
        UNION SELECT scope FROM audit_log ORDER BY 1";
    let mut chains = vec![];
    for row in tx.rows(SCOPES, vec![]).await? {
        chains.push(verify(tx, scope_of("audit_log", row.get(0)?)?).await?);
    }
    Ok(chains)
}

/// The number of the first line of a scope's chain that is not as it was written.
pub async fn first_broken(tx: &mut Tx, scope: Scope) -> Result<Option<i64>, StoreError> {
    Ok(verify(tx, scope).await?.broken.map(Broken::line))
}

/// Operations that were applied and have no line, at most `limit`.
pub async fn unaudited(tx: &mut Tx, limit: i64) -> Result<Vec<(OperationId, String)>, StoreError> {
    const UNAUDITED: &str = "SELECT o.id, o.kind FROM operations o
        LEFT JOIN audit_log a ON a.operation_id = o.id
        WHERE a.operation_id IS NULL AND o.result NOT LIKE '%\"refused\":%' LIMIT $1";
    let rows = tx.rows(UNAUDITED, vec![limit.into()]).await?;
    rows.iter().map(|row| Ok((OperationId(row.get(0)?), row.get(1)?))).collect()
}
