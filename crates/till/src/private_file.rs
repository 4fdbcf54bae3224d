//! A file that only its owner reads, and that is whole at any moment.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::PathBuf;

/// Where it is.
#[derive(Clone, Debug)]
pub(crate) struct PrivateFile(PathBuf);

impl PrivateFile {
    pub(crate) fn at(path: PathBuf) -> Self {
        Self(path)
    }

    /// What is kept; `None` where nothing is.
    pub(crate) fn read(&self) -> io::Result<Option<Vec<u8>>> {
        match fs::read(&self.0) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Keeps this in place of what was there: on the disk before this returns, or not at all.
    pub(crate) fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let new = self.0.with_extension("new");
        let mut options = OpenOptions::new();
        options.create(true).write(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&new, &self.0)?;
        self.sync_folder()
    }

    /// Deletes it.
    pub(crate) fn remove(&self) -> io::Result<()> {
        match fs::remove_file(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
            Ok(()) => self.sync_folder(),
        }
    }

    /// The name is on the disk once its folder is.
    fn sync_folder(&self) -> io::Result<()> {
        match self.0.parent() {
            Some(dir) if cfg!(unix) => File::open(dir)?.sync_all(),
            Some(_) | None => Ok(()),
        }
    }
}
