//! Who waits for which scope. Only marks "scope X is at N"; readers fetch for themselves, so a
//! slow one costs nothing.

use reda_domain::scope::Scope;
use std::collections::HashMap;
use std::sync::Mutex;
use tokio::sync::watch;

/// The heads that anyone waits for.
#[derive(Default)]
pub(crate) struct Hub {
    heads: Mutex<HashMap<Scope, watch::Sender<i64>>>,
}

impl Hub {
    /// A scope's head as a value that changes; 0 until it first moves.
    pub(crate) fn subscribe(&self, scope: Scope) -> watch::Receiver<i64> {
        let mut heads = self.lock();
        heads.entry(scope).or_insert_with(|| watch::channel(0).0).subscribe()
    }

    /// Marks how far a scope is, for whoever waits.
    pub(crate) fn moved(&self, scope: Scope, seq: i64) {
        let mut heads = self.lock();
        let Some(head) = heads.get(&scope) else {
            return;
        };
        if head.is_closed() {
            heads.remove(&scope);
        } else {
            head.send_if_modified(|at| std::mem::replace(at, seq.max(*at)) < seq);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Scope, watch::Sender<i64>>> {
        self.heads.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
