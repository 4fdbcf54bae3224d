//! `loyalty_cards`: customers' accounts of points.

use super::feed::OwnPlaces;
use super::{at, at_opt, when};
use crate::db::{Row, Tx, Val};
use crate::error::StoreError;
use reda_domain::card::Card;
use reda_domain::points::Points;
use reda_domain::{BusinessId, CardId, EnrollmentId, HandleId, ProgramId, UserId};

super::table!(
    $,
    "loyalty_cards",
    "id, business_id, program_id, enrollment_id, business_customer_id, user_id, number, balance,
     held, entries, created_at_ms, ended_at_ms, earned, user_seq",
    "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?",
    "ON CONFLICT (id) DO UPDATE SET business_customer_id = excluded.business_customer_id,
     user_id = excluded.user_id, balance = excluded.balance, held = excluded.held,
     earned = excluded.earned, entries = excluded.entries,
     ended_at_ms = excluded.ended_at_ms,
     user_seq = COALESCE(excluded.user_seq, loyalty_cards.user_seq)"
);

/// For cards that stay whose they are: no index has these columns, and SQLite would write anew what
/// stands in one.
const NUMBERS: &str = "ON CONFLICT (id) DO UPDATE SET balance = excluded.balance,
     held = excluded.held, earned = excluded.earned, entries = excluded.entries,
     user_seq = COALESCE(excluded.user_seq, loyalty_cards.user_seq)";

fn read(row: &Row) -> Result<Card, StoreError> {
    Ok(Card {
        id: CardId(row.get(0)?),
        business: BusinessId(row.get(1)?),
        program: ProgramId(row.get(2)?),
        enrollment: EnrollmentId(row.get(3)?),
        handle: HandleId(row.get(4)?),
        user: UserId(row.get(5)?),
        number: row.get(6)?,
        balance: Points(row.get(7)?),
        held: Points(row.get(8)?),
        entries: row.get(9)?,
        created_at: at(row, 10)?,
        ended_at: at_opt(row, 11)?,
        earned: Points(row.get(12)?),
    })
}

pub(crate) async fn save(
    tx: &mut Tx,
    rows: impl Iterator<Item = &Card>,
    places: &OwnPlaces,
) -> Result<(), StoreError> {
    tx.bulk(INSERT, HOLES, ON_CONFLICT, rows.map(|it| columns(it, places)).collect()).await
}

/// Writes what cards that are there came to.
pub(crate) async fn save_numbers(
    tx: &mut Tx,
    rows: impl Iterator<Item = &Card>,
    places: &OwnPlaces,
) -> Result<(), StoreError> {
    tx.bulk(INSERT, HOLES, NUMBERS, rows.map(|it| columns(it, places)).collect()).await
}

fn columns(it: &Card, places: &OwnPlaces) -> Vec<Val> {
    vec![
        it.id.0.into(),
        it.business.0.into(),
        it.program.0.into(),
        it.enrollment.0.into(),
        it.handle.0.into(),
        it.user.0.into(),
        it.number.as_str().into(),
        it.balance.0.into(),
        it.held.0.into(),
        it.entries.into(),
        it.created_at.0.into(),
        when(it.ended_at),
        it.earned.0.into(),
        places.get(&it.id.0).copied().into(),
    ]
}

/// The cards of these ids.
pub async fn by_ids(
    tx: &mut Tx,
    ids: impl IntoIterator<Item = CardId>,
) -> Result<Vec<Card>, StoreError> {
    let keys = ids.into_iter().map(|id| Val::from(id.0)).collect();
    tx.load(select!("WHERE id IN"), keys).await?.iter().map(read).collect()
}

/// The cards with these numbers.
pub async fn by_numbers(tx: &mut Tx, numbers: &[&str]) -> Result<Vec<Card>, StoreError> {
    let keys = numbers.iter().map(|number| Val::from(*number)).collect();
    tx.load(select!("WHERE number IN"), keys).await?.iter().map(read).collect()
}

/// The live cards of these people, whatever the business.
pub async fn of_users(
    tx: &mut Tx,
    users: impl IntoIterator<Item = UserId>,
) -> Result<Vec<Card>, StoreError> {
    let keys = users.into_iter().map(|id| Val::from(id.0)).collect();
    tx.load(select!("WHERE ended_at_ms IS NULL AND user_id IN"), keys)
        .await?
        .iter()
        .map(read)
        .collect()
}

/// The person's cards, whatever the business, also those that ended; the oldest first.
pub async fn ever_of_user(tx: &mut Tx, user: UserId) -> Result<Vec<Card>, StoreError> {
    let all = select!("WHERE user_id = $1 ORDER BY created_at_ms, id");
    tx.rows(all, vec![user.0.into()]).await?.iter().map(read).collect()
}

/// The live cards of these handles.
pub async fn of_handles(
    tx: &mut Tx,
    handles: impl IntoIterator<Item = HandleId>,
) -> Result<Vec<Card>, StoreError> {
    let keys = handles.into_iter().map(|id| Val::from(id.0)).collect();
    let rows = tx.load(select!("WHERE ended_at_ms IS NULL AND business_customer_id IN"), keys);
    rows.await?.iter().map(read).collect()
}
