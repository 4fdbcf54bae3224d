//! A business's customers: the list, one of them, what passed with them, and the file.

use super::ApiError;
use super::extract::{Path, Query, limited};
use crate::app::App;
use crate::auth::{Caller, StaffToken};
use crate::customers::lines;
use crate::people_file;
use crate::requests::{Asked, ask, new_id};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use data_encoding::BASE64URL_NOPAD;
use reda_actions::ExportCustomers;
use reda_domain::permission::Action;
use reda_domain::tier::{Band, bands};
use reda_domain::{BusinessId, HandleId, ProgramId, Timestamp};
use reda_protocol::api::{
    CustomerConsent, CustomerDetail, CustomerList, FoundStatus, InteractionLine, Page,
};
use reda_store::Tx;
use reda_store::tables::interactions::{self, Interaction};
use reda_store::tables::members::{self, By, Filter, Order, Place, Standing, Value};
use reda_store::tables::{business_customers, consents, profiles, programs};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// What the list of customers may be narrowed to, and how it is ordered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// Beginnings of words: of names, numbers, cards and tags.
    q: Option<String>,
    program: Option<ProgramId>,
    /// Only holders of a card in a tier of this name.
    tier: Option<String>,
    status: Option<FoundStatus>,
    #[schema(value_type = Option<String>, format = DateTime)]
    visited_from: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    visited_before: Option<Timestamp>,
    /// Only who was not here since, or never.
    #[schema(value_type = Option<String>, format = DateTime)]
    unseen_since: Option<Timestamp>,
    /// `name`, `last_visit`, `visits`, `spend` or `joined`; with a `-` the other way round.
    sort: Option<String>,
    after: Option<String>,
    limit: Option<i64>,
}

/// Longer searches are cut.
const SEARCH_MAX: usize = 100;

fn invalid(reason: &str) -> ApiError {
    ApiError::of("invalid_body").with(json!({ "reason": reason }))
}

impl Wanted {
    async fn filter(&self, tx: &mut Tx, business: BusinessId) -> Result<Filter, ApiError> {
        let search: String = self.q.iter().flat_map(|q| q.chars().take(SEARCH_MAX)).collect();
        let number = search.chars().all(|c| c.is_ascii_digit() || " +-()".contains(c));
        // A number is one word, however it is written.
        let search = match number {
            true => search.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect(),
            false => search,
        };
        let standing = match self.status {
            None => None,
            Some(FoundStatus::Member) => Some(Standing::Member),
            Some(FoundStatus::Pending) => Some(Standing::Pending),
            Some(FoundStatus::NotEnrolled) => {
                return Err(invalid("who has not joined is in no list"));
            }
        };
        let tiers = match &self.tier {
            Some(tier) => Some(self.bands(tx, business, tier).await?),
            None => None,
        };
        Ok(Filter {
            search,
            program: self.program,
            tiers,
            standing,
            visited_from: self.visited_from,
            visited_before: self.visited_before,
            unseen_since: self.unseen_since,
        })
    }

    /// The fields that the list is narrowed by.
    fn narrowed_by(&self) -> Vec<&'static str> {
        let fields = [
            ("q", self.q.is_some()),
            ("program", self.program.is_some()),
            ("tier", self.tier.is_some()),
            ("status", self.status.is_some()),
            ("visited_from", self.visited_from.is_some()),
            ("visited_before", self.visited_before.is_some()),
            ("unseen_since", self.unseen_since.is_some()),
        ];
        fields.into_iter().filter(|(_, said)| *said).map(|(name, _)| name).collect()
    }

    /// The tiers of this name in the programmes that are looked at.
    async fn bands(
        &self,
        tx: &mut Tx,
        business: BusinessId,
        tier: &str,
    ) -> Result<Vec<Band>, ApiError> {
        let mut programs = programs::of_business(tx, business).await?;
        programs.retain(|it| self.program.is_none_or(|wanted| wanted == it.id));
        Ok(bands(programs.iter().map(|it| (it.id, it.tiers.as_slice())), tier))
    }

    fn order(&self) -> Result<Order, ApiError> {
        let sort = self.sort.as_deref().unwrap_or("name");
        let (descending, name) = match sort.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, sort),
        };
        let by = match name {
            "name" => By::Name,
            "last_visit" => By::LastVisit,
            "visits" => By::Visits,
            "spend" => By::Spend,
            "joined" => By::Joined,
            _ => return Err(invalid("no such order")),
        };
        Ok(Order { by, descending })
    }
}

fn written<T: serde::Serialize>(place: &T) -> String {
    BASE64URL_NOPAD.encode(json!(place).to_string().as_bytes())
}

/// A place that a page ended at; only its own list reads it.
pub(crate) fn place<T: serde::de::DeserializeOwned>(
    after: &Option<String>,
) -> Result<Option<T>, ApiError> {
    let Some(after) = after else { return Ok(None) };
    let bytes = BASE64URL_NOPAD.decode(after.as_bytes()).ok();
    let place = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    place.map(Some).ok_or_else(|| invalid("after is not from this list"))
}

fn after(wanted: &Wanted, by: By) -> Result<Option<Place>, ApiError> {
    match by {
        By::Name => {
            let place: Option<(String, HandleId)> = place(&wanted.after)?;
            Ok(place.map(|(text, id)| Place { value: Value::Text(text), id }))
        }
        By::LastVisit | By::Visits | By::Spend | By::Joined => {
            let place: Option<(i64, HandleId)> = place(&wanted.after)?;
            Ok(place.map(|(number, id)| Place { value: Value::Number(number), id }))
        }
    }
}

/// The end of a page that is full; the next one starts behind it.
pub(crate) fn next<T>(rows: &[T], limit: i64, of: impl Fn(&T) -> String) -> Option<String> {
    let full = i64::try_from(rows.len()).is_ok_and(|n| n == limit);
    rows.last().filter(|_| full).map(of)
}

pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    staff: StaffToken,
    Path(business): Path<BusinessId>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<CustomerList>, ApiError> {
    caller.may(&app, business, Action::SeeCustomers, &staff).await?;
    let (order, limit) = (wanted.order()?, limited(wanted.limit));
    let after = after(&wanted, order.by)?;
    let now = app.now();
    let mut tx = app.db.snapshot().await?;
    let filter = wanted.filter(&mut tx, business).await?;
    let count = members::count(&mut tx, business, &filter, now).await?;
    let rows = members::page(&mut tx, business, &filter, order, after.as_ref(), limit, now).await?;
    let ids: Vec<HandleId> = rows.iter().map(|it| it.id).collect();
    let items = lines(&mut tx, business, &ids, now).await?;
    let next = next(&rows, limit, |it| match &it.value {
        Value::Text(text) => written(&(text, it.id)),
        Value::Number(number) => written(&(number, it.id)),
    });
    Ok(Json(CustomerList { count, items, next }))
}

pub(crate) async fn get(
    State(app): State<App>,
    caller: Caller,
    staff: StaffToken,
    Path((business, customer)): Path<(BusinessId, HandleId)>,
) -> Result<Json<CustomerDetail>, ApiError> {
    caller.may(&app, business, Action::SeeCustomers, &staff).await?;
    let mut tx = app.db.snapshot().await?;
    let line = lines(&mut tx, business, &[customer], app.now()).await?.pop();
    let line = line.ok_or_else(|| ApiError::of("customer_unknown"))?;
    let handle = business_customers::by_ids(&mut tx, [customer]).await?.pop();
    let handle = handle.ok_or_else(|| ApiError::of("customer_unknown"))?;
    let member = handle.is_member();
    let wrote = profiles::by_ids(&mut tx, [customer]).await?.pop().map(|it| it.wrote);
    let mut answers = consents::of_user(&mut tx, handle.user).await?;
    answers.retain(|it| it.business == business && member);
    let consent = |it: reda_domain::consent::Consent| CustomerConsent {
        request: it.request,
        program: it.program,
        answer: it.answer,
        channel: it.channel,
        wording: it.wording,
        language: it.language,
        at: it.at,
    };
    Ok(Json(CustomerDetail {
        customer: line,
        notes: wrote.map(|it| it.notes).unwrap_or_default(),
        consents: answers.into_iter().map(consent).collect(),
    }))
}

/// Where a timeline goes on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Onwards {
    after: Option<String>,
    limit: Option<i64>,
}

pub(crate) async fn timeline(
    State(app): State<App>,
    caller: Caller,
    staff: StaffToken,
    Path((business, customer)): Path<(BusinessId, HandleId)>,
    Query(onwards): Query<Onwards>,
) -> Result<Json<Page<InteractionLine>>, ApiError> {
    caller.may(&app, business, Action::SeeCustomers, &staff).await?;
    let mut tx = app.db.snapshot().await?;
    let own = business_customers::by_ids(&mut tx, [customer]).await?.pop();
    let live = own.filter(|it| it.business == business && it.ended_at.is_none());
    live.ok_or_else(|| ApiError::of("customer_unknown"))?;
    let handles = members::with_merged(&mut tx, customer).await?;
    let limit = limited(onwards.limit);
    let before: Option<(i64, String, Uuid)> = place(&onwards.after)?;
    let before = before.map(|(at, kind, id)| interactions::Place { at: Timestamp(at), kind, id });
    let rows =
        interactions::of_handles(&mut tx, business, &handles, before.as_ref(), limit).await?;
    let next = next(&rows, limit, |it| written(&(it.at.0, &it.kind, it.id)));
    let line = |it: Interaction| InteractionLine {
        at: it.at,
        kind: it.kind,
        id: it.id.to_string(),
        what: it.what,
        result: it.result,
        reason: it.reason,
        points: it.points,
        balance: it.balance,
        staff: it.staff,
        device: it.device,
    };
    Ok(Json(Page { items: rows.into_iter().map(line).collect(), next }))
}

/// The file; that it was taken is written down before anything of it goes out.
pub(crate) async fn file(
    State(app): State<App>,
    caller: Caller,
    staff: StaffToken,
    Path(business): Path<BusinessId>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, ApiError> {
    caller.may(&app, business, Action::ExportCustomers, &staff).await?;
    let mut tx = app.db.snapshot().await?;
    let filter = wanted.filter(&mut tx, business).await?;
    let customers = members::count(&mut tx, business, &filter, app.now()).await?;
    drop(tx);
    let actor = caller.staff(&app, Some(business), staff.0.as_deref()).await?;
    let narrowed_by = wanted.narrowed_by();
    let body = json!([business, customers, narrowed_by]);
    let act = ExportCustomers { customers, narrowed_by }.into();
    ask(&app, Asked { id: new_id(), actor, act, body }, Default::default()).await?;
    Ok(people_file::stream(app, business, filter))
}
