//! One stage of our own: a picture and a threshold in, the codes that were found out.

use super::Clue;
use super::alignment::Lattice;
use super::binarize::{Bits, Threshold};
use super::canvas::Gray;
use super::deadline::Deadline;
use super::finders::{self, Finder};
use super::fit::{self, Fit};
use super::geometry::Point;
use super::layout::{Layout, VERSION_MAX};
use super::mesh::{Patches, Placement};
use super::pairs;
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
    finders: Vec<Finder>,
    triples: Vec<Triple>,
    layouts: [Option<Box<Layout>>; VERSION_MAX],
    workbench: Workbench,
    /// What looked most like a code and was not read.
    pub(super) clue: Option<Clue>,
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
            clue: None,
        }
    }
}

/// How many of a code's three finders must be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    Three,
    Two,
}

/// A version's grid as first laid over a picture.
struct Guess {
    version: usize,
    fit: Fit,
    correlation: f32,
}

impl Search {
    /// Looks for codes in a picture.
    pub(super) fn run(
        &mut self,
        gray: Gray,
        threshold: Threshold,
        seen: Seen,
        deadline: Deadline,
    ) -> Vec<Found> {
        /// Below this width every row is looked at: small codes have few.
        const EVERY_ROW_MAX: usize = 700;
        self.clue = None;
        self.bits.fill(gray, threshold);
        let every = if gray.width.max(gray.height) <= EVERY_ROW_MAX { 1 } else { 2 };
        finders::find(&self.bits, every, &mut self.turns, &mut self.finders);
        match seen {
            Seen::Three => {
                triples::list(&self.finders, &mut self.triples);
                self.by_triples(gray, deadline)
            }
            Seen::Two => {
                pairs::list(&self.bits, &self.finders, &mut self.triples);
                self.by_guesses(gray, deadline)
            }
        }
    }

    /// One triple after the other; what one code covers belongs to no other.
    fn by_triples(&mut self, gray: Gray, deadline: Deadline) -> Vec<Found> {
        /// Tries that may fail before the rest of the picture is taken for texture.
        const MISSES_MAX: usize = 8;
        /// Versions tried of those that a triple allows.
        const VERSIONS_MAX: usize = 3;
        let mut found: Vec<Found> = Vec::new();
        let mut misses = 0;
        for index in 0..self.triples.len() {
            if found.iter().any(|code| covers(code, &self.triples[index])) {
                continue;
            }
            if misses >= MISSES_MAX || deadline.has_passed() {
                break;
            }
            let mut guesses = Vec::new();
            self.guess(gray, index, &mut guesses);
            match self.first_read(gray, guesses, VERSIONS_MAX, deadline) {
                Some(code) => found.push(code),
                None => misses += 1,
            }
        }
        found
    }

    /// The likeliest of all guesses: with a finder unseen most are wrong.
    fn by_guesses(&mut self, gray: Gray, deadline: Deadline) -> Vec<Found> {
        const GUESSES_MAX: usize = 6;
        let mut guesses = Vec::new();
        for index in 0..self.triples.len() {
            if deadline.has_passed() {
                break;
            }
            self.guess(gray, index, &mut guesses);
        }
        self.first_read(gray, guesses, GUESSES_MAX, deadline).into_iter().collect()
    }

    fn guess(&mut self, gray: Gray, index: usize, guesses: &mut Vec<Guess>) {
        let triple = self.triples[index];
        for version in fit::versions(&self.bits, &triple) {
            let layout = layout(&mut self.layouts, version);
            if let Some((fit, correlation)) = fit::guess(gray, &self.bits, &triple, layout) {
                guesses.push(Guess { version, fit, correlation });
            }
        }
    }

    fn first_read(
        &mut self,
        gray: Gray,
        mut guesses: Vec<Guess>,
        tries: usize,
        deadline: Deadline,
    ) -> Option<Found> {
        guesses.sort_by(|a, b| b.correlation.total_cmp(&a.correlation));
        let mut tried = guesses.into_iter().take(tries).enumerate();
        tried.find_map(|(place, guess)| {
            if deadline.has_passed() {
                return None;
            }
            self.read_as(gray, guess.version, guess.fit, place == 0)
        })
    }

    fn read_as(&mut self, gray: Gray, version: usize, fit: Fit, is_likely: bool) -> Option<Found> {
        let layout = layout(&mut self.layouts, version);
        let fit = fit.improve(gray, layout);
        let placement = fit.placement(gray, layout)?;
        self.clue.get_or_insert_with(|| fit::clue(gray, &fit, &placement, layout));
        if let Some(bytes) = self.workbench.read_at(gray, layout, &placement, is_likely) {
            return Some(Found { bytes, corners: placement.corners(layout.size) });
        }
        let Placement::Flat(map) = placement else { return None };
        if layout.alignments.len() > 2 {
            let lattice = Lattice::trace(gray, &map, layout, 1.5);
            let placement = Placement::Patches(Patches::over(&lattice)?);
            let bytes = self.workbench.read_at(gray, layout, &placement, is_likely)?;
            return Some(Found { bytes, corners: placement.corners(layout.size) });
        }
        None
    }
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

#[cfg(test)]
mod tests {
    use super::super::Reader;
    use super::*;
    use crate::frame::Frame;
    use crate::testing::{card_text, code_frame, pasted};

    fn texts(frame: &Frame) -> Vec<String> {
        let look = Reader::default().read(frame, Deadline::never());
        look.codes.into_iter().map(|code| code.text).collect()
    }

    /// A code turned by half of a right angle on a counter, seen from low above its near edge.
    fn from_the_side(code: &Frame) -> Frame {
        let (width, height, middle) = (640u32, 480u32, code.width() as f32 / 2.0);
        let pixel = |x: u32, y: u32| {
            let (across, down) = (x as f32 - 320.0, y as f32 - 240.0);
            let away = 1.0 / (1.0 + down * 0.0021);
            let (across, down) = (across * away * 1.1, down * away * 2.6);
            let half = 0.5f32.sqrt();
            let at = |along: f32| (along * half + middle).max(0.0) as u32;
            let (x, y) = (at(across + down), at(down - across));
            let is_code = (1..code.width()).contains(&x) && (1..code.height()).contains(&y);
            if is_code { code.luma()[(y * code.width() + x) as usize] } else { 90 }
        };
        let luma = (0..height).flat_map(|y| (0..width).map(move |x| pixel(x, y))).collect();
        Frame::new(width, height, luma).unwrap()
    }

    #[test]
    fn a_code_seen_from_the_side_is_read_dark_and_light() {
        let frame = from_the_side(&code_frame(&card_text(), 8));
        assert_eq!(texts(&frame), [card_text()]);
        assert_eq!(texts(&frame.inverted()), [card_text()]);
    }

    #[test]
    fn a_light_code_with_a_square_under_a_thumb_is_read() {
        let code = code_frame("LIGHT", 6).inverted();
        let thumb = Frame::new(60, 60, vec![130; 60 * 60]).unwrap();
        assert_eq!(texts(&pasted(code, &thumb, 15, 108)), ["LIGHT"]);
    }
}
