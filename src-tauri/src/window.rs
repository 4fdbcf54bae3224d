//! The one window.

use tauri::{AppHandle, Manager as _};
use tracing::warn;

/// Brings the window to the front, wherever it was.
pub(crate) fn bring_forward(app: &AppHandle) {
    let Some(window) = app.get_webview_window("main") else { return };
    let shown = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
    if let Err(failure) = shown {
        warn!("the window could not be brought forward: {failure:#}");
    }
}
