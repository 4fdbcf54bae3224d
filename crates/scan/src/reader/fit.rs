//! Lays a version's grid over a picture: guesses from three finders, then moves the four corners
//! until the patterns that every code of that version has fit best.

use super::Clue;
use super::alignment;
use super::binarize::Bits;
use super::canvas::Gray;
use super::finders::Finder;
use super::geometry::{Homography, Point, point};
use super::layout::{Known, Layout, VERSION_MAX, size_of};
use super::mesh::Placement;
use super::triples::Triple;

/// Below this correlation of the finders' modules a guess is not worth looking at: nine of ten
/// are not, where there is texture, …
const FINDERS_MIN: f32 = 0.25;
/// … below this of all known modules it is texture, …
const GUESS_MIN: f32 = 0.22;
/// … and a fitted grid is.
const FITTED_MIN: f32 = 0.38;

/// A grid laid over a picture by four anchors.
#[derive(Clone, Copy)]
pub(super) struct Fit {
    /// In modules: the middles of the finders, and of the alignment pattern or a fourth finder.
    anchors: [Point; 4],
    /// The same in pixels.
    places: [Point; 4],
    score: f32,
}

/// The versions that three finders allow, likeliest first.
pub(super) fn versions(bits: &Bits, triple: &Triple) -> Vec<usize> {
    let [right, down] = directions(triple);
    let (corner, one, other) = (triple.top_left, triple.top_right, triple.bottom_left);
    let across = corner.middle.distance(one.middle) / leg_module(bits, &corner, &one, right);
    let along = corner.middle.distance(other.middle) / leg_module(bits, &corner, &other, down);
    let size = (across + along) / 2.0 + 7.0;
    let middle = ((size - 17.0) / 4.0).round() as usize;
    let off = |version: &usize| (size_of(*version) as f32 - size).abs();
    let mut near: Vec<usize> =
        (middle.saturating_sub(2)..=middle + 2).filter(|v| (1..=VERSION_MAX).contains(v)).collect();
    near.sort_by(|a, b| off(a).total_cmp(&off(b)));
    // The larger the code, the less a module's width says.
    near.truncate(if size > 60.0 { 5 } else { 3 });
    near
}

fn directions(triple: &Triple) -> [Point; 2] {
    let from = triple.top_left.middle;
    [triple.top_right, triple.bottom_left].map(|to| to.middle.minus(from).direction())
}

/// The module's width along a leg, between its two finders: in perspective it is their geometric
/// mean that counts as many modules as there are.
fn leg_module(bits: &Bits, from: &Finder, to: &Finder, direction: Point) -> f32 {
    match (from.module_along(bits, direction), to.module_along(bits, direction)) {
        (Some(a), Some(b)) => (a * b).sqrt(),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => (from.module + to.module) / 2.0,
    }
}

/// The best guess for a version, with its correlation.
pub(super) fn guess(
    gray: Gray,
    bits: &Bits,
    triple: &Triple,
    layout: &Layout,
) -> Option<(Fit, f32)> {
    let size = layout.size as f32;
    let [corner, right, below] = [triple.top_left, triple.top_right, triple.bottom_left];
    let far = |fourth: Point| [corner.middle, right.middle, fourth, below.middle];
    let finders = [
        point(3.5, 3.5),
        point(size - 3.5, 3.5),
        point(size - 3.5, size - 3.5),
        point(3.5, size - 3.5),
    ];
    let mut best: Option<Fit> = None;
    let mut offer = |anchors: [Point; 4], places: [Point; 4]| {
        if let Some(map) = Homography::between(&anchors, &places) {
            let score = score(gray, &map, &layout.known);
            if best.is_none_or(|best| score > best.score) {
                best = Some(Fit { anchors, places, score });
            }
        }
    };
    for fourth in fourth_corners(bits, triple) {
        let Some(map) = Homography::between(&finders, &far(fourth)) else { continue };
        if correlation(gray, &map, layout.finders()) < FINDERS_MIN {
            continue;
        }
        match alignment::anchor(layout) {
            None => offer(finders, far(fourth)),
            Some(middle) => {
                let anchors = [finders[0], finders[1], middle, finders[3]];
                offer(anchors, far(map.map(middle)));
                offer(anchors, far(alignment::search_far(gray, &map, layout)));
            }
        }
    }
    let fit = best?;
    let correlation = correlation(gray, &fit.map()?, &layout.known);
    (correlation >= GUESS_MIN).then_some((fit, correlation))
}

/// Where the fourth finder would stand: seen from straight above, and in perspective.
fn fourth_corners(bits: &Bits, triple: &Triple) -> [Point; 2] {
    let (a, b, c) = (triple.top_left.middle, triple.top_right.middle, triple.bottom_left.middle);
    let flat = b.plus(c).minus(a);
    // Which way the far sides run is known from the corner that is looked for.
    const ROUNDS: usize = 3;
    let steep = (0..ROUNDS).fold(flat, |fourth, _| in_perspective(bits, triple, fourth));
    [flat, steep]
}

/// The same once more, better: the sizes of the squares tell how far away each of them is.
fn in_perspective(bits: &Bits, triple: &Triple, fourth: Point) -> Point {
    let Triple { top_left, top_right, bottom_left, .. } = triple;
    let [a, b, c] = [top_left, top_right, bottom_left].map(|finder| finder.middle);
    let (wa, wb, wc) = (
        weight(bits, top_left, b.minus(a), c.minus(a)),
        weight(bits, top_right, b.minus(a), fourth.minus(b)),
        weight(bits, bottom_left, fourth.minus(c), c.minus(a)),
    );
    let sum = b.times(wb).plus(c.times(wc)).minus(a.times(wa));
    sum.times(1.0 / (wb + wc - wa).max(0.2 * wa))
}

/// A square seen at a distance d is d^-3 of its size in area, so its weight is area^-1/3.
fn weight(bits: &Bits, finder: &Finder, right: Point, down: Point) -> f32 {
    let [right, down] = [right, down].map(Point::direction);
    let along = |direction| finder.module_along(bits, direction).unwrap_or(finder.module);
    (along(right) * along(down) * right.cross(down).abs()).max(0.01).powf(-1.0 / 3.0)
}

impl Fit {
    fn map(&self) -> Option<Homography> {
        Homography::between(&self.anchors, &self.places)
    }

    /// Moves the anchors, one at a time and by ever smaller steps, while that fits better.
    pub(super) fn improve(mut self, gray: Gray, layout: &Layout) -> Fit {
        /// In modules.
        const STEPS: [f32; 3] = [0.5, 0.25, 0.12];
        const ROUNDS: usize = 2;
        let module = self.module();
        for step in STEPS.map(|step| step * module) {
            for _ in 0..ROUNDS {
                for anchor in [2, 1, 3, 0] {
                    for (dx, dy) in [(step, 0.0), (-step, 0.0), (0.0, step), (0.0, -step)] {
                        self.try_move(gray, layout, anchor, point(dx, dy));
                    }
                }
            }
        }
        self
    }

    fn try_move(&mut self, gray: Gray, layout: &Layout, anchor: usize, by: Point) {
        let mut places = self.places;
        places[anchor] = places[anchor].plus(by);
        let Some(map) = Homography::between(&self.anchors, &places) else { return };
        let score = score(gray, &map, &layout.known);
        if score > self.score {
            self.score = score;
            self.places = places;
        }
    }

    /// Pixels a module, about.
    pub(super) fn module(&self) -> f32 {
        let across = self.places[0].distance(self.places[1]);
        let down = self.places[0].distance(self.places[3]);
        (across + down) / 2.0 / (self.anchors[1].x - self.anchors[0].x).max(1.0)
    }

    /// The placement, if the code is there at all.
    pub(super) fn placement(&self, gray: Gray, layout: &Layout) -> Option<Placement> {
        let map = self.map()?;
        (correlation(gray, &map, &layout.known) >= FITTED_MIN).then_some(Placement::Flat(map))
    }
}

/// What can be said of a code that may turn out not to be readable.
pub(super) fn clue(gray: Gray, fit: &Fit, placement: &Placement, layout: &Layout) -> Clue {
    /// Of 255.
    const GLARING: f32 = 245.0;
    let (mut sums, mut counts, mut glaring) = ([0.0; 2], [0.0; 2], 0.0);
    for known in &layout.known {
        let at = placement.map(known.place.middle());
        let light = gray.nearest(at.x, at.y);
        let kind = usize::from(known.dark);
        sums[kind] += light;
        counts[kind] += 1.0;
        if known.dark && light > GLARING {
            glaring += 1.0;
        }
    }
    Clue {
        module_px: fit.module(),
        dark: sums[1] / counts[1],
        light: sums[0] / counts[0],
        around: brightness(gray),
        glare: glaring / counts[1],
    }
}

/// The mean of the picture, about.
fn brightness(gray: Gray) -> f32 {
    let every = 97;
    let (mut sum, mut count) = (0.0, 0.0);
    for &pixel in gray.pixels.iter().step_by(every) {
        sum += f32::from(pixel);
        count += 1.0;
    }
    sum / count
}

/// How well the known modules fit; grows with their contrast.
pub(super) fn score(gray: Gray, map: &Homography, known: &[Known]) -> f32 {
    let mut sum = 0.0;
    for known in known {
        let at = map.map(known.place.middle());
        if gray.contains(at.x, at.y) {
            let light = gray.nearest(at.x, at.y) - 128.0;
            sum += known.weight * if known.dark { -light } else { light };
        }
    }
    sum
}

/// How well the known modules fit, from -1 to 1, whatever their contrast.
pub(super) fn correlation(gray: Gray, map: &Homography, known: &[Known]) -> f32 {
    let light = |known: &Known| {
        let at = map.map(known.place.middle());
        gray.nearest(at.x, at.y)
    };
    let mean = known.iter().map(light).sum::<f32>() / known.len() as f32;
    let (mut with, mut spread) = (0.0, 0.0);
    for known in known {
        let off = light(known) - mean;
        with += if known.dark { -off } else { off };
        spread += off * off;
    }
    with / (spread * known.len() as f32).sqrt().max(1.0)
}
