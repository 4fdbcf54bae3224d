//! The list of customers as a CSV file (RFC 4180), written page by page while it is read.

use crate::app::App;
use crate::customers::lines;
use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use reda_domain::address::{Email, Phone};
use reda_domain::csv::record;
use reda_domain::{BusinessId, Timestamp};
use reda_protocol::api::{CustomerLine, FoundStatus};
use reda_store::StoreError;
use reda_store::tables::members::{self, By, Filter, Order, Place};
use reda_store::tables::programs;
use tracing::error;

/// Customers read at once.
const PAGE: i64 = 500;

const HEAD: [&str; 12] = [
    "id",
    "name",
    "status",
    "phone",
    "email",
    "tags",
    "joined_at",
    "first_visit_at",
    "last_visit_at",
    "visits",
    "spend_minor_units",
    "cards",
];

fn row(it: &CustomerLine, program: impl Fn(&reda_domain::ProgramId) -> String) -> String {
    let at = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    let cards = it
        .cards
        .iter()
        .map(|card| format!("{} {}: {}", program(&card.program), card.number, card.balance));
    let status = match it.status {
        FoundStatus::Member => "member",
        FoundStatus::Pending | FoundStatus::NotEnrolled => "pending",
    };
    record([
        it.id.to_string(),
        it.name.clone(),
        status.to_owned(),
        it.phone.as_ref().map(Phone::as_str).unwrap_or_default().to_owned(),
        it.email.as_ref().map(Email::as_str).unwrap_or_default().to_owned(),
        it.tags.join("; "),
        at(it.joined_at),
        at(it.first_visit_at),
        at(it.last_visit_at),
        it.visits.to_string(),
        it.spend.to_string(),
        cards.collect::<Vec<_>>().join("; "),
    ])
}

/// How far the file has been written.
enum Written {
    Nothing,
    UpTo(Place),
    All,
}

/// The file; pages are read one by one, so that a slow reader holds neither memory nor database.
pub(crate) fn stream(app: App, business: BusinessId, filter: Filter) -> Response {
    let pages = stream::unfold(Written::Nothing, move |written| {
        let (app, filter) = (app.clone(), filter.clone());
        async move {
            let part = part(&app, business, &filter, &written).await;
            let (text, written) = match (part, written) {
                (_, Written::All) => return None,
                (Ok((text, last)), _) => (Ok(text), last.map_or(Written::All, Written::UpTo)),
                (Err(failure), _) => {
                    error!("a file of customers broke off: {failure:#}");
                    (Err(failure), Written::All)
                }
            };
            Some((text.map(Bytes::from), written))
        }
    });
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"customers.csv\""),
    ];
    (headers, Body::from_stream(pages)).into_response()
}

async fn part(
    app: &App,
    business: BusinessId,
    filter: &Filter,
    written: &Written,
) -> Result<(String, Option<Place>), StoreError> {
    let (mut text, after) = match written {
        Written::Nothing => (record(HEAD.map(str::to_owned)), None),
        Written::UpTo(place) => (String::new(), Some(place)),
        Written::All => return Ok((String::new(), None)),
    };
    let now = app.now();
    let order = Order { by: By::Name, descending: false };
    let mut tx = app.db.snapshot().await?;
    let mut places = members::page(&mut tx, business, filter, order, after, PAGE, now).await?;
    let ids: Vec<_> = places.iter().map(|it| it.id).collect();
    let programs = programs::of_business(&mut tx, business).await?;
    let program = |id: &reda_domain::ProgramId| {
        let own = programs.iter().find(|it| it.id == *id);
        own.map(|it| it.name.clone()).unwrap_or_default()
    };
    for line in lines(&mut tx, business, &ids, now).await? {
        text.push_str(&row(&line, program));
    }
    let full = i64::try_from(places.len()).is_ok_and(|n| n == PAGE);
    Ok((text, places.pop().filter(|_| full)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_as_many_cells_as_the_head() {
        let line = CustomerLine {
            id: reda_domain::HandleId(uuid::Uuid::nil()),
            status: FoundStatus::Member,
            name: "Amina".to_owned(),
            phone: None,
            email: None,
            tags: vec![],
            visits: 1,
            spend: 2,
            joined_at: None,
            first_visit_at: None,
            last_visit_at: None,
            cards: vec![],
            request: None,
        };
        let row = row(&line, |_| String::new());
        assert_eq!(row.trim_end().split(',').count(), HEAD.len());
    }
}
