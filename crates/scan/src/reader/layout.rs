//! What stands where in a code of each version (ISO/IEC 18004): the patterns that are the same in
//! all codes, and the order of the data.

use super::geometry::{Point, point};

/// The facts of one version.
pub(super) struct Layout {
    pub(super) version: usize,
    /// Modules a side.
    pub(super) size: usize,
    /// Middles of alignment patterns, in modules from 0; the same across and down.
    pub(super) alignments: Vec<usize>,
    /// Modules whose color is known before reading.
    pub(super) known: Vec<Known>,
    /// Places of the data bits in the order of the codewords, most significant bit first.
    pub(super) data: Vec<Place>,
}

/// A module whose color is the same in every code of its version.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub(super) place: Place,
    pub(super) dark: bool,
    /// Alignment patterns and timing lines are fewer and say more about where the grid lies.
    pub(super) weight: f32,
}

/// A module by column and row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) x: usize,
    pub(super) y: usize,
}

impl Place {
    pub(super) fn middle(self) -> Point {
        point(self.x as f32 + 0.5, self.y as f32 + 0.5)
    }
}

pub(super) const VERSION_MAX: usize = 40;

/// Modules a side of a version.
pub(super) const fn size_of(version: usize) -> usize {
    17 + 4 * version
}

impl Layout {
    pub(super) fn of(version: usize) -> Layout {
        let size = size_of(version);
        let alignments = alignment_middles(version);
        let mut known = Vec::new();
        for (x, y) in [(0, 0), (size - 7, 0), (0, size - 7)] {
            finder(size, x, y, &mut known);
        }
        for at in 8..size - 8 {
            let dark = at.is_multiple_of(2);
            known.push(Known { place: Place { x: at, y: 6 }, dark, weight: 1.5 });
            known.push(Known { place: Place { x: 6, y: at }, dark, weight: 1.5 });
        }
        for (x, y) in alignment_places(&alignments) {
            alignment(x, y, &mut known);
        }
        let data = data_places(version, size, &alignments);
        Layout { version, size, alignments, known, data }
    }

    /// The known modules of the three finders.
    pub(super) fn finders(&self) -> &[Known] {
        // Each has 8 × 8 in the code with its light border.
        &self.known[..3 * 64]
    }
}

/// A finder with its light border, as far as it lies in the code.
fn finder(size: usize, left: usize, top: usize, known: &mut Vec<Known>) {
    for y in 0..9usize {
        for x in 0..9usize {
            let (Some(column), Some(row)) = ((left + x).checked_sub(1), (top + y).checked_sub(1))
            else {
                continue;
            };
            if column >= size || row >= size {
                continue;
            }
            let ring = x.abs_diff(4).max(y.abs_diff(4));
            let dark = ring != 2 && ring != 4;
            known.push(Known { place: Place { x: column, y: row }, dark, weight: 1.0 });
        }
    }
}

fn alignment(x: usize, y: usize, known: &mut Vec<Known>) {
    for down in 0..5usize {
        for across in 0..5usize {
            let ring = across.abs_diff(2).max(down.abs_diff(2));
            let (dark, weight) = [(true, 2.0), (false, 2.0), (true, 1.2)][ring];
            let place = Place { x: x + across - 2, y: y + down - 2 };
            known.push(Known { place, dark, weight });
        }
    }
}

fn alignment_middles(version: usize) -> Vec<usize> {
    if version == 1 {
        return Vec::new();
    }
    let count = version / 7 + 2;
    let step = match version {
        32 => 26,
        _ => (version * 4 + count * 2 + 1) / (count * 2 - 2) * 2,
    };
    let last = size_of(version) - 7;
    let mut middles: Vec<usize> = (0..count - 1).map(|k| last - k * step).collect();
    middles.push(6);
    middles.reverse();
    middles
}

/// All crossings but the three that the finders cover.
fn alignment_places(middles: &[usize]) -> impl Iterator<Item = (usize, usize)> {
    let last = middles.last().copied().unwrap_or(0);
    let crossings = middles.iter().flat_map(move |&y| middles.iter().map(move |&x| (x, y)));
    crossings.filter(move |&at| at != (6, 6) && at != (6, last) && at != (last, 6))
}

/// Upwards and downwards in columns of two from the right, around everything that is no data.
fn data_places(version: usize, size: usize, alignments: &[usize]) -> Vec<Place> {
    let mut taken = vec![false; size * size];
    let mut take = |x: std::ops::Range<usize>, y: std::ops::Range<usize>| {
        for y in y {
            taken[y * size..][x.clone()].fill(true);
        }
    };
    take(0..9, 0..9);
    take(size - 8..size, 0..9);
    take(0..9, size - 8..size);
    take(0..size, 6..7);
    take(6..7, 0..size);
    for (x, y) in alignment_places(alignments) {
        take(x - 2..x + 3, y - 2..y + 3);
    }
    if version >= 7 {
        take(size - 11..size - 8, 0..6);
        take(0..6, size - 11..size - 8);
    }
    let mut places = Vec::new();
    let columns = (0..7).rev().chain((7..size).rev());
    let mut rights: Vec<usize> =
        columns.filter(|&x| x > 6 && x % 2 == 0 || x < 6 && x % 2 == 1).collect();
    rights.sort_unstable_by_key(|&x| std::cmp::Reverse(x));
    for (index, right) in rights.into_iter().enumerate() {
        for step in 0..size {
            let y = if index.is_multiple_of(2) { size - 1 - step } else { step };
            let pair = [right, right - 1].map(|x| Place { x, y });
            places.extend(pair.into_iter().filter(|place| !taken[place.y * size + place.x]));
        }
    }
    places
}

/// How the codewords of a version and level are parted: check words in a block, and blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Blocks {
    pub(super) checks: usize,
    pub(super) count: usize,
}

impl Blocks {
    /// `level` is the two bits in the format: 0 is M, 1 L, 2 H, 3 Q.
    pub(super) fn of(version: usize, level: usize) -> Blocks {
        let (checks, count) = BLOCKS[version - 1][level];
        Blocks { checks, count }
    }
}

/// ISO/IEC 18004, table 9: (check words in a block, blocks) of levels M, L, H and Q.
const BLOCKS: [[(usize, usize); 4]; VERSION_MAX] = [
    [(10, 1), (7, 1), (17, 1), (13, 1)],
    [(16, 1), (10, 1), (28, 1), (22, 1)],
    [(26, 1), (15, 1), (22, 2), (18, 2)],
    [(18, 2), (20, 1), (16, 4), (26, 2)],
    [(24, 2), (26, 1), (22, 4), (18, 4)],
    [(16, 4), (18, 2), (28, 4), (24, 4)],
    [(18, 4), (20, 2), (26, 5), (18, 6)],
    [(22, 4), (24, 2), (26, 6), (22, 6)],
    [(22, 5), (30, 2), (24, 8), (20, 8)],
    [(26, 5), (18, 4), (28, 8), (24, 8)],
    [(30, 5), (20, 4), (24, 11), (28, 8)],
    [(22, 8), (24, 4), (28, 11), (26, 10)],
    [(22, 9), (26, 4), (22, 16), (24, 12)],
    [(24, 9), (30, 4), (24, 16), (20, 16)],
    [(24, 10), (22, 6), (24, 18), (30, 12)],
    [(28, 10), (24, 6), (30, 16), (24, 17)],
    [(28, 11), (28, 6), (28, 19), (28, 16)],
    [(26, 13), (30, 6), (28, 21), (28, 18)],
    [(26, 14), (28, 7), (26, 25), (26, 21)],
    [(26, 16), (28, 8), (28, 25), (30, 20)],
    [(26, 17), (28, 8), (30, 25), (28, 23)],
    [(28, 17), (28, 9), (24, 34), (30, 23)],
    [(28, 18), (30, 9), (30, 30), (30, 25)],
    [(28, 20), (30, 10), (30, 32), (30, 27)],
    [(28, 21), (26, 12), (30, 35), (30, 29)],
    [(28, 23), (28, 12), (30, 37), (28, 34)],
    [(28, 25), (30, 12), (30, 40), (30, 34)],
    [(28, 26), (30, 13), (30, 42), (30, 35)],
    [(28, 28), (30, 14), (30, 45), (30, 38)],
    [(28, 29), (30, 15), (30, 48), (30, 40)],
    [(28, 31), (30, 16), (30, 51), (30, 43)],
    [(28, 33), (30, 17), (30, 54), (30, 45)],
    [(28, 35), (30, 18), (30, 57), (30, 48)],
    [(28, 37), (30, 19), (30, 60), (30, 51)],
    [(28, 38), (30, 19), (30, 63), (30, 53)],
    [(28, 40), (30, 20), (30, 66), (30, 56)],
    [(28, 43), (30, 21), (30, 70), (30, 59)],
    [(28, 45), (30, 22), (30, 74), (30, 62)],
    [(28, 47), (30, 24), (30, 77), (30, 65)],
    [(28, 49), (30, 25), (30, 81), (30, 68)],
];

/// Whether a mask turns the module over.
pub(super) fn mask_turns(mask: usize, place: Place) -> bool {
    let Place { x, y } = place;
    match mask {
        0 => (y + x).is_multiple_of(2),
        1 => y.is_multiple_of(2),
        2 => x.is_multiple_of(3),
        3 => (y + x).is_multiple_of(3),
        4 => (y / 2 + x / 3).is_multiple_of(2),
        5 => (y * x) % 2 + (y * x) % 3 == 0,
        6 => ((y * x) % 2 + (y * x) % 3).is_multiple_of(2),
        _ => ((y + x) % 2 + (y * x) % 3).is_multiple_of(2),
    }
}

/// The two places of each of the 15 bits of the format, the most significant first.
pub(super) fn format_places(size: usize) -> [[Place; 2]; 15] {
    const FIRST: [(usize, usize); 15] = [
        (0, 8),
        (1, 8),
        (2, 8),
        (3, 8),
        (4, 8),
        (5, 8),
        (7, 8),
        (8, 8),
        (8, 7),
        (8, 5),
        (8, 4),
        (8, 3),
        (8, 2),
        (8, 1),
        (8, 0),
    ];
    std::array::from_fn(|bit| {
        let (x, y) = FIRST[bit];
        let second = if bit < 7 {
            Place { x: 8, y: size - 1 - bit }
        } else {
            Place { x: size - 15 + bit, y: 8 }
        };
        [Place { x, y }, second]
    })
}

/// The 15 bits that stand for a level and mask (five bits): BCH(15, 5), masked.
pub(super) fn format_word(data: u16) -> u16 {
    const GENERATOR: u16 = 0x537;
    const MASK: u16 = 0x5412;
    let mut rest = data << 10;
    for bit in (10..15).rev() {
        if rest & (1 << bit) != 0 {
            rest ^= GENERATOR << (bit - 10);
        }
    }
    (data << 10 | rest) ^ MASK
}

#[cfg(test)]
mod tests {
    use qrcode::{Color, EcLevel, QrCode, Version};

    use super::*;

    #[test]
    fn alignment_patterns_stand_where_the_standard_has_them() {
        assert_eq!(alignment_middles(2), [6, 18]);
        assert_eq!(alignment_middles(7), [6, 22, 38]);
        assert_eq!(alignment_middles(22), [6, 26, 50, 74, 98]);
        assert_eq!(alignment_middles(32), [6, 34, 60, 86, 112, 138]);
        assert_eq!(alignment_middles(40), [6, 30, 58, 86, 114, 142, 170]);
    }

    /// Another maker of codes agrees on every known module, the format and the amount of data.
    #[test]
    fn every_version_is_laid_out_as_another_program_draws_it() {
        for version in 1..=VERSION_MAX {
            let layout = Layout::of(version);
            let number = i16::try_from(version).unwrap();
            let code = QrCode::with_version("A", Version::Normal(number), EcLevel::Q).unwrap();
            let dark = |place: Place| code[(place.x, place.y)] == Color::Dark;
            for known in &layout.known {
                // The corner of the format next to the lower left finder is not in its border.
                assert_eq!(dark(known.place), known.dark, "{version}: {known:?}");
            }
            let words = (0..32).map(format_word);
            for side in 0..2 {
                let read = format_places(layout.size)
                    .iter()
                    .fold(0, |word, places| word << 1 | u16::from(dark(places[side])));
                assert!(words.clone().any(|word| word == read && word != 0), "{version} {side}");
            }
            let blocks = Blocks::of(version, 3);
            assert!(layout.data.len() / 8 > blocks.checks * blocks.count, "{version}");
        }
    }

    #[test]
    fn data_fills_what_is_left() {
        // ISO/IEC 18004, table 1: codewords and remainder bits.
        for (version, words, rest) in
            [(1, 26, 0), (6, 172, 7), (7, 196, 0), (14, 581, 3), (40, 3706, 0)]
        {
            assert_eq!(Layout::of(version).data.len(), words * 8 + rest, "{version}");
        }
    }
}
