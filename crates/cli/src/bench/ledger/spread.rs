//! How long things of one kind took.

use crate::bench::clock::millis;
use serde_json::{Value, json};
use std::time::Duration;

#[derive(Default)]
pub(super) struct Spread(Vec<Duration>);

impl Spread {
    pub(super) fn note(&mut self, took: Duration) {
        self.0.push(took);
    }

    pub(super) fn join(&mut self, other: Spread) {
        self.0.extend(other.0);
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The smallest that `percent` of all are at most.
    fn at(&self, percent: usize) -> Duration {
        let mut all = self.0.clone();
        all.sort_unstable();
        let place = (all.len() * percent).div_ceil(100).max(1) - 1;
        all.get(place).copied().unwrap_or_default()
    }

    pub(super) fn told(&self) -> Value {
        let ms = |percent| millis(self.at(percent));
        json!({ "p50_ms": ms(50), "p95_ms": ms(95), "p99_ms": ms(99) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let spread = Spread((1..=200).map(Duration::from_millis).collect());
        assert_eq!(spread.told(), json!({ "p50_ms": 100.0, "p95_ms": 190.0, "p99_ms": 198.0 }));
        assert_eq!(Spread::default().told()["p50_ms"], 0.0);
    }
}
