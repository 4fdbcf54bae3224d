//! Modules out of pixels: how bright each module is, and how dark it is beside its neighbours.

use super::canvas::Gray;
use super::geometry::point;
use super::mesh::Placement;

/// One number a module, row after row.
#[derive(Clone, Default)]
pub(super) struct Modules {
    pub(super) size: usize,
    pub(super) values: Vec<f32>,
}

/// Reads the brightness of every module at five points.
pub(super) fn sample(gray: Gray, placement: &Placement, size: usize, to: &mut Modules) {
    const POINTS: [(f32, f32); 5] = [(0.5, 0.5), (0.3, 0.5), (0.7, 0.5), (0.5, 0.3), (0.5, 0.7)];
    to.size = size;
    to.values.clear();
    for y in 0..size {
        for x in 0..size {
            let sum: f32 = POINTS
                .iter()
                .map(|(dx, dy)| {
                    let at = placement.map(point(x as f32 + dx, y as f32 + dy));
                    gray.between(at.x, at.y)
                })
                .sum();
            to.values.push(sum / POINTS.len() as f32);
        }
    }
}

impl Modules {
    /// How much darker each module is than the mean of those within `radius`.
    pub(super) fn darkness(&self, radius: usize, to: &mut Modules) {
        let size = self.size;
        let stride = size + 1;
        let mut sums = vec![0f32; stride * stride];
        for (y, row) in self.values.chunks_exact(size).enumerate() {
            let mut sum = 0.0;
            for (x, value) in row.iter().enumerate() {
                sum += value;
                sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1] + sum;
            }
        }
        to.size = size;
        to.values.clear();
        for y in 0..size {
            let (top, bottom) = (y.saturating_sub(radius), (y + radius + 1).min(size));
            for x in 0..size {
                let (left, right) = (x.saturating_sub(radius), (x + radius + 1).min(size));
                let sum = sums[bottom * stride + right] + sums[top * stride + left]
                    - sums[bottom * stride + left]
                    - sums[top * stride + right];
                let mean = sum / ((bottom - top) * (right - left)) as f32;
                to.values.push(mean - self.values[y * size + x]);
            }
        }
    }
}
