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

/// The number of the first line of a scope's chain that does not follow from the one before, or
/// that is missing at its end; `None` for a sound chain.
pub async fn first_broken(tx: &mut Tx, scope: Scope) -> Result<Option<i64>, StoreError> {
    const LINES: &str = "SELECT n, operation_id, kind, actor, facts, at_ms, hash FROM audit_log
        WHERE scope = $1 ORDER BY n";
    let mut before = String::new();
    let mut expected = 1;
    for row in tx.rows(LINES, vec![scope.to_string().into()]).await? {
        let (n, hash) = (row.get::<i64>(0)?, row.get::<String>(6)?);
        if n != expected || hash != link(&before, n, &read_fields(&row)?) {
            return Ok(Some(expected));
        }
        (before, expected) = (hash, n + 1);
    }
    let head = super::feed::head(tx, scope).await?;
    let whole = head.is_none_or(|head| head.audit_hash == before && head.audit_n + 1 == expected);
    Ok((!whole).then_some(expected))
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
