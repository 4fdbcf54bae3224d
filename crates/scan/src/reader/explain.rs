//! Finds the modules that explain what was seen. Where [`equalize`](super::equalize) asks what each
//! module's surroundings say about it, this asks what smear and which modules together would have
//! made this picture: least squares over both in turn, each module between light and dark. It
//! reads through motion of two modules and more, where no filter does.

use super::equalize::{Row, WEIGHTS_MAX, solve};
use super::layout::Layout;
use super::sample::Modules;

/// How often the smear is learned anew from the modules that were found with it.
const ROUNDS: usize = 3;
/// How often every module is found anew in a round.
const SWEEPS: usize = 5;
/// Larger codes have too many modules for what they gain.
const SIZE_MAX: usize = 73;

/// Modules around one that its color runs into.
const REACH: usize = 2;
const SIDE: usize = 2 * REACH + 1;
const KERNEL: usize = SIDE * SIDE;

/// A code with light around it, so that every module has neighbours.
struct Field {
    stride: usize,
    /// From -1, light, to 1, dark.
    modules: Vec<f64>,
    /// What is not explained of what was seen.
    rest: Vec<f64>,
}

/// Improves a first guess of how dark each module is (`seen`, about from -1 to 1).
pub(super) fn explain(darkness: &Modules, layout: &Layout, seen: &mut Modules) {
    let size = layout.size;
    if size > SIZE_MAX {
        return;
    }
    let stride = size + 2 * REACH;
    let mut field =
        Field { stride, modules: vec![-1.0; stride * stride], rest: vec![0.0; stride * stride] };
    let mut is_known = vec![false; stride * stride];
    let at = |x: usize, y: usize| (y + REACH) * stride + x + REACH;
    for (y, row) in seen.values.chunks_exact(size).enumerate() {
        for (x, &value) in row.iter().enumerate() {
            field.modules[at(x, y)] = f64::from(value).clamp(-1.0, 1.0);
        }
    }
    for known in &layout.known {
        let at = at(known.place.x, known.place.y);
        field.modules[at] = if known.dark { 1.0 } else { -1.0 };
        is_known[at] = true;
    }
    for _ in 0..ROUNDS {
        let Some(smear) = field.learn(darkness) else { return };
        field.set_rest(darkness, &smear);
        for _ in 0..SWEEPS {
            field.sweep(size, &smear, &is_known);
        }
        // What the last sweep found, unbounded: how sure each module is.
        for y in 0..size {
            for x in 0..size {
                let at = at(x, y);
                seen.values[y * size + x] = field.wanted(at, &smear).unwrap_or(0.0) as f32;
            }
        }
    }
}

impl Field {
    /// What the modules around a place, by the middle one, come to there: the place's neighbours
    /// row after row, and then a 1.
    fn around(&self, at: usize) -> Row {
        let mut row = [0.0; WEIGHTS_MAX + 1];
        let first = at - REACH * self.stride - REACH;
        for (line, to) in row[..KERNEL].chunks_exact_mut(SIDE).enumerate() {
            to.copy_from_slice(&self.modules[first + line * self.stride..][..SIDE]);
        }
        row[KERNEL] = 1.0;
        row
    }

    fn places(&self, size: usize) -> impl Iterator<Item = usize> + use<> {
        let stride = self.stride;
        (0..size).flat_map(move |y| (0..size).map(move |x| (y + REACH) * stride + x + REACH))
    }

    /// The smear that makes what was seen of these modules, by least squares.
    fn learn(&self, darkness: &Modules) -> Option<Row> {
        const HELD_BACK: f64 = 0.01;
        let mut rows = [[0f64; WEIGHTS_MAX + 1]; WEIGHTS_MAX];
        for (at, &seen) in self.places(darkness.size).zip(&darkness.values) {
            let around = self.around(at);
            for (i, row) in rows.iter_mut().enumerate() {
                let weight = around[i];
                for (sum, other) in row.iter_mut().zip(&around).take(WEIGHTS_MAX) {
                    *sum += weight * other;
                }
                row[WEIGHTS_MAX] += weight * f64::from(seen);
            }
        }
        for (i, row) in rows.iter_mut().enumerate() {
            row[i] += HELD_BACK * darkness.values.len() as f64;
        }
        solve(&mut rows, WEIGHTS_MAX)
    }

    fn set_rest(&mut self, darkness: &Modules, smear: &Row) {
        for (at, &seen) in self.places(darkness.size).zip(&darkness.values) {
            let around = self.around(at);
            let explained: f64 =
                around.iter().zip(smear).take(WEIGHTS_MAX).map(|(a, b)| a * b).sum();
            self.rest[at] = f64::from(seen) - explained;
        }
    }

    /// The value of a module that would leave the least unexplained around it.
    fn wanted(&self, at: usize, smear: &Row) -> Option<f64> {
        let (mut with, mut power) = (0.0, 0.0);
        let first = at - REACH * self.stride - REACH;
        for line in 0..SIDE {
            let rest = &self.rest[first + line * self.stride..][..SIDE];
            for (column, rest) in rest.iter().enumerate() {
                // Seen from the neighbour, this module lies on the other side.
                let weight = smear[KERNEL - 1 - (line * SIDE + column)];
                with += weight * rest;
                power += weight * weight;
            }
        }
        (power > 1e-9).then(|| self.modules[at] + with / power)
    }

    /// Moves each unknown module to its best value while the others stay.
    fn sweep(&mut self, size: usize, smear: &Row, is_known: &[bool]) {
        for at in self.places(size) {
            if is_known[at] {
                continue;
            }
            let Some(wanted) = self.wanted(at, smear) else { return };
            let wanted = wanted.clamp(-1.0, 1.0);
            let change = wanted - self.modules[at];
            self.modules[at] = wanted;
            let first = at - REACH * self.stride - REACH;
            for line in 0..SIDE {
                let rest = &mut self.rest[first + line * self.stride..][..SIDE];
                for (column, rest) in rest.iter_mut().enumerate() {
                    *rest -= smear[KERNEL - 1 - (line * SIDE + column)] * change;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use qrcode::{Color, EcLevel, QrCode, Version};

    use super::*;
    use crate::reader::equalize::{Reach, equalize};
    use crate::reader::mend::mend;

    /// A code as it is seen through motion aslant over three modules, and some noise.
    fn smeared(code: &QrCode) -> Modules {
        let size = code.width();
        let dark = |x: Option<usize>, y: Option<usize>| match (x, y) {
            (Some(x), Some(y)) if x < size && y < size && code[(x, y)] == Color::Dark => 1.0,
            _ => -1.0,
        };
        let mut state = 1u64;
        let mut noise = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
        };
        let mut values = Vec::new();
        for y in 0..size {
            for x in 0..size {
                let before = dark(x.checked_sub(1), y.checked_sub(1));
                let after = dark(Some(x + 1), Some(y + 1));
                let sum = 0.34 * before + 0.32 * dark(Some(x), Some(y)) + 0.34 * after;
                values.push(40.0 * sum + 2.0 * noise());
            }
        }
        Modules { size, values }
    }

    #[test]
    fn what_no_filter_reads_is_explained() {
        let code = QrCode::with_version("IN MOTION", Version::Normal(4), EcLevel::M).unwrap();
        let layout = Layout::of(4);
        let darkness = smeared(&code);
        let mut seen = Modules::default();
        equalize(&darkness, &layout, Reach::Two, &mut seen);
        let wrong = |seen: &Modules| {
            let colors = code.to_colors();
            let is_right =
                |(value, color): (&f32, &Color)| (*value > 0.0) == (*color == Color::Dark);
            seen.values.iter().zip(&colors).filter(|pair| !is_right(*pair)).count()
        };
        let before = wrong(&seen);
        explain(&darkness, &layout, &mut seen);
        assert!(wrong(&seen) * 2 < before, "{} of {before} are wrong", wrong(&seen));
        assert!(mend(&seen, &layout).is_some());
    }

    #[test]
    fn a_flat_picture_explains_nothing_and_is_bounded() {
        for version in [1, 14, 15, 40] {
            let layout = Layout::of(version);
            let values = vec![0.0; layout.size * layout.size];
            let darkness = Modules { size: layout.size, values };
            let mut seen = darkness.clone();
            explain(&darkness, &layout, &mut seen);
            assert!(seen.values.iter().all(|value| value.is_finite()));
        }
    }
}
