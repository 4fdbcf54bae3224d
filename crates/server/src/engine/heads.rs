//! The heads of a batch's scopes, locked before anything is decided: what is under them stays as
//! it is until the batch has committed, whoever else works on the same database.

use reda_domain::scope::Scope;
use reda_store::tables::feed::{self, Head};
use reda_store::{StoreError, Tx};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Heads remembered at once; beyond, remembering starts anew.
const LEFT_MAX: usize = 100_000;

/// Heads as this server's lane left them. One that is still so when it is locked tells that nobody
/// else changed anything under it, and so that what was read before the lock still holds.
#[derive(Default)]
pub(super) struct Left(HashMap<Scope, Head>);

impl Left {
    /// Locks the heads of `scopes` in their order; those that are missing start at 0.
    pub(super) async fn lock(
        &self,
        tx: &mut Tx,
        scopes: &BTreeSet<Scope>,
        epoch: i64,
    ) -> Result<BTreeMap<Scope, Head>, StoreError> {
        if !tx.is_alone() && scopes.iter().any(|scope| !self.0.contains_key(scope)) {
            feed::lock_or_make(tx, scopes, epoch).await?;
        }
        let mut heads = feed::lock(tx, scopes).await?;
        for scope in scopes {
            heads.entry(*scope).or_insert_with(|| Head { epoch, ..Head::default() });
        }
        Ok(heads)
    }

    /// Whether nobody else can have changed what is under these heads since they were left.
    pub(super) fn are(&self, heads: &BTreeMap<Scope, Head>) -> bool {
        let untouched = |(scope, head): (&Scope, &Head)| {
            head.changes == 0 || self.0.get(scope).is_some_and(|left| left == head)
        };
        heads.iter().all(untouched)
    }

    /// Remembers heads as they were committed.
    pub(super) fn note(&mut self, heads: BTreeMap<Scope, Head>) {
        if self.0.len() + heads.len() > LEFT_MAX {
            self.0.clear();
        }
        self.0.extend(heads);
    }
}
