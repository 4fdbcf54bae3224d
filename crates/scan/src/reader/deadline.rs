//! How long the reader may go on. Asked often, so asking is cheap.

use std::time::{Duration, Instant};

/// A moment by some clock after which the reader gives up.
///
/// What runs when it passes is finished or broken off at the next look, a few milliseconds later.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    /// Time since any fixed moment.
    clock: fn() -> Duration,
    at: Duration,
}

impl Deadline {
    /// So long from now on.
    pub fn after(budget: Duration) -> Deadline {
        Deadline::by(since_first_asked, budget)
    }

    /// So long from now on by another clock, as a benchmark's that counts only its own thread.
    pub fn by(clock: fn() -> Duration, budget: Duration) -> Deadline {
        Deadline { clock, at: clock().saturating_add(budget) }
    }

    /// Never: every stage is tried.
    pub fn never() -> Deadline {
        Deadline { clock: || Duration::ZERO, at: Duration::MAX }
    }

    /// A third of the time that is left, so that no stage takes it all from those after it.
    pub(crate) fn third(&self) -> Deadline {
        self.within(self.left() / 3)
    }

    /// A tenth of the time that is left sooner, for what is broken off a little late.
    pub(crate) fn sooner(&self) -> Deadline {
        self.within(self.left() / 10 * 9)
    }

    fn within(&self, budget: Duration) -> Deadline {
        Deadline::by(self.clock, budget)
    }

    pub(crate) fn left(&self) -> Duration {
        self.at.saturating_sub((self.clock)())
    }

    pub(crate) fn has_passed(&self) -> bool {
        (self.clock)() >= self.at
    }
}

fn since_first_asked() -> Duration {
    use std::sync::OnceLock;
    static FIRST: OnceLock<Instant> = OnceLock::new();
    FIRST.get_or_init(Instant::now).elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_passes_by_its_own_clock() {
        assert!(Deadline::by(|| Duration::from_secs(9), Duration::ZERO).has_passed());
        let ahead = Deadline::by(|| Duration::from_secs(9), Duration::from_millis(5));
        assert!(!ahead.has_passed());
        assert!(!Deadline::never().has_passed());
        assert!(Deadline::after(Duration::ZERO).has_passed());
    }

    #[test]
    fn a_third_is_counted_from_now() {
        let ahead = Deadline::by(|| Duration::from_secs(9), Duration::from_millis(6));
        assert_eq!(ahead.third().at, Duration::from_millis(9_002));
        assert!(!Deadline::never().third().has_passed());
    }

    #[test]
    fn sooner_leaves_a_tenth() {
        let ahead = Deadline::by(|| Duration::from_secs(9), Duration::from_millis(30));
        assert_eq!(ahead.sooner().left(), Duration::from_millis(27));
        assert!(!Deadline::never().sooner().has_passed());
    }
}
