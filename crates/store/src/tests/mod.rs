//! The store on each engine: what is saved comes back, and what the schema refuses.

mod loads;
mod rows;
mod saves;
mod schema;
mod statements;

use crate::{Db, Location, Tx};
use reda_cluster::{Cluster, Database, Engine, engine};
use tempfile::TempDir;
use tokio::sync::OnceCell;

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
                let database = Cluster::get().copy(migrated().await);
                (location(&database), Kept::Database { _database: database })
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

    /// The same database, opened once more.
    pub(crate) async fn again(&self) -> Db {
        Db::open(&self.at).await.expect("the database opens again")
    }
}

fn location(database: &Database) -> Location {
    Location::parse(database.url()).expect("an address")
}

/// A PostgreSQL database that is up to date; copying it is quicker than migrating another.
async fn migrated() -> &'static Database {
    static MIGRATED: OnceCell<Database> = OnceCell::const_new();
    let migrate = async || {
        let database = Cluster::get().create();
        let db = Db::open(&location(&database)).await.expect("the migrations run");
        db.close().await;
        database
    };
    MIGRATED.get_or_init(migrate).await
}
