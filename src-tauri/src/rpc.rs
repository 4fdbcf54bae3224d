//! The one command: every call of the window comes through here.

use crate::desk::Desk;
use reda_protocol::error::WireError;
use reda_protocol::rpc::Call;
use serde_json::{Value, json};
use tauri::State;

/// Answers a call by its name.
#[tauri::command]
pub(crate) async fn rpc(
    desk: State<'_, Desk>,
    name: String,
    params: Value,
) -> Result<Value, WireError> {
    let desk = desk.inner().clone();
    let language = desk.settings().language();
    let failed = |_| WireError::of("internal", language);
    match Call::parse(&name, params)? {
        Call::AppView(_) => {}
        Call::TryDemo(_) => desk.try_demo(),
        Call::SetLanguage(it) => {
            match desk.till().await {
                Some(till) => till.set_language(it.language).await.map_err(failed)?,
                None => desk.settings().set_language(it.language).map_err(failed)?,
            }
            desk.settings_changed();
        }
        Call::SetTheme(it) => {
            match desk.till().await {
                Some(till) => till.set_theme(it.theme).await.map_err(failed)?,
                None => desk.settings().set_theme(it.theme).map_err(failed)?,
            }
            desk.settings_changed();
        }
        Call::Painted(it) => {
            desk.painted(it.after_ms);
            return Ok(json!({}));
        }
        call @ (Call::CounterView(_)
        | Call::LookUp(_)
        | Call::Scanned(_)
        | Call::Picture(_)
        | Call::Amount(_)
        | Call::Ask(_)
        | Call::SendAgain(_)
        | Call::Cancel(_)
        | Call::AnswerByCode(_)
        | Call::AnswerInPerson(_)
        | Call::Award(_)
        | Call::Spending(_)
        | Call::Spend(_)
        | Call::Clear(_)
        | Call::CustomersView(_)
        | Call::CustomerView(_)
        | Call::EnrolView(_)
        | Call::EnrolAsk(_)
        | Call::EnrolSendAgain(_)
        | Call::EnrolCancel(_)
        | Call::InboxView(_)) => {
            let till = desk.till().await.ok_or_else(|| WireError::of("busy", language))?;
            return till.rpc(call).await;
        }
    }
    Ok(json!(desk.view().await))
}
