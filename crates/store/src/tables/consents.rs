//! `consents`: what was answered, how, and which words were read.

use super::{spell, text};
use crate::db::Tx;
use crate::error::StoreError;
use reda_domain::consent::Consent;

const INSERT: &str = "INSERT INTO consents
    (id, request_id, business_id, program_id, user_id, answer, channel, wording, language,
     staff_id, device_id, key_id, signature, at_ms)";

pub(crate) async fn save(
    tx: &mut Tx,
    rows: impl Iterator<Item = &Consent>,
) -> Result<(), StoreError> {
    let rows = rows.map(|it| {
        vec![
            it.id.0.into(),
            it.request.0.into(),
            it.business.0.into(),
            it.program.0.into(),
            it.user.0.into(),
            spell(it.answer),
            spell(it.channel),
            it.wording.as_str().into(),
            it.language.tag().into(),
            it.staff.map(|id| id.0).into(),
            it.device.map(|id| id.0).into(),
            it.key.map(|id| id.0).into(),
            text(&it.signature),
            it.at.0.into(),
        ]
    });
    tx.bulk(INSERT, "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?", "", rows.collect()).await
}
