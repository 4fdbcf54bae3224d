//! A copy of a whole database, of one moment, while servers use it; and the way back. A restored
//! database is of a new epoch, so that every client starts again from nothing.

mod postgres;

use crate::clock::Clock;
use crate::error::ServerError;
use crate::lock::Lock;
use reda_store::tables::feed;
use reda_store::{Db, Location, copy_file};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Writes a backup to `file`, which must not exist. A PostgreSQL database is dumped by `pg_dump`,
/// in its custom format; `url` is its address with the password.
pub async fn write(database: &Location, url: &str, file: &Path) -> Result<(), ServerError> {
    if file.exists() {
        return Err(refused(format!("{} is there already", file.display())));
    }
    // Never to be found half written under its name.
    let part = beside(file, ".part");
    remove(&part)?;
    match database {
        Location::Sqlite(path) if !path.exists() => {
            return Err(refused(format!("there is no database at {}", path.display())));
        }
        Location::Sqlite(path) => copy_file(path, &part).await?,
        Location::Postgres(_) => postgres::dump(url, &part).await?,
    }
    fs::File::open(&part).and_then(|file| file.sync_all()).map_err(|it| failed(&part, it))?;
    fs::rename(&part, file).map_err(|it| failed(file, it))
}

/// Puts a backup in a database's place. Refuses while a server has it open and, unless `replace`
/// is said, where there is anything already. Answers the new epoch.
pub async fn restore(
    database: &Location,
    url: &str,
    file: &Path,
    replace: bool,
    clock: &Clock,
) -> Result<i64, ServerError> {
    if !file.exists() {
        return Err(refused(format!("there is no backup at {}", file.display())));
    }
    match database {
        Location::Sqlite(path) => {
            let _lock = Lock::take(path)?;
            if path.exists() && !replace {
                return Err(occupied());
            }
            let part = beside(path, ".restoring");
            forget(&part)?;
            copy_file(file, &part).await?;
            let epoch = renewed(&Location::Sqlite(part.clone()), clock).await?;
            // What the old one had not yet written into its file is not the new one's.
            forget(path)?;
            fs::rename(&part, path).map_err(|it| failed(path, it))?;
            Ok(epoch)
        }
        Location::Postgres(_) => {
            let used = reda_store::usage(database).await?;
            if used.is_some_and(|it| it.servers > 0) {
                return Err(refused("a server has this database open; stop it first".to_owned()));
            }
            if used.is_some_and(|it| it.tables > 0) && !replace {
                return Err(occupied());
            }
            postgres::restore(url, file).await?;
            renewed(database, clock).await
        }
    }
}

/// Brings a restored database up to date and gives it a new epoch.
async fn renewed(database: &Location, clock: &Clock) -> Result<i64, ServerError> {
    let db = Db::open(database).await?;
    let mut tx = db.begin().await?;
    let epoch = feed::new_epoch(&mut tx, clock.now()).await?;
    tx.commit().await?;
    db.close().await;
    Ok(epoch)
}

/// Removes a database file and what SQLite keeps beside it.
fn forget(path: &Path) -> Result<(), ServerError> {
    ["", "-wal", "-shm"].iter().try_for_each(|ending| remove(&beside(path, ending)))
}

fn remove(path: &Path) -> Result<(), ServerError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(path, error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn occupied() -> ServerError {
    refused("there is a database already; --replace puts the backup in its place".to_owned())
}

fn refused(why: String) -> ServerError {
    ServerError::Refused(why)
}

fn failed(path: &Path, source: io::Error) -> ServerError {
    ServerError::File { path: path.display().to_string(), source }
}
