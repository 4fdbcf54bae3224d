//! Customers' codes as the server sees them: reading what was scanned, signing what is printed.

use crate::app::App;
use crate::error::ServerError;
use reda_actions::CodeRead;
use reda_domain::code::{Code, CodeError, Freshness, ServerKeyId};
use reda_domain::refusal::Refusal;
use reda_domain::scan::ScanKind;
use reda_domain::signature::{PrivateKey, PublicKey};
use reda_domain::{PrintedCodeId, Timestamp};
use reda_store::StoreError;
use reda_store::tables::keys;

/// The number of the one key that this server signs printed codes with.
const SERVER_KEY: ServerKeyId = ServerKeyId(1);

/// The server's own signing key.
pub(crate) struct CodeKeys {
    private: PrivateKey,
    public: PublicKey,
}

impl CodeKeys {
    pub(crate) fn new(secret_hex: &str) -> Result<Self, ServerError> {
        let bytes = data_encoding::HEXLOWER.decode(secret_hex.as_bytes()).ok();
        let private = bytes
            .and_then(|bytes| bytes.try_into().ok())
            .and_then(|bytes: [u8; 32]| PrivateKey::from_bytes(&bytes))
            .ok_or_else(|| ServerError::Refused("the code key is damaged".to_owned()))?;
        let public = private.public();
        Ok(Self { private, public })
    }

    /// The text of a printed code; always the same for the same id, since signing is
    /// deterministic.
    pub(crate) fn printed_text(&self, id: PrintedCodeId) -> String {
        Code::printed(SERVER_KEY, id, &self.private).to_text()
    }
}

/// Reads a scanned text as far as can be without the lane: form, signature, freshness.
pub(crate) async fn read(app: &App, text: &str, now: Timestamp) -> Result<CodeRead, StoreError> {
    let refused = |kind, why| CodeRead::Refused { kind, why, code: None };
    let code = match Code::parse(text) {
        Ok(code) => code,
        Err(CodeError::NotACode) => return Ok(refused(ScanKind::Unknown, Refusal::NotACode)),
        Err(CodeError::Damaged) => return Ok(refused(ScanKind::Unknown, Refusal::CodeDamaged)),
    };
    match code {
        Code::Printed { server_key, id, .. } => {
            let why = match server_key == SERVER_KEY {
                false => Some(Refusal::CodeUnknown),
                true if !code.signed_by(&app.codes.public) => Some(Refusal::CodeForged),
                true => None,
            };
            Ok(why.map_or(CodeRead::Printed(id), |why| refused(ScanKind::Printed, why)))
        }
        Code::Rotating { key: code_id, step, .. } => {
            let mut tx = app.db.snapshot().await?;
            let Some(key) = keys::by_code_id(&mut tx, code_id).await? else {
                return Ok(refused(ScanKind::Rotating, Refusal::CodeUnknown));
            };
            let public = PublicKey::from_spki_base64(&key.public_key).ok();
            let kind = ScanKind::Rotating;
            if !public.is_some_and(|public| code.signed_by(&public)) {
                return Ok(refused(kind, Refusal::CodeForged));
            }
            let genuine = Some((key.id, step));
            Ok(match code.freshness(now) {
                Freshness::Expired => {
                    CodeRead::Refused { kind, why: Refusal::CodeExpired, code: genuine }
                }
                Freshness::NotYet => {
                    CodeRead::Refused { kind, why: Refusal::CodeNotYet, code: genuine }
                }
                Freshness::Fresh => CodeRead::Rotating { key: key.id, step },
            })
        }
    }
}
