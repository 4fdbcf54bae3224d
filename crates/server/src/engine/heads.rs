//! The heads of a batch's scopes, locked before anything is decided: what is under them stays as
//! it is until the batch has committed, whoever else works on the same database.

use super::kept::Given;
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
    /// Locks the heads of `scopes` in their order; those that are missing start at 0. Where no
    /// other transaction can write they are as they were left.
    pub(super) async fn lock(
        &self,
        tx: &mut Tx,
        scopes: &BTreeSet<Scope>,
        epoch: i64,
    ) -> Result<BTreeMap<Scope, Head>, StoreError> {
        match self.all(scopes) {
            Some(heads) if tx.is_alone() => return Ok(heads),
            None if !tx.is_alone() => feed::lock_or_make(tx, scopes, epoch).await?,
            _ => {}
        }
        let mut heads = feed::lock(tx, scopes).await?;
        for scope in scopes {
            heads.entry(*scope).or_insert_with(|| Head { epoch, ..Head::default() });
        }
        Ok(heads)
    }

    /// The heads of `scopes`, if all of them are remembered.
    pub(super) fn all(&self, scopes: &BTreeSet<Scope>) -> Option<BTreeMap<Scope, Head>> {
        scopes.iter().map(|scope| Some((*scope, self.0.get(scope)?.clone()))).collect()
    }

    /// Whether nobody else can have changed what is under these heads since they were left, and so
    /// none of what was given under them.
    pub(super) fn are(&self, heads: &BTreeMap<Scope, Head>, given: &Given) -> bool {
        let untouched = |(scope, head): (&Scope, &Head)| {
            head.changes == 0 || self.0.get(scope).is_some_and(|left| left == head)
        };
        heads.iter().all(untouched) && given.values().all(|scope| heads.contains_key(scope))
    }

    /// Remembers heads as they were committed.
    pub(super) fn note(&mut self, heads: BTreeMap<Scope, Head>) {
        if self.0.len() + heads.len() > LEFT_MAX {
            self.0.clear();
        }
        self.0.extend(heads);
    }
}
