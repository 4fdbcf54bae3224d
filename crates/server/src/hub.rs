//! Who waits for which scope. Only marks "scope X is at N"; readers fetch for themselves, so a
//! slow one costs nothing.

use reda_domain::scope::Scope;
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Instant;
use tokio::sync::watch;

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
}

impl Hub {
    /// A scope's head as a value that changes; 0 until it first moves.
    pub(crate) fn subscribe(&self, scope: Scope) -> watch::Receiver<Mark> {
        let mut heads = self.lock();
        heads
            .entry(scope)
            .or_insert_with(|| watch::channel(Mark { seq: 0, at: Instant::now() }).0)
            .subscribe()
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

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Scope, watch::Sender<Mark>>> {
        self.heads.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
