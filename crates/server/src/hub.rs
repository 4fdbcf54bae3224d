//! Who waits for which scope. Only marks "scope X is at N"; readers fetch for themselves, so a
//! slow one costs nothing.

use reda_domain::scope::Scope;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::{Notify, watch};

/// How far a scope is, and since when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    pub(crate) seq: i64,
    pub(crate) at: Instant,
}

/// The heads that anyone waits for.
#[derive(Default)]
pub(crate) struct Hub {
    heads: Mutex<HashMap<Scope, watch::Sender<Mark>>>,
    /// What moved here and other servers were not told yet; `None` where there are none.
    untold: Option<Untold>,
}

#[derive(Default)]
struct Untold {
    moved: Mutex<BTreeMap<Scope, i64>>,
    any: Notify,
}

impl Hub {
    /// `shared`: other servers are to be told what moves here.
    pub(crate) fn new(shared: bool) -> Self {
        Self { heads: Mutex::default(), untold: shared.then(Untold::default) }
    }

    /// A scope's head as a value that changes; 0 until it first moves.
    pub(crate) fn subscribe(&self, scope: Scope) -> watch::Receiver<Mark> {
        let mut heads = locked(&self.heads);
        heads
            .entry(scope)
            .or_insert_with(|| watch::channel(Mark { seq: 0, at: Instant::now() }).0)
            .subscribe()
    }

    /// The scopes that somebody waits for.
    pub(crate) fn watched(&self) -> Vec<Scope> {
        let mut heads = locked(&self.heads);
        heads.retain(|_, head| !head.is_closed());
        heads.keys().copied().collect()
    }

    /// Marks how far this server moved a scope, for whoever waits here or elsewhere.
    pub(crate) fn moved(&self, scope: Scope, seq: i64) {
        self.heard(scope, seq);
        if let Some(untold) = &self.untold {
            locked(&untold.moved).insert(scope, seq);
            untold.any.notify_one();
        }
    }

    /// Marks how far a scope is, for whoever waits here.
    pub(crate) fn heard(&self, scope: Scope, seq: i64) {
        let mut heads = locked(&self.heads);
        let Some(head) = heads.get(&scope) else {
            return;
        };
        if head.is_closed() {
            heads.remove(&scope);
        } else {
            let at = Instant::now();
            head.send_if_modified(|mark| {
                let news = mark.seq < seq;
                if news {
                    *mark = Mark { seq, at };
                }
                news
            });
        }
    }

    /// Waits until something moved that other servers were not told, and counts it as told.
    pub(crate) async fn untold(&self) -> Vec<(Scope, i64)> {
        let Some(untold) = &self.untold else {
            return std::future::pending().await;
        };
        loop {
            let moved = std::mem::take(&mut *locked(&untold.moved));
            if !moved.is_empty() {
                return moved.into_iter().collect();
            }
            untold.any.notified().await;
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
