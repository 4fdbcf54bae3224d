//! `enrollments`: customers in programmes.

use crate::db::Tx;
use crate::error::StoreError;
use reda_domain::customer::Enrollment;

const INSERT: &str = "INSERT INTO enrollments
    (id, business_id, program_id, customer_id, business_customer_id, joined_at_ms)";

pub(crate) async fn save(
    tx: &mut Tx,
    rows: impl Iterator<Item = &Enrollment>,
) -> Result<(), StoreError> {
    let rows = rows.map(|it| {
        vec![
            it.id.0.into(),
            it.business.0.into(),
            it.program.0.into(),
            it.customer.0.into(),
            it.handle.0.into(),
            it.joined_at.0.into(),
        ]
    });
    tx.bulk(INSERT, "?, ?, ?, ?, ?, ?", "", rows.collect()).await
}
