//! One stage of our own: a picture and a threshold in, the codes that were found out.

use super::alignment::Lattice;
use super::binarize::{Bits, Threshold};
use super::canvas::Gray;
use super::deadline::Deadline;
use super::finders::{self, Finder};
use super::fit::{self, Fit};
use super::geometry::Point;
use super::layout::{Layout, VERSION_MAX};
use super::mesh::{Patches, Placement};
use super::sample::sample;
use super::symbol::Workbench;
use super::triples::{self, Triple};

/// A code in pixels of the picture that was searched.
pub(super) struct Found {
    pub(super) bytes: Vec<u8>,
    pub(super) corners: [Point; 4],
}

/// Buffers of one search, used again by the next.
pub(super) struct Search {
    bits: Bits,
    turns: Vec<usize>,
    pub(super) finders: Vec<Finder>,
    triples: Vec<Triple>,
    layouts: [Option<Box<Layout>>; VERSION_MAX],
    workbench: Workbench,
}

impl Default for Search {
    fn default() -> Search {
        Search {
            bits: Bits::default(),
            turns: Vec::new(),
            finders: Vec::new(),
            triples: Vec::new(),
            layouts: std::array::from_fn(|_| None),
            workbench: Workbench::default(),
        }
    }
}

impl Search {
    pub(super) fn run(
        &mut self,
        gray: Gray,
        threshold: Threshold,
        deadline: Deadline,
    ) -> Vec<Found> {
        /// Below this width every row is looked at: small codes have few.
        const EVERY_ROW_MAX: usize = 700;
        /// Tries that may fail before the rest of the picture is taken for texture.
        const MISSES_MAX: usize = 8;
        self.bits.fill(gray, threshold);
        let every = if gray.width.max(gray.height) <= EVERY_ROW_MAX { 1 } else { 2 };
        finders::find(&self.bits, every, &mut self.turns, &mut self.finders);
        triples::list(&self.finders, &mut self.triples);
        let mut found: Vec<Found> = Vec::new();
        let mut misses = 0;
        for index in 0..self.triples.len() {
            let triple = self.triples[index];
            if found.iter().any(|code| covers(code, &triple)) {
                continue;
            }
            if misses >= MISSES_MAX || deadline.has_passed() {
                break;
            }
            match self.read(gray, &triple, deadline) {
                Some(code) => found.push(code),
                None => misses += 1,
            }
        }
        found
    }

    fn read(&mut self, gray: Gray, triple: &Triple, deadline: Deadline) -> Option<Found> {
        let mut guesses = Vec::new();
        for version in fit::versions(&self.bits, triple) {
            let layout = layout(&mut self.layouts, version);
            if let Some((fit, correlation)) = fit::guess(gray, &self.bits, triple, layout) {
                guesses.push((version, fit, correlation));
            }
        }
        guesses.sort_by(|a, b| b.2.total_cmp(&a.2));
        guesses.truncate(3);
        for (version, fit, _) in guesses {
            if deadline.has_passed() {
                break;
            }
            if let Some(found) = self.read_as(gray, version, fit) {
                return Some(found);
            }
        }
        None
    }

    fn read_as(&mut self, gray: Gray, version: usize, fit: Fit) -> Option<Found> {
        let layout = layout(&mut self.layouts, version);
        let fit = fit.improve(gray, layout);
        let placement = fit.placement(gray, layout)?;
        if let Some(bytes) = read_at(gray, layout, &placement, &mut self.workbench) {
            return Some(Found { bytes, corners: placement.corners(layout.size) });
        }
        let Placement::Flat(map) = placement else { return None };
        if layout.alignments.len() > 2 {
            let lattice = Lattice::trace(gray, &map, layout, 1.5);
            let placement = Placement::Patches(Patches::over(&lattice)?);
            let bytes = read_at(gray, layout, &placement, &mut self.workbench)?;
            return Some(Found { bytes, corners: placement.corners(layout.size) });
        }
        None
    }
}

fn read_at(
    gray: Gray,
    layout: &Layout,
    placement: &Placement,
    workbench: &mut Workbench,
) -> Option<Vec<u8>> {
    sample(gray, placement, layout.size, &mut workbench.sampled);
    workbench.read(layout)
}

fn layout(layouts: &mut [Option<Box<Layout>>; VERSION_MAX], version: usize) -> &Layout {
    layouts[version - 1].get_or_insert_with(|| Box::new(Layout::of(version)))
}

/// Whether one of the three finders lies in a code that was read.
fn covers(code: &Found, triple: &Triple) -> bool {
    [triple.top_left, triple.top_right, triple.bottom_left].iter().any(|finder| {
        (0..4).all(|i| {
            let (from, to) = (code.corners[i], code.corners[(i + 1) % 4]);
            to.minus(from).cross(finder.middle.minus(from)) >= 0.0
        })
    })
}
