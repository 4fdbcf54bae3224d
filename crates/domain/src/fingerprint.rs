//! The fingerprint of a server's certificate, and the four words by which two people compare it on
//! two screens.
//!
//! The words are those of BIP-39's English list (2048, told apart by their first four letters; MIT
//! licence): four of them by the first 44 bits of Argon2id over the fingerprint. The slow hash is
//! there because 44 bits alone are few: whoever wants another certificate with the same words has to
//! try 2⁴⁴ of them, and each try costs 19 MiB and about 20 ms.

use argon2::{Algorithm, Argon2, Params, Version};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::array;

/// How many words stand for a fingerprint, and how many bits each of them is.
pub const WORDS: usize = 4;
const WORD_BITS: usize = 11;
const LIST: &str = include_str!("fingerprint.words");
/// Argon2id's salt: there is one derivation, so that two computers agree.
const SALT: &[u8] = b"reda words v1";
/// OWASP's first recommendation: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// SHA-256 of a certificate's DER; 64 lower-case hex digits outside.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// The fingerprint of a certificate.
    pub fn of_certificate(der: &[u8]) -> Self {
        Self(Sha256::digest(der).into())
    }

    /// The fingerprint of 64 lower-case hex digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok().map(Self)
    }

    /// The four words. Takes some tens of milliseconds, on purpose.
    pub fn words(&self) -> [&'static str; WORDS] {
        let params = Params::new(MEMORY_KIB, PASSES, LANES, None);
        let params = params.expect("constant parameters are sound");
        let mut bits = [0; 8];
        let hashed = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(&self.0, SALT, &mut bits);
        hashed.expect("constant lengths are sound");
        words_of(u64::from_be_bytes(bits))
    }
}

/// The words of the first bits.
fn words_of(bits: u64) -> [&'static str; WORDS] {
    let list: Vec<&'static str> = LIST.lines().collect();
    array::from_fn(|n| {
        let shift = u64::BITS as usize - (n + 1) * WORD_BITS;
        let index = (bits >> shift) % (1 << WORD_BITS);
        list[usize::try_from(index).expect("eleven bits")]
    })
}

impl std::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl std::fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_hex(&text).ok_or_else(|| serde::de::Error::custom("not 64 hex digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_fingerprint_has_the_words_that_it_always_had() {
        let empty = Fingerprint::of_certificate(b"");
        let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(empty.to_string(), hex);
        assert_eq!(empty.words().join(" "), "sense smile error immense");
        assert_eq!(Fingerprint([0; 32]).words().join(" "), "rifle pave erode food");
        assert_eq!(Fingerprint([0xff; 32]).words().join(" "), "lake carry fun wire");
    }

    #[test]
    fn the_first_bits_choose_the_words_in_order() {
        assert_eq!(words_of(0), ["abandon"; 4]);
        assert_eq!(words_of(u64::MAX), ["zoo"; 4]);
        // 1, 2, 3, 4 in eleven bits each; the last twenty bits choose nothing.
        let bits = (1 << 53) | (2 << 42) | (3 << 31) | (4 << 20) | 0xf_ffff;
        assert_eq!(words_of(bits), ["ability", "able", "about", "above"]);
    }

    #[test]
    fn words_are_told_apart_by_their_first_four_letters() {
        let starts: BTreeSet<&str> = LIST.lines().map(|it| &it[..it.len().min(4)]).collect();
        assert_eq!(starts.len(), 1 << WORD_BITS);
    }

    #[test]
    fn a_fingerprint_is_read_as_it_is_written_and_not_otherwise() {
        let one = Fingerprint::of_certificate(b"one");
        assert_eq!(Fingerprint::from_hex(&one.to_string()), Some(one));
        for wrong in ["", "00", &one.to_string().to_uppercase(), &format!("{one}00")] {
            assert_eq!(Fingerprint::from_hex(wrong), None, "{wrong}");
        }
    }
}
