//! The one window: brought forward, and put where it stood before.

use reda_till::{Settings, WindowPlace};
use tauri::{AppHandle, Manager as _, PhysicalPosition, PhysicalSize, Window};
use tracing::warn;

/// How much of a window must lie on a screen: enough to take hold of.
const GRIP: i32 = 80;

/// Brings the window to the front, wherever it was.
pub(crate) fn bring_forward(app: &AppHandle) {
    let Some(window) = app.get_webview_window("main") else { return };
    let shown = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
    if let Err(failure) = shown {
        warn!("the window could not be brought forward: {failure:#}");
    }
}

/// Closes the window as its user would: what it asks before it goes, it asks.
pub(crate) fn close(app: &AppHandle) {
    let Some(window) = app.get_webview_window("main") else { return };
    if let Err(failure) = window.close() {
        warn!("the window could not be closed: {failure:#}");
    }
}

/// Puts the window where it stood when it was last closed, if a screen is there still.
pub(crate) fn restore(app: &AppHandle, settings: &Settings) {
    let (Some(window), Some(place)) = (app.get_webview_window("main"), settings.window()) else {
        return;
    };
    let screens = window.available_monitors().unwrap_or_default();
    let rects = screens.iter().map(|it| (*it.position(), *it.size()));
    if !is_seen(&place, rects) {
        return;
    }
    let put = window
        .set_size(PhysicalSize::new(place.width, place.height))
        .and_then(|()| window.set_position(PhysicalPosition::new(place.x, place.y)));
    let put = if place.maximized { put.and_then(|()| window.maximize()) } else { put };
    if let Err(failure) = put {
        warn!("the window stands where the system put it: {failure:#}");
    }
}

/// Remembers where the window stands. Of a maximised one the place before stays, so that it has
/// one to go back to.
pub(crate) fn remember(window: &Window, settings: &Settings) {
    let maximized = window.is_maximized().unwrap_or(false);
    let place = match (maximized, settings.window()) {
        (true, Some(before)) => Some(WindowPlace { maximized, ..before }),
        (true | false, _) => measured(window, maximized),
    };
    if let Some(place) = place
        && let Err(failure) = settings.set_window(place)
    {
        warn!("where the window stood is forgotten: {failure:#}");
    }
}

fn measured(window: &Window, maximized: bool) -> Option<WindowPlace> {
    let (at, size) = (window.outer_position().ok()?, window.inner_size().ok()?);
    Some(WindowPlace { x: at.x, y: at.y, width: size.width, height: size.height, maximized })
}

/// Whether enough of the window's head lies on one of the screens.
fn is_seen(
    place: &WindowPlace,
    mut screens: impl Iterator<Item = (PhysicalPosition<i32>, PhysicalSize<u32>)>,
) -> bool {
    let width = |size: u32| i32::try_from(size).unwrap_or(i32::MAX);
    screens.any(|(at, size)| {
        let (right, bottom) =
            (at.x.saturating_add(width(size.width)), at.y.saturating_add(width(size.height)));
        let end = place.x.saturating_add(width(place.width));
        end >= at.x + GRIP && place.x <= right - GRIP && (at.y..=bottom - GRIP).contains(&place.y)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(x: i32, y: i32) -> WindowPlace {
        WindowPlace { x, y, width: 1366, height: 768, maximized: false }
    }

    #[test]
    fn a_window_on_a_screen_that_is_gone_is_not_put_there() {
        let screens = || [(PhysicalPosition::new(0, 0), PhysicalSize::new(1920, 1080))].into_iter();
        assert!(is_seen(&place(200, 100), screens()));
        assert!(is_seen(&place(-1000, 0), screens()), "a part of it can be taken hold of");
        for gone in [place(1900, 100), place(-1340, 0), place(100, -500), place(100, 1079)] {
            assert!(!is_seen(&gone, screens()), "{gone:?}");
        }
    }
}
