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

/// The possible codes among some finders, likeliest first.
pub(super) fn list(finders: &[Finder], triples: &mut Vec<Triple>) {
    triples.clear();
    for (i, a) in finders.iter().enumerate() {
        for (j, b) in finders.iter().enumerate().skip(i + 1) {
            triples.extend(finders[j + 1..].iter().filter_map(|c| Triple::of([*a, *b, *c])));
        }
    }
    triples.sort_by(|a, b| a.oddness.total_cmp(&b.oddness));
}

impl Triple {
    pub(super) fn of(three: [Finder; 3]) -> Option<Triple> {
        /// Perspective makes the far square smaller; more is another code's.
        const MODULE_RATIO_MAX: f32 = 1.8;
        const LEG_RATIO_MAX: f32 = 2.0;
        const COSINE_MAX: f32 = 0.65;
        /// From the middle of one square to the next: 14 modules in version 1, 170 in 40.
        const LEG_MODULES: std::ops::RangeInclusive<f32> = 9.0..=175.0;

        let modules = three.map(|finder| finder.module);
        let largest = modules.into_iter().fold(0.0, f32::max);
        let smallest = modules.into_iter().fold(f32::MAX, f32::min);
        if largest > MODULE_RATIO_MAX * smallest {
            return None;
        }
        let [corner, one, other] = corner_first(three);
        let leg = |to: Finder| to.middle.minus(corner.middle);
        let (first, second) = (leg(one), leg(other));
        let lengths = (length(first), length(second));
        let ratio = lengths.0.max(lengths.1) / lengths.0.min(lengths.1).max(0.1);
        let legs = (lengths.0 + lengths.1) / 2.0 / (modules.iter().sum::<f32>() / 3.0);
        let cosine = first.dot(second).abs() / (lengths.0 * lengths.1).max(0.01);
        if ratio > LEG_RATIO_MAX || cosine > COSINE_MAX || !LEG_MODULES.contains(&legs) {
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

/// The finder at the right angle first: it is opposite to the longest side.
fn corner_first([a, b, c]: [Finder; 3]) -> [Finder; 3] {
    let side = |a: Finder, b: Finder| a.middle.distance(b.middle);
    let (ab, bc, ac) = (side(a, b), side(b, c), side(a, c));
    if ab >= bc && ab >= ac {
        [c, a, b]
    } else if bc >= ab && bc >= ac {
        [a, b, c]
    } else {
        [b, a, c]
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
    fn squares_in_line_or_of_different_sizes_are_no_code() {
        assert!(listed(&[finder(0.0, 0.0), finder(100.0, 0.0), finder(200.0, 0.0)]).is_empty());
        let large = Finder { module: 9.0, ..finder(0.0, 100.0) };
        assert!(listed(&[finder(0.0, 0.0), finder(100.0, 0.0), large]).is_empty());
    }
}
