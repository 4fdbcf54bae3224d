//! For tests that run on each engine: which one, and a PostgreSQL. It is the one that
//! `REDA_TEST_POSTGRES` names, or one that `script/postgres` runs for as long as this process lives.
//! Part of no program.

mod engine;
mod psql;

pub use engine::{Engine, each_engine, engine, on};

use psql::Psql;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};
use tokio::sync::OnceCell;

/// A running PostgreSQL, shared by the tests of a process.
pub struct Cluster {
    url: String,
    psql: Mutex<Psql>,
    databases: AtomicU32,
    /// Ends by itself when this process does, since that closes its input.
    _own: Option<Child>,
}

/// A database of one's own, gone when it is dropped.
pub struct Database {
    name: String,
    url: String,
}

impl Cluster {
    /// The one of this process, started if need be.
    pub fn get() -> &'static Self {
        static CLUSTER: LazyLock<Cluster> = LazyLock::new(Cluster::start);
        &CLUSTER
    }

    fn start() -> Self {
        let (url, own) = match std::env::var("REDA_TEST_POSTGRES") {
            Ok(url) => (url, None),
            Err(_) => {
                let (url, child) = run();
                (url, Some(child))
            }
        };
        let psql = Mutex::new(Psql::connect(&url));
        Self { url, psql, databases: AtomicU32::new(0), _own: own }
    }

    /// An empty database.
    pub fn create(&self) -> Database {
        self.make("template0")
    }

    /// A copy of a database that nobody is connected to.
    pub fn copy(&self, of: &Database) -> Database {
        self.make(&of.name)
    }

    fn make(&self, template: &str) -> Database {
        let n = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("reda_{}_{n}", std::process::id());
        let mut psql = self.psql.lock().unwrap_or_else(PoisonError::into_inner);
        // The process before may have had this id, and been killed.
        psql.run(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE);"));
        psql.run(&format!("CREATE DATABASE {name} TEMPLATE {template};"));
        Database { url: with_name(&self.url, &name), name }
    }
}

/// Starts one; its address is the first thing it says.
fn run() -> (String, Child) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../script/postgres");
    let started = Command::new(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = started.unwrap_or_else(|error| panic!("{script}: {error}"));
    let mut url = String::new();
    let said = BufReader::new(child.stdout.take().expect("piped")).read_line(&mut url);
    assert!(
        said.is_ok() && url.ends_with('\n'),
        "these tests need PostgreSQL: `script/setup test` installs it; or name one, with the right \
         to create databases, in REDA_TEST_POSTGRES=postgres://…"
    );
    (url.trim_end().to_owned(), child)
}

/// The address of another database of the same cluster.
fn with_name(url: &str, name: &str) -> String {
    let (before, options) = url.split_once('?').unwrap_or((url, ""));
    let scheme = before.find("://").map_or(0, |at| at + 3);
    let host = before[scheme..].find('/').map_or(before.len(), |at| scheme + at);
    let mark = if options.is_empty() { "" } else { "?" };
    format!("{}/{name}{mark}{options}", &before[..host])
}

impl Database {
    /// A copy of the one that `prepare` makes of an empty database, once for the process: copying
    /// is quicker than preparing another. Nobody may stay connected to that one.
    pub async fn prepared(prepare: impl AsyncFnOnce(&str)) -> Self {
        static PREPARED: OnceCell<Database> = OnceCell::const_new();
        let prepare = async || {
            let database = Cluster::get().create();
            prepare(&database.url).await;
            database
        };
        Cluster::get().copy(PREPARED.get_or_init(prepare).await)
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let psql = Cluster::get().psql.lock();
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE);", self.name);
        psql.unwrap_or_else(PoisonError::into_inner).send(&drop);
    }
}

#[cfg(test)]
mod tests {
    use super::with_name;

    #[test]
    fn another_database_is_at_the_same_place() {
        for (url, other) in [
            ("postgres://ana@host/one", "postgres://ana@host/two"),
            ("postgres://ana:pw@host:5432", "postgres://ana:pw@host:5432/two"),
            ("postgres://host/one?host=/tmp/x", "postgres://host/two?host=/tmp/x"),
        ] {
            assert_eq!(with_name(url, "two"), other);
        }
    }
}
