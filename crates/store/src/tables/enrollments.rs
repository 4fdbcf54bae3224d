//! `enrollments`: customers in programmes.

use super::{at, at_opt, when};
use crate::db::{Row, Tx, Val};
use crate::error::StoreError;
use reda_domain::customer::Enrollment;
use reda_domain::{BusinessId, CustomerId, EnrollmentId, HandleId, ProgramId};

super::table!(
    $,
    "enrollments",
    "id, business_id, program_id, customer_id, business_customer_id, joined_at_ms, ended_at_ms",
    "?, ?, ?, ?, ?, ?, ?",
    "ON CONFLICT (id) DO UPDATE SET customer_id = excluded.customer_id,
     business_customer_id = excluded.business_customer_id, ended_at_ms = excluded.ended_at_ms"
);

fn read(row: &Row) -> Result<Enrollment, StoreError> {
    Ok(Enrollment {
        id: EnrollmentId(row.get(0)?),
        business: BusinessId(row.get(1)?),
        program: ProgramId(row.get(2)?),
        customer: CustomerId(row.get(3)?),
        handle: HandleId(row.get(4)?),
        joined_at: at(row, 5)?,
        ended_at: at_opt(row, 6)?,
    })
}

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
            when(it.ended_at),
        ]
    });
    tx.bulk(INSERT, HOLES, ON_CONFLICT, rows.collect()).await
}

/// The enrolments of these ids.
pub async fn by_ids(
    tx: &mut Tx,
    ids: impl IntoIterator<Item = EnrollmentId>,
) -> Result<Vec<Enrollment>, StoreError> {
    let keys = ids.into_iter().map(|id| Val::from(id.0)).collect();
    tx.load(select!("WHERE id IN"), keys).await?.iter().map(read).collect()
}

/// The enrolments under these handles.
pub async fn of_handles(
    tx: &mut Tx,
    handles: impl IntoIterator<Item = HandleId>,
) -> Result<Vec<Enrollment>, StoreError> {
    let keys = handles.into_iter().map(|id| Val::from(id.0)).collect();
    tx.load(select!("WHERE business_customer_id IN"), keys).await?.iter().map(read).collect()
}
