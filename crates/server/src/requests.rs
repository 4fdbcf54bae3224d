//! What a signed-in person asks for: as operations, with an id from `Idempotency-Key` or new.

use crate::app::App;
use crate::engine::{Done, EngineError};
use crate::http::ApiError;
use reda_actions::{Act, Actor, Op};
use reda_domain::language::Language;
use reda_domain::{OperationId, UserId};
use reda_protocol::error::WireError;
use reda_store::StoreError;
use reda_store::tables::operations;
use serde_json::Value;
use uuid::Uuid;

/// An operation that is not in the list of `/api/operations`.
pub(crate) struct Asked {
    pub(crate) id: OperationId,
    pub(crate) actor: Actor,
    pub(crate) act: Act,
    /// What was asked, without secrets: the same id with another body is another operation.
    pub(crate) body: Value,
}

impl Asked {
    /// A person's own, under the caller's key.
    pub(crate) fn by(user: UserId, key: Option<OperationId>, act: Act, body: Value) -> Self {
        let id = key.unwrap_or_else(new_id);
        Self { id, actor: Actor::Person(user), act, body }
    }
}

/// An id for an operation whose asker gave none.
pub(crate) fn new_id() -> OperationId {
    OperationId(Uuid::now_v7())
}

/// Whether a caller may give an operation this id: only a fresh one. Ids of version 5 are made
/// from others: what has one is there already, and must not be made once more under it.
pub(crate) fn may_be_given(id: OperationId) -> bool {
    matches!(id.0.get_version_num(), 4 | 7)
}

/// Whether something was done or refused under this key before.
pub(crate) async fn is_known(app: &App, key: Option<OperationId>) -> Result<bool, StoreError> {
    let Some(id) = key else { return Ok(false) };
    let mut tx = app.db.snapshot().await?;
    Ok(!operations::known(&mut tx, [id]).await?.is_empty())
}

/// Asks the engine; a refusal is an error of its own status.
pub(crate) async fn ask(app: &App, asked: Asked, language: Language) -> Result<Done, ApiError> {
    let who = match asked.actor {
        Actor::Person(user) => user.to_string(),
        Actor::Staff(by) => by.staff.to_string(),
        Actor::Nobody | Actor::Server => String::new(),
    };
    let text = serde_json::json!([who, asked.act.kind(), asked.body]).to_string();
    let hash = app.auth.keyed_hash(&text);
    let op = Op { id: asked.id, actor: asked.actor, at: app.now(), act: asked.act };
    let done = app.engine.submit(op, hash).await.map_err(|error| match error {
        EngineError::Busy | EngineError::Stopped => ApiError::of("busy"),
        EngineError::Failed => ApiError::of("internal"),
        EngineError::Reused => ApiError::of("operation_reused"),
    })?;
    match &done.result.refused {
        Some(refusal) => Err(WireError::refusal(refusal, language).into()),
        None => Ok(done),
    }
}
