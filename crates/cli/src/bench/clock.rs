//! What a thread or this process spends. Counts the processor's time where the system tells it, so
//! that a busy machine does not slow the figures down.

use std::time::Duration;

/// The processor's time of this thread so far.
#[cfg(unix)]
pub(super) fn spent() -> Duration {
    spent_of(rustix::time::ClockId::ThreadCPUTime)
}

/// The processor's time of all threads so far.
#[cfg(unix)]
pub(super) fn process_spent() -> Duration {
    spent_of(rustix::time::ClockId::ProcessCPUTime)
}

#[cfg(unix)]
fn spent_of(clock: rustix::time::ClockId) -> Duration {
    let time = rustix::time::clock_gettime(clock);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let nanoseconds = u32::try_from(time.tv_nsec).unwrap_or(0);
    Duration::new(seconds, nanoseconds)
}

/// The time since this was first asked.
#[cfg(not(unix))]
pub(super) fn spent() -> Duration {
    use std::sync::OnceLock;
    use std::time::Instant;
    static FIRST: OnceLock<Instant> = OnceLock::new();
    FIRST.get_or_init(Instant::now).elapsed()
}

/// The time since this was first asked.
#[cfg(not(unix))]
pub(super) fn process_spent() -> Duration {
    spent()
}

/// Milliseconds with three decimals, as they are printed.
pub(super) fn millis(of: Duration) -> f64 {
    (of.as_secs_f64() * 1e6).round() / 1e3
}
