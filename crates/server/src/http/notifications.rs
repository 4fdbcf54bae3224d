//! What a person was told, and what they want to be told.

use super::ApiError;
use super::error::Told;
use super::extract::{Body, Key, OptionalBody, Path, Query, told};
use crate::app::App;
use crate::auth::{Acting, Language, Person};
use crate::operations::{invalid, one_address};
use crate::requests::{Asked, ask};
use axum::Json;
use axum::extract::State;
use reda_actions::{MarkAllRead, MarkRead, TestNotification, UpdatePreferences};
use reda_domain::address::{Address, Phone};
use reda_domain::notice::Notification;
use reda_domain::preferences::{Switches, known_type};
use reda_domain::{BusinessId, NotificationId, OperationId, UserId};
use reda_protocol::api::{
    self, NotificationAnswer, NotificationList, NotificationRow, PreferencesAnswer, ReadAllAnswer,
    Sent, TestAnswer, TestChannel,
};
use reda_protocol::entity::PreferencesBody;
use reda_store::tables::{notifications, preferences, staff};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

const LIMIT_MAX: i64 = 200;
const LIMIT_DEFAULT: i64 = 50;
/// The type that a test has if its caller names none.
const TEST_TYPE: &str = "points_added";

#[derive(Deserialize, ToSchema)]
pub(crate) struct Paging {
    limit: Option<i64>,
    offset: Option<i64>,
}

pub(crate) async fn list(
    State(app): State<App>,
    person: Person,
    Query(paging): Query<Paging>,
) -> Result<Json<NotificationList>, ApiError> {
    let limit = paging.limit.unwrap_or(LIMIT_DEFAULT).clamp(1, LIMIT_MAX);
    let offset = paging.offset.unwrap_or(0).max(0);
    let mut tx = app.db.snapshot().await?;
    let rows = notifications::of_user(&mut tx, person.user, limit, offset).await?;
    let notifications: Vec<_> = rows.into_iter().map(as_integrators_know_it).collect();
    Ok(Json(NotificationList { message: ok(), count: notifications.len(), notifications }))
}

pub(crate) async fn read(
    State(app): State<App>,
    person: Person,
    language: Language,
    Key(key): Key,
    Path(id): Path<NotificationId>,
) -> Result<Json<NotificationAnswer>, Told> {
    let act = MarkRead { notification: id, business: None };
    told(mark_read(&app, person.user, key, act, &language).await, &language).map(Json)
}

/// The same for whoever is switched on at a till of the business.
pub(crate) async fn read_as_staff(
    State(app): State<App>,
    acting: Acting,
    language: Language,
    Key(key): Key,
    Path((business, id)): Path<(BusinessId, NotificationId)>,
) -> Result<Json<NotificationAnswer>, Told> {
    let act = MarkRead { notification: id, business: Some(business) };
    told(mark_read(&app, acting.0.user, key, act, &language).await, &language).map(Json)
}

async fn mark_read(
    app: &App,
    user: UserId,
    key: Option<OperationId>,
    act: MarkRead,
    language: &Language,
) -> Result<NotificationAnswer, ApiError> {
    let id = act.notification;
    let body = json!([act.business, id]);
    ask(app, Asked::by(user, key, act.into(), body), language.0).await?;
    Ok(NotificationAnswer { message: ok(), notification: row(app, id).await? })
}

pub(crate) async fn read_all(
    State(app): State<App>,
    person: Person,
    language: Language,
    Key(key): Key,
) -> Result<Json<ReadAllAnswer>, Told> {
    told(mark_all_read(&app, person.user, key, None, &language).await, &language).map(Json)
}

/// The same for whoever is switched on at a till of the business.
pub(crate) async fn read_all_as_staff(
    State(app): State<App>,
    acting: Acting,
    language: Language,
    Key(key): Key,
    Path(business): Path<BusinessId>,
) -> Result<Json<ReadAllAnswer>, Told> {
    let marked = mark_all_read(&app, acting.0.user, key, Some(business), &language).await;
    told(marked, &language).map(Json)
}

async fn mark_all_read(
    app: &App,
    user: UserId,
    key: Option<OperationId>,
    business: Option<BusinessId>,
    language: &Language,
) -> Result<ReadAllAnswer, ApiError> {
    let asked = Asked::by(user, key, MarkAllRead { business }.into(), json!(business));
    let done = ask(app, asked, language.0).await?;
    let count = done.result.data["read"].as_i64().unwrap_or_default();
    Ok(ReadAllAnswer { message: ok(), count })
}

pub(crate) async fn preferences(
    State(app): State<App>,
    person: Person,
) -> Result<Json<PreferencesAnswer>, ApiError> {
    chosen(&app, &person).await.map(Json)
}

pub(crate) async fn choose(
    State(app): State<App>,
    person: Person,
    language: Language,
    Key(key): Key,
    Body(body): Body<api::UpdatePreferences>,
) -> Result<Json<PreferencesAnswer>, Told> {
    let choosing = async {
        let asked = json!(body);
        let sms_phone = body.sms_phone.map(|text| phone(&app, text)).transpose()?;
        let act = UpdatePreferences { switches: body.switches, sms_phone };
        ask(&app, Asked::by(person.user, key, act.into(), asked), language.0).await?;
        chosen(&app, &person).await
    };
    told(choosing.await, &language).map(Json)
}

/// A number for SMS; an empty one means the account's own.
fn phone(app: &App, text: String) -> Result<Option<Phone>, ApiError> {
    if text.is_empty() {
        return Ok(None);
    }
    match one_address(app, &Some(text), &None)? {
        Address::Phone(phone) => Ok(Some(phone)),
        Address::Email(_) => Err(ApiError::of("bad_phone")),
    }
}

/// Only the in-app channel sends anything; of the others the answer says that nothing went out.
pub(crate) async fn test(
    State(app): State<App>,
    person: Person,
    language: Language,
    Key(key): Key,
    OptionalBody(body): OptionalBody<api::TestNotification>,
) -> Result<Json<TestAnswer>, Told> {
    let testing = async {
        let kind = known_type(body.kind.as_deref().unwrap_or(TEST_TYPE));
        let kind = kind.ok_or_else(|| invalid("there is no such type of notification"))?;
        let in_app = match body.channel.unwrap_or(TestChannel::InApp) {
            TestChannel::InApp | TestChannel::All => true,
            TestChannel::Sms | TestChannel::Email => false,
        };
        let notification = match in_app {
            true => Some(tested(&app, &person, &language, key, kind).await?),
            false => None,
        };
        let message = match in_app {
            true => "Sent in the app. No other channel is set up.",
            false => "Nothing was sent: this channel is not set up.",
        };
        let sent = Sent { in_app, sms: false, email: false };
        Ok(TestAnswer { message: message.to_owned(), sent, notification })
    };
    told(testing.await, &language).map(Json)
}

async fn tested(
    app: &App,
    person: &Person,
    language: &Language,
    key: Option<OperationId>,
    kind: &'static str,
) -> Result<NotificationRow, ApiError> {
    let act = TestNotification { kind };
    let asked = Asked::by(person.user, key, act.into(), json!(kind));
    let done = ask(app, asked, language.0).await?;
    let id = serde_json::from_value(done.result.data["notification"].clone());
    row(app, id.map_err(|_| ApiError::of("internal"))?).await
}

async fn row(app: &App, id: NotificationId) -> Result<NotificationRow, ApiError> {
    let mut tx = app.db.snapshot().await?;
    let row = notifications::by_ids(&mut tx, [id]).await?.pop();
    row.map(as_integrators_know_it).ok_or_else(|| ApiError::of("notification_unknown"))
}

async fn chosen(app: &App, person: &Person) -> Result<PreferencesAnswer, ApiError> {
    let mut tx = app.db.snapshot().await?;
    let kept = preferences::of_users(&mut tx, [person.user]).await?.pop();
    let (switches, sms_phone) = match kept {
        Some(kept) => (kept.switches, kept.sms_phone),
        None if staff::of_user(&mut tx, person.user).await?.is_empty() => {
            (Switches::default(), None)
        }
        None => (Switches::of_staff(), None),
    };
    let preferences = PreferencesBody { staff: None, switches, sms_phone };
    Ok(PreferencesAnswer { message: ok(), preferences })
}

fn ok() -> String {
    "OK".to_owned()
}

/// The field names that existing integrations read.
fn as_integrators_know_it(it: Notification) -> NotificationRow {
    let (related_type, related_id) = it.related.unzip();
    NotificationRow {
        id: it.id,
        kind: it.kind,
        channel: "in_app".to_owned(),
        title: it.title,
        message: it.message,
        related_id: related_id.map(|id| id.to_string()),
        related_type,
        metadata: it.metadata,
        is_read: it.is_read,
        sent_at: it.created_at,
        delivered_at: it.created_at,
        sms_sent: false,
        sms_error: None,
        email_sent: false,
        email_error: None,
        created_at: it.created_at,
        updated_at: it.updated_at,
    }
}
