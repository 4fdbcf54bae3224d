//! The one command: every call of the window comes through here.

use crate::desk::Desk;
use reda_protocol::error::WireError;
use reda_protocol::rpc::{Call, CameraLine, CamerasView};
use serde_json::{Value, json};
use tauri::State;
use tracing::warn;

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
        Call::StartShop(asked) => desk.start_shop(&asked).await?,
        Call::JoinShop(asked) => desk.join_shop(&asked).await?,
        Call::LookAtShop(asked) => return Ok(json!(desk.look_at_shop(&asked).await?)),
        Call::ReadInvitation(it) => return Ok(json!(desk.read_invitation(&it.text)?)),
        Call::ScanInvitation(it) => desk.scan_invitation(it.on),
        Call::Network(_) => return Ok(json!(desk.network().await?)),
        Call::LetJoin(it) => return Ok(json!(desk.let_join(it.on).await?)),
        Call::LetAnswer(it) => return Ok(json!(desk.let_answer(it.on).await?)),
        Call::Leave(_) => desk.leave().await?,
        Call::Close(_) => {
            desk.close();
            return Ok(json!({}));
        }
        Call::KeepRunning(_) => {
            desk.keep_running();
            return Ok(json!({}));
        }
        Call::Unsent(_) => return Ok(json!(desk.unsent_view().await?)),
        Call::SaveUnsent(_) => return Ok(json!(desk.save_unsent().await?)),
        Call::ForgetUnsent(_) => {
            desk.forget_unsent().await?;
            return Ok(json!({}));
        }
        Call::TryNow(_) => {
            desk.try_now();
            return Ok(json!({}));
        }
        Call::TillSettings(_) => return Ok(json!(desk.settings().own())),
        Call::SetTillSettings(own) => {
            desk.set_own(own).await.map_err(failed)?;
            return Ok(json!(desk.settings().own()));
        }
        Call::Cameras(_) => return Ok(json!(cameras().await)),
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
        | Call::WriteDown(_)
        | Call::EnrolSendAgain(_)
        | Call::EnrolCancel(_)
        | Call::InboxView(_)
        | Call::ReadOne(_)
        | Call::ReadAll(_)
        | Call::Who(_)
        | Call::SwitchOn(_)
        | Call::Lock(_)
        | Call::StaffList(_)
        | Call::AddStaff(_)
        | Call::ChangeStaff(_)
        | Call::RemoveStaff(_)
        | Call::Tills(_)
        | Call::InviteTill(_)
        | Call::RenameTill(_)
        | Call::RevokeTill(_)
        | Call::ShopView(_)
        | Call::RenameShop(_)
        | Call::LetCodesApprove(_)
        | Call::CheckCodeLimits(_)
        | Call::SaveCodeLimits(_)
        | Call::ProgramsView(_)
        | Call::CheckProgram(_)
        | Call::SaveProgram(_)
        | Call::ChangeProgram(_)
        | Call::CheckReward(_)
        | Call::SaveReward(_)
        | Call::ChangeReward(_)
        | Call::CustomerStory(_)
        | Call::ChangeCustomer(_)
        | Call::MergeCustomers(_)
        | Call::CheckAdjust(_)
        | Call::AdjustPoints(_)
        | Call::ReverseEntry(_)
        | Call::PrintCode(_)
        | Call::ExportCustomers(_)) => {
            let till = desk.till().await.ok_or_else(|| WireError::of("busy", language))?;
            return till.rpc(call).await;
        }
    }
    Ok(json!(desk.view().await))
}

/// A computer that cannot say lists none; the scanner tells why there is no picture.
async fn cameras() -> CamerasView {
    let listed = tauri::async_runtime::spawn_blocking(reda_scan::cameras).await;
    let listed = listed.map_err(std::io::Error::other).and_then(|listed| listed);
    let cameras = listed.unwrap_or_else(|failure| {
        warn!("the cameras could not be listed: {failure}");
        Vec::new()
    });
    let line = |it: reda_scan::CameraName| CameraLine { index: it.index, name: it.name };
    CamerasView { cameras: cameras.into_iter().map(line).collect() }
}
