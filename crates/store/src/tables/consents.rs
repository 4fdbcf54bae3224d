//! `consents`: what was answered, how, and which words were read.

use super::{at, language, named, spell, spelled, text};
use crate::db::{Row, Tx};
use crate::error::StoreError;
use reda_domain::consent::Consent;
use reda_domain::{BusinessId, ConsentId, DeviceId, KeyId, ProgramId, RequestId, StaffId, UserId};

super::table!(
    $,
    "consents",
    "id, request_id, business_id, program_id, user_id, answer, channel, wording, language,
     staff_id, device_id, key_id, signature, at_ms",
    "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?",
    ""
);

fn read(row: &Row) -> Result<Consent, StoreError> {
    Ok(Consent {
        id: ConsentId(row.get(0)?),
        request: RequestId(row.get(1)?),
        business: BusinessId(row.get(2)?),
        program: ProgramId(row.get(3)?),
        user: row.get::<Option<_>>(4)?.map(UserId),
        answer: named("consents", "answer", row.get(5)?, spelled)?,
        channel: named("consents", "channel", row.get(6)?, spelled)?,
        wording: row.get(7)?,
        language: language("consents", row.get(8)?)?,
        staff: row.get::<Option<_>>(9)?.map(StaffId),
        device: row.get::<Option<_>>(10)?.map(DeviceId),
        key: row.get::<Option<_>>(11)?.map(KeyId),
        signature: row.get(12)?,
        at: at(row, 13)?,
    })
}

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
            it.user.map(|id| id.0).into(),
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
    tx.bulk(INSERT, HOLES, ON_CONFLICT, rows.collect()).await
}

/// A person's answers, the newest first.
pub async fn of_user(tx: &mut Tx, user: UserId) -> Result<Vec<Consent>, StoreError> {
    let sql = select!("WHERE user_id = $1 ORDER BY at_ms DESC, id");
    tx.rows(sql, vec![user.0.into()]).await?.iter().map(read).collect()
}
