//! As many `reda serve` as a database takes.

use crate::load::Caller;
use crate::process::{Serving, reda};
use reda_cluster::{Cluster, Database, Engine, engine};
use tempfile::TempDir;

/// Processes that serve one database: on PostgreSQL two.
pub(crate) struct Servers {
    dir: TempDir,
    database: String,
    running: Vec<Serving>,
    _postgres: Option<Database>,
}

impl Servers {
    pub(crate) fn start() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let (database, postgres, n) = match engine() {
            Engine::Sqlite => ("sqlite:server.db".to_owned(), None, 1),
            Engine::Postgres => {
                let database = Cluster::get().create();
                (database.url().to_owned(), Some(database), 2)
            }
        };
        let running = (0..n).map(|_| Serving::start(dir.path(), &database)).collect();
        Self { dir, database, running, _postgres: postgres }
    }

    pub(crate) fn caller(&self, n: usize) -> Caller {
        Caller::to(&self.running[n % self.running.len()].url)
    }

    /// Kills one of them and starts another in its place, after `meanwhile`.
    pub(crate) async fn replace(&mut self, n: usize, meanwhile: impl Future<Output = ()>) {
        let n = n % self.running.len();
        self.running[n].kill();
        meanwhile.await;
        self.running[n] = Serving::start(self.dir.path(), &self.database);
    }

    pub(crate) fn says(&self, arguments: &[&str]) {
        let arguments = [arguments, &["--database", &self.database]].concat();
        let (well, said) = reda(self.dir.path(), &arguments);
        assert!(well, "{arguments:?}: {said}");
    }
}
