//! The review list: what is unusual about a business's points, for its managers.

use super::ApiError;
use super::customers::place;
use super::extract::{Path, Query, limited};
use super::me::Paging;
use super::records::written;
use crate::app::App;
use crate::auth::{Caller, StaffToken};
use crate::customers::lines;
use crate::days::{minute_of, zone_of};
use axum::Json;
use axum::extract::State;
use jiff::tz::TimeZone;
use reda_domain::permission::Action;
use reda_domain::review::{Looked, Why};
use reda_domain::settings::Settings;
use reda_domain::{BusinessId, EntryId, HandleId, Timestamp};
use reda_protocol::api::{Page, ReviewLine};
use reda_store::tables::businesses;
use reda_store::tables::reviews::{self, Candidate, What};
use reda_store::{StoreError, Tx};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Rows looked at at once.
const PORTION: i64 = 200;
/// Rows looked at for one page: where little is unusual, a page may be short and still go on.
const LOOKED_AT_MAX: usize = 2_000;

pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    staff: StaffToken,
    Path(business): Path<BusinessId>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<ReviewLine>>, ApiError> {
    caller.may(&app, business, Action::ReviewPoints, &staff).await?;
    let limit = usize::try_from(limited(paging.limit)).unwrap_or(usize::MAX);
    let after: Option<(i64, Uuid)> = place(&paging.after)?;
    let mut before =
        after.map_or((Timestamp(i64::MAX), Uuid::max()), |(at, id)| (Timestamp(at), id));
    let mut tx = app.db.snapshot().await?;
    let shop = businesses::find(&mut tx, business).await?;
    let shop = shop.ok_or_else(|| ApiError::of("business_unknown"))?;
    let zone = zone_of(&shop);
    let (mut found, mut looked_at, mut more) = (vec![], 0, true);
    while more && found.len() < limit && looked_at < LOOKED_AT_MAX {
        let rows = reviews::of_business(&mut tx, business, before, PORTION).await?;
        more = i64::try_from(rows.len()).is_ok_and(|n| n == PORTION);
        looked_at += rows.len();
        let awards = reviews::awards_before(&mut tx, awards(&rows)).await?;
        for row in rows {
            before = (row.at, row.id);
            let why = why(&row, &awards, &shop.settings, &zone);
            if !why.is_empty() {
                found.push((row, why));
            }
            if found.len() == limit {
                more = true;
                break;
            }
        }
    }
    let next = more.then(|| written(before.0, before.1));
    Ok(Json(Page { items: shown(&mut tx, business, found, app.now()).await?, next }))
}

fn awards(rows: &[Candidate]) -> Vec<Uuid> {
    rows.iter().filter(|it| matches!(it.what, What::Entry { .. })).map(|it| it.id).collect()
}

fn why(
    row: &Candidate,
    awards: &HashMap<Uuid, i64>,
    settings: &Settings,
    zone: &TimeZone,
) -> Vec<Why> {
    match row.what {
        What::Answer { .. } => vec![Why::WeakEvidence],
        What::Entry { kind, delta, has_sale } => {
            let awards = awards.get(&row.id).copied().unwrap_or(0);
            let minute = minute_of(row.at, zone);
            Looked { kind, delta, has_sale, awards, minute }.why(settings)
        }
    }
}

async fn shown(
    tx: &mut Tx,
    business: BusinessId,
    found: Vec<(Candidate, Vec<Why>)>,
    now: Timestamp,
) -> Result<Vec<ReviewLine>, StoreError> {
    let handles: BTreeSet<HandleId> = found.iter().filter_map(|(it, _)| it.handle).collect();
    let handles: Vec<HandleId> = handles.into_iter().collect();
    let people = lines(tx, business, &handles, now).await?;
    let names: HashMap<_, _> = people.into_iter().map(|it| (it.id, it.name)).collect();
    let line = |(it, why): (Candidate, Vec<Why>)| {
        let (entry, kind, points, channel) = match it.what {
            What::Entry { kind, delta, .. } => {
                (Some(EntryId(it.id)), Some(kind.name().to_owned()), Some(delta), None)
            }
            What::Answer { channel } => (None, None, None, Some(channel)),
        };
        ReviewLine {
            at: it.at,
            why,
            entry,
            kind,
            points,
            request: it.request,
            channel,
            card: it.card,
            // Whoever left has no name here any more.
            name: it.handle.and_then(|handle| names.get(&handle).cloned()),
            customer: it.handle,
            staff: it.staff,
            device: it.device,
        }
    };
    Ok(found.into_iter().map(line).collect())
}
