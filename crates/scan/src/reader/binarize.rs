//! Grey to dark and light. No way is best everywhere; the stages try several.

use super::canvas::Gray;

/// A picture of dark (1) and light (0) pixels; its buffers are used again.
#[derive(Default)]
pub(super) struct Bits {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) dark: Vec<u8>,
    blocks: Vec<i32>,
    sums: Vec<u32>,
}

/// Pixels along a block's side.
const SIDE: usize = 8;

/// How bright 8 × 8 pixels are.
struct Block {
    mean: i32,
    low: u8,
    high: u8,
}

impl Block {
    /// The block from a place on. Column by column at once: half of a search's time went here.
    fn at(gray: Gray, x: usize, y: usize) -> Block {
        let (mut sums, mut lows, mut highs) = ([0u16; SIDE], [u8::MAX; SIDE], [u8::MIN; SIDE]);
        for y in y..y + SIDE {
            let row = gray.pixels[y * gray.width + x..].first_chunk::<SIDE>().expect("a block");
            for column in 0..SIDE {
                sums[column] = sums[column].wrapping_add(u16::from(row[column]));
                lows[column] = lows[column].min(row[column]);
                highs[column] = highs[column].max(row[column]);
            }
        }
        let sum: u16 = sums.into_iter().sum();
        let low = lows.into_iter().fold(u8::MAX, u8::min);
        let high = highs.into_iter().fold(u8::MIN, u8::max);
        Block { mean: i32::from(sum) / 64, low, high }
    }
}

/// How dark is told from light.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Threshold {
    /// Blocks of 8 × 8 pixels against the mean of 5 × 5 blocks, after ZXing's HybridBinarizer.
    Hybrid,
    /// Each pixel against the mean around it, to a radius of this part of the shorter side.
    LocalMean { part: usize },
    /// One level for the whole picture, after Otsu.
    Otsu,
}

impl Bits {
    pub(super) fn is_dark(&self, x: usize, y: usize) -> bool {
        self.dark[y * self.width + x] != 0
    }

    pub(super) fn row(&self, y: usize) -> &[u8] {
        &self.dark[y * self.width..][..self.width]
    }

    /// Whether the pixel at a place is dark; `None` outside.
    pub(super) fn at(&self, x: f32, y: f32) -> Option<bool> {
        let inside = x >= 0.0 && y >= 0.0 && x < self.width as f32 && y < self.height as f32;
        inside.then(|| self.is_dark(x as usize, y as usize))
    }

    pub(super) fn fill(&mut self, gray: Gray, threshold: Threshold) {
        self.width = gray.width;
        self.height = gray.height;
        self.dark.clear();
        match threshold {
            Threshold::Hybrid if gray.width >= 40 && gray.height >= 40 => self.hybrid(gray),
            Threshold::LocalMean { part } => {
                self.local_mean(gray, (gray.width.min(gray.height) / part).max(3));
            }
            Threshold::Hybrid | Threshold::Otsu => self.otsu(gray),
        }
    }

    fn hybrid(&mut self, gray: Gray) {
        let (width, height) = (gray.width, gray.height);
        let (across, down) = (width.div_ceil(SIDE), height.div_ceil(SIDE));
        // The last block of a row or column overlaps the one before.
        let start = |block: usize, length: usize| (block * SIDE).min(length - SIDE);
        self.blocks.clear();
        self.blocks.resize(across * down, 0);
        for by in 0..down {
            for bx in 0..across {
                let block = Block::at(gray, start(bx, width), start(by, height));
                self.blocks[by * across + bx] = self.level(&block, bx, by, across);
            }
        }
        self.dark.resize(width * height, 0);
        for by in 0..down {
            let middle_y = by.clamp(2, down - 3);
            for bx in 0..across {
                let middle_x = bx.clamp(2, across - 3);
                let sum: i32 = (middle_y - 2..=middle_y + 2)
                    .flat_map(|y| &self.blocks[y * across + middle_x - 2..][..5])
                    .sum();
                let level = (sum / 25).clamp(0, 255) as u8;
                let (x, y) = (start(bx, width), start(by, height));
                for y in y..y + SIDE {
                    let at = y * width + x;
                    let dark = &mut self.dark[at..][..SIDE];
                    for (dark, &pixel) in dark.iter_mut().zip(&gray.pixels[at..][..SIDE]) {
                        *dark = u8::from(pixel <= level);
                    }
                }
            }
        }
    }

    /// The level of one block: its mean, or, where it is flat, what its neighbours say.
    fn level(&self, block: &Block, bx: usize, by: usize, across: usize) -> i32 {
        const FLAT_MAX: i32 = 24;
        let (low, high) = (i32::from(block.low), i32::from(block.high));
        if high - low > FLAT_MAX {
            return block.mean;
        }
        // Flat is paper, unless the neighbours' paper was brighter: then it is inside of ink.
        if bx > 0 && by > 0 {
            let at = by * across + bx;
            let blocks = &self.blocks;
            let near = (blocks[at - across] + 2 * blocks[at - 1] + blocks[at - across - 1]) / 4;
            if low < near {
                return near;
            }
        }
        low / 2
    }

    fn local_mean(&mut self, gray: Gray, radius: usize) {
        /// Darker than the mean by noise is not dark.
        const DARK_PERCENT: u64 = 97;
        let (width, height) = (gray.width, gray.height);
        let stride = width + 1;
        self.sums.clear();
        self.sums.resize(stride * (height + 1), 0);
        for (y, row) in gray.pixels.chunks_exact(width).enumerate() {
            let (above, here) = self.sums[y * stride..].split_at_mut(stride);
            let mut sum = 0;
            for ((pixel, above), here) in row.iter().zip(&above[1..]).zip(&mut here[1..]) {
                sum += u32::from(*pixel);
                *here = above.wrapping_add(sum);
            }
        }
        self.dark.reserve(width * height);
        for y in 0..height {
            let (top, bottom) = (y.saturating_sub(radius), (y + radius + 1).min(height));
            let (upper, lower) = (&self.sums[top * stride..], &self.sums[bottom * stride..]);
            for (x, &pixel) in gray.pixels[y * width..][..width].iter().enumerate() {
                let (left, right) = (x.saturating_sub(radius), (x + radius + 1).min(width));
                let count = ((bottom - top) * (right - left)) as u64;
                // Sums wrap in huge pictures; differences of one window do not.
                let sum = lower[right]
                    .wrapping_sub(lower[left])
                    .wrapping_sub(upper[right])
                    .wrapping_add(upper[left]);
                let dark = u64::from(pixel) * count * 100 < u64::from(sum) * DARK_PERCENT;
                self.dark.push(u8::from(dark));
            }
        }
    }

    fn otsu(&mut self, gray: Gray) {
        let level = otsu_level(gray.pixels);
        self.dark.extend(gray.pixels.iter().map(|&pixel| u8::from(pixel <= level)));
    }
}

/// The level that parts the brightness into the two tightest groups.
fn otsu_level(pixels: &[u8]) -> u8 {
    let mut counts = [0u32; 256];
    for &pixel in pixels {
        counts[usize::from(pixel)] += 1;
    }
    let all = pixels.len() as f64;
    let total: f64 = (0u32..).zip(&counts).map(|(level, &n)| f64::from(level) * f64::from(n)).sum();
    let (mut below, mut below_sum) = (0.0, 0.0);
    let (mut best, mut best_level) = (-1.0, 128);
    for (level, &count) in (0u8..=255).zip(&counts) {
        below += f64::from(count);
        below_sum += f64::from(level) * f64::from(count);
        let above = all - below;
        if below == 0.0 || above <= 0.0 {
            continue;
        }
        let apart = below_sum / below - (total - below_sum) / above;
        let spread = below * above * apart * apart;
        if spread > best {
            (best, best_level) = (spread, level);
        }
    }
    best_level
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Threshold; 3] =
        [Threshold::Hybrid, Threshold::LocalMean { part: 16 }, Threshold::Otsu];

    #[test]
    fn stripes_are_told_apart_by_every_threshold() {
        let (width, height) = (64, 48);
        let stripe = |x: usize| (x / 4).is_multiple_of(2);
        let pixels: Vec<u8> =
            (0..width * height).map(|i| if stripe(i % width) { 40 } else { 200 }).collect();
        for threshold in ALL {
            let mut bits = Bits::default();
            bits.fill(Gray { width, height, pixels: &pixels }, threshold);
            for x in 8..width - 8 {
                assert_eq!(bits.is_dark(x, 24), stripe(x), "{threshold:?} at {x}");
            }
        }
    }

    #[test]
    fn every_size_has_a_bit_for_every_pixel() {
        for (width, height) in [(1, 1), (1, 90), (39, 41), (40, 40), (47, 43), (130, 3)] {
            let pixels = vec![9; width * height];
            for threshold in ALL {
                let mut bits = Bits::default();
                bits.fill(Gray { width, height, pixels: &pixels }, threshold);
                assert_eq!(bits.dark.len(), width * height, "{threshold:?} {width} × {height}");
            }
        }
    }
}
