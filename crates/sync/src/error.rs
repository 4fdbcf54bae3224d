//! What can go wrong before anything reaches the server.

/// Why a client could not be started.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    #[error("{0} is no address of a server: it starts with wss:// (or ws:// on this computer)")]
    BadUrl(String),
    #[error("{0} is not on this computer: without encryption only this computer may be asked")]
    PlainToOther(String),
}

/// Why an operation was not taken. It was never sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubmitError {
    #[error("too many operations wait for their answer")]
    Busy,
    #[error("the operation is larger than a frame may be")]
    TooLarge,
    #[error("an operation with this id waits for its answer already")]
    AlreadySubmitted,
    /// The client was stopped. An operation that was on its way may have been applied.
    #[error("the client was stopped")]
    Stopped,
}
