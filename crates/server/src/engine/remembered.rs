//! What the lane remembers between batches. It holds as long as it is known what was committed, and
//! as nobody else has written.

use super::heads::Left;
use super::kept::Kept;
use super::write::Saved;

#[derive(Default)]
pub(super) struct Remembered {
    pub(super) left: Left,
    pub(super) kept: Kept,
    /// Of the database's file, where it has one.
    pub(super) version: Option<i64>,
}

impl Remembered {
    /// Forgets everything if another program has changed the file.
    pub(super) fn as_of(&mut self, version: Option<i64>) {
        if self.version != version {
            self.forget();
            self.version = version;
        }
    }

    /// Takes in what was committed.
    pub(super) fn note(&mut self, saved: Saved) {
        self.left.note(saved.heads);
        self.kept.note(&saved.world, &saved.changes);
    }

    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }
}
