//! What keeps a server from starting or serving.

/// A failure of the server as a whole.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    #[error("the database could not be opened: {0}")]
    Store(#[from] reda_store::StoreError),
    #[error("could not listen on {address}")]
    Listen { address: std::net::SocketAddr, source: std::io::Error },
    #[error("another server has this database open: {path}")]
    Locked { path: String },
    #[error("could not use {path}")]
    File { path: String, source: std::io::Error },
    #[error("the engine: {0}")]
    Engine(#[from] crate::engine::EngineError),
    #[error("{0}")]
    Refused(String),
    /// Refused as a caller would be, with a code.
    #[error("{}{}", .0.message, .0.details.as_ref().map(|facts| format!(" {facts}")).unwrap_or_default())]
    Told(Box<reda_protocol::error::WireError>),
}
