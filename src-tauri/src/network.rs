//! Hears from the operating system that the computer's network changed.

/// Calls `changed` each time, on the main thread. Any change counts, not only a way to the internet: a shop's
/// network may lead nowhere else.
#[cfg(target_os = "linux")]
pub(crate) fn on_change(changed: impl Fn() + 'static) {
    use gio::prelude::NetworkMonitorExt as _;
    gio::NetworkMonitor::default().connect_network_changed(move |_, _| changed());
}

/// Elsewhere the page hears of it; WebKitGTK does not tell pages.
#[cfg(not(target_os = "linux"))]
pub(crate) fn on_change(_: impl Fn() + 'static) {}
