//! On which engine a test runs.

use std::cell::Cell;

pub use reda_each_engine::each_engine;

/// An engine that the store speaks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

thread_local! {
    /// A test has a thread of its own.
    static ENGINE: Cell<Engine> = const { Cell::new(Engine::Sqlite) };
}

/// The engine that this thread's test is about; SQLite where it does not matter.
pub fn engine() -> Engine {
    ENGINE.get()
}

/// Runs a test on an engine.
pub async fn on<T>(engine: Engine, test: impl Future<Output = T>) -> T {
    ENGINE.set(engine);
    test.await
}
