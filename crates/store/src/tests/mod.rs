//! The store on a real file: what is saved comes back, and what the schema refuses.

mod loads;
mod rows;
mod saves;
mod schema;
mod statements;

use crate::{Db, Tx};
use tempfile::TempDir;

/// A fresh database, gone with the test.
struct TestDb {
    db: Db,
    _dir: TempDir,
}

impl TestDb {
    async fn open() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let db = Db::open(&dir.path().join("test.db")).await.expect("the database opens");
        Self { db, _dir: dir }
    }

    async fn begin(&self) -> Tx {
        self.db.begin().await.expect("a transaction")
    }
}
