//! Native notifications, with an action that opens the screen they are about.

use crate::desk::Desk;
use crate::words::words;
use notify_rust::Notification;
use reda_protocol::rpc::{OpenScreen, ScreenName};
use reda_till::Popup;
use std::sync::atomic::{AtomicUsize, Ordering};
use tracing::warn;

/// Popups that may wait for a click at once. Each holds a thread until it is closed, and a
/// notification service that dies never closes one.
const WAITING_MAX: usize = 8;

static WAITING: AtomicUsize = AtomicUsize::new(0);

/// Shows a popup. Without a notification service nothing is lost: the counter and the inbox show
/// the same.
pub(crate) fn show(desk: Desk, popup: Popup) {
    let waiting = WAITING.fetch_add(1, Ordering::Relaxed) < WAITING_MAX;
    let spawned = std::thread::Builder::new().name("popup".to_owned()).spawn(move || {
        if let Err(failure) = show_and_wait(&desk, &popup, waiting) {
            warn!("a popup could not be shown: {failure:#}");
        }
        WAITING.fetch_sub(1, Ordering::Relaxed);
    });
    if spawned.is_err() {
        WAITING.fetch_sub(1, Ordering::Relaxed);
    }
}

fn show_and_wait(desk: &Desk, popup: &Popup, wait: bool) -> Result<(), notify_rust::error::Error> {
    let mut notification = Notification::new();
    notification
        .appname("Reda")
        .summary(&popup.title)
        .body(&escaped(&popup.body))
        .icon("reda-till");
    if wait {
        let open = words(desk.settings().language()).open;
        notification.action("default", open).action("open", open);
    }
    let handle = notification.show()?;
    if wait {
        handle.wait_for_action(|action| {
            if action == "default" || action == "open" {
                desk.show_screen(screen(popup));
            }
        });
    }
    Ok(())
}

/// The inbox tells more than a popup has room for.
fn screen(popup: &Popup) -> OpenScreen {
    let about = popup.related.as_ref().map(|(_, id)| id.clone());
    OpenScreen { screen: ScreenName::Inbox, about }
}

/// Bodies may be read as markup (Desktop Notifications Specification, "Markup"): a name must not.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_never_read_as_markup() {
        assert_eq!(escaped("<b>Amina</b> & co"), "&lt;b&gt;Amina&lt;/b&gt; &amp; co");
    }
}
