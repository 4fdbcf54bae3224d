//! The store on each engine: what is saved comes back, and what the schema refuses.

mod at_once;
mod ledger;
mod loads;
mod rows;
mod saves;
mod schema;
mod statements;

use crate::{Db, Location, Tx};
use reda_cluster::{Database, Engine, engine};
use tempfile::TempDir;

/// A fresh database, gone with the test.
pub(crate) struct TestDb {
    db: Db,
    at: Location,
    _kept: Kept,
}

/// What a database lies in.
enum Kept {
    Folder { _dir: TempDir },
    Database { _database: Database },
}

impl TestDb {
    pub(crate) async fn open() -> Self {
        let (at, kept) = match engine() {
            Engine::Sqlite => {
                let dir = tempfile::tempdir().expect("a folder");
                (dir.path().join("test.db").into(), Kept::Folder { _dir: dir })
            }
            Engine::Postgres => {
                let database = Database::prepared(migrate).await;
                (location(database.url()), Kept::Database { _database: database })
            }
        };
        let db = Db::open(&at).await.expect("the database opens");
        Self { db, at, _kept: kept }
    }

    pub(crate) async fn begin(&self) -> Tx {
        self.db.begin().await.expect("a transaction")
    }

    pub(crate) async fn snapshot(&self) -> Tx {
        self.db.snapshot().await.expect("a transaction")
    }

    pub(crate) fn db(&self) -> &Db {
        &self.db
    }

    /// The same database, opened once more.
    pub(crate) async fn again(&self) -> Db {
        Db::open(&self.at).await.expect("the database opens again")
    }
}

fn location(url: &str) -> Location {
    Location::parse(url).expect("an address")
}

async fn migrate(url: &str) {
    let db = Db::open(&location(url)).await.expect("the migrations run");
    db.close().await;
}
