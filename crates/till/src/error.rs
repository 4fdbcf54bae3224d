//! What keeps a till from starting.

use crate::local::LocalError;
use std::path::PathBuf;

/// Why a till could not be started.
#[derive(Debug, thiserror::Error)]
pub enum TillError {
    #[error("the till's folder {0} could not be made")]
    Folder(PathBuf, #[source] std::io::Error),
    #[error("the settings could not be written to {0}")]
    Settings(PathBuf, #[source] std::io::Error),
    #[error("what happens could not be written down")]
    Out(#[source] std::io::Error),
    #[error(transparent)]
    Local(#[from] LocalError),
    #[error(transparent)]
    Line(#[from] reda_sync::ClientError),
}
