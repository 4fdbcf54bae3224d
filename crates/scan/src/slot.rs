//! Room for one thing between two threads: the newest wins, and who puts never waits.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

pub(crate) struct Slot<T> {
    content: Mutex<Content<T>>,
    changed: Condvar,
}

struct Content<T> {
    newest: Option<T>,
    closed: bool,
}

impl<T> Slot<T> {
    pub(crate) fn new() -> Slot<T> {
        Slot {
            content: Mutex::new(Content { newest: None, closed: false }),
            changed: Condvar::new(),
        }
    }

    /// Puts `newest` in place of whatever nobody took in time.
    pub(crate) fn put(&self, newest: T) {
        self.locked().newest = Some(newest);
        self.changed.notify_one();
    }

    /// Waits for something; `None` once the slot is closed.
    pub(crate) fn take(&self) -> Option<T> {
        let idle = |content: &mut Content<T>| content.newest.is_none() && !content.closed;
        let waited = self.changed.wait_while(self.locked(), idle);
        let mut content = waited.unwrap_or_else(PoisonError::into_inner);
        if content.closed { None } else { content.newest.take() }
    }

    pub(crate) fn close(&self) {
        self.locked().closed = true;
        self.changed.notify_all();
    }

    fn locked(&self) -> MutexGuard<'_, Content<T>> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_wins() {
        let slot = Slot::new();
        slot.put(1);
        slot.put(2);
        assert_eq!(slot.take(), Some(2));
    }

    #[test]
    fn closing_wakes_who_waits_and_drops_what_is_left() {
        let slot = Slot::new();
        std::thread::scope(|scope| {
            let taken = scope.spawn(|| slot.take());
            slot.close();
            assert_eq!(taken.join().unwrap(), None);
        });
        slot.put(1);
        assert_eq!(slot.take(), None);
    }
}
