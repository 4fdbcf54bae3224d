//! How far the followed scopes have come, and when to ask the server for more.

use reda_protocol::frame::Changes;
use reda_protocol::scope::{Cursor, Cursors, ScopeName};
use std::collections::BTreeMap;

/// Known to be behind for this long without a change, a client asks, in milliseconds.
const BEHIND_MS: u64 = 1_000;
/// It does not ask again within this, in milliseconds: what was on its way when it asked is a
/// row of gaps, and an answer to each would be a flood.
const ASK_AGAIN_MS: u64 = 5_000;

/// What is to be done with an interval of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Take {
    /// It follows the cursor, which has moved to its end.
    Apply,
    /// It does not: ask the server to go on from the cursor.
    Ask(Cursor),
    Ignore,
}

#[derive(Debug, Default)]
pub(crate) struct Feeds {
    scopes: BTreeMap<ScopeName, Feed>,
}

#[derive(Debug, Default)]
struct Feed {
    cursor: Cursor,
    /// Where the server said it stands.
    head: Option<Cursor>,
    behind_since_ms: Option<u64>,
    asked_at_ms: Option<u64>,
}

impl Feeds {
    pub(crate) fn new(cursors: Cursors) -> Self {
        let feed = |(scope, cursor)| (scope, Feed { cursor, ..Feed::default() });
        Self { scopes: cursors.into_iter().map(feed).collect() }
    }

    pub(crate) fn cursors(&self) -> Cursors {
        self.scopes.iter().map(|(scope, feed)| (*scope, feed.cursor)).collect()
    }

    pub(crate) fn take(&mut self, changes: &Changes, now_ms: u64) -> Take {
        let Some(feed) = self.scopes.get_mut(&changes.scope) else { return Take::Ignore };
        let known_epoch = match feed.cursor.epoch {
            Some(epoch) => epoch == changes.epoch,
            None => feed.cursor.seq == 0,
        };
        if !known_epoch || changes.from != feed.cursor.seq || changes.to < changes.from {
            return if feed.may_ask(now_ms) {
                feed.asked_at_ms = Some(now_ms);
                Take::Ask(feed.cursor)
            } else {
                Take::Ignore
            };
        }
        feed.cursor = Cursor { epoch: Some(changes.epoch), seq: changes.to };
        feed.asked_at_ms = None;
        feed.behind_since_ms = feed.is_behind().then_some(now_ms);
        Take::Apply
    }

    /// Sets a scope back to 0; `None` for one that is not followed.
    pub(crate) fn reset(&mut self, scope: ScopeName, epoch: i64, now_ms: u64) -> Option<Cursor> {
        let feed = self.scopes.get_mut(&scope)?;
        feed.cursor = Cursor { epoch: Some(epoch), seq: 0 };
        feed.head = None;
        feed.behind_since_ms = None;
        feed.asked_at_ms = Some(now_ms);
        Some(feed.cursor)
    }

    /// Takes what the server says about where its scopes stand.
    pub(crate) fn heads(&mut self, heads: &Cursors, now_ms: u64) {
        for (scope, head) in heads {
            let Some(feed) = self.scopes.get_mut(scope) else { continue };
            feed.head = Some(*head);
            feed.behind_since_ms = feed.is_behind().then(|| feed.behind_since_ms.unwrap_or(now_ms));
        }
    }

    /// The cursors of scopes that should have moved by now; they count as asked for.
    pub(crate) fn overdue(&mut self, now_ms: u64) -> Cursors {
        let mut overdue = Cursors::new();
        for (scope, feed) in &mut self.scopes {
            if feed.ask_at_ms().is_some_and(|at_ms| at_ms <= now_ms) {
                feed.asked_at_ms = Some(now_ms);
                overdue.insert(*scope, feed.cursor);
            }
        }
        overdue
    }

    /// Whether every scope is known to stand where the server stood when it last spoke of it.
    pub(crate) fn are_whole(&self) -> bool {
        self.scopes.values().all(|feed| feed.head.is_some() && !feed.is_behind())
    }

    pub(crate) fn wake_at_ms(&self) -> Option<u64> {
        self.scopes.values().filter_map(Feed::ask_at_ms).min()
    }
}

impl Feed {
    fn is_behind(&self) -> bool {
        let Some(head) = self.head else { return false };
        let other_epoch = self.cursor.epoch.is_some() && self.cursor.epoch != head.epoch;
        other_epoch || head.seq > self.cursor.seq
    }

    fn may_ask(&self, now_ms: u64) -> bool {
        self.asked_at_ms.is_none_or(|asked_ms| now_ms >= asked_ms + ASK_AGAIN_MS)
    }

    fn ask_at_ms(&self) -> Option<u64> {
        let due_ms = self.behind_since_ms? + BEHIND_MS;
        Some(self.asked_at_ms.map_or(due_ms, |asked_ms| due_ms.max(asked_ms + ASK_AGAIN_MS)))
    }
}
