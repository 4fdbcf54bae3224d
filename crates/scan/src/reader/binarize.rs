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
            let window = Window {
                upper: &self.sums[top * stride..][..stride],
                lower: &self.sums[bottom * stride..][..stride],
                rows: (bottom - top) as u32,
            };
            let row = &gray.pixels[y * width..][..width];
            // Windows are cut off at both sides, and all the same between.
            let between = radius.min(width)..width.saturating_sub(radius).max(radius.min(width));
            let edge = |x: usize| {
                let (left, right) = (x.saturating_sub(radius), (x + radius + 1).min(width));
                window.is_dark(row[x], left, right)
            };
            self.dark.extend((0..between.start).map(edge));
            window.extend(&mut self.dark, &row[between.clone()], 2 * radius + 1);
            self.dark.extend((between.end..width).map(edge));
        }
    }

    fn otsu(&mut self, gray: Gray) {
        let level = otsu_level(gray.pixels);
        self.dark.extend(gray.pixels.iter().map(|&pixel| u8::from(pixel <= level)));
    }
}

/// The sums of all pixels above and left of a place, on the two lines that bound a window.
struct Window<'a> {
    upper: &'a [u32],
    lower: &'a [u32],
    rows: u32,
}

impl Window<'_> {
    /// Whether a pixel is darker than the mean of the window's columns from `left` to `right`.
    fn is_dark(&self, pixel: u8, left: usize, right: usize) -> u8 {
        let (upper, lower) = (self.upper, self.lower);
        let sum = difference(lower[right], lower[left], upper[right], upper[left]);
        darker(pixel, sum, self.rows * (right - left) as u32)
    }

    /// The same for a row of pixels, each in the middle of `columns`, from the first ones on.
    fn extend(&self, dark: &mut Vec<u8>, row: &[u8], columns: usize) {
        let count = self.rows * columns as u32;
        // Narrow pictures have no such pixels.
        let [upper, lower] =
            [self.upper, self.lower].map(|line| line.get(columns..).unwrap_or_default());
        let right = lower.iter().zip(upper);
        let left = self.lower.iter().zip(self.upper);
        dark.extend(row.iter().zip(right).zip(left).map(|((&pixel, right), left)| {
            darker(pixel, difference(*right.0, *left.0, *right.1, *left.1), count)
        }));
    }
}

/// Sums wrap in huge pictures; the sum of one window does not.
fn difference(lower_right: u32, lower_left: u32, upper_right: u32, upper_left: u32) -> u32 {
    lower_right.wrapping_sub(lower_left).wrapping_sub(upper_right).wrapping_add(upper_left)
}

/// Darker than the mean by noise is not dark.
fn darker(pixel: u8, sum: u32, count: u32) -> u8 {
    const DARK_PERCENT: f32 = 0.97;
    u8::from(f32::from(pixel) * (count as f32) < sum as f32 * DARK_PERCENT)
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
    fn a_local_mean_is_that_of_a_window_cut_off_at_the_edges() {
        let (width, height, radius) = (40, 30, 3);
        let frame = crate::testing::noise(40, 30, 5);
        let mut bits = Bits::default();
        let gray = Gray { width, height, pixels: frame.luma() };
        bits.fill(gray, Threshold::LocalMean { part: height / radius });
        for y in 0..height {
            for x in 0..width {
                let near =
                    |at: usize, end: usize| at.saturating_sub(radius)..(at + radius + 1).min(end);
                let window =
                    near(y, height).flat_map(|row| near(x, width).map(move |column| (row, column)));
                let values: Vec<u32> = window
                    .map(|(row, column)| u32::from(frame.luma()[row * width + column]))
                    .collect();
                let here = u32::from(frame.luma()[y * width + x]) * values.len() as u32;
                assert_eq!(
                    bits.is_dark(x, y),
                    here * 100 < values.iter().sum::<u32>() * 97,
                    "{x} {y}"
                );
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
