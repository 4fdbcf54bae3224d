//! `audit_log`: who did what, hash-chained per business and for the platform.

use super::feed::Head;
use crate::db::{Row, Tx};
use crate::error::StoreError;
use reda_domain::scope::Scope;
use reda_domain::{OperationId, Timestamp};
use sha2::{Digest as _, Sha256};

/// One line: ids, kinds and numbers, never a personal value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub operation: OperationId,
    pub kind: &'static str,
    pub actor: String,
    pub facts: String,
    pub at: Timestamp,
}

/// A line with its place in a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chained {
    pub scope: Scope,
    pub n: i64,
    pub hash: String,
    pub line: Line,
}

/// Puts a line at the end of a head's chain.
pub fn chain(scope: Scope, head: &mut Head, line: Line) -> Chained {
    head.audit_n += 1;
    head.audit_hash = link(&head.audit_hash, head.audit_n, &fields(&line));
    Chained { scope, n: head.audit_n, hash: head.audit_hash.clone(), line }
}

fn fields(line: &Line) -> [String; 5] {
    [
        line.operation.to_string(),
        line.kind.to_owned(),
        line.actor.clone(),
        line.facts.clone(),
        line.at.0.to_string(),
    ]
}

/// SHA-256 over the hash before, the number and the fields; each with its length, so that no two
/// different lines have one text.
fn link(before: &str, n: i64, fields: &[String; 5]) -> String {
    let mut hasher = Sha256::new();
    for part in [before, &n.to_string()].into_iter().chain(fields.iter().map(String::as_str)) {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Adds lines.
pub async fn add(tx: &mut Tx, lines: &[Chained]) -> Result<(), StoreError> {
    let rows = lines.iter().map(|it| {
        vec![
            it.scope.to_string().into(),
            it.n.into(),
            it.line.operation.0.into(),
            it.line.kind.into(),
            it.line.actor.as_str().into(),
            it.line.facts.as_str().into(),
            it.line.at.0.into(),
            it.hash.as_str().into(),
        ]
    });
    const INSERT: &str =
        "INSERT INTO audit_log (scope, n, operation_id, kind, actor, facts, at_ms, hash)";
    tx.bulk(INSERT, "?, ?, ?, ?, ?, ?, ?, ?", "", rows.collect()).await
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
pub async fn verify(tx: &mut Tx, scope: &str) -> Result<Chain, StoreError> {
    const LINES: &str = "SELECT n, operation_id, kind, actor, facts, at_ms, hash FROM audit_log
        WHERE scope = $1 AND n > $2 ORDER BY n LIMIT $3";
    const HEAD: &str = "SELECT audit_hash, audit_n FROM feed_heads WHERE scope = $1";
    let heads = tx.rows(HEAD, vec![scope.into()]).await?;
    let (end_hash, end) = match heads.first() {
        Some(row) => (row.get::<String>(0)?, row.get::<i64>(1)?),
        None => (String::new(), 0),
    };
    let mut before = String::new();
    let mut lines = 0;
    let found = |lines, broken| Ok(Chain { scope: scope.to_owned(), lines, broken });
    loop {
        let page = tx.rows(LINES, vec![scope.into(), lines.into(), PAGE.into()]).await?;
        for row in &page {
            let (n, hash) = (row.get::<i64>(0)?, row.get::<String>(6)?);
            if n != lines + 1 {
                return found(lines, Some(Broken::Missing(lines + 1)));
            }
            if n > end {
                return found(lines, Some(Broken::BeyondHead(n)));
            }
            if hash != link(&before, n, &read_fields(row)?) {
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
        chains.push(verify(tx, row.get(0)?).await?);
    }
    Ok(chains)
}

/// The number of the first line of a scope's chain that is not as it was written.
pub async fn first_broken(tx: &mut Tx, scope: Scope) -> Result<Option<i64>, StoreError> {
    Ok(verify(tx, &scope.to_string()).await?.broken.map(Broken::line))
}

/// Operations that were applied and have no line, at most `limit`.
pub async fn unaudited(tx: &mut Tx, limit: i64) -> Result<Vec<(OperationId, String)>, StoreError> {
    const UNAUDITED: &str = "SELECT o.id, o.kind FROM operations o
        LEFT JOIN audit_log a ON a.operation_id = o.id
        WHERE a.operation_id IS NULL AND o.result NOT LIKE '%\"refused\":%' LIMIT $1";
    let rows = tx.rows(UNAUDITED, vec![limit.into()]).await?;
    rows.iter().map(|row| Ok((OperationId(row.get(0)?), row.get(1)?))).collect()
}

fn read_fields(row: &Row) -> Result<[String; 5], StoreError> {
    Ok([
        OperationId(row.get(1)?).to_string(),
        row.get(2)?,
        row.get(3)?,
        row.get(4)?,
        row.get::<i64>(5)?.to_string(),
    ])
}
