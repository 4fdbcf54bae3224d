//! The frames of the WebSocket, `reda.v1`: JSON text, told apart by `type`.

use crate::operation::{Operation, Outcome};
use crate::scope::{Cursor, Cursors, ScopeName};
use reda_domain::{DeviceId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;
use uuid::Uuid;

/// The protocol's version, in `hello`.
pub const VERSION: &str = "reda.v1";
/// The largest frame and message, in bytes; more is an error and ends the connection.
pub const FRAME_BYTES_MAX: usize = 64 * 1024;
/// The first frame comes within this many milliseconds, or the connection ends.
pub const HELLO_WITHIN_MS: u64 = 5_000;
/// A client says `ping` about this often, in milliseconds (± jitter).
pub const PING_EVERY_MS: u64 = 20_000;
/// At most this many scopes in one `hello` or `since`.
pub const SCOPES_MAX: usize = 16;

/// What a client says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientFrame {
    /// The first frame.
    Hello {
        version: String,
        token: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        device: Option<DeviceId>,
        #[ts(type = "Record<string, Cursor>")]
        cursors: Cursors,
    },
    /// Sets these cursors anew.
    Since {
        #[ts(type = "Record<string, Cursor>")]
        scopes: Cursors,
    },
    /// Asks for a change; only tills do.
    Op(Operation),
    /// A new token, before the old one runs out.
    Auth {
        token: String,
    },
    Ping,
}

/// What the server says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerFrame {
    Welcome {
        server_time: Timestamp,
        limits: Limits,
        /// What this caller may read.
        #[ts(type = "Array<string>")]
        scopes: Vec<ScopeName>,
    },
    Changes(Changes),
    /// Drop the replica of that scope and start from 0.
    Reset {
        scope: ScopeName,
        #[ts(type = "number")]
        epoch: i64,
        reason: String,
    },
    Result(Outcome),
    Pong {
        #[ts(type = "Record<string, Cursor>")]
        heads: Cursors,
    },
    /// The last word before the server closes.
    Error {
        code: String,
        message: String,
    },
}

/// What the server bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]

pub struct Limits {
    #[ts(type = "number")]
    pub frame_bytes: usize,
    /// Operations that may be unanswered at once on a connection.
    #[ts(type = "number")]
    pub unanswered_ops: usize,
}

/// An interval of a scope's feed: apply it only if `from` is the own cursor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]

pub struct Changes {
    pub scope: ScopeName,
    #[ts(type = "number")]
    pub epoch: i64,
    #[ts(type = "number")]
    pub from: i64,
    #[ts(type = "number")]
    pub to: i64,
    pub items: Vec<Item>,
}

/// One entity as it stands now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct Item {
    pub entity: EntityKind,
    #[ts(type = "string")]
    pub id: Uuid,
    #[ts(type = "number")]
    pub seq: i64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(type = "boolean", optional)]
    pub deleted: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
}

pub use reda_domain::scope::EntityKind;

/// Why a connection was closed: the WebSocket's close code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseCode {
    /// The token is wrong or ran out.
    Auth,
    /// No right to it, or a revoked device.
    Forbidden,
    /// The reader was too slow.
    Slow,
    /// Malformed, too large, or another version.
    Protocol,
    /// The server is stopping.
    Draining,
    /// Too many frames or connections.
    Rate,
}

impl CloseCode {
    /// The number on the wire.
    pub fn number(self) -> u16 {
        match self {
            CloseCode::Auth => 4001,
            CloseCode::Forbidden => 4003,
            CloseCode::Slow => 4008,
            CloseCode::Protocol => 4009,
            CloseCode::Draining => 4012,
            CloseCode::Rate => 4029,
        }
    }
}

/// The heads of scopes, for callers that keep them.
pub fn cursor(epoch: i64, seq: i64) -> Cursor {
    Cursor { epoch: Some(epoch), seq }
}
