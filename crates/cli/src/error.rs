//! What a command fails with, in words for whoever typed it.

use std::path::PathBuf;

/// A command that could not do its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    #[error("could not start: {0}")]
    Runtime(#[source] std::io::Error),
    #[error("{0}")]
    Server(#[from] reda_server::ServerError),
    #[error("{0}")]
    Till(#[from] reda_till::TillError),
    #[error("could not use {path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("{0}")]
    Usage(String),
    #[error("{step}: {why}")]
    Step { step: &'static str, why: String },
    #[error("nobody reads the output: {0}")]
    Output(#[from] std::io::Error),
}
