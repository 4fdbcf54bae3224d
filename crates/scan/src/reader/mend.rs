//! Mends a code's data before it is decoded: knows how sure each module is, so that words under
//! glare or dirt count as missing and not as wrong, which corrects twice as many of them.

use super::layout::{Blocks, Layout, Place, format_places, format_word, mask_turns};
use super::reed_solomon::{self, Damaged};
use super::sample::Modules;

/// The modules of a code, as they were meant: dark is true.
pub(super) struct Meant {
    pub(super) size: usize,
    dark: Vec<bool>,
}

impl Meant {
    pub(super) fn is_dark(&self, x: usize, y: usize) -> bool {
        self.dark[y * self.size + x]
    }
}

/// Level and mask, and whether the code is mirrored (seen through glass, or from behind).
#[derive(Clone, Copy)]
struct Format {
    data: u16,
    mirrored: bool,
}

/// Turns what was seen (dark is positive, surer is further from 0) into what was meant, if the
/// check words allow no doubt.
pub(super) fn mend(seen: &Modules, layout: &Layout) -> Option<Meant> {
    let format = format(seen, layout.size)?;
    let (level, mask) = (usize::from(format.data >> 3), usize::from(format.data & 7));
    let turned =
        |place: Place| if format.mirrored { Place { x: place.y, y: place.x } } else { place };
    let sure = |place: Place| {
        let at = turned(place);
        let value = seen.values[at.y * seen.size + at.x];
        if mask_turns(mask, place) { -value } else { value }
    };
    let words: Vec<Word> = layout
        .data
        .chunks_exact(8)
        .map(|bits| Word::of(bits.iter().map(|&bit| sure(bit))))
        .collect();
    let mut meant: Vec<u8> = words.iter().map(|word| word.value).collect();
    for block in blocks(words.len(), Blocks::of(layout.version, level)) {
        mend_block(&words, &block, &mut meant)?;
    }
    agrees(&words, &meant).then(|| draw(layout, format.data, mask, &meant))
}

/// Eight modules: what they say, and how sure the least sure of them is.
struct Word {
    value: u8,
    sureness: f32,
    bits: [f32; 8],
}

impl Word {
    fn of(sure: impl Iterator<Item = f32>) -> Word {
        let mut word = Word { value: 0, sureness: f32::MAX, bits: [0.0; 8] };
        for (bit, sure) in word.bits.iter_mut().zip(sure) {
            word.value = word.value << 1 | u8::from(sure > 0.0);
            word.sureness = word.sureness.min(sure.abs());
            *bit = sure;
        }
        word
    }
}

/// The level and mask that fit best, in either reading direction; both copies count.
fn format(seen: &Modules, size: usize) -> Option<Format> {
    /// Of 30 modules, each at most about 1.
    const LIKELY_MIN: f32 = 6.0;
    let places = format_places(size);
    let mut best: Option<(f32, Format)> = None;
    for mirrored in [false, true] {
        let bits = places.map(|copies| {
            copies
                .iter()
                .map(|&Place { x, y }| {
                    let (x, y) = if mirrored { (y, x) } else { (x, y) };
                    seen.values[y * seen.size + x].clamp(-1.0, 1.0)
                })
                .sum::<f32>()
        });
        for data in 0..32 {
            let word = format_word(data);
            let likely: f32 = (0..15)
                .map(|bit| if word >> (14 - bit) & 1 == 1 { bits[bit] } else { -bits[bit] })
                .sum();
            if best.is_none_or(|(most, _)| likely > most) {
                best = Some((likely, Format { data, mirrored }));
            }
        }
    }
    best.filter(|&(likely, _)| likely >= LIKELY_MIN).map(|(_, format)| format)
}

/// Where the words of each block stand in the order of the modules.
fn blocks(words: usize, parts: Blocks) -> impl Iterator<Item = Block> {
    let Blocks { checks, count } = parts;
    let short = words / count - checks;
    let first_long = count - words % count;
    (0..count).map(move |block| {
        let data = (0..short).map(|i| i * count + block);
        let extra = (block >= first_long).then(|| short * count + block - first_long);
        let first_check = words - checks * count;
        let check = (0..checks).map(|i| first_check + i * count + block);
        Block { places: data.chain(extra).chain(check).collect(), checks }
    })
}

struct Block {
    places: Vec<usize>,
    checks: usize,
}

/// Gives up more and more of the least sure words until the rest agrees (generalised minimum
/// distance decoding, Forney 1966).
fn mend_block(words: &[Word], block: &Block, meant: &mut [u8]) -> Option<()> {
    /// Check words that must stay to prove the rest when some were given up.
    const PROOF: usize = 3;
    let mut order: Vec<usize> = (0..block.places.len()).collect();
    order.sort_by(|&a, &b| {
        words[block.places[a]].sureness.total_cmp(&words[block.places[b]].sureness)
    });
    let read: Vec<u8> = block.places.iter().map(|&place| words[place].value).collect();
    let given_up = (0..=block.checks.saturating_sub(PROOF)).step_by(2);
    for missing in given_up {
        let mut mended = read.clone();
        let damage = Damaged { missing: &order[..missing], checks: block.checks };
        let spare = if missing == 0 { 0 } else { PROOF };
        if reed_solomon::correct(&mut mended, &damage, spare) {
            for (&place, value) in block.places.iter().zip(mended) {
                meant[place] = value;
            }
            return Some(());
        }
    }
    None
}

/// Whether what was seen speaks for what was meant: a chance correction contradicts sure modules.
fn agrees(words: &[Word], meant: &[u8]) -> bool {
    const FOR_MIN: f32 = 0.55;
    let (mut with, mut all) = (0.0, 0.0);
    for (word, &value) in words.iter().zip(meant) {
        for (bit, sure) in word.bits.iter().enumerate() {
            let dark = value >> (7 - bit) & 1 == 1;
            with += if dark { *sure } else { -sure };
            all += sure.abs();
        }
    }
    with >= FOR_MIN * all
}

/// The whole code with the mended words.
fn draw(layout: &Layout, format: u16, mask: usize, words: &[u8]) -> Meant {
    let size = layout.size;
    let mut dark = vec![false; size * size];
    let mut set = |place: Place, is_dark: bool| dark[place.y * size + place.x] = is_dark;
    for known in &layout.known {
        set(known.place, known.dark);
    }
    let word = format_word(format);
    for (bit, copies) in format_places(size).iter().enumerate() {
        for &place in copies {
            set(place, word >> (14 - bit) & 1 == 1);
        }
    }
    for (index, &place) in layout.data.iter().enumerate() {
        let bit = words.get(index / 8).is_some_and(|word| word >> (7 - index % 8) & 1 == 1);
        set(place, bit != mask_turns(mask, place));
    }
    Meant { size, dark }
}

#[cfg(test)]
mod tests {
    use qrcode::{Color, EcLevel, QrCode, Version};

    use super::*;

    fn seen(code: &QrCode) -> Modules {
        let values =
            code.to_colors().into_iter().map(|c| if c == Color::Dark { 1.0 } else { -1.0 });
        Modules { size: code.width(), values: values.collect() }
    }

    fn is(meant: &Meant, code: &QrCode) -> bool {
        (0..meant.size).all(|y| {
            (0..meant.size).all(|x| {
                // The version's own bits are not drawn: the size says them too.
                let version =
                    |a: usize, b: usize| a < 6 && b >= meant.size - 11 && b < meant.size - 8;
                let told = meant.size >= 45 && (version(x, y) || version(y, x));
                told || (x, y) == (8, meant.size - 8)
                    || meant.is_dark(x, y) == (code[(x, y)] == Color::Dark)
            })
        })
    }

    #[test]
    fn a_clean_code_of_every_version_and_level_stays_as_it_is() {
        for version in [1, 2, 5, 6, 7, 10, 14, 25, 40] {
            for level in [EcLevel::L, EcLevel::M, EcLevel::Q, EcLevel::H] {
                let code =
                    QrCode::with_version("AS IT IS", Version::Normal(version), level).unwrap();
                let layout = Layout::of(usize::try_from(version).unwrap());
                let meant = mend(&seen(&code), &layout).expect("a clean code");
                assert!(is(&meant, &code), "{version} {level:?}");
            }
        }
    }

    #[test]
    fn a_code_with_a_hole_of_glare_is_mended() {
        let code =
            QrCode::with_version("GLARE ON A PHONE", Version::Normal(6), EcLevel::M).unwrap();
        let mut seen = seen(&code);
        for y in 13..27 {
            for x in 13..27 {
                seen.values[y * seen.size + x] = -0.01;
            }
        }
        assert!(is(&mend(&seen, &Layout::of(6)).expect("mended"), &code));
    }

    #[test]
    fn a_mirrored_code_is_meant_unmirrored() {
        let code = QrCode::with_version("BEHIND GLASS", Version::Normal(2), EcLevel::M).unwrap();
        let straight = seen(&code);
        let size = straight.size;
        let values =
            (0..size * size).map(|i| straight.values[i % size * size + i / size]).collect();
        let meant = mend(&Modules { size, values }, &Layout::of(2)).expect("mended");
        assert!(is(&meant, &code));
    }

    #[test]
    fn noise_is_never_mended() {
        let mut state = 1u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
        };
        for version in 1..=3 {
            let layout = Layout::of(version);
            for _ in 0..300 {
                let values = std::iter::repeat_with(&mut random).take(layout.size * layout.size);
                let seen = Modules { size: layout.size, values: values.collect() };
                assert!(mend(&seen, &layout).is_none());
            }
        }
    }
}
