//! What a connection is told: hello, cursors, operations, a new token.

use crate::app::App;
use crate::auth::{Caller, Claims};
use crate::http::ApiError;
use crate::operations;
use axum::extract::ws::{Message, WebSocket};
use reda_domain::OperationId;
use reda_domain::language::Language;
use reda_protocol::frame::{ClientFrame, CloseCode, HELLO_WITHIN_MS, SCOPES_MAX, VERSION};
use reda_protocol::operation::{Operation, Outcome, OutcomeKind};
use reda_protocol::scope::{Cursor, Cursors, ScopeName};
use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;
use tokio::sync::mpsc;

/// Why a connection ends: the code of the last error frame, and the close code.
pub(super) struct End {
    pub(super) code: &'static str,
    pub(super) close: CloseCode,
}

/// The end with these codes.
pub(super) fn end(code: &'static str, close: CloseCode) -> End {
    End { code, close }
}

/// Who said hello, and where they stand in which feeds.
pub(super) struct Greeted {
    pub(super) claims: Claims,
    pub(super) caller: Caller,
    pub(super) readable: Vec<ScopeName>,
    pub(super) cursors: Vec<(ScopeName, Cursor)>,
}

/// What a text says.
pub(super) enum Said {
    Frame(ClientFrame),
    /// An operation that is malformed, and still says which one it is.
    BadOperation(OperationId, String),
}

/// As much of a malformed operation as its answer needs.
#[derive(Deserialize)]
struct Named {
    r#type: String,
    id: OperationId,
}

/// Reads a frame. A malformed operation is answered as one; anything else that is malformed ends
/// the connection.
pub(super) fn parse(text: &str) -> Result<Said, End> {
    let error = match serde_json::from_str(text) {
        Ok(frame) => return Ok(Said::Frame(frame)),
        Err(error) => error,
    };
    match serde_json::from_str::<Named>(text) {
        Ok(named) if named.r#type == "op" => Ok(Said::BadOperation(named.id, error.to_string())),
        Ok(_) | Err(_) => Err(end("bad_frame", CloseCode::Protocol)),
    }
}

/// Waits for the first frame and checks it. `None`: the other side left.
pub(super) async fn greet(app: &App, socket: &mut WebSocket) -> Result<Option<Greeted>, End> {
    let first = tokio::time::timeout(Duration::from_millis(HELLO_WITHIN_MS), socket.recv());
    let text = match first.await {
        Ok(Some(Ok(Message::Text(text)))) => text,
        Ok(None | Some(Ok(Message::Close(_)))) => return Ok(None),
        // Too late, too long, or no text.
        Ok(Some(Ok(_) | Err(_))) | Err(_) => return Err(end("bad_frame", CloseCode::Protocol)),
    };
    let Said::Frame(ClientFrame::Hello { version, token, device, cursors }) = parse(&text)? else {
        return Err(end("bad_frame", CloseCode::Protocol));
    };
    if version != VERSION {
        return Err(end("bad_version", CloseCode::Protocol));
    }
    let (claims, caller) = admitted(app, &token).await?;
    if let (Some(said), Caller::Device { device, .. }) = (device, &caller)
        && said != *device
    {
        return Err(end("forbidden", CloseCode::Forbidden));
    }
    let readable = caller.scopes(app).await.map_err(|error| failed(app, error))?;
    let cursors = chosen(&readable, cursors)?;
    Ok(Some(Greeted { claims, caller, readable, cursors }))
}

/// The caller of a token.
pub(super) async fn admitted(app: &App, token: &str) -> Result<(Claims, Caller), End> {
    let read = app.auth.read_token(token).await.map_err(|error| failed(app, error))?;
    let claims = read.map_err(|error| match error.code.as_str() {
        "token_expired" => end("token_expired", CloseCode::Auth),
        "device_revoked" => end("device_revoked", CloseCode::Forbidden),
        "device_cloned" => end("device_cloned", CloseCode::Forbidden),
        _ => end("unauthorized", CloseCode::Auth),
    })?;
    let caller = Caller::of(&claims).ok_or(end("unauthorized", CloseCode::Auth))?;
    Ok((claims, caller))
}

/// The end of a connection that this server failed. While it stops that is nothing wrong: the
/// database closes, and whoever comes again is served by the next one.
pub(super) fn failed(app: &App, error: impl Into<ApiError>) -> End {
    if *app.draining.borrow() {
        return stopping();
    }
    error.into().told(Language::En);
    end("internal", CloseCode::Draining)
}

/// The end of a connection to a server that stops.
pub(super) fn stopping() -> End {
    end("busy", CloseCode::Draining)
}

/// The feeds to send: those named, or the caller's own where none is.
pub(super) fn chosen(
    readable: &[ScopeName],
    cursors: Cursors,
) -> Result<Vec<(ScopeName, Cursor)>, End> {
    if cursors.len() > SCOPES_MAX {
        return Err(end("bad_frame", CloseCode::Protocol));
    }
    if cursors.keys().any(|scope| !readable.contains(scope)) {
        return Err(end("forbidden", CloseCode::Forbidden));
    }
    if cursors.is_empty() {
        return Ok(readable.first().map(|scope| (*scope, Cursor::default())).into_iter().collect());
    }
    Ok(cursors.into_iter().collect())
}

/// Does a connection's operations one after the other, in the order in which they came.
pub(super) async fn work(
    app: App,
    caller: Caller,
    mut operations: mpsc::Receiver<Operation>,
    results: mpsc::Sender<Outcome>,
) {
    while let Some(operation) = operations.recv().await {
        let id = operation.id;
        let outcome = match operations::submit(&app, &caller, operation, Language::En).await {
            Ok(outcome) => outcome,
            Err(error) => rejected(id, error),
        };
        if results.send(outcome).await.is_err() {
            return;
        }
    }
}

/// An operation that was not kept: malformed, or without the right to ask.
pub(super) fn rejected(id: OperationId, error: ApiError) -> Outcome {
    let passing = matches!(error, ApiError::Store(_));
    let error = error.told(Language::En);
    Outcome {
        id,
        outcome: if passing { OutcomeKind::Retry } else { OutcomeKind::Rejected },
        code: Some(error.code),
        message: Some(error.message),
        details: error.details,
        data: Value::Null,
        moved: Cursors::new(),
    }
}
