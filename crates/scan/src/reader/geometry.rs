//! Points, and the perspective between a code's modules and a picture's pixels.

/// A place in pixels of a picture or in modules of a code; whole numbers are corners.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Point {
    pub(super) x: f32,
    pub(super) y: f32,
}

pub(super) const fn point(x: f32, y: f32) -> Point {
    Point { x, y }
}

impl Point {
    pub(super) fn distance(self, other: Point) -> f32 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    pub(super) fn plus(self, other: Point) -> Point {
        point(self.x + other.x, self.y + other.y)
    }

    pub(super) fn minus(self, other: Point) -> Point {
        point(self.x - other.x, self.y - other.y)
    }

    pub(super) fn times(self, factor: f32) -> Point {
        point(self.x * factor, self.y * factor)
    }

    /// The same way, of length 1.
    pub(super) fn direction(self) -> Point {
        self.times(1.0 / self.x.hypot(self.y).max(0.01))
    }

    pub(super) fn dot(self, other: Point) -> f32 {
        self.x * other.x + self.y * other.y
    }

    /// Positive when `other` lies clockwise of this one on a screen, where y grows downwards.
    pub(super) fn cross(self, other: Point) -> f32 {
        self.x * other.y - self.y * other.x
    }
}

/// A perspective map of the plane.
#[derive(Clone, Copy, Debug)]
pub(super) struct Homography([f32; 8]);

impl Homography {
    /// The map that takes each of `from` to its place in `to`; `None` when three are in line.
    pub(super) fn between(from: &[Point; 4], to: &[Point; 4]) -> Option<Homography> {
        let mut rows = [[0f64; 9]; 8];
        for (i, (from, to)) in from.iter().zip(to).enumerate() {
            let (u, v) = (f64::from(from.x), f64::from(from.y));
            let (x, y) = (f64::from(to.x), f64::from(to.y));
            rows[2 * i] = [u, v, 1.0, 0.0, 0.0, 0.0, -u * x, -v * x, x];
            rows[2 * i + 1] = [0.0, 0.0, 0.0, u, v, 1.0, -u * y, -v * y, y];
        }
        let solved = solve(&mut rows)?;
        let map = Homography(solved.map(|value| value as f32));
        map.0.iter().all(|value| value.is_finite()).then_some(map)
    }

    pub(super) fn map(&self, at: Point) -> Point {
        let h = &self.0;
        let depth = h[6] * at.x + h[7] * at.y + 1.0;
        point(
            (h[0] * at.x + h[1] * at.y + h[2]) / depth,
            (h[3] * at.x + h[4] * at.y + h[5]) / depth,
        )
    }
}

/// Gauss–Jordan with pivots; the last column is the right side.
fn solve(rows: &mut [[f64; 9]; 8]) -> Option<[f64; 8]> {
    const TINY: f64 = 1e-9;
    for column in 0..8 {
        let pivot = (column..8)
            .max_by(|&a, &b| rows[a][column].abs().total_cmp(&rows[b][column].abs()))
            .filter(|&row| rows[row][column].abs() > TINY)?;
        rows.swap(column, pivot);
        let pivot_row = rows[column];
        for (_, row) in rows.iter_mut().enumerate().filter(|&(index, _)| index != column) {
            let factor = row[column] / pivot_row[column];
            for (value, pivot_value) in row.iter_mut().zip(pivot_row).skip(column) {
                *value -= factor * pivot_value;
            }
        }
    }
    Some(std::array::from_fn(|i| rows[i][8] / rows[i][i]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQUARE: [Point; 4] = [point(0.0, 0.0), point(1.0, 0.0), point(1.0, 1.0), point(0.0, 1.0)];

    #[test]
    fn a_homography_takes_corners_to_corners_and_lines_to_lines() {
        let to = [point(10.0, 10.0), point(50.0, 14.0), point(44.0, 60.0), point(6.0, 40.0)];
        let map = Homography::between(&SQUARE, &to).unwrap();
        for (from, to) in SQUARE.iter().zip(to) {
            assert!(map.map(*from).distance(to) < 1e-3);
        }
        let (a, b, c) = (to[0], to[2], map.map(point(0.5, 0.5)));
        assert!(b.minus(a).cross(c.minus(a)).abs() < 0.1, "the middle left the diagonal");
    }

    #[test]
    fn points_in_line_have_no_homography() {
        let line = [point(0.0, 0.0), point(1.0, 1.0), point(2.0, 2.0), point(5.0, 0.0)];
        assert!(Homography::between(&line, &SQUARE).is_none());
    }
}
