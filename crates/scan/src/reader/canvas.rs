//! Grey pictures in buffers that are used again for the next frame, and the few ways to change
//! one before it is looked at.

/// A grey picture that somebody else holds.
#[derive(Clone, Copy)]
pub(super) struct Gray<'a> {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Row after row; exactly `width` × `height`.
    pub(super) pixels: &'a [u8],
}

impl Gray<'_> {
    /// The pixel at a place, or the nearest one to a place outside.
    pub(super) fn nearest(&self, x: f32, y: f32) -> f32 {
        let x = (x.max(0.0) as usize).min(self.width - 1);
        let y = (y.max(0.0) as usize).min(self.height - 1);
        f32::from(self.pixels[y * self.width + x])
    }

    /// Between the four pixels around a place; pixels' middles are at halves.
    pub(super) fn between(&self, x: f32, y: f32) -> f32 {
        let x = (x - 0.5).clamp(0.0, (self.width - 1) as f32);
        let y = (y - 0.5).clamp(0.0, (self.height - 1) as f32);
        let (column, row) = (x as usize, y as usize);
        let (right, below) = (x - column as f32, y - row as f32);
        let next = usize::from(column + 1 < self.width);
        let under = if row + 1 < self.height { self.width } else { 0 };
        let at = row * self.width + column;
        let pixel = |index: usize| f32::from(self.pixels[index]);
        let upper = pixel(at) + (pixel(at + next) - pixel(at)) * right;
        let lower = pixel(at + under) + (pixel(at + under + next) - pixel(at + under)) * right;
        upper + (lower - upper) * below
    }

    pub(super) fn contains(&self, x: f32, y: f32) -> bool {
        x >= 0.0 && y >= 0.0 && x < self.width as f32 && y < self.height as f32
    }
}

/// A grey picture of our own; empty until something is drawn into it.
#[derive(Default)]
pub(super) struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Canvas {
    pub(super) fn view(&self) -> Gray<'_> {
        Gray { width: self.width, height: self.height, pixels: &self.pixels }
    }

    fn clear(&mut self, width: usize, height: usize) {
        self.width = width;
        self.height = height;
        self.pixels.clear();
        self.pixels.reserve(width * height);
    }

    /// Every 2 × 2 pixels averaged; at least one pixel large.
    pub(super) fn halve(&mut self, from: Gray) {
        self.clear((from.width / 2).max(1), (from.height / 2).max(1));
        if from.width < 2 || from.height < 2 {
            self.pixels.resize(self.width * self.height, from.pixels[0]);
            return;
        }
        for rows in from.pixels.chunks_exact(from.width * 2) {
            let (upper, lower) = rows.split_at(from.width);
            let pairs = upper.chunks_exact(2).zip(lower.chunks_exact(2));
            self.pixels.extend(pairs.map(|(u, l)| {
                let sum = u16::from(u[0]) + u16::from(u[1]) + u16::from(l[0]) + u16::from(l[1]);
                ((sum + 2) / 4) as u8
            }));
        }
    }

    /// Twice as large, smooth between the pixels.
    pub(super) fn double(&mut self, from: Gray) {
        self.clear(from.width * 2, from.height * 2);
        let mut upper = Vec::with_capacity(self.width);
        let mut lower = Vec::with_capacity(self.width);
        let row = |y: usize| &from.pixels[y * from.width..][..from.width];
        for y in 0..from.height {
            for near in [y.saturating_sub(1), (y + 1).min(from.height - 1)] {
                widen(row(y), &mut upper);
                widen(row(near), &mut lower);
                let blend = upper.iter().zip(&lower).map(|(&a, &b)| ((3 * a + b + 8) / 16) as u8);
                self.pixels.extend(blend);
            }
        }
    }

    pub(super) fn invert(&mut self, from: Gray) {
        self.clear(from.width, from.height);
        self.pixels.extend(from.pixels.iter().map(|pixel| 255 - pixel));
    }

    /// A 3 × 3 binomial blur: less noise, less texture.
    pub(super) fn blur(&mut self, from: Gray) {
        self.clear(from.width, from.height);
        let (width, last) = (from.width, from.height - 1);
        let row = |y: usize| &from.pixels[y * width..][..width];
        let mut sums = vec![0u16; width];
        for y in 0..from.height {
            let rows = row(y.saturating_sub(1)).iter().zip(row(y)).zip(row((y + 1).min(last)));
            for (sum, ((&above, &here), &below)) in sums.iter_mut().zip(rows) {
                *sum = u16::from(above) + 2 * u16::from(here) + u16::from(below);
            }
            let (first, end) = (sums[0], sums[width - 1]);
            let left = std::iter::once(first).chain(sums.iter().copied());
            let right = sums.iter().copied().skip(1).chain(std::iter::once(end));
            let blurred =
                left.zip(&sums).zip(right).map(|((l, &s), r)| ((l + 2 * s + r + 8) / 16) as u8);
            self.pixels.extend(blurred);
        }
    }

    /// Spreads the brightness that is there over the whole range, so that a dark picture has
    /// contrast in whole numbers; tells whether there was anything to gain.
    pub(super) fn stretch(&mut self, from: Gray) -> bool {
        /// Fewer pixels than this share are sparks or dead.
        const STRAY: usize = 1000;
        /// Above this range a stretch changes nothing that thresholds would see.
        const RANGE_WORTH_IT: usize = 96;
        let mut counts = [0usize; 256];
        for &pixel in from.pixels {
            counts[usize::from(pixel)] += 1;
        }
        let stray = from.pixels.len() / STRAY;
        let mut seen = 0;
        let mut is_beyond = |level: &usize| {
            seen += counts[*level];
            seen > stray
        };
        let low = (0..256).find(&mut is_beyond).unwrap_or(0);
        seen = 0;
        let mut is_beyond = |level: &usize| {
            seen += counts[*level];
            seen > stray
        };
        let high = (0..256).rev().find(&mut is_beyond).unwrap_or(255);
        if high <= low || high - low >= RANGE_WORTH_IT {
            return false;
        }
        let table: [u8; 256] = std::array::from_fn(|level| {
            (level.clamp(low, high) - low).saturating_mul(255).div_euclid(high - low) as u8
        });
        self.clear(from.width, from.height);
        self.pixels.extend(from.pixels.iter().map(|&pixel| table[usize::from(pixel)]));
        true
    }
}

/// A row at twice the width, in fourths.
fn widen(row: &[u8], to: &mut Vec<u16>) {
    to.clear();
    let last = row.len() - 1;
    for (x, &pixel) in row.iter().enumerate() {
        let near = |index: usize| u16::from(row[index]);
        to.push(3 * u16::from(pixel) + near(x.saturating_sub(1)));
        to.push(3 * u16::from(pixel) + near((x + 1).min(last)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gray(width: usize, pixels: &[u8]) -> Gray<'_> {
        Gray { width, height: pixels.len() / width, pixels }
    }

    #[test]
    fn halving_averages_and_never_vanishes() {
        let mut canvas = Canvas::default();
        canvas.halve(gray(3, &[0, 100, 9, 100, 200, 9, 9, 9, 9]));
        assert_eq!(
            (canvas.view().width, canvas.view().height, canvas.view().pixels),
            (1, 1, &[100][..])
        );
        canvas.halve(gray(1, &[7, 7, 7]));
        assert_eq!(canvas.view().pixels, [7]);
    }

    #[test]
    fn every_change_keeps_a_flat_picture_flat() {
        let flat = [77; 30];
        let mut canvas = Canvas::default();
        canvas.double(gray(5, &flat));
        assert_eq!((canvas.view().width, canvas.view().height), (10, 12));
        assert!(canvas.view().pixels.iter().all(|&pixel| pixel == 77));
        canvas.blur(gray(5, &flat));
        assert_eq!(canvas.view().pixels, flat);
        canvas.invert(gray(5, &flat));
        assert_eq!(canvas.view().pixels, [178; 30]);
        assert!(!canvas.stretch(gray(5, &flat)));
    }

    #[test]
    fn a_dark_picture_is_stretched_over_the_whole_range() {
        let mut canvas = Canvas::default();
        assert!(canvas.stretch(gray(2, &[10, 20, 15, 10])));
        assert_eq!(canvas.view().pixels, [0, 255, 127, 0]);
        assert!(!canvas.stretch(gray(2, &[0, 255, 3, 9])));
    }

    #[test]
    fn brightness_between_pixels_is_blended_and_outside_is_the_edge() {
        let pixels = [0, 100, 200, 100];
        let gray = gray(2, &pixels);
        assert!((gray.between(1.0, 1.0) - 100.0).abs() < 1e-3);
        assert!((gray.between(-9.0, -9.0) - 0.0).abs() < 1e-3);
        assert!((gray.nearest(99.0, 99.0) - 100.0).abs() < 1e-3);
        assert!(gray.contains(1.9, 1.9) && !gray.contains(2.0, 0.0));
    }
}
