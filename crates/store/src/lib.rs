//! The server's database: one facade, one SQL text, a file per table.
//!
//! Loads the [`World`](reda_domain::world::World) that verbs decide on, saves their effects, and
//! answers what screens ask. Knows no rule; only the engine begins and commits transactions that
//! change business data.

mod copy;
mod db;
mod error;
mod hints;
pub mod ills;
mod location;
mod migrate;
mod save;
pub mod tables;
#[cfg(test)]
mod tests;
mod world;

pub use copy::{Use, copy_file, sizes, usage};
pub use db::{AsLeft, Db, Row, Tx, Val};
pub use error::StoreError;
pub use hints::{HINT_BYTES_MAX, Hearing, Hints};
pub use location::Location;
pub use save::{save, save_moving};
pub use world::load;
