//! How many frames a client may send: some that it saved up, and some more with each tick.

/// Frames that come with each tick, once a second.
const PER_TICK: u32 = 100;
/// Frames that may be saved up.
const SAVED_MAX: u32 = 400;

/// What a connection may still send.
#[derive(Debug)]
pub(super) struct Budget {
    left: u32,
}

impl Budget {
    pub(super) fn new() -> Self {
        Self { left: SAVED_MAX }
    }

    /// Takes one frame off; `false` if there was none left.
    #[must_use]
    pub(super) fn take(&mut self) -> bool {
        let had = self.left > 0;
        self.left = self.left.saturating_sub(1);
        had
    }

    pub(super) fn tick(&mut self) {
        self.left = (self.left + PER_TICK).min(SAVED_MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(budget: &mut Budget) -> usize {
        (0..10_000).take_while(|_| budget.take()).count()
    }

    #[test]
    fn four_hundred_frames_may_come_at_once_and_not_one_more() {
        let mut budget = Budget::new();
        assert_eq!(taken(&mut budget), 400);
        assert!(!budget.take());
    }

    #[test]
    fn each_tick_brings_a_hundred_and_no_more_than_four_hundred_are_saved() {
        let mut budget = Budget::new();
        budget.tick();
        assert_eq!(taken(&mut budget), 400, "nothing beyond what may be saved");
        budget.tick();
        assert_eq!(taken(&mut budget), 100);
        for _ in 0..5 {
            budget.tick();
        }
        assert_eq!(taken(&mut budget), 400);
    }

    #[test]
    fn a_hundred_frames_a_tick_may_go_on_for_ever() {
        let mut budget = Budget::new();
        for _ in 0..1_000 {
            assert!((0..100).all(|_| budget.take()));
            budget.tick();
        }
    }
}
