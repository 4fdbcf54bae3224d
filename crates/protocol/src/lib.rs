//! What crosses a boundary: operations, changes, frames, errors with codes, the window's calls.
//!
//! Knows shapes, not rules: the rules are `domain`'s and `actions`'.

pub mod api;
pub mod entity;
pub mod error;
pub mod frame;
pub mod operation;
pub mod rpc;
pub mod scope;

/// The ids and times that every reader of frames has to name.
pub use reda_domain::fingerprint::Fingerprint;
pub use reda_domain::{DeviceId, OperationId, Timestamp};
