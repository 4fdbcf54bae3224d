//! Waits between tries: each failure doubles them.

/// The shortest wait, in milliseconds (SPEC SY-5).
const SHORTEST_MS: u64 = 500;
/// The longest wait, in milliseconds (SPEC SY-5).
const LONGEST_MS: u64 = 30_000;

/// How often something failed in a row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// How long to wait after one more failure: from half the ceiling to all of it, so that many
    /// tills that lost the same server do not come back in the same moment.
    pub(crate) fn failed(&mut self, jitter: u16) -> u64 {
        let ceiling = ((2 * SHORTEST_MS) << self.failures.min(6)).min(LONGEST_MS);
        self.failures = self.failures.saturating_add(1);
        let half = ceiling / 2;
        half + half * u64::from(jitter) / u64::from(u16::MAX)
    }

    /// It works again.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_from_half_a_second_to_thirty() {
        let mut backoff = Backoff::default();
        let longest: Vec<u64> = (0..8).map(|_| backoff.failed(u16::MAX)).collect();
        assert_eq!(longest, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
        backoff.reset();
        assert_eq!(backoff.failed(0), 500);
    }
}
