//! What is deleted with an account: rows without number, by a statement each. A table that comes
//! to hold something of a person has its line here; a test looks through every column there is.

use crate::db::{Tx, Val};
use crate::error::StoreError;
use reda_domain::user::Erasure;

const BY_USER: &[&str] = &[
    "DELETE FROM sessions WHERE user_id = $1",
    "DELETE FROM notifications WHERE user_id = $1",
    "DELETE FROM short_codes WHERE user_id = $1",
    "DELETE FROM notification_preferences WHERE user_id = $1",
    // Of handles that were merged into somebody else's.
    "UPDATE business_customers SET name = NULL, notes = '', tags = '[]', listed_name = '', search = ''
     WHERE user_id = $1",
    "UPDATE qr_scan_logs SET user_id = NULL WHERE user_id = $1",
    "UPDATE approval_requests SET asked_address = NULL
     WHERE user_id = $1 AND closed_at_ms IS NOT NULL",
];
const BY_ADDRESS: &str = "UPDATE approval_requests SET asked_address = NULL, asked_hash = NULL
    WHERE asked_hash = $1 AND closed_at_ms IS NOT NULL";

pub(crate) async fn save(
    tx: &mut Tx,
    rows: impl Iterator<Item = &Erasure>,
) -> Result<(), StoreError> {
    for it in rows {
        for sql in BY_USER {
            tx.exec(*sql, vec![it.id.0.into()]).await?;
        }
        for address in &it.addresses {
            tx.exec(BY_ADDRESS, vec![Val::from(address.0.as_str())]).await?;
        }
    }
    Ok(())
}
