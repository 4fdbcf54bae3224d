//! Notices that the computer slept: the wall clock went on, and the monotonic one, by which the line and the
//! camera count their patience, stood still. Without this a till that wakes shows for most of a minute
//! what it knew before. A wall clock that was set forward looks the same, and costs a reconnect.

use reda_domain::Timestamp;
use std::time::{Duration, Instant};

/// How often the clocks are compared.
pub(crate) const LOOK_EVERY: Duration = Duration::from_secs(2);
/// So far apart they are by sleep, and not because one was put right a little, in milliseconds.
const APART_MS: i64 = 15_000;

/// Both clocks at the last look.
#[derive(Debug)]
pub(crate) struct Sleep {
    wall: Timestamp,
    counted: Instant,
}

impl Sleep {
    pub(crate) fn new(wall: Timestamp, counted: Instant) -> Self {
        Self { wall, counted }
    }

    /// Whether the computer slept since the last look.
    pub(crate) fn is_over(&mut self, wall: Timestamp, counted: Instant) -> bool {
        let counted_ms = counted.saturating_duration_since(self.counted).as_millis();
        let counted_ms = i64::try_from(counted_ms).unwrap_or(i64::MAX);
        let apart_ms = wall.ms_since(self.wall).saturating_sub(counted_ms);
        *self = Self::new(wall, counted);
        apart_ms >= APART_MS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MORNING: Timestamp = Timestamp(1_795_255_323_000);

    #[test]
    fn it_slept_when_the_wall_clock_alone_went_on() {
        let started = Instant::now();
        let mut sleep = Sleep::new(MORNING, started);
        let looks = [
            // Seconds of the wall clock and of the monotonic one, and whether it slept since before.
            (2, 2, false),
            (60, 60, false),
            (3_660, 62, true),
            (3_662, 64, false),
            (3_674, 66, false),
            (3_691, 68, true),
            // Set back, and on from there.
            (100, 70, false),
            (102, 72, false),
        ];
        for (wall_secs, counted_secs, slept) in looks {
            let wall = MORNING.plus_ms(wall_secs * 1_000);
            let counted = started + Duration::from_secs(counted_secs);
            assert_eq!(sleep.is_over(wall, counted), slept, "at {wall_secs} s");
        }
    }
}
