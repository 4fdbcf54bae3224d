//! Corrects words of a Reed–Solomon block over GF(256), wrong ones and missing ones (ISO/IEC
//! 18004, annex B; Berlekamp–Massey with erasures after Blahut 1983).

/// What is known of a block's damage.
pub(super) struct Damaged<'a> {
    /// Places of words that are not to be believed.
    pub(super) missing: &'a [usize],
    /// How many check words stand at the end.
    pub(super) checks: usize,
}

/// No block has more check words than this, so no polynomial is longer.
const CHECKS_MAX: usize = 30;
type Poly = [u8; CHECKS_MAX + 1];

/// Corrects a block in place. `spare` check words must be left over to prove the correction.
pub(super) fn correct(words: &mut [u8], damage: &Damaged, spare: usize) -> bool {
    let checks = damage.checks;
    let syndromes = syndromes(words, checks);
    if syndromes.iter().all(|&syndrome| syndrome == 0) {
        return true;
    }
    let missing = damage.missing.len();
    if missing + spare > checks {
        return false;
    }
    let last = words.len() - 1;
    let erased = erasure_locator(damage.missing.iter().map(|place| last - place));
    let (locator, length) = locate(&syndromes, erased, missing, checks);
    if 2 * (length - missing) + missing + spare > checks {
        return false;
    }
    let evaluator = evaluator(&syndromes, &locator, checks);
    let mut found = 0;
    for (place, word) in words.iter_mut().enumerate() {
        let root = power(255 - (last - place) % 255);
        if evaluate(&locator, root) == 0 {
            let slope = derivative(&locator, root);
            if slope == 0 {
                return false;
            }
            let size = divide(evaluate(&evaluator, root), slope);
            *word ^= multiply(size, power(last - place));
            found += 1;
        }
    }
    found == length && self::syndromes(words, checks).iter().all(|&syndrome| syndrome == 0)
}

fn syndromes(words: &[u8], checks: usize) -> Poly {
    let mut syndromes = [0; CHECKS_MAX + 1];
    for (k, syndrome) in syndromes.iter_mut().enumerate().take(checks) {
        *syndrome = words.iter().fold(0, |sum, word| multiply_power(sum, k) ^ word);
    }
    syndromes
}

/// The polynomial whose roots are the missing words' places.
fn erasure_locator(powers: impl Iterator<Item = usize>) -> Poly {
    let mut locator = [0; CHECKS_MAX + 1];
    locator[0] = 1;
    for power in powers {
        for i in (1..=CHECKS_MAX).rev() {
            locator[i] ^= multiply_power(locator[i - 1], power);
        }
    }
    locator
}

/// The locator of all damage, and how many words that is.
fn locate(syndromes: &Poly, erased: Poly, missing: usize, checks: usize) -> (Poly, usize) {
    let (mut locator, mut before) = (erased, erased);
    let mut length = missing;
    for step in missing + 1..=checks {
        let gap = (0..step).fold(0, |sum, i| sum ^ multiply(locator[i], syndromes[step - 1 - i]));
        before.rotate_right(1);
        before[0] = 0;
        if gap == 0 {
            continue;
        }
        let mut next = locator;
        for (next, before) in next.iter_mut().zip(before) {
            *next ^= multiply(gap, before);
        }
        if 2 * length < step + missing {
            length = step + missing - length;
            before = locator.map(|term| divide(term, gap));
        }
        locator = next;
    }
    (locator, length)
}

fn evaluator(syndromes: &Poly, locator: &Poly, checks: usize) -> Poly {
    let mut product = [0; CHECKS_MAX + 1];
    for (i, term) in product.iter_mut().enumerate().take(checks) {
        *term = (0..=i).fold(0, |sum, k| sum ^ multiply(locator[k], syndromes[i - k]));
    }
    product
}

fn evaluate(poly: &Poly, at: u8) -> u8 {
    poly.iter().rev().fold(0, |sum, &term| multiply(sum, at) ^ term)
}

/// In characteristic 2 only the odd terms are left.
fn derivative(poly: &Poly, at: u8) -> u8 {
    let square = multiply(at, at);
    poly.iter().skip(1).step_by(2).rev().fold(0, |sum, &term| multiply(sum, square) ^ term)
}

const fn tables() -> ([u8; 512], [u8; 256]) {
    /// x⁸ + x⁴ + x³ + x² + 1.
    const FIELD: u16 = 0x11D;
    let mut powers = [0u8; 512];
    let mut logs = [0u8; 256];
    let mut value = 1u16;
    let mut k = 0;
    while k < 255 {
        powers[k] = value.to_le_bytes()[0];
        powers[k + 255] = powers[k];
        logs[value as usize] = k.to_le_bytes()[0];
        value <<= 1;
        if value & 0x100 != 0 {
            value ^= FIELD;
        }
        k += 1;
    }
    (powers, logs)
}

static TABLES: ([u8; 512], [u8; 256]) = tables();

fn power(k: usize) -> u8 {
    TABLES.0[k % 255]
}

fn log(value: u8) -> usize {
    usize::from(TABLES.1[usize::from(value)])
}

fn multiply(a: u8, b: u8) -> u8 {
    if a == 0 || b == 0 { 0 } else { TABLES.0[log(a) + log(b)] }
}

fn multiply_power(a: u8, k: usize) -> u8 {
    if a == 0 { 0 } else { TABLES.0[log(a) + k % 255] }
}

/// `b` is not 0.
fn divide(a: u8, b: u8) -> u8 {
    if a == 0 { 0 } else { TABLES.0[log(a) + 255 - log(b)] }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Check words by division, as an encoder makes them.
    fn encoded(data: &[u8], checks: usize) -> Vec<u8> {
        let mut generator = vec![1u8];
        for k in 0..checks {
            let mut next = vec![0; generator.len() + 1];
            for (i, &term) in generator.iter().enumerate() {
                next[i] ^= term;
                next[i + 1] ^= multiply(term, power(k));
            }
            generator = next;
        }
        let mut rest = data.to_vec();
        rest.resize(data.len() + checks, 0);
        for i in 0..data.len() {
            let factor = rest[i];
            for (k, &term) in generator.iter().enumerate() {
                rest[i + k] ^= multiply(term, factor);
            }
        }
        [data, &rest[data.len()..]].concat()
    }

    proptest! {
        #[test]
        fn what_the_check_words_allow_is_corrected(
            data in prop::collection::vec(any::<u8>(), 5..110),
            checks in prop::sample::select(&[7usize, 10, 16, 18, 28, 30][..]),
            missing in 0usize..30,
            places in any::<[prop::sample::Index; 30]>(),
            noise in any::<[u8; 30]>(),
        ) {
            let whole = encoded(&data, checks);
            let mut words = whole.clone();
            let mut damaged: Vec<usize> = Vec::new();
            for place in places {
                let place = place.index(whole.len());
                if !damaged.contains(&place) {
                    damaged.push(place);
                }
            }
            let missing = missing.min(checks).min(damaged.len());
            let wrong = (checks - missing) / 2;
            damaged.truncate(missing + wrong);
            for (&place, noise) in damaged.iter().zip(noise) {
                words[place] ^= noise;
            }
            let missing = missing.min(damaged.len());
            let damage = Damaged { missing: &damaged[..missing], checks };
            prop_assert!(correct(&mut words, &damage, 0));
            prop_assert_eq!(words, whole);
        }

        #[test]
        fn any_words_are_corrected_or_refused(
            mut words in prop::collection::vec(any::<u8>(), 40..60),
            missing in 0usize..16,
            spare in 0usize..4,
        ) {
            let places: Vec<usize> = (0..missing).collect();
            let damage = Damaged { missing: &places, checks: 16 };
            if correct(&mut words, &damage, spare) {
                prop_assert!(syndromes(&words, 16).iter().all(|&syndrome| syndrome == 0));
            }
        }
    }
}
