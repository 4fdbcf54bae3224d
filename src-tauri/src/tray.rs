//! The tray's icon: Reda's mark, a dot while something is unread, faint and struck through without
//! the line (DESIGN 6). Where the system has no tray, the till has none and runs as well.

use crate::desk::Desk;
use reda_protocol::rpc::{ConnectionStatus, OpenScreen, ScreenName};
use reda_till::AppParts;
use std::panic;
use tauri::image::Image;
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager as _};
use tracing::{info, warn};

const ID: &str = "reda";
/// One of these is what the tray is drawn by; the library that asks for it ends the process's
/// thread without.
#[cfg(target_os = "linux")]
const LIBRARIES: [&str; 2] = ["libayatana-appindicator3.so.1", "libappindicator3.so.1"];

/// What the icon shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Look {
    unread: bool,
    offline: bool,
}

/// Puts the icon up, where there is a tray.
pub(crate) fn put_up(app: &AppHandle) {
    if !has_library() {
        info!("this computer has no library for a tray icon");
        return;
    }
    // What loads the library panics where it is broken.
    let built = panic::catch_unwind(panic::AssertUnwindSafe(|| build(app)));
    match built {
        Ok(Ok(_)) => {}
        Ok(Err(failure)) => warn!("there is no tray icon: {failure:#}"),
        Err(_) => warn!("there is no tray icon: its library failed"),
    }
}

fn build(app: &AppHandle) -> tauri::Result<TrayIcon> {
    let plain = Look { unread: false, offline: false };
    let icon = TrayIconBuilder::with_id(ID).tooltip("Reda").on_tray_icon_event(|tray, event| {
        let click = matches!(
            event,
            TrayIconEvent::Click {
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                ..
            }
        );
        if click && let Some(desk) = tray.app_handle().try_state::<Desk>() {
            desk.show_screen(OpenScreen { screen: ScreenName::Inbox, about: None });
        }
    });
    match drawn(app, plain) {
        Some(image) => icon.icon(image).build(app),
        None => icon.build(app),
    }
}

/// Shows how the till is doing.
pub(crate) fn show(app: &AppHandle, parts: &AppParts) {
    let Some(tray) = app.tray_by_id(ID) else { return };
    let offline = parts.connection.status != ConnectionStatus::Online;
    let look = Look { unread: parts.unread > 0, offline };
    let shop = parts.business.as_ref().map_or("Reda", |shop| shop.name.as_str());
    let set = tray.set_icon(drawn(app, look)).and_then(|()| tray.set_tooltip(Some(shop)));
    if let Err(failure) = set {
        warn!("the tray icon stays as it was: {failure:#}");
    }
}

fn drawn(app: &AppHandle, look: Look) -> Option<Image<'static>> {
    let mark = app.default_window_icon()?;
    let (width, height) = (mark.width(), mark.height());
    Some(Image::new_owned(draw(mark.rgba(), width, look), width, height))
}

/// The mark with what it shows drawn over it.
fn draw(mark: &[u8], width: u32, look: Look) -> Vec<u8> {
    let width = usize::try_from(width).unwrap_or(1).max(1);
    let height = mark.len() / 4 / width;
    let mut pixels = mark.to_vec();
    for (at, pixel) in pixels.chunks_exact_mut(4).enumerate() {
        let (x, y) = (at % width, at / width);
        if look.offline {
            pixel[3] /= 2;
            // From corner to corner, a tenth of the icon wide.
            if (x * height).abs_diff(y * width) < width * height / 16 {
                pixel.copy_from_slice(&SLASH);
            }
        }
        let (from_end, radius) = (width - x, width / 4);
        let in_dot = (from_end.abs_diff(radius)).pow(2) + (y.abs_diff(radius)).pow(2);
        if look.unread && in_dot < radius.pow(2) {
            pixel.copy_from_slice(&DOT);
        }
    }
    pixels
}

/// The brand's marigold is loyalty's alone; what needs a person is red.
const DOT: [u8; 4] = [0xc3, 0x26, 0x1c, 0xff];
const SLASH: [u8; 4] = [0x13, 0x16, 0x2b, 0xff];

#[cfg(target_os = "linux")]
fn has_library() -> bool {
    let folders = ["/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64"];
    let multiarch = format!("{}-linux-gnu", std::env::consts::ARCH);
    let near = |folder: &str| {
        let folder = std::path::Path::new(folder);
        LIBRARIES
            .iter()
            .any(|name| folder.join(name).exists() || folder.join(&multiarch).join(name).exists())
    };
    folders.into_iter().any(near)
}

/// Elsewhere the system itself draws the tray.
#[cfg(not(target_os = "linux"))]
fn has_library() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offline_is_faint_and_unread_has_a_dot() {
        let mark = vec![0xff; 32 * 32 * 4];
        let plain = draw(&mark, 32, Look { unread: false, offline: false });
        assert_eq!(plain, mark);
        let offline = draw(&mark, 32, Look { unread: false, offline: true });
        assert_eq!(offline[3], SLASH[3], "the slash begins in the corner");
        assert_eq!(offline[31 * 4 + 3], 0x7f, "beside it the mark is faint");
        let unread = draw(&mark, 32, Look { unread: true, offline: false });
        assert_eq!(unread[(8 * 32 + 24) * 4..][..4], DOT);
    }
}
