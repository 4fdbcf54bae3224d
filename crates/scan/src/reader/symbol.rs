//! A sampled code to its bytes: several ways to tell dark from light, and rqrr to decode.

use std::panic::catch_unwind;

use super::canvas::Gray;
use super::equalize::{Reach, equalize};
use super::explain::explain;
use super::layout::Layout;
use super::mend::mend;
use super::mesh::Placement;
use super::sample::{Modules, sample};

/// Buffers for one code at a time.
#[derive(Default)]
pub(super) struct Workbench {
    sampled: Modules,
    darkness: Modules,
    seen: Modules,
}

/// What is tried on the sampled modules, in this order.
const ATTEMPTS: [Attempt; 6] = [
    Attempt { smear: Smear::Kept, radius: 6 },
    Attempt { smear: Smear::Equalized(Reach::One), radius: 6 },
    Attempt { smear: Smear::Equalized(Reach::Two), radius: 8 },
    Attempt { smear: Smear::Equalized(Reach::One), radius: 3 },
    Attempt { smear: Smear::Equalized(Reach::One), radius: 40 },
    Attempt { smear: Smear::Explained, radius: 8 },
];

#[derive(Clone, Copy)]
struct Attempt {
    smear: Smear,
    /// Modules around one that say what is dark there.
    radius: usize,
}

/// What is done about modules that run into each other; unless they are left as they are,
/// doubtful words are given up.
#[derive(Clone, Copy)]
enum Smear {
    Kept,
    Equalized(Reach),
    Explained,
}

impl Smear {
    fn is_dear(self) -> bool {
        match self {
            Smear::Kept | Smear::Equalized(_) => false,
            Smear::Explained => true,
        }
    }
}

impl Workbench {
    /// The bytes in the code that lies there; it is tried in every way if there is likely one.
    pub(super) fn read_at(
        &mut self,
        gray: Gray,
        layout: &Layout,
        placement: &Placement,
        is_likely: bool,
    ) -> Option<Vec<u8>> {
        sample(gray, placement, layout.size, &mut self.sampled);
        let worth_it = |attempt: &&Attempt| is_likely || !attempt.smear.is_dear();
        ATTEMPTS.iter().filter(worth_it).find_map(|attempt| self.attempt(layout, *attempt))
    }

    fn attempt(&mut self, layout: &Layout, attempt: Attempt) -> Option<Vec<u8>> {
        self.sampled.darkness(attempt.radius, &mut self.darkness);
        let size = layout.size;
        match attempt.smear {
            Smear::Kept => {
                return decoded(size, |x, y| self.darkness.values[y * size + x] > 0.0);
            }
            Smear::Equalized(reach) => equalize(&self.darkness, layout, reach, &mut self.seen),
            Smear::Explained => {
                equalize(&self.darkness, layout, Reach::Two, &mut self.seen);
                explain(&self.darkness, layout, &mut self.seen);
            }
        }
        let meant = mend(&self.seen, layout)?;
        decoded(meant.size, |x, y| meant.is_dark(x, y))
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
