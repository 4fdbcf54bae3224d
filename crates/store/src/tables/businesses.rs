//! `businesses`: shops and chains.

use super::{at, json, language, named, to_json};
use crate::db::{Row, Tx, Val};
use crate::error::StoreError;
use reda_domain::BusinessId;
use reda_domain::business::Business;
use reda_domain::money::Currency;

super::table!(
    $,
    "businesses",
    "id, name, country, currency, language, settings, created_at_ms",
    "?, ?, ?, ?, ?, ?, ?",
    "ON CONFLICT (id) DO UPDATE SET name = excluded.name, language = excluded.language,
     settings = excluded.settings"
);

fn read(row: &Row) -> Result<Business, StoreError> {
    Ok(Business {
        id: BusinessId(row.get(0)?),
        name: row.get(1)?,
        country: row.get(2)?,
        currency: named("businesses", "currency", row.get(3)?, Currency::parse)?,
        language: language("businesses", row.get(4)?)?,
        settings: named("businesses", "settings", row.get(5)?, json)?,
        created_at: at(row, 6)?,
    })
}

pub(crate) async fn save(
    tx: &mut Tx,
    rows: impl Iterator<Item = &Business>,
) -> Result<(), StoreError> {
    let rows = rows.map(|it| {
        vec![
            it.id.0.into(),
            it.name.as_str().into(),
            it.country.as_str().into(),
            it.currency.code().into(),
            it.language.tag().into(),
            to_json(&it.settings),
            it.created_at.0.into(),
        ]
    });
    tx.bulk(INSERT, HOLES, ON_CONFLICT, rows.collect()).await
}

/// The businesses of these ids.
pub async fn by_ids(
    tx: &mut Tx,
    ids: impl IntoIterator<Item = BusinessId>,
) -> Result<Vec<Business>, StoreError> {
    let keys = ids.into_iter().map(|id| Val::from(id.0)).collect();
    tx.load(select!("WHERE id IN"), keys).await?.iter().map(read).collect()
}

/// The business of this id.
pub async fn find(tx: &mut Tx, id: BusinessId) -> Result<Option<Business>, StoreError> {
    Ok(by_ids(tx, [id]).await?.pop())
}

/// The first business there is, if any; an embedded server has at most one.
pub async fn first(tx: &mut Tx) -> Result<Option<Business>, StoreError> {
    tx.rows(select!("ORDER BY id LIMIT 1"), vec![]).await?.iter().map(read).next().transpose()
}
