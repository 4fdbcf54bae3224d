//! ES256 signatures: checking a customer's, making and checking the server's own.
//!
//! Each kind of signed text starts with its own prefix, so that none can serve as another.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use p256::ecdsa::{
    Signature, SigningKey, VerifyingKey,
    signature::{Signer as _, Verifier as _},
};
use p256::pkcs8::{DecodePublicKey as _, EncodePublicKey as _};
use serde::{Deserialize, Serialize};

/// Length of a signature as `r‖s`, in bytes.
pub const SIGNATURE_LEN: usize = 64;

/// An ECDSA public key on P-256.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// The key is no SPKI encoding of a point on P-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a P-256 public key in SPKI form")]
pub struct BadKey;

/// SPKI of a P-256 key takes 91 bytes, 124 characters; anything much longer is not one.
const SPKI_BASE64_MAX: usize = 200;

impl PublicKey {
    /// Reads SPKI (DER) in standard base64, as WebCrypto's `exportKey("spki")` gives it.
    pub fn from_spki_base64(text: &str) -> Result<Self, BadKey> {
        if text.len() > SPKI_BASE64_MAX {
            return Err(BadKey);
        }
        let der = BASE64.decode(text).map_err(|_| BadKey)?;
        VerifyingKey::from_public_key_der(&der).map(Self).map_err(|_| BadKey)
    }

    /// The key as SPKI (DER) in standard base64.
    pub fn to_spki_base64(&self) -> String {
        let der = self.0.to_public_key_der().expect("a P-256 key always encodes");
        BASE64.encode(der.as_bytes())
    }

    /// Whether `signature` (`r‖s`) is this key's over `message`.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature).is_ok_and(|sig| self.0.verify(message, &sig).is_ok())
    }
}

/// An ECDSA private key on P-256; signs deterministically (RFC 6979).
#[derive(Clone)]
pub struct PrivateKey(SigningKey);

impl PrivateKey {
    /// The key of 32 secret bytes; `None` for the few values that are no scalar.
    pub fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        SigningKey::from_bytes(bytes.into()).ok().map(Self)
    }

    /// The matching public key.
    pub fn public(&self) -> PublicKey {
        PublicKey(*self.0.verifying_key())
    }

    /// The signature over `message`, as `r‖s`.
    pub fn sign(&self, message: &[u8]) -> [u8; SIGNATURE_LEN] {
        let signature: Signature = self.0.sign(message);
        signature.to_bytes().into()
    }
}

/// A customer's signature as it travels with an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignedBy {
    /// The signing key.
    pub key: crate::KeyId,
    /// `r‖s` in standard base64.
    pub value: String,
}

impl SignedBy {
    /// The 64 bytes `r‖s`, if the text holds exactly these.
    pub fn bytes(&self) -> Option<[u8; SIGNATURE_LEN]> {
        if self.value.len() > 2 * SIGNATURE_LEN {
            return None;
        }
        BASE64.decode(&self.value).ok()?.try_into().ok()
    }
}
