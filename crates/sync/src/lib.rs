//! The client's side of the WebSocket: connect, cursors, the order of what is unanswered, back-off.
//!
//! [`Line`] is the whole protocol as a state machine without socket, clock or randomness;
//! [`Client`] runs it on tokio against a real socket. Neither knows what an entity or an
//! operation means: changes go to a [`Replica`], answers to whoever submitted.

mod backoff;
mod client;
mod driver;
mod endpoint;
mod error;
mod feeds;
mod line;
mod replica;
mod token;
mod trust;
mod unanswered;
mod wire;

#[cfg(test)]
mod line_properties;
#[cfg(test)]
mod line_tests;

pub use client::{Client, ClientConfig, ServerTime, Status};
pub use error::{ClientError, SubmitError};
pub use line::{Input, Line, LineStatus, Moment, Output};
pub use replica::{Replica, ReplicaError};
pub use token::{FetchToken, Token, TokenError, TokenSource, direct_tokens};
pub use trust::{Distrust, Look, Shown, Trust, distrust};
pub use unanswered::UNANSWERED_MAX;
