//! Where changes are kept.

use reda_protocol::frame::Changes;
use reda_protocol::scope::{Cursors, ScopeName};
use std::future::Future;

/// Why a replica could not do it.
pub type ReplicaError = Box<dyn std::error::Error + Send + Sync>;

/// The local copy of what the server tells. Each call is done, for good, when it returns.
pub trait Replica: Send + 'static {
    /// The scopes to follow and how far each has come.
    fn cursors(&mut self) -> impl Future<Output = Result<Cursors, ReplicaError>> + Send;

    /// Keeps an interval and moves the cursor to its end, both or neither. The interval starts at
    /// the cursor; a replica that stands elsewhere refuses it.
    fn apply(&mut self, changes: Changes) -> impl Future<Output = Result<(), ReplicaError>> + Send;

    /// Drops everything in a scope; its cursor is 0 in `epoch`.
    fn reset(
        &mut self,
        scope: ScopeName,
        epoch: i64,
    ) -> impl Future<Output = Result<(), ReplicaError>> + Send;
}
