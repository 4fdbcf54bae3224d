//! How a till is invited to join: where the server is, a code, and the fingerprint of the
//! certificate that it will show; as one text for a QR code.
//!
//! `RJ1` + base32 (RFC 4648 capitals, no padding, spare bits zero) of the bytes
//! `0x01 ‖ code (8 letters) ‖ fingerprint (32) ‖ address`, or of
//! `0x02 ‖ code (8 letters) ‖ address` where the certificate is one that everybody knows, or there is
//! none because the server is on the same computer. The address is ASCII and the rest of the text.

use crate::fingerprint::Fingerprint;
use crate::server_address::{ADDRESS_MAX, ServerAddress};
use data_encoding::BASE32_NOPAD;
use std::fmt;

const PREFIX: &str = "RJ1";
const PINNED: u8 = 1;
const PLAIN: u8 = 2;
const CODE_END: usize = 1 + PairingCode::LENGTH;
const PINNED_HEAD: usize = CODE_END + 32;
/// No invitation is longer; longer texts are not looked at.
pub const TEXT_MAX: usize = PREFIX.len() + (PINNED_HEAD + ADDRESS_MAX).div_ceil(5) * 8;

/// The eight letters that let one till join, once.
#[derive(Clone, PartialEq, Eq)]
pub struct PairingCode(String);

impl PairingCode {
    /// Capitals and digits without those that are taken for one another: O and 0, I and 1.
    pub const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    pub const LENGTH: usize = 8;
    /// The first letters name the invitation; the others prove it.
    const TAG_LENGTH: usize = 3;

    /// The code of these random bytes.
    pub fn of(bytes: [u8; Self::LENGTH]) -> Self {
        let letter = |byte: u8| char::from(Self::LETTERS[usize::from(byte) % Self::LETTERS.len()]);
        Self(bytes.map(letter).into_iter().collect())
    }

    /// A code as people type it: small letters, spaces and dashes are all the same to us.
    pub fn parse(text: &str) -> Option<Self> {
        let kept = text.chars().filter(char::is_ascii_alphanumeric).take(Self::LENGTH + 1);
        let code: String = kept.map(|letter| letter.to_ascii_uppercase()).collect();
        (code.len() == Self::LENGTH).then_some(Self(code))
    }

    /// The letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Those of them that are no secret.
    pub fn tag(&self) -> &str {
        &self.0[..Self::TAG_LENGTH]
    }
}

impl fmt::Debug for PairingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PairingCode({}…)", self.tag())
    }
}

/// An invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    pub address: ServerAddress,
    pub code: PairingCode,
    /// Of the certificate that the server made for itself; `None` where it has none of its own.
    pub fingerprint: Option<Fingerprint>,
}

/// Why a text is no invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvitationError {
    #[error("this is not an invitation")]
    NotOne,
    #[error("this invitation is damaged")]
    Damaged,
}

impl Invitation {
    /// Reads the text of a QR code.
    pub fn parse(text: &str) -> Result<Self, InvitationError> {
        let Some(body) = text.strip_prefix(PREFIX).filter(|_| text.len() <= TEXT_MAX) else {
            return Err(InvitationError::NotOne);
        };
        // The decoder refuses lower case, padding and spare bits that are not zero.
        let bytes = BASE32_NOPAD.decode(body.as_bytes()).ok();
        bytes.and_then(|bytes| Self::of_bytes(&bytes)).ok_or(InvitationError::Damaged)
    }

    fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let ascii = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
        let (fingerprint, address) = match *bytes.first()? {
            PINNED => {
                let fixed = bytes.get(CODE_END..PINNED_HEAD)?.try_into().ok()?;
                (Some(Fingerprint(fixed)), &bytes[PINNED_HEAD..])
            }
            PLAIN => (None, bytes.get(CODE_END..)?),
            _ => return None,
        };
        let code = ascii(bytes.get(1..CODE_END)?)?;
        let code = PairingCode::parse(&code).filter(|it| it.0 == code)?;
        let written = ascii(address)?;
        let address = ServerAddress::parse(&written).ok()?;
        // One text for one invitation: what is not written as we write it was not written by us.
        let is_ours =
            address.to_string() == written && (fingerprint.is_none() || address.is_encrypted());
        is_ours.then_some(Self { address, code, fingerprint })
    }

    /// The text for the QR code.
    pub fn to_text(&self) -> String {
        let kind = if self.fingerprint.is_some() { PINNED } else { PLAIN };
        let mut bytes = vec![kind];
        bytes.extend_from_slice(self.code.0.as_bytes());
        bytes.extend(self.fingerprint.iter().flat_map(|it| it.0));
        bytes.extend_from_slice(self.address.to_string().as_bytes());
        format!("{PREFIX}{}", BASE32_NOPAD.encode(&bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn invitation(address: &str, fingerprint: Option<Fingerprint>) -> Invitation {
        let address = ServerAddress::parse(address).unwrap();
        Invitation { address, code: PairingCode::parse("7KQ4-M2XY").unwrap(), fingerprint }
    }

    #[test]
    fn an_invitation_has_the_text_that_it_always_had() {
        let here = invitation("https://192.168.1.20:7333", Some(Fingerprint([7; 32])));
        assert_eq!(
            here.to_text(),
            "RJ1AE3UWUJUJUZFQWIHA4DQOBYHA4DQOBYHA4DQOBYHA4DQOBYHA4DQOBYHA4DQOBYHA5UHI5DQOM5C6LZRHEZC4MJWHAXDCLRSGA5DOMZTGM"
        );
        assert_eq!(
            invitation("https://reda.example", None).to_text(),
            "RJ1AI3UWUJUJUZFQWLIOR2HA4Z2F4XXEZLEMEXGK6DBNVYGYZI"
        );
    }

    #[test]
    fn a_code_has_eight_letters_that_are_not_taken_for_one_another() {
        for byte in 0..=255 {
            let code = PairingCode::of([byte; 8]);
            assert!(!code.as_str().contains(['O', 'I', '0', '1']), "{code:?}");
            assert_eq!(PairingCode::parse(code.as_str()), Some(code));
        }
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = PairingCode::parse(" 7kq4-m2xy ").unwrap();
        assert_eq!((code.as_str(), code.tag()), ("7KQ4M2XY", "7KQ"));
        for wrong in ["", "7KQ4M2X", "7KQ4M2XYZ"] {
            assert_eq!(PairingCode::parse(wrong), None, "{wrong}");
        }
        assert!(!format!("{code:?}").contains("4M2XY"), "its secret part is not shown");
    }

    #[test]
    fn other_texts_are_none_or_damaged() {
        let text = invitation("https://192.168.1.20:7333", Some(Fingerprint([7; 32]))).to_text();
        let read = |text: &str| Invitation::parse(text).unwrap_err();
        assert_eq!(read("R1AAAA"), InvitationError::NotOne);
        assert_eq!(read(""), InvitationError::NotOne);
        assert_eq!(read(&format!("{text}{}", "A".repeat(TEXT_MAX))), InvitationError::NotOne);
        assert_eq!(read("RJ1"), InvitationError::Damaged);
        assert_eq!(read(&text.replace("RJ1A", "RJ1B")), InvitationError::Damaged);
        assert_eq!(read(&text[..60]), InvitationError::Damaged);
        let other_way = |kind: u8, rest: &[u8]| {
            format!("{PREFIX}{}", BASE32_NOPAD.encode(&[&[kind], rest].concat()))
        };
        for rest in [
            b"7KQ4M2XYhttp://192.168.1.2",
            &b"7kq4m2xyhttps://reda.example"[..],
            b"7KQ4M2XYreda.example",
        ] {
            assert_eq!(read(&other_way(PLAIN, rest)), InvitationError::Damaged);
        }
    }

    #[test]
    fn a_fingerprint_is_of_an_encrypted_address() {
        let text = invitation("http://localhost:7332", Some(Fingerprint([7; 32]))).to_text();
        assert_eq!(Invitation::parse(&text), Err(InvitationError::Damaged));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            code in any::<[u8; 8]>(), fingerprint in any::<Option<[u8; 32]>>(),
            host in "[a-z0-9]{1,20}(\\.[a-z]{1,10}){0,3}", port in 1u16..,
        ) {
            let address = ServerAddress::parse(&format!("https://{host}:{port}")).unwrap();
            let fingerprint = fingerprint.map(Fingerprint);
            let one = Invitation { address, code: PairingCode::of(code), fingerprint };
            prop_assert_eq!(Invitation::parse(&one.to_text()), Ok(one));
        }

        #[test]
        fn a_text_that_is_read_is_the_one_that_is_written(bytes in prop::collection::vec(any::<u8>(), 0..90)) {
            let text = format!("{PREFIX}{}", BASE32_NOPAD.encode(&bytes));
            if let Ok(one) = Invitation::parse(&text) {
                prop_assert_eq!(one.to_text(), text);
            }
        }
    }
}
