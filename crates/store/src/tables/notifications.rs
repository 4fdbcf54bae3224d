//! `notifications`: what people read.

use super::feed::OwnPlaces;
use super::{at, named};
use crate::db::{Row, Tx, Val};
use crate::error::StoreError;
use reda_domain::notice::Notification;
use reda_domain::{BusinessId, HandleId, NotificationId, StaffId, UserId};
use uuid::Uuid;

super::table!(
    $,
    "notifications",
    "id, user_id, business_id, staff_id, type, title, message, related_type, related_id, metadata,
     is_read, created_at_ms, updated_at_ms, user_seq",
    "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?",
    "ON CONFLICT (id) DO UPDATE SET is_read = excluded.is_read,
     updated_at_ms = excluded.updated_at_ms,
     user_seq = COALESCE(excluded.user_seq, notifications.user_seq)"
);

fn read(row: &Row) -> Result<Notification, StoreError> {
    let business = row.get::<Option<_>>(2)?.map(BusinessId);
    let staff = row.get::<Option<_>>(3)?.map(StaffId);
    let related_type: Option<String> = row.get(7)?;
    let related_id: Option<Uuid> = row.get(8)?;
    let json = |text: &str| serde_json::from_str(text).ok();
    Ok(Notification {
        id: NotificationId(row.get(0)?),
        user: UserId(row.get(1)?),
        business,
        staff: business.zip(staff),
        kind: row.get(4)?,
        title: row.get(5)?,
        message: row.get(6)?,
        related: related_type.zip(related_id),
        metadata: named("notifications", "metadata", row.get(9)?, json)?,
        is_read: row.flag(10)?,
        created_at: at(row, 11)?,
        updated_at: at(row, 12)?,
    })
}

pub(crate) async fn save(
    tx: &mut Tx,
    rows: impl Iterator<Item = &Notification>,
    places: &OwnPlaces,
) -> Result<(), StoreError> {
    let rows = rows.map(|it| {
        let related = it.related.as_ref();
        vec![
            it.id.0.into(),
            it.user.0.into(),
            it.business.map(|id| id.0).into(),
            it.staff.map(|(_, staff)| staff.0).into(),
            it.kind.as_str().into(),
            it.title.as_str().into(),
            it.message.as_str().into(),
            related.map(|(kind, _)| kind.as_str()).into(),
            related.map(|(_, id)| *id).into(),
            it.metadata.to_string().into(),
            it.is_read.into(),
            it.created_at.0.into(),
            it.updated_at.0.into(),
            places.get(&it.id.0).copied().into(),
        ]
    });
    tx.bulk(INSERT, HOLES, ON_CONFLICT, rows.collect()).await
}

/// The notifications of these ids.
pub async fn by_ids(
    tx: &mut Tx,
    ids: impl IntoIterator<Item = NotificationId>,
) -> Result<Vec<Notification>, StoreError> {
    let keys = ids.into_iter().map(|id| Val::from(id.0)).collect();
    tx.load(select!("WHERE id IN"), keys).await?.iter().map(read).collect()
}

/// A person's unread ones, the newest first.
pub(crate) async fn unread_of(
    tx: &mut Tx,
    user: UserId,
    limit: i64,
) -> Result<Vec<Notification>, StoreError> {
    let sql = select!("WHERE user_id = $1 AND is_read = 0 ORDER BY created_at_ms DESC LIMIT $2");
    tx.rows(sql, vec![user.0.into(), limit.into()]).await?.iter().map(read).collect()
}

/// A person's notifications, the newest first.
pub async fn of_user(
    tx: &mut Tx,
    user: UserId,
    limit: i64,
    offset: i64,
) -> Result<Vec<Notification>, StoreError> {
    let sql = select!("WHERE user_id = $1 ORDER BY created_at_ms DESC, id LIMIT $2 OFFSET $3");
    let vals: Vec<Val> = vec![user.0.into(), limit.into(), offset.into()];
    tx.rows(sql, vals).await?.iter().map(read).collect()
}

/// How many notifications a person has.
pub async fn count_of_user(tx: &mut Tx, user: UserId) -> Result<i64, StoreError> {
    const COUNT: &str = "SELECT COUNT(*) FROM notifications WHERE user_id = $1";
    tx.rows(COUNT, vec![user.0.into()]).await?[0].get(0)
}

/// What staff were told of the person behind a handle: by what it is about, which is the handle
/// itself, a request or a card.
pub(crate) async fn about(tx: &mut Tx, handle: HandleId) -> Result<Vec<Notification>, StoreError> {
    const CARDS: &str = "SELECT id FROM loyalty_cards WHERE business_customer_id = $1";
    const REQUESTS: &str = "SELECT r.id FROM approval_requests r
        JOIN business_customers c ON c.business_id = r.business_id AND c.user_id = r.user_id
        WHERE c.id = $1";
    let mut related = vec![Val::from(handle.0)];
    for sql in [CARDS, REQUESTS] {
        for row in tx.rows(sql, vec![handle.0.into()]).await? {
            related.push(row.get::<Uuid>(0)?.into());
        }
    }
    let rows = tx.load(select!("WHERE staff_id IS NOT NULL AND related_id IN"), related).await?;
    rows.iter().map(read).collect()
}

/// Deletes it, if it is there.
pub(crate) async fn delete(tx: &mut Tx, id: NotificationId) -> Result<(), StoreError> {
    const DELETE: &str = "DELETE FROM notifications WHERE id = $1";
    tx.exec(DELETE, vec![id.0.into()]).await.map(|_| ())
}
