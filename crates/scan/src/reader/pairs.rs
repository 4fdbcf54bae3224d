//! Where a third finder must be when glare, a thumb or dirt hides it: two are enough to say, once
//! it is known whether they lie on an edge of the code or on its diagonal.

use super::binarize::Bits;
use super::finders::Finder;
use super::geometry::{Point, point};
use super::triples::Triple;

/// Of more finders than these two could be anything.
const FINDERS_MAX: usize = 5;

/// The triples that pairs of finders allow, each with a finder that was not seen.
pub(super) fn list(bits: &Bits, finders: &[Finder], triples: &mut Vec<Triple>) {
    triples.clear();
    let surest = &finders[..finders.len().min(FINDERS_MAX)];
    for (index, a) in surest.iter().enumerate() {
        for b in &surest[index + 1..] {
            if let Some(lie) = Lie::of(bits, a, b) {
                triples.extend(lie.hidden(a, b).into_iter().filter_map(Triple::of));
            }
        }
    }
}

/// How two finders lie in their code.
enum Lie {
    Edge,
    Diagonal,
}

impl Lie {
    /// A square is narrowest along its sides, and half as wide again along its diagonals.
    fn of(bits: &Bits, a: &Finder, b: &Finder) -> Option<Lie> {
        const MODULE_RATIO_MAX: f32 = 1.5;
        if a.module.max(b.module) > MODULE_RATIO_MAX * a.module.min(b.module) {
            return None;
        }
        let leg = b.middle.minus(a.middle);
        let along = leg.times(1.0 / leg.x.hypot(leg.y).max(0.01));
        let aslant = point(along.x - along.y, along.x + along.y).times(0.5f32.sqrt());
        let width = |direction: Point| {
            let widths = [a, b].map(|finder| finder.module_along(bits, direction));
            widths.into_iter().flatten().reduce(f32::min)
        };
        match (width(along), width(aslant)) {
            (Some(along), Some(aslant)) if along > aslant => Some(Lie::Diagonal),
            (Some(_), _) => Some(Lie::Edge),
            (None, Some(_)) => Some(Lie::Diagonal),
            (None, None) => None,
        }
    }

    /// The two with each place where the third may be.
    fn hidden(&self, a: &Finder, b: &Finder) -> Vec<[Finder; 3]> {
        let leg = b.middle.minus(a.middle);
        let turned = point(-leg.y, leg.x);
        let places = match self {
            Lie::Edge => vec![
                a.middle.plus(turned),
                a.middle.minus(turned),
                b.middle.plus(turned),
                b.middle.minus(turned),
            ],
            Lie::Diagonal => {
                let middle = a.middle.plus(b.middle).times(0.5);
                vec![middle.plus(turned.times(0.5)), middle.minus(turned.times(0.5))]
            }
        };
        let module = (a.module + b.module) / 2.0;
        let unseen = |middle: Point| Finder { middle, module, hits: 0 };
        places.into_iter().map(|place| [*a, *b, unseen(place)]).collect()
    }
}
