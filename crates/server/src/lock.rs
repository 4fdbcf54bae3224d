//! Keeps a second server off the database file.

use crate::error::ServerError;
use std::fs::{File, TryLockError};
use std::path::Path;

/// A held lock; the operating system lets go of it when the process ends, however it ends.
pub(crate) struct Lock(#[expect(dead_code, reason = "held, never read")] File);

impl Lock {
    /// Takes the lock beside `database`.
    pub(crate) fn take(database: &Path) -> Result<Self, ServerError> {
        let mut path = database.as_os_str().to_owned();
        path.push(".lock");
        let shown = Path::new(&path).display().to_string();
        let file = File::create(&path)
            .map_err(|source| ServerError::File { path: shown.clone(), source })?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => {
                Err(ServerError::Locked { path: database.display().to_string() })
            }
            Err(TryLockError::Error(source)) => Err(ServerError::File { path: shown, source }),
        }
    }
}
