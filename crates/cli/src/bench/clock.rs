//! What a thread spends. Counts the processor's time of this thread alone where the system tells
//! it, so that a busy machine does not slow the figures down.

use std::time::Duration;

/// The processor's time of this thread so far.
#[cfg(unix)]
pub(super) fn spent() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
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

/// Milliseconds with three decimals, as they are printed.
pub(super) fn millis(of: Duration) -> f64 {
    (of.as_secs_f64() * 1e6).round() / 1e3
}
