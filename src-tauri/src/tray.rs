//! The tray's icon and its menu: Reda's mark, a dot while something is unread, faint and struck through
//! without the line (DESIGN 6). Where the system has no tray, the till has none and runs as well.

use crate::desk::Desk;
use crate::words::words;
use reda_protocol::rpc::{ConnectionStatus, OpenScreen, ScreenName};
use reda_till::{AppParts, Language};
use std::panic;
use std::sync::{Mutex, PoisonError};
use tauri::image::Image;
use tauri::menu::{IsMenuItem, Menu, MenuItem};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager as _, Wry};
use tracing::{info, warn};

const OPEN: &str = "open";
const LOCK: &str = "lock";
const QUIT: &str = "quit";
/// One of these is what the tray is drawn by; the library that asks for it ends the process's
/// thread without.
#[cfg(target_os = "linux")]
const LIBRARIES: [&str; 2] = ["libayatana-appindicator3.so.1", "libappindicator3.so.1"];

/// The icon and its menu, for as long as the program runs.
struct Tray {
    icon: TrayIcon,
    open: MenuItem<Wry>,
    lock: MenuItem<Wry>,
    quit: MenuItem<Wry>,
    /// As it was last drawn: each drawing writes a file, and a till changes several times a minute.
    shown: Mutex<Shown>,
}

/// What icon and menu show.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shown {
    look: Look,
    shop: Option<String>,
    may_lock: bool,
    language: Language,
}

/// What the icon shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Look {
    unread: bool,
    offline: bool,
}

/// Puts the icon up, where there is a tray.
pub(crate) fn put_up(app: &AppHandle, profile: &str, language: Language) {
    if !has_library() {
        info!("this computer has no library for a tray icon");
        return;
    }
    // What loads the library panics where it is broken.
    let built = panic::catch_unwind(panic::AssertUnwindSafe(|| build(app, profile, language)));
    match built {
        Ok(Ok(tray)) => {
            app.manage(tray);
        }
        Ok(Err(failure)) => warn!("there is no tray icon: {failure:#}"),
        Err(_) => warn!("there is no tray icon: its library failed"),
    }
}

fn build(app: &AppHandle, profile: &str, language: Language) -> tauri::Result<Tray> {
    call_it_reda();
    let look = Look { unread: false, offline: false };
    let shown = Shown { look, shop: None, may_lock: false, language };
    let said = words(language);
    let item = |id, text, enabled| MenuItem::with_id(app, id, text, enabled, None::<&str>);
    let (open, lock, quit) =
        (item(OPEN, said.open, true)?, item(LOCK, said.lock, false)?, item(QUIT, said.quit, true)?);
    let items: [&dyn IsMenuItem<Wry>; 3] = [&open, &lock, &quit];
    // Linux shows no icon without a menu. The name is part of the icon's file: each profile has its own.
    let icon = TrayIconBuilder::with_id(format!("reda-{profile}"))
        .tooltip("Reda")
        .menu(&Menu::with_items(app, &items)?)
        .show_menu_on_left_click(false)
        .on_menu_event(|app, event| chosen(app, event.id().as_ref()))
        .on_tray_icon_event(|tray, event| clicked(tray.app_handle(), &event));
    let icon = match drawn(app, look) {
        Some(image) => icon.icon(image).build(app)?,
        None => icon.build(app)?,
    };
    Ok(Tray { icon, open, lock, quit, shown: Mutex::new(shown) })
}

fn chosen(app: &AppHandle, item: &str) {
    let Some(desk) = app.try_state::<Desk>() else { return };
    match item {
        OPEN => desk.show_window(),
        LOCK => desk.lock(),
        QUIT => desk.close_window(),
        _ => {}
    }
}

/// Linux tells of no clicks: the menu opens by itself.
fn clicked(app: &AppHandle, event: &TrayIconEvent) {
    let click = matches!(
        event,
        TrayIconEvent::Click { button: MouseButton::Left, button_state: MouseButtonState::Up, .. }
    );
    if click && let Some(desk) = app.try_state::<Desk>() {
        desk.show_screen(OpenScreen { screen: ScreenName::Inbox, about: None });
    }
}

/// Whether there is an icon to be kept up to date.
pub(crate) fn is_up(app: &AppHandle) -> bool {
    app.try_state::<Tray>().is_some()
}

/// Shows how the till is doing; without one, in which language it will.
pub(crate) fn show(app: &AppHandle, parts: Option<&AppParts>, language: Language) {
    let Some(tray) = app.try_state::<Tray>() else { return };
    let now = Shown::of(parts, language);
    let mut shown = tray.shown.lock().unwrap_or_else(PoisonError::into_inner);
    match tray.change(app, &shown, &now) {
        Ok(()) => *shown = now,
        Err(failure) => warn!("the tray icon stays as it was: {failure:#}"),
    }
}

impl Shown {
    fn of(parts: Option<&AppParts>, language: Language) -> Shown {
        let offline = |it: &AppParts| it.connection.status != ConnectionStatus::Online;
        Shown {
            look: Look {
                unread: parts.is_some_and(|it| it.unread > 0),
                offline: parts.is_some_and(offline),
            },
            shop: parts.and_then(|it| it.business.as_ref()).map(|shop| shop.name.clone()),
            may_lock: parts.is_some_and(|it| !it.locked),
            language,
        }
    }
}

impl Tray {
    fn change(&self, app: &AppHandle, before: &Shown, now: &Shown) -> tauri::Result<()> {
        if now.look != before.look {
            self.icon.set_icon(drawn(app, now.look))?;
        }
        if now.shop != before.shop {
            self.icon.set_tooltip(Some(now.shop.as_deref().unwrap_or("Reda")))?;
        }
        if now.may_lock != before.may_lock {
            self.lock.set_enabled(now.may_lock)?;
        }
        if now.language != before.language {
            let said = words(now.language);
            self.open.set_text(said.open)?;
            self.lock.set_text(said.lock)?;
            self.quit.set_text(said.quit)?;
        }
        Ok(())
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

/// Linux gives the icon the program's name for people, which is its file's where it has none.
#[cfg(target_os = "linux")]
fn call_it_reda() {
    gio::glib::set_application_name("Reda");
}

/// Elsewhere the icon has no name, only a tooltip.
#[cfg(not(target_os = "linux"))]
fn call_it_reda() {}

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
