//! What the window says to the scripts that start it, on stdout: one JSON line each.

use serde_json::{Value, json};
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;
use tracing::warn;

/// The shop is open.
pub(crate) fn ready(line: &Value, file: Option<&Path>) {
    say(line);
    let Some(file) = file else { return };
    // Renamed into place, so that nobody reads half of it.
    let half = file.with_extension("half");
    let written =
        std::fs::write(&half, line.to_string()).and_then(|()| std::fs::rename(&half, file));
    if let Err(failure) = written {
        warn!("the ready file could not be written: {failure}");
    }
}

/// The first screen was drawn: milliseconds from the start of the process, and from the start of
/// the page.
pub(crate) fn painted(started: Instant, after_ms: u32) {
    let since_main = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let ms = process_age_ms().unwrap_or(since_main);
    say(&json!({ "event": "painted", "ms": ms, "page_ms": after_ms }));
}

fn say(line: &Value) {
    let mut out = std::io::stdout().lock();
    // Nobody may be listening.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// How old this process is, by the kernel's account (proc(5)), to a hundredth of a second; loading
/// the libraries before `main` counts too.
fn process_age_ms() -> Option<u64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let after_name = stat.rsplit_once(')')?.1;
    let start_ticks: u64 = after_name.split_whitespace().nth(19)?.parse().ok()?;
    let uptime = std::fs::read_to_string("/proc/uptime").ok()?;
    let (secs, hundredths) = uptime.split_whitespace().next()?.split_once('.')?;
    let now_ms = secs.parse::<u64>().ok()? * 1000 + hundredths.parse::<u64>().ok()? * 10;
    // USER_HZ is 100 on every Linux that runs a desktop.
    now_ms.checked_sub(start_ticks * 10)
}

/// Waits for the signal that asks the process to end.
pub(crate) async fn terminated() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut signal) = signal(SignalKind::terminate()) {
            signal.recv().await;
            return;
        }
    }
    std::future::pending::<()>().await;
}
