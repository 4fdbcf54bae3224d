//! Where each module of a code lies in the picture: on one plane, or, when there are enough
//! patterns to tell, on patches that follow bent paper.

use super::alignment::Lattice;
use super::geometry::{Homography, Point, point};

/// From modules to pixels.
pub(super) enum Placement {
    Flat(Homography),
    Patches(Patches),
}

/// One plane between each four neighbouring patterns.
pub(super) struct Patches {
    lines: Vec<f32>,
    maps: Vec<Homography>,
}

impl Placement {
    pub(super) fn map(&self, at: Point) -> Point {
        match self {
            Placement::Flat(map) => map.map(at),
            Placement::Patches(patches) => patches.map(at),
        }
    }

    /// The corners of the code, clockwise from its upper left.
    pub(super) fn corners(&self, size: usize) -> [Point; 4] {
        let far = size as f32;
        [point(0.0, 0.0), point(far, 0.0), point(far, far), point(0.0, far)].map(|at| self.map(at))
    }
}

impl Patches {
    /// `None` if some patterns were found on one line.
    pub(super) fn over(lattice: &Lattice) -> Option<Patches> {
        let count = lattice.lines.len();
        let mut maps = Vec::with_capacity((count - 1) * (count - 1));
        for row in 1..count {
            for column in 1..count {
                let corners =
                    [(column - 1, row - 1), (column, row - 1), (column, row), (column - 1, row)];
                let from = corners.map(|(x, y)| point(lattice.lines[x], lattice.lines[y]));
                let to = corners.map(|(x, y)| lattice.places[y * count + x]);
                maps.push(Homography::between(&from, &to)?);
            }
        }
        Some(Patches { lines: lattice.lines.clone(), maps })
    }

    fn map(&self, at: Point) -> Point {
        let patches = self.lines.len() - 1;
        let patch =
            |along: f32| self.lines[1..patches].iter().take_while(|&&line| line < along).count();
        self.maps[patch(at.y) * patches + patch(at.x)].map(at)
    }
}
