//! Where the data of a town lies, for as long as the test runs: a folder, or a PostgreSQL database.

use reda_cluster::{Database, Engine, engine};
use reda_server::{Location, Registration, ServerConfig};
use reda_store::Db;
use std::path::PathBuf;
use tempfile::TempDir;

pub(crate) struct Files {
    dir: TempDir,
    database: Option<Database>,
}

impl Files {
    /// A place for a database that is up to date and empty.
    pub(crate) async fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let database = match engine() {
            Engine::Sqlite => None,
            Engine::Postgres => Some(Database::prepared(migrate).await),
        };
        Self { dir, database }
    }

    pub(crate) fn database(&self) -> Location {
        match &self.database {
            None => self.dir.path().join("server.db").into(),
            Some(database) => location(database.url()),
        }
    }

    /// The database's address with its password, for PostgreSQL's own programs.
    pub(crate) fn database_url(&self) -> &str {
        self.database.as_ref().map_or("", Database::url)
    }

    /// Where the server writes what it would send.
    pub(crate) fn messages(&self) -> PathBuf {
        self.path("messages.jsonl")
    }

    /// A place for something else beside the database.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// For a server on these files, before or after another.
    pub(crate) fn config(&self) -> ServerConfig {
        ServerConfig {
            registration: Registration::Open,
            embedded: false,
            dev_messages: Some(self.messages()),
            ..ServerConfig::local(self.database())
        }
    }
}

fn location(url: &str) -> Location {
    Location::parse(url).expect("an address")
}

async fn migrate(url: &str) {
    let db = Db::open(&location(url)).await.expect("the migrations run");
    db.close().await;
}
