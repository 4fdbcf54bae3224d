//! The text inside a customer's QR code: building, parsing and checking it.
//!
//! `R1` + base32 (RFC 4648 capitals, no padding, spare bits zero) of the bytes. A rotating code
//! is `0x01 ‖ key id (8) ‖ step u32 BE ‖ r‖s`, signed over `reda code v1\0` + its first 13 bytes.
//! A printed code is `0x02 ‖ server key (2) ‖ printed-code id (16) ‖ r‖s`, signed over
//! `reda card v1\0` + its first 19 bytes. Both fit QR version 6 at level M.

use crate::signature::{PrivateKey, PublicKey, SIGNATURE_LEN};
use crate::{PrintedCodeId, Timestamp};
use data_encoding::{BASE32_NOPAD, HEXLOWER};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How long one rotating code lives, in milliseconds.
pub const STEP_MS: i64 = 30_000;
/// A rotating code counts this many steps before and after its own.
pub const STEP_TOLERANCE: u32 = 1;

const PREFIX: &str = "R1";
const ROTATING: u8 = 1;
const PRINTED: u8 = 2;
const ROTATING_HEAD: usize = 13;
const PRINTED_HEAD: usize = 19;
const ROTATING_SIGNED_AS: &[u8] = b"reda code v1\0";
const PRINTED_SIGNED_AS: &[u8] = b"reda card v1\0";
/// No code is longer; longer texts are not looked at.
const TEXT_MAX: usize = 160;

/// The 8 random bytes by which a rotating code names its key; hex outside codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema), ts(type = "string"), schema(value_type = String))]
pub struct CodeId(pub [u8; 8]);

/// The number by which a printed code names the server key that signed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema), ts(type = "number"), schema(value_type = i64))]
#[serde(transparent)]
pub struct ServerKeyId(pub u16);

impl CodeId {
    /// Sixteen hex digits.
    pub fn to_hex(self) -> String {
        HEXLOWER.encode(&self.0)
    }

    /// The id of sixteen lower-case hex digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok().map(Self)
    }
}

impl Serialize for CodeId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_hex())
    }
}

impl<'de> Deserialize<'de> for CodeId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_hex(&text).ok_or_else(|| serde::de::Error::custom("not 16 hex digits"))
    }
}

/// A code as it was read: well formed, but nothing about it checked yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    Rotating { key: CodeId, step: u32, signature: [u8; SIGNATURE_LEN] },
    Printed { server_key: ServerKeyId, id: PrintedCodeId, signature: [u8; SIGNATURE_LEN] },
}

/// What a code names, whatever its signature says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CodeSubject {
    Key(CodeId),
    Printed(PrintedCodeId),
}

/// Why a text is no code of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    #[error("this is not a Reda code")]
    NotACode,
    #[error("this code is damaged")]
    Damaged,
}

/// How a rotating code's step stands to the time it was shown at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    Fresh,
    Expired,
    /// From a clock that runs ahead.
    NotYet,
}

/// The step that `at` falls in.
pub fn step_at(at: Timestamp) -> u32 {
    u32::try_from(at.0.div_euclid(STEP_MS)).unwrap_or(0)
}

impl Code {
    /// Whether a text is meant as a code, sound or not: digits that people read out never are.
    pub fn is_meant(text: &str) -> bool {
        text.starts_with(PREFIX)
    }

    /// Reads the text of a QR code.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let Some(body) = text.strip_prefix(PREFIX).filter(|_| text.len() <= TEXT_MAX) else {
            return Err(CodeError::NotACode);
        };
        // The decoder refuses lower case, padding and spare bits that are not zero.
        let bytes = BASE32_NOPAD.decode(body.as_bytes()).map_err(|_| CodeError::Damaged)?;
        match *bytes.as_slice() {
            [ROTATING, ..] if bytes.len() == ROTATING_HEAD + SIGNATURE_LEN => Ok(Code::Rotating {
                key: CodeId(fixed(&bytes[1..9])),
                step: u32::from_be_bytes(fixed(&bytes[9..13])),
                signature: fixed(&bytes[ROTATING_HEAD..]),
            }),
            [PRINTED, ..] if bytes.len() == PRINTED_HEAD + SIGNATURE_LEN => Ok(Code::Printed {
                server_key: ServerKeyId(u16::from_be_bytes(fixed(&bytes[1..3]))),
                id: PrintedCodeId(Uuid::from_bytes(fixed(&bytes[3..19]))),
                signature: fixed(&bytes[PRINTED_HEAD..]),
            }),
            _ => Err(CodeError::Damaged),
        }
    }

    /// A rotating code for `step`, signed as a customer's page signs it.
    pub fn rotating(key: CodeId, step: u32, signer: &PrivateKey) -> Self {
        let signature = signer.sign(&rotating_message(key, step));
        Code::Rotating { key, step, signature }
    }

    /// A printed code, signed by the server.
    pub fn printed(server_key: ServerKeyId, id: PrintedCodeId, signer: &PrivateKey) -> Self {
        let signature = signer.sign(&printed_message(server_key, id));
        Code::Printed { server_key, id, signature }
    }

    /// The text for the QR code.
    pub fn to_text(&self) -> String {
        let mut bytes = match self {
            Code::Rotating { key, step, .. } => rotating_head(*key, *step),
            Code::Printed { server_key, id, .. } => printed_head(*server_key, *id),
        };
        bytes.extend_from_slice(self.signature());
        format!("{PREFIX}{}", BASE32_NOPAD.encode(&bytes))
    }

    /// Whom the code names.
    pub fn subject(&self) -> CodeSubject {
        match self {
            Code::Rotating { key, .. } => CodeSubject::Key(*key),
            Code::Printed { id, .. } => CodeSubject::Printed(*id),
        }
    }

    /// Whether the code was signed by the holder of `key` (the customer's key for a rotating
    /// code, the server's for a printed one).
    pub fn signed_by(&self, key: &PublicKey) -> bool {
        match self {
            Code::Rotating { key: id, step, signature } => {
                key.verifies(&rotating_message(*id, *step), signature)
            }
            Code::Printed { server_key, id, signature } => {
                key.verifies(&printed_message(*server_key, *id), signature)
            }
        }
    }

    /// Whether a code may be shown at `now`; printed codes do not age.
    pub fn freshness(&self, now: Timestamp) -> Freshness {
        let Code::Rotating { step, .. } = self else {
            return Freshness::Fresh;
        };
        let current = step_at(now);
        if step.abs_diff(current) <= STEP_TOLERANCE {
            Freshness::Fresh
        } else if *step < current {
            Freshness::Expired
        } else {
            Freshness::NotYet
        }
    }

    fn signature(&self) -> &[u8; SIGNATURE_LEN] {
        match self {
            Code::Rotating { signature, .. } | Code::Printed { signature, .. } => signature,
        }
    }
}

fn rotating_head(key: CodeId, step: u32) -> Vec<u8> {
    [&[ROTATING][..], &key.0, &step.to_be_bytes()].concat()
}

fn printed_head(server_key: ServerKeyId, id: PrintedCodeId) -> Vec<u8> {
    [&[PRINTED][..], &server_key.0.to_be_bytes(), id.0.as_bytes()].concat()
}

fn rotating_message(key: CodeId, step: u32) -> Vec<u8> {
    [ROTATING_SIGNED_AS, &rotating_head(key, step)].concat()
}

fn printed_message(server_key: ServerKeyId, id: PrintedCodeId) -> Vec<u8> {
    [PRINTED_SIGNED_AS, &printed_head(server_key, id)].concat()
}

fn fixed<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().expect("the caller sliced N bytes")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(seed: u8) -> PrivateKey {
        PrivateKey::from_bytes(&[seed; 32]).unwrap()
    }

    #[test]
    fn codes_have_the_lengths_that_fit_version_6() {
        let rotating = Code::rotating(CodeId([1; 8]), 7, &key(1));
        let printed = Code::printed(ServerKeyId(1), PrintedCodeId(Uuid::from_u128(9)), &key(1));
        assert_eq!(rotating.to_text().len(), 126);
        assert_eq!(printed.to_text().len(), 135);
    }

    #[test]
    fn a_code_counts_one_step_either_way() {
        let code = Code::rotating(CodeId([1; 8]), 100, &key(1));
        let at = |step: i64| code.freshness(Timestamp(step * STEP_MS + 5));
        assert_eq!([at(99), at(100), at(101)], [Freshness::Fresh; 3]);
        assert_eq!(at(102), Freshness::Expired);
        assert_eq!(at(98), Freshness::NotYet);
    }

    #[test]
    fn what_is_not_ours_is_told_from_what_is_broken() {
        assert_eq!(Code::parse("https://example.com"), Err(CodeError::NotACode));
        assert_eq!(Code::parse(""), Err(CodeError::NotACode));
        assert_eq!(Code::parse("R1"), Err(CodeError::Damaged));
        assert_eq!(Code::parse("R1ABC"), Err(CodeError::Damaged));
    }

    /// Whether this text passes for a code that `signer` signed.
    fn passes(text: &str, signer: &PrivateKey) -> bool {
        Code::parse(text).is_ok_and(|code| code.signed_by(&signer.public()))
    }

    #[test]
    fn every_single_bit_that_changes_is_noticed() {
        let signer = key(1);
        let rotating = Code::rotating(CodeId([0x5a; 8]), 59_841_844, &signer);
        let printed = Code::printed(ServerKeyId(1), PrintedCodeId(Uuid::from_u128(9)), &signer);
        for code in [rotating, printed] {
            let text = code.to_text();
            assert!(passes(&text, &signer));
            let bytes = BASE32_NOPAD.decode(&text.as_bytes()[PREFIX.len()..]).unwrap();
            for bit in 0..bytes.len() * 8 {
                let mut changed = bytes.clone();
                changed[bit / 8] ^= 1 << (bit % 8);
                let text = format!("{PREFIX}{}", BASE32_NOPAD.encode(&changed));
                assert!(!passes(&text, &signer), "bit {bit} of {code:?}");
            }
            // And of the text itself, which may come to be another letter, or none.
            for bit in 0..text.len() * 8 {
                let mut changed = text.clone().into_bytes();
                changed[bit / 8] ^= 1 << (bit % 8);
                let changed = String::from_utf8_lossy(&changed);
                assert!(!passes(&changed, &signer), "bit {bit} of {text}");
            }
        }
    }

    proptest! {
        #[test]
        fn every_code_reads_back(id: [u8; 8], step: u32, seed in 1u8..255) {
            let code = Code::rotating(CodeId(id), step, &key(seed));
            prop_assert_eq!(Code::parse(&code.to_text()).unwrap(), code);
            prop_assert!(code.signed_by(&key(seed).public()));
        }

        #[test]
        fn every_changed_character_is_noticed(at in 0usize..126, to in 0u8..32) {
            let code = Code::rotating(CodeId([3; 8]), 77, &key(1));
            let mut text = code.to_text().into_bytes();
            let new = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[usize::from(to)];
            prop_assume!(text[at] != new);
            text[at] = new;
            let read = Code::parse(std::str::from_utf8(&text).unwrap());
            prop_assert!(read.map_or(true, |read| !read.signed_by(&key(1).public())));
        }

        #[test]
        fn every_printed_code_reads_back(id: [u8; 16], server: u16, seed in 1u8..254) {
            let id = PrintedCodeId(Uuid::from_bytes(id));
            let code = Code::printed(ServerKeyId(server), id, &key(seed));
            prop_assert_eq!(Code::parse(&code.to_text()).unwrap(), code);
            prop_assert!(code.signed_by(&key(seed).public()));
            prop_assert!(!code.signed_by(&key(254).public()));
        }

        #[test]
        fn arbitrary_text_never_panics(text in ".{0,200}") {
            let _ = Code::parse(&text);
        }
    }
}
