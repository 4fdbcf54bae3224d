//! `users`: people with accounts.

use super::{at, language, text};
use crate::db::{Row, Tx, Val};
use crate::error::StoreError;
use reda_domain::UserId;
use reda_domain::address::{Address, Email, Phone};
use reda_domain::user::User;

super::table!(
    $,
    "users",
    "id, name, phone, phone_verified, email, email_verified, language, password_hash, created_at_ms",
    "?, ?, ?, ?, ?, ?, ?, ?, ?",
    "ON CONFLICT (id) DO UPDATE SET name = excluded.name, phone = excluded.phone,
     phone_verified = excluded.phone_verified, email = excluded.email,
     email_verified = excluded.email_verified, language = excluded.language,
     password_hash = excluded.password_hash"
);

fn read(row: &Row) -> Result<User, StoreError> {
    Ok(User {
        id: UserId(row.get(0)?),
        name: row.get(1)?,
        phone: row.get::<Option<String>>(2)?.map(Phone::from_e164),
        phone_verified: row.flag(3)?,
        email: row.get::<Option<String>>(4)?.map(Email::from_kept),
        email_verified: row.flag(5)?,
        language: language("users", row.get(6)?)?,
        password_hash: row.get(7)?,
        created_at: at(row, 8)?,
    })
}

pub(crate) async fn save(tx: &mut Tx, rows: impl Iterator<Item = &User>) -> Result<(), StoreError> {
    let rows = rows.map(|it| {
        vec![
            it.id.0.into(),
            text(&it.name),
            it.phone.as_ref().map(Phone::as_str).into(),
            it.phone_verified.into(),
            it.email.as_ref().map(Email::as_str).into(),
            it.email_verified.into(),
            it.language.tag().into(),
            text(&it.password_hash),
            it.created_at.0.into(),
        ]
    });
    tx.bulk(INSERT, HOLES, ON_CONFLICT, rows.collect()).await
}

/// The users of these ids.
pub async fn by_ids(
    tx: &mut Tx,
    ids: impl IntoIterator<Item = UserId>,
) -> Result<Vec<User>, StoreError> {
    let keys = ids.into_iter().map(|id| Val::from(id.0)).collect();
    tx.load(select!("WHERE id IN"), keys).await?.iter().map(read).collect()
}

/// The user of this id.
pub async fn find(tx: &mut Tx, id: UserId) -> Result<Option<User>, StoreError> {
    Ok(by_ids(tx, [id]).await?.pop())
}

/// The users who have proven to own these addresses.
pub async fn owning(tx: &mut Tx, addresses: &[&Address]) -> Result<Vec<User>, StoreError> {
    let by_phone = select!("WHERE phone_verified = 1 AND phone IN");
    let by_email = select!("WHERE email_verified = 1 AND email IN");
    at_addresses(tx, by_phone, by_email, addresses).await
}

/// The people whom shops wrote down with these addresses, and who have not come forward.
pub async fn written_down_at(tx: &mut Tx, addresses: &[&Address]) -> Result<Vec<User>, StoreError> {
    let by_phone = select!(
        "WHERE password_hash IS NULL AND phone_verified = 0 AND email_verified = 0 AND phone IN"
    );
    let by_email = select!(
        "WHERE password_hash IS NULL AND phone_verified = 0 AND email_verified = 0 AND email IN"
    );
    at_addresses(tx, by_phone, by_email, addresses).await
}

async fn at_addresses(
    tx: &mut Tx,
    by_phone: &'static str,
    by_email: &'static str,
    addresses: &[&Address],
) -> Result<Vec<User>, StoreError> {
    let (mut phones, mut emails) = (vec![], vec![]);
    for address in addresses {
        match address {
            Address::Phone(phone) => phones.push(phone.as_str().into()),
            Address::Email(email) => emails.push(email.as_str().into()),
        }
    }
    let mut rows = tx.load(by_phone, phones).await?;
    rows.extend(tx.load(by_email, emails).await?);
    rows.iter().map(read).collect()
}

/// Accounts that sign in with an address: its proven owner first, then those who claim it, the
/// oldest first; at most `limit`.
pub async fn signing_in_with(
    tx: &mut Tx,
    address: &Address,
    limit: i64,
) -> Result<Vec<User>, StoreError> {
    let by_phone = select!(
        "WHERE phone = $1 AND password_hash IS NOT NULL
         ORDER BY phone_verified DESC, id LIMIT $2"
    );
    let by_email = select!(
        "WHERE email = $1 AND password_hash IS NOT NULL
         ORDER BY email_verified DESC, id LIMIT $2"
    );
    let sql = match address {
        Address::Phone(_) => by_phone,
        Address::Email(_) => by_email,
    };
    let rows = tx.rows(sql, vec![address.as_str().into(), limit.into()]).await?;
    rows.iter().map(read).collect()
}

/// Accounts with a password that claim an address and have not proven it, the oldest first; at
/// most `limit`.
pub async fn claiming(tx: &mut Tx, address: &Address, limit: i64) -> Result<Vec<User>, StoreError> {
    let by_phone = select!(
        "WHERE phone = $1 AND phone_verified = 0 AND password_hash IS NOT NULL
         ORDER BY id LIMIT $2"
    );
    let by_email = select!(
        "WHERE email = $1 AND email_verified = 0 AND password_hash IS NOT NULL
         ORDER BY id LIMIT $2"
    );
    let sql = match address {
        Address::Phone(_) => by_phone,
        Address::Email(_) => by_email,
    };
    let rows = tx.rows(sql, vec![address.as_str().into(), limit.into()]).await?;
    rows.iter().map(read).collect()
}

/// Whether a shop made an account for an address, which its person has not taken yet.
pub async fn is_expected(tx: &mut Tx, address: &Address) -> Result<bool, StoreError> {
    const BY_PHONE: &str = "SELECT COUNT(*) FROM users
        WHERE phone = $1 AND phone_verified = 0 AND password_hash IS NULL";
    const BY_EMAIL: &str = "SELECT COUNT(*) FROM users
        WHERE email = $1 AND email_verified = 0 AND password_hash IS NULL";
    let sql = match address {
        Address::Phone(_) => BY_PHONE,
        Address::Email(_) => BY_EMAIL,
    };
    let rows = tx.rows(sql, vec![address.as_str().into()]).await?;
    Ok(rows[0].get::<i64>(0)? > 0)
}

/// How many accounts there are.
pub async fn count(tx: &mut Tx) -> Result<i64, StoreError> {
    tx.rows("SELECT COUNT(*) FROM users", vec![]).await?[0].get(0)
}
