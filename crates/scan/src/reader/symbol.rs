//! A sampled code to its bytes: several ways to tell dark from light, and rqrr to decode.

use std::panic::catch_unwind;

use super::equalize::{Reach, equalize};
use super::layout::Layout;
use super::mend::mend;
use super::sample::Modules;

/// Buffers for one code at a time.
#[derive(Default)]
pub(super) struct Workbench {
    pub(super) sampled: Modules,
    darkness: Modules,
    seen: Modules,
}

/// What is tried on the sampled modules, in this order.
const ATTEMPTS: [Attempt; 5] = [
    Attempt { equalized: None, radius: 6 },
    Attempt { equalized: Some(Reach::One), radius: 6 },
    Attempt { equalized: Some(Reach::Two), radius: 8 },
    Attempt { equalized: Some(Reach::One), radius: 3 },
    Attempt { equalized: Some(Reach::One), radius: 40 },
];

#[derive(Clone, Copy)]
struct Attempt {
    /// Unless none, smear is undone and doubtful words are given up.
    equalized: Option<Reach>,
    /// Modules around one that say what is dark there.
    radius: usize,
}

impl Workbench {
    /// The bytes in the code that was sampled.
    pub(super) fn read(&mut self, layout: &Layout) -> Option<Vec<u8>> {
        ATTEMPTS.iter().find_map(|attempt| self.attempt(layout, *attempt))
    }

    fn attempt(&mut self, layout: &Layout, attempt: Attempt) -> Option<Vec<u8>> {
        self.sampled.darkness(attempt.radius, &mut self.darkness);
        let size = layout.size;
        match attempt.equalized {
            None => decoded(size, |x, y| self.darkness.values[y * size + x] > 0.0),
            Some(reach) => {
                equalize(&self.darkness, layout, reach, &mut self.seen);
                let meant = mend(&self.seen, layout)?;
                decoded(meant.size, |x, y| meant.is_dark(x, y))
            }
        }
    }
}

/// What rqrr reads in a grid of modules (also mirrored); never empty.
fn decoded(size: usize, is_dark: impl Fn(usize, usize) -> bool) -> Option<Vec<u8>> {
    let grid = rqrr::Grid::new(rqrr::SimpleGrid::from_func(size, is_dark));
    // Its decoder has had panics too, though none is known in this version.
    let read = catch_unwind(|| {
        let mut bytes = Vec::new();
        grid.decode_to(&mut bytes).is_ok().then_some(bytes)
    });
    read.ok().flatten().filter(|bytes| !bytes.is_empty())
}
