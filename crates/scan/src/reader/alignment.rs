//! Finds alignment patterns: the small squares that say where a grid lies far from its finders.

use super::canvas::Gray;
use super::geometry::{Homography, Point, point};
use super::layout::Layout;

/// Where the pattern nearest to the fourth corner stands, in modules; none in version 1.
pub(super) fn anchor(layout: &Layout) -> Option<Point> {
    let last = *layout.alignments.last()?;
    Some(point(last as f32 + 0.5, last as f32 + 0.5))
}

/// Looks for the far pattern around where a first guess has it; the best place, in pixels.
pub(super) fn search_far(gray: Gray, guess: &Homography, layout: &Layout) -> Point {
    if layout.alignments.len() > 2 {
        return Lattice::trace(gray, guess, layout, 2.0).far();
    }
    let size = layout.size as f32;
    let middle = point(size - 6.5, size - 6.5);
    search(gray, guess, middle, Point::default(), 4.0).0
}

/// All alignment patterns of a code, on the crossings of `lines`; corners that finders cover
/// stand where the finders say.
pub(super) struct Lattice {
    /// In modules, the same across and down.
    pub(super) lines: Vec<f32>,
    /// In pixels, row after row.
    pub(super) places: Vec<Point>,
}

impl Lattice {
    /// Follows the patterns from the upper left, each one predicted by what was found before it,
    /// since over a large code a first guess goes wrong by many modules.
    pub(super) fn trace(gray: Gray, guess: &Homography, layout: &Layout, radius: f32) -> Lattice {
        /// A pattern that correlates less is hidden or damaged: its prediction is better.
        const FOUND_MIN: f32 = 0.5;
        let lines: Vec<f32> = layout.alignments.iter().map(|&at| at as f32 + 0.5).collect();
        let count = lines.len();
        let mut off = vec![Point::default(); count * count];
        let mut places = Vec::with_capacity(count * count);
        for (row, &v) in lines.iter().enumerate() {
            for (column, &u) in lines.iter().enumerate() {
                let at = point(u, v);
                let last = count - 1;
                let covered = [(0, 0), (last, 0), (0, last)].contains(&(column, row));
                let index = row * count + column;
                let expected = match (column, row) {
                    (0, 0) => Point::default(),
                    (_, 0) => off[index - 1],
                    (0, _) => off[index - count],
                    (_, _) => off[index - 1].plus(off[index - count]).minus(off[index - count - 1]),
                };
                let predicted = guess.map(at).plus(expected);
                if covered {
                    places.push(guess.map(at));
                    continue;
                }
                let (found, correlation) = search(gray, guess, at, expected, radius);
                let place = if correlation >= FOUND_MIN { found } else { predicted };
                off[index] = place.minus(guess.map(at));
                places.push(place);
            }
        }
        Lattice { lines, places }
    }

    fn far(&self) -> Point {
        self.places.last().copied().unwrap_or_default()
    }
}

/// The best place for the pattern at `middle` (modules) within `radius` modules of where `guess`
/// and `off` (pixels) have it, and how well it correlates there.
fn search(gray: Gray, guess: &Homography, middle: Point, off: Point, radius: f32) -> (Point, f32) {
    /// In modules: first roughly, then finely around the best.
    const STEPS: [f32; 2] = [1.0, 0.5];
    /// Far from the guess has to fit better.
    const FAR_COSTS: f32 = 0.004;
    let mut best = (Point::default(), f32::MIN, f32::MIN);
    for (step, radius) in STEPS.into_iter().zip([radius, STEPS[0] / 2.0]) {
        let steps = (radius / step) as i32;
        let around = best.0;
        for down in -steps..=steps {
            for across in -steps..=steps {
                let by = around.plus(point(across as f32 * step, down as f32 * step));
                let correlation = correlation(gray, guess, middle.plus(by), off);
                let merit = correlation - FAR_COSTS * by.dot(by);
                if merit > best.1 {
                    best = (by, merit, correlation);
                }
            }
        }
    }
    (guess.map(middle.plus(best.0)).plus(off), best.2)
}

/// How much the 5 × 5 modules around a place look like the pattern, from -1 to 1.
fn correlation(gray: Gray, map: &Homography, middle: Point, off: Point) -> f32 {
    // Dark and light weigh the same, so that a flat place correlates with nothing.
    const DARK: f32 = -1.0 / 17.0;
    const LIGHT: f32 = 1.0 / 8.0;
    let (mut with, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for down in -2..=2i32 {
        for across in -2..=2i32 {
            let at = map.map(middle.plus(point(across as f32, down as f32))).plus(off);
            let light = gray.nearest(at.x, at.y);
            let ring = across.abs().max(down.abs());
            with += light * if ring == 1 { LIGHT } else { DARK };
            sum += light;
            squares += light * light;
        }
    }
    let spread = (squares - sum * sum / 25.0).max(0.0).sqrt();
    // The length of the template, so that a perfect pattern has 1.
    const LENGTH: f32 = 0.428_75;
    with / (spread * LENGTH).max(4.0)
}
