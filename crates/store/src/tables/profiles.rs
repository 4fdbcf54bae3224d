//! What staff wrote about members, and what lists sort and search by: columns of
//! `business_customers` that no award writes.

use super::named;
use crate::db::{Row, Tx, Val};
use crate::error::StoreError;
use reda_domain::profile::{Listing, Notes, Profile};
use reda_domain::{BusinessId, HandleId, UserId};
use std::collections::{BTreeSet, HashMap};

pub(crate) async fn save(
    tx: &mut Tx,
    rows: impl Iterator<Item = &Profile>,
) -> Result<(), StoreError> {
    const SAVE: &str = "UPDATE business_customers SET name = $1, notes = $2, tags = $3
        WHERE id = $4";
    for it in rows {
        let tags = serde_json::to_string(&it.wrote.tags).expect("texts are plain data");
        let (name, notes) = (it.wrote.name.as_deref(), it.wrote.notes.as_str());
        let vals = vec![name.into(), notes.into(), tags.into(), it.id.0.into()];
        crate::error::exactly_one(tx.exec(SAVE, vals).await?, "keep what staff wrote")?;
    }
    Ok(())
}

/// What was written about the people behind these handles.
pub async fn by_ids(
    tx: &mut Tx,
    ids: impl IntoIterator<Item = HandleId>,
) -> Result<Vec<Profile>, StoreError> {
    const BY_IDS: &str =
        "SELECT id, business_id, name, notes, tags FROM business_customers WHERE id IN";
    let keys = ids.into_iter().map(|id| Val::from(id.0)).collect();
    tx.load(BY_IDS, keys).await?.iter().map(read).collect()
}

/// What was written about these people under their live handles.
pub async fn of_users(
    tx: &mut Tx,
    users: impl IntoIterator<Item = UserId>,
) -> Result<Vec<Profile>, StoreError> {
    const OF_USERS: &str = "SELECT id, business_id, name, notes, tags FROM business_customers
        WHERE ended_at_ms IS NULL AND user_id IN";
    let keys = users.into_iter().map(|id| Val::from(id.0)).collect();
    tx.load(OF_USERS, keys).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Profile, StoreError> {
    let json = |text: &str| serde_json::from_str(text).ok();
    Ok(Profile {
        id: HandleId(row.get(0)?),
        business: BusinessId(row.get(1)?),
        wrote: Notes {
            name: row.get(2)?,
            notes: row.get(3)?,
            tags: named("business_customers", "tags", row.get(4)?, json)?,
        },
    })
}

/// Lists anew what these people are found by, in every business. Called with whatever may have
/// changed it, so that no verb has to think of it.
pub(crate) async fn relist(
    tx: &mut Tx,
    mut users: BTreeSet<UserId>,
    handles: BTreeSet<HandleId>,
) -> Result<(), StoreError> {
    const NUMBERS: &str = "SELECT business_customer_id, number FROM loyalty_cards
        WHERE ended_at_ms IS NULL AND business_customer_id IN";
    const LIST: &str = "UPDATE business_customers SET listed_name = $1, search = $2 WHERE id = $3";
    let of_handles = super::business_customers::by_ids(tx, handles).await?;
    users.extend(of_handles.iter().map(|it| it.user));
    let users = super::users::by_ids(tx, users).await?;
    let handles = super::business_customers::of_users(tx, users.iter().map(|it| it.id)).await?;
    let ids: Vec<HandleId> = handles.iter().map(|it| it.id).collect();
    let mut wrote: HashMap<HandleId, Notes> =
        by_ids(tx, ids.clone()).await?.into_iter().map(|it| (it.id, it.wrote)).collect();
    let mut numbers: HashMap<HandleId, Vec<String>> = HashMap::new();
    for row in tx.load(NUMBERS, ids.iter().map(|id| Val::from(id.0)).collect()).await? {
        numbers.entry(HandleId(row.get(0)?)).or_default().push(row.get(1)?);
    }
    for handle in handles {
        let user = users.iter().find(|user| user.id == handle.user && handle.is_member());
        let own = numbers.remove(&handle.id).unwrap_or_default();
        let wrote = wrote.remove(&handle.id).unwrap_or_default();
        let listing = user.map(|user| Listing::of(user, &wrote, &own)).unwrap_or_default();
        let vals = vec![listing.name.into(), listing.search.into(), handle.id.0.into()];
        crate::error::exactly_one(tx.exec(LIST, vals).await?, "list a member")?;
    }
    Ok(())
}
