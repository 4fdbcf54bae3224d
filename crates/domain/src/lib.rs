//! Nouns and rules of the loyalty business, pure: no async, no clock, no randomness, no SQL.
//!
//! Time and ids are arguments; nothing here reads the outside world.

pub mod address;
pub mod business;
pub mod code;
pub mod ids;
pub mod language;
pub mod money;
pub mod points;
pub mod program;
pub mod refusal;
pub mod request;
pub mod signature;
pub mod time;

pub use ids::*;
pub use time::Timestamp;
