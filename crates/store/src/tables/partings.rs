//! What is rewritten where somebody leaves a business or deletes their account: rows without
//! number, so by a few statements each. Books keep their lines; who they were about goes.

use crate::db::Tx;
use crate::error::StoreError;
use reda_domain::customer::Parting;

/// The pseudonym is an account like any other, with nothing in it.
const STAND_IN: &str = "INSERT INTO users
    (id, phone_verified, email_verified, language, created_at_ms) VALUES ($1, 0, 0, 'en', $2)";
const STAND_IN_CUSTOMER: &str =
    "INSERT INTO customers (id, user_id, created_at_ms) VALUES ($1, $2, $3)";
const HANDLE: &str = "UPDATE business_customers SET user_id = $1, customer_id = CASE
    WHEN customer_id IS NULL THEN NULL ELSE $2 END, name = NULL, notes = '', tags = '[]',
    listed_name = '', search = ''
    WHERE id = $3 OR merged_into = $3 OR (user_id = $4 AND business_id = $5)";
const CARDS: &str = "UPDATE loyalty_cards SET user_id = $1 WHERE business_id = $2 AND (user_id = $3
    OR business_customer_id IN (SELECT id FROM business_customers WHERE merged_into = $4))";
const ENROLLMENTS: &str = "UPDATE enrollments SET customer_id = $1 WHERE business_id = $2
    AND (customer_id = (SELECT id FROM customers WHERE user_id = $3)
    OR business_customer_id IN (SELECT id FROM business_customers WHERE merged_into = $4))";
const REQUESTS: &str = "UPDATE approval_requests SET user_id = $1, asked_address = NULL,
    asked_hash = NULL
    WHERE user_id = $2 AND business_id = $3 AND closed_at_ms IS NOT NULL";
const SCANS: &str =
    "UPDATE qr_scan_logs SET user_id = NULL WHERE user_id = $1 AND business_id = $2";
const PRINTED: &str =
    "UPDATE printed_codes SET user_id = $1 WHERE user_id = $2 AND business_id = $3";
const CONSENTS: &str = "UPDATE consents SET withdrawn_at_ms = $1
    WHERE user_id = $2 AND business_id = $3 AND answer = 'accept' AND withdrawn_at_ms IS NULL";

pub(crate) async fn save(
    tx: &mut Tx,
    rows: impl Iterator<Item = &Parting>,
) -> Result<(), StoreError> {
    for it in rows {
        let (user, shop) = (it.user.0, it.business.0);
        let (stand_in, customer) = (it.stand_in.0, it.stand_in_customer.0);
        tx.exec(STAND_IN, vec![stand_in.into(), it.at.0.into()]).await?;
        let vals = vec![customer.into(), stand_in.into(), it.at.0.into()];
        tx.exec(STAND_IN_CUSTOMER, vals).await?;
        let (handle, of) = (it.id.0, [user.into(), shop.into()]);
        let vals = [vec![stand_in.into(), customer.into(), handle.into()], of.to_vec()].concat();
        tx.exec(HANDLE, vals).await?;
        let at = [shop.into(), user.into(), handle.into()];
        tx.exec(CARDS, [vec![stand_in.into()], at.to_vec()].concat()).await?;
        tx.exec(ENROLLMENTS, [vec![customer.into()], at.to_vec()].concat()).await?;
        tx.exec(REQUESTS, vec![stand_in.into(), user.into(), shop.into()]).await?;
        tx.exec(SCANS, vec![user.into(), shop.into()]).await?;
        tx.exec(PRINTED, vec![stand_in.into(), user.into(), shop.into()]).await?;
        tx.exec(CONSENTS, vec![it.at.0.into(), user.into(), shop.into()]).await?;
    }
    Ok(())
}
