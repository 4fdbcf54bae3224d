//! Nouns and rules of the loyalty business, pure: no async, no clock, no randomness, no SQL.
//!
//! Time and ids are arguments; nothing here reads the outside world.

pub mod address;
pub mod business;
pub mod card;
pub mod code;
pub mod consent;
pub mod csv;
pub mod customer;
pub mod effects;
pub mod expiry;
pub mod fingerprint;
pub mod hold;
pub mod ids;
pub mod invitation;
pub mod language;
pub mod money;
pub mod needs;
pub mod notice;
pub mod permission;
pub mod points;
pub mod preferences;
pub mod profile;
pub mod program;
pub mod refusal;
pub mod request;
pub mod review;
pub mod reward;
pub mod scan;
pub mod scope;
pub mod server_address;
pub mod settings;
pub mod signature;
pub mod tier;
pub mod time;
pub mod user;
pub mod wording;
pub mod world;

pub use ids::*;
pub use time::Timestamp;
