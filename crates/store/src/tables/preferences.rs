//! `notification_preferences`: what people chose to be told, and how.

use super::{at, named};
use crate::db::{Row, Tx, Val};
use crate::error::StoreError;
use reda_domain::UserId;
use reda_domain::address::Phone;
use reda_domain::preferences::Preferences;

super::table!(
    $,
    "notification_preferences",
    "user_id, switches, sms_phone, updated_at_ms",
    "?, ?, ?, ?",
    "ON CONFLICT (user_id) DO UPDATE SET switches = excluded.switches,
     sms_phone = excluded.sms_phone, updated_at_ms = excluded.updated_at_ms"
);

fn read(row: &Row) -> Result<Preferences, StoreError> {
    let json = |text: &str| serde_json::from_str(text).ok();
    Ok(Preferences {
        id: UserId(row.get(0)?),
        switches: named("notification_preferences", "switches", row.get(1)?, json)?,
        sms_phone: row.get::<Option<String>>(2)?.map(Phone::from_e164),
        updated_at: at(row, 3)?,
    })
}

pub(crate) async fn save(
    tx: &mut Tx,
    rows: impl Iterator<Item = &Preferences>,
) -> Result<(), StoreError> {
    let rows = rows.map(|it| {
        let switches = serde_json::to_string(&it.switches).expect("switches are plain data");
        vec![
            it.id.0.into(),
            switches.into(),
            it.sms_phone.as_ref().map(Phone::as_str).into(),
            it.updated_at.0.into(),
        ]
    });
    tx.bulk(INSERT, HOLES, ON_CONFLICT, rows.collect()).await
}

/// What these people chose; who chose nothing has none.
pub async fn of_users(
    tx: &mut Tx,
    ids: impl IntoIterator<Item = UserId>,
) -> Result<Vec<Preferences>, StoreError> {
    let keys = ids.into_iter().map(|id| Val::from(id.0)).collect();
    tx.load(select!("WHERE user_id IN"), keys).await?.iter().map(read).collect()
}
