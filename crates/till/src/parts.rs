//! What the till knows of the application's view; the shell adds the rest.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use reda_domain::language::Language;
use reda_protocol::rpc::{
    CameraHint, CameraStatus, CameraView, ConnectionView, PreviewView, ShopLine, StaffLine, Theme,
};
use reda_scan::{CameraState, Hint, Preview};

/// The till's parts of [`AppView`](reda_protocol::rpc::AppView), under the same names.
#[derive(Clone, Debug, PartialEq)]
pub struct AppParts {
    /// Missing until the replica has it.
    pub business: Option<ShopLine>,
    /// Whoever is switched on.
    pub staff: Option<StaffLine>,
    /// Nobody is.
    pub locked: bool,
    pub language: Language,
    pub theme: Theme,
    pub connection: ConnectionView,
    pub camera: CameraView,
    /// Notifications of whoever is switched on.
    pub unread: u32,
}

/// What would help to read a code, as the window names it.
pub fn camera_hint(hint: Hint) -> CameraHint {
    match hint {
        Hint::Closer => CameraHint::Closer,
        Hint::HoldStill => CameraHint::HoldStill,
        Hint::TooDark => CameraHint::TooDark,
        Hint::TooBright => CameraHint::TooBright,
        Hint::TurnUpTheScreen => CameraHint::TurnUpTheScreen,
    }
}

/// A camera's state, as the window draws it.
pub fn camera_view(state: CameraState) -> CameraView {
    let plain = |state| CameraView { state, detail: None, code_in_view: false, hint: None };
    match state {
        CameraState::Starting => plain(CameraStatus::Starting),
        CameraState::Live => plain(CameraStatus::Live),
        CameraState::None => plain(CameraStatus::None),
        CameraState::Busy => plain(CameraStatus::Busy),
        CameraState::NoPermission => plain(CameraStatus::NoPermission),
        CameraState::Unplugged => plain(CameraStatus::Unplugged),
        CameraState::Failed { detail } => {
            CameraView { detail: Some(detail), ..plain(CameraStatus::Failed) }
        }
    }
}

/// A picture for the window.
pub fn preview_view(preview: &Preview) -> PreviewView {
    let jpeg = BASE64.encode(&preview.jpeg);
    PreviewView { width: preview.width, height: preview.height, jpeg }
}
