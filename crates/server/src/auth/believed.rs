//! Rows that are believed for a second, so that not every call reads them.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A row is believed for this long (SPEC ID-1).
const BELIEVED: Duration = Duration::from_secs(1);
/// Rows remembered at once; beyond, remembering starts anew.
const ROWS_MAX: usize = 50_000;

/// What rows said, and when.
pub(super) struct Believed<K, V>(Mutex<HashMap<K, (Instant, V)>>);

impl<K, V> Default for Believed<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Hash + Eq, V: Clone> Believed<K, V> {
    pub(super) fn get(&self, key: &K) -> Option<V> {
        let rows = self.lock();
        rows.get(key).filter(|(at, _)| at.elapsed() < BELIEVED).map(|(_, row)| row.clone())
    }

    /// Remembers what was read since `asked`.
    pub(super) fn set(&self, key: K, row: V, asked: Instant) {
        let mut rows = self.lock();
        if rows.len() >= ROWS_MAX {
            rows.clear();
        }
        rows.insert(key, (asked, row));
    }

    /// Forgets a row that this node changed, so that it counts here at once.
    pub(super) fn forget(&self, key: &K) {
        self.lock().remove(key);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, (Instant, V)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
