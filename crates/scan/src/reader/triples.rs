//! Which three finders could be the corners of one code.

use super::finders::Finder;
use super::geometry::Point;

/// Three corners of a possible code, as the code sees them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Triple {
    pub(super) top_left: Finder,
    pub(super) top_right: Finder,
    pub(super) bottom_left: Finder,
    /// How far from a square it is; less is better.
    oddness: f32,
}

/// How oddly three finders of one code may lie.
struct Bounds {
    /// Perspective makes the far square smaller; more is another code's.
    module_ratio_max: f32,
    leg_ratio_max: f32,
    cosine_max: f32,
}

const PLAIN: Bounds = Bounds { module_ratio_max: 1.8, leg_ratio_max: 2.0, cosine_max: 0.65 };
/// For a code that is seen from the side.
const STEEP: Bounds = Bounds { module_ratio_max: 3.2, leg_ratio_max: 3.0, cosine_max: 0.85 };

/// The possible codes among some finders, likeliest first.
pub(super) fn list(finders: &[Finder], triples: &mut Vec<Triple>) {
    triples.clear();
    for (i, a) in finders.iter().enumerate() {
        for (j, b) in finders.iter().enumerate().skip(i + 1) {
            triples.extend(finders[j + 1..].iter().flat_map(|c| Triple::all_of([*a, *b, *c])));
        }
    }
    triples.sort_by(|a, b| a.oddness.total_cmp(&b.oddness));
}

impl Triple {
    /// The code of three finders, seen from about above: its right angle is opposite to the
    /// longest side.
    pub(super) fn of(three: [Finder; 3]) -> Option<Triple> {
        Triple::all_of(three).next()
    }

    /// The codes that three finders allow. Seen from the side, a leg may look as long as the
    /// diagonal.
    fn all_of(three: [Finder; 3]) -> impl Iterator<Item = Triple> {
        /// Lines that must have crossed each of three that lie as oddly as a steep view puts them.
        const SURE_HITS: u32 = 3;
        /// What nearly is the longest side may be the diagonal; from above it is by 1.41.
        const DOUBT: f32 = 1.25;

        let is_sure = three.iter().all(|finder| finder.hits >= SURE_HITS);
        let [a, b, c] = three;
        let mut turns = [[a, b, c], [b, c, a], [c, a, b]];
        let diagonal = |[_, one, other]: &[Finder; 3]| one.middle.distance(other.middle);
        turns.sort_by(|a, b| diagonal(b).total_cmp(&diagonal(a)));
        let longest = diagonal(&turns[0]);
        let (bounds, doubt) = if is_sure { (&STEEP, DOUBT) } else { (&PLAIN, 1.0) };
        let likely = turns.into_iter().filter(move |turn| diagonal(turn) * doubt >= longest);
        likely.filter_map(|turn| Triple::with_corner_first(turn, bounds))
    }

    fn with_corner_first(three: [Finder; 3], bounds: &Bounds) -> Option<Triple> {
        /// From the middle of one square to the next: 14 modules in version 1, 170 in 40.
        const LEG_MODULES: std::ops::RangeInclusive<f32> = 9.0..=175.0;

        let modules = three.map(|finder| finder.module);
        let largest = modules.into_iter().fold(0.0, f32::max);
        let smallest = modules.into_iter().fold(f32::MAX, f32::min);
        if largest > bounds.module_ratio_max * smallest {
            return None;
        }
        let [corner, one, other] = three;
        let leg = |to: Finder| to.middle.minus(corner.middle);
        let (first, second) = (leg(one), leg(other));
        let lengths = (length(first), length(second));
        let ratio = lengths.0.max(lengths.1) / lengths.0.min(lengths.1).max(0.1);
        let legs = (lengths.0 + lengths.1) / 2.0 / (modules.iter().sum::<f32>() / 3.0);
        let cosine = first.dot(second).abs() / (lengths.0 * lengths.1).max(0.01);
        let is_odd = ratio > bounds.leg_ratio_max || cosine > bounds.cosine_max;
        if is_odd || !LEG_MODULES.contains(&legs) {
            return None;
        }
        let hits: u32 = three.iter().map(|finder| finder.hits.min(10)).sum();
        let oddness = (ratio - 1.0) + cosine + (largest / smallest - 1.0) * 1.5 + legs * 0.004
            - hits as f32 * 0.02;
        let (top_right, bottom_left) =
            if first.cross(second) > 0.0 { (one, other) } else { (other, one) };
        Some(Triple { top_left: corner, top_right, bottom_left, oddness })
    }
}

fn length(of: Point) -> f32 {
    of.x.hypot(of.y)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::geometry::point;

    fn finder(x: f32, y: f32) -> Finder {
        Finder { middle: point(x, y), module: 4.0, hits: 5 }
    }

    fn listed(finders: &[Finder]) -> Vec<Triple> {
        let mut triples = Vec::new();
        list(finders, &mut triples);
        triples
    }

    #[test]
    fn corners_are_named_as_the_code_sees_them() {
        // A code turned by a quarter: its top left stands at the top right.
        let triples = listed(&[finder(200.0, 300.0), finder(100.0, 200.0), finder(200.0, 200.0)]);
        let [triple] = triples[..] else { panic!("{triples:?}") };
        assert_eq!(triple.top_left.middle, point(200.0, 200.0));
        assert_eq!(triple.top_right.middle, point(200.0, 300.0));
        assert_eq!(triple.bottom_left.middle, point(100.0, 200.0));
    }

    #[test]
    fn from_the_side_a_leg_may_look_longer_than_the_diagonal() {
        let far = Finder { module: 3.9, ..finder(340.0, 180.0) };
        let near = Finder { module: 10.7, ..finder(310.0, 365.0) };
        let right_angle = Finder { module: 5.3, ..finder(495.0, 276.0) };
        let corners: Vec<Point> =
            listed(&[far, near, right_angle]).iter().map(|triple| triple.top_left.middle).collect();
        assert!(corners.contains(&right_angle.middle), "{corners:?}");
        let unsure = [far, near, right_angle].map(|finder| Finder { hits: 2, ..finder });
        assert!(listed(&unsure).is_empty(), "specks make thousands of odd threes");
    }

    #[test]
    fn squares_in_line_or_of_different_sizes_are_no_code() {
        assert!(listed(&[finder(0.0, 0.0), finder(100.0, 0.0), finder(200.0, 0.0)]).is_empty());
        let large = Finder { module: 13.0, ..finder(0.0, 100.0) };
        assert!(listed(&[finder(0.0, 0.0), finder(100.0, 0.0), large]).is_empty());
    }
}
