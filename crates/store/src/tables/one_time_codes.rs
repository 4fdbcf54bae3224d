//! `one_time_codes`: hashes of the codes that people were sent, one for each subject. No operations.

use super::text;
use crate::db::Tx;
use crate::error::StoreError;
use reda_domain::Timestamp;

/// What a code is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    pub kind: &'static str,
    pub subject: String,
    pub browser_hash: Option<String>,
}

/// A code that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneTimeCode {
    pub binding: Binding,
    pub code_hash: String,
    pub tries_left: i64,
    pub expires_at: Timestamp,
}

/// Keeps a code; the one before it for the same subject counts no more.
pub async fn put(tx: &mut Tx, it: &OneTimeCode) -> Result<(), StoreError> {
    const PUT: &str = "INSERT INTO one_time_codes
        (kind, subject, browser_hash, code_hash, tries_left, expires_at_ms)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (kind, subject) DO UPDATE SET browser_hash = excluded.browser_hash,
        code_hash = excluded.code_hash, tries_left = excluded.tries_left,
        expires_at_ms = excluded.expires_at_ms";
    let row = vec![
        it.binding.kind.into(),
        it.binding.subject.as_str().into(),
        text(&it.binding.browser_hash),
        it.code_hash.as_str().into(),
        it.tries_left.into(),
        it.expires_at.0.into(),
    ];
    tx.exec(PUT, row).await.map(|_| ())
}

/// Uses up one try and gives the hash to compare with; `None` where there is no live code for this
/// subject and browser, or no try is left. Counting comes before comparing, so that tries at once
/// are no more than tries one after the other.
pub async fn take_try(
    tx: &mut Tx,
    of: &Binding,
    now: Timestamp,
) -> Result<Option<String>, StoreError> {
    const TAKE: &str = "UPDATE one_time_codes SET tries_left = tries_left - 1
        WHERE kind = $1 AND subject = $2 AND COALESCE(browser_hash, '') = $3
        AND tries_left > 0 AND expires_at_ms > $4";
    const HASH: &str = "SELECT code_hash FROM one_time_codes WHERE kind = $1 AND subject = $2";
    let browser = of.browser_hash.as_deref().unwrap_or_default();
    let (kind, subject) = (of.kind, of.subject.as_str());
    let vals = vec![kind.into(), subject.into(), browser.into(), now.0.into()];
    if tx.exec(TAKE, vals).await? == 0 {
        return Ok(None);
    }
    let rows = tx.rows(HASH, vec![kind.into(), subject.into()]).await?;
    rows.first().map(|row| row.get(0)).transpose()
}

/// Makes a code count no more; whether it still did.
pub async fn remove(tx: &mut Tx, of: &Binding, code_hash: &str) -> Result<bool, StoreError> {
    const REMOVE: &str =
        "DELETE FROM one_time_codes WHERE kind = $1 AND subject = $2 AND code_hash = $3";
    let vals = vec![of.kind.into(), of.subject.as_str().into(), code_hash.into()];
    Ok(tx.exec(REMOVE, vals).await? > 0)
}

/// Makes whatever code there is for a subject count no more.
pub async fn forget(tx: &mut Tx, of: &Binding) -> Result<(), StoreError> {
    const FORGET: &str = "DELETE FROM one_time_codes WHERE kind = $1 AND subject = $2";
    tx.exec(FORGET, vec![of.kind.into(), of.subject.as_str().into()]).await.map(|_| ())
}

/// Deletes what ran out before `before`.
pub async fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    const SWEEP: &str = "DELETE FROM one_time_codes WHERE expires_at_ms < $1";
    tx.exec(SWEEP, vec![before.0.into()]).await
}
