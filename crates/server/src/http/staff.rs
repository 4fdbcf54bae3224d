//! The staff of a business, as its managers keep them; and the places that wait for a person.

use super::ApiError;
use super::error::Told;
use super::extract::{Body, Key, Path, told};
use crate::app::App;
use crate::auth::{Acting, Language, Person};
use crate::bodies::people;
use crate::messages::Purpose;
use crate::operations::{name, one_address};
use crate::requests::{Asked, ask, new_id};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use reda_actions::{Act, Actor, InviteStaff, JoinStaff, RemoveStaff, StaffActor, UpdateStaff};
use reda_domain::address::Address;
use reda_domain::business::Staff;
use reda_domain::permission::Action;
use reda_domain::user::User;
use reda_domain::{BusinessId, OperationId, StaffId};
use reda_protocol::api::{self, Page, StaffAnswer, StaffDetail, StaffInvitation};
use reda_store::tables::{businesses, staff, staff_pins, users};
use reda_store::{StoreError, Tx};
use serde_json::{Value, json};

/// Digits of a PIN (SPEC ID-4).
const PIN_MIN: usize = 4;
const PIN_MAX: usize = 6;

/// A PIN as it is typed.
pub(super) fn checked_pin(text: &str) -> Result<&str, ApiError> {
    let sound = (PIN_MIN..=PIN_MAX).contains(&text.len());
    let sound = sound && text.bytes().all(|byte| byte.is_ascii_digit());
    sound.then_some(text).ok_or_else(|| ApiError::of("bad_pin"))
}

async fn pin_hash(app: &App, pin: Option<&str>) -> Result<Option<String>, ApiError> {
    match pin.map(checked_pin).transpose()? {
        Some(pin) => Ok(Some(app.auth.hash_password(pin.to_owned()).await)),
        None => Ok(None),
    }
}

/// An operation of a member of staff, under the caller's key.
async fn by_staff(
    app: &App,
    by: StaffActor,
    key: Option<OperationId>,
    act: Act,
    body: Value,
    language: &Language,
) -> Result<OperationId, ApiError> {
    let id = key.unwrap_or_else(new_id);
    ask(app, Asked { id, actor: Actor::Staff(by), act, body }, language.0).await?;
    Ok(id)
}

pub(crate) async fn list(
    State(app): State<App>,
    acting: Acting,
) -> Result<Json<Page<StaffDetail>>, ApiError> {
    let by = acting.may(Action::ManageStaff)?;
    let mut tx = app.db.snapshot().await?;
    let rows = staff::of_businesses(&mut tx, [by.business]).await?;
    Ok(Json(Page { items: lines(&mut tx, rows).await?, next: None }))
}

async fn lines(tx: &mut Tx, rows: Vec<Staff>) -> Result<Vec<StaffDetail>, StoreError> {
    let people = people(tx, rows.iter().map(|it| it.user)).await?;
    let with_pin = staff_pins::having(tx, rows.iter().map(|it| it.id)).await?;
    let line = |it: Staff| {
        let user = people.get(&it.user);
        let joined = it.joined_at.is_some();
        let phone = user.and_then(|user| user.phone.clone()).map(Address::Phone);
        let email = || user.and_then(|user| user.email.clone()).map(Address::Email);
        StaffDetail {
            id: it.id,
            name: user.map(User::display_name).unwrap_or_default(),
            role: it.role,
            has_pin: with_pin.contains(&it.id),
            joined,
            // The shop's own words; the account's addresses are not its business.
            invited: phone.or_else(email).filter(|_| !joined).map(|to| to.as_str().to_owned()),
            created_at: it.created_at,
        }
    };
    Ok(rows.into_iter().map(line).collect())
}

async fn one(app: &App, id: StaffId) -> Result<Json<StaffAnswer>, ApiError> {
    let mut tx = app.db.snapshot().await?;
    let rows: Vec<Staff> = staff::find(&mut tx, id).await?.into_iter().collect();
    let line = lines(&mut tx, rows).await?.pop();
    Ok(Json(StaffAnswer { staff: line.ok_or_else(|| ApiError::of("staff_unknown"))? }))
}

pub(crate) async fn invite(
    State(app): State<App>,
    acting: Acting,
    language: Language,
    Key(key): Key,
    Body(body): Body<api::InviteStaff>,
) -> Result<Json<StaffAnswer>, Told> {
    let inviting = async {
        let by = acting.0;
        let asked = json!(body);
        let address = match (&body.phone, &body.email) {
            (None, None) => None,
            (phone, email) => Some(one_address(&app, phone, email)?),
        };
        let act = InviteStaff {
            name: name(&body.name)?,
            role: body.role,
            address: address.clone(),
            pin_hash: pin_hash(&app, body.pin.as_deref()).await?,
            language: language.0,
        };
        let id = by_staff(&app, by, key, act.into(), asked, &language).await?;
        if let Some(address) = address {
            let mut tx = app.db.snapshot().await?;
            let shop = businesses::find(&mut tx, by.business).await?;
            drop(tx);
            let shop = shop.map(|shop| shop.name).unwrap_or_default();
            let text = reda_notify::codes::staff_invitation(&shop, language.0);
            app.messages.send(&address, Purpose::StaffInvitation, &text);
        }
        one(&app, StaffId::from(id)).await
    };
    told(inviting.await, &language)
}

pub(crate) async fn update(
    State(app): State<App>,
    acting: Acting,
    language: Language,
    Key(key): Key,
    Path((_, staff)): Path<(BusinessId, StaffId)>,
    Body(body): Body<api::UpdateStaff>,
) -> Result<Json<StaffAnswer>, Told> {
    let updating = async {
        let asked = json!([staff, body]);
        let act = UpdateStaff {
            staff,
            name: body.name.as_deref().map(name).transpose()?,
            role: body.role,
            pin_hash: pin_hash(&app, body.pin.as_deref()).await?,
        };
        by_staff(&app, acting.0, key, act.into(), asked, &language).await?;
        app.auth.recheck_place(staff);
        if body.pin.is_some() {
            // Whoever forgot theirs has been locked out, most likely.
            app.auth.pin_was_right(&staff.to_string()).await?;
        }
        one(&app, staff).await
    };
    told(updating.await, &language)
}

pub(crate) async fn remove(
    State(app): State<App>,
    acting: Acting,
    language: Language,
    Key(key): Key,
    Path((_, staff)): Path<(BusinessId, StaffId)>,
) -> Result<StatusCode, Told> {
    let act = RemoveStaff { staff }.into();
    let removed = by_staff(&app, acting.0, key, act, json!(staff), &language).await;
    app.auth.recheck_place(staff);
    told(removed, &language).map(|_| StatusCode::NO_CONTENT)
}

/// The places that shops made for an address of the person.
pub(crate) async fn waiting(
    State(app): State<App>,
    person: Person,
) -> Result<Json<Page<StaffInvitation>>, ApiError> {
    let mut tx = app.db.snapshot().await?;
    let me = users::find(&mut tx, person.user).await?;
    let me = me.ok_or_else(|| ApiError::of("unauthorized"))?;
    let phone = me.phone.clone().map(Address::Phone);
    let own = phone.into_iter().chain(me.email.clone().map(Address::Email));
    let proven: Vec<Address> = own.filter(|address| me.owns(address)).collect();
    let places = staff::waiting_for(&mut tx, &proven).await?;
    let shops = businesses::by_ids(&mut tx, places.iter().map(|it| it.business)).await?;
    let line = |it: Staff| {
        let shop = shops.iter().find(|shop| shop.id == it.business);
        StaffInvitation {
            id: it.id,
            business: it.business,
            business_name: shop.map(|shop| shop.name.clone()).unwrap_or_default(),
            role: it.role,
        }
    };
    Ok(Json(Page { items: places.into_iter().map(line).collect(), next: None }))
}

/// Takes such a place.
pub(crate) async fn join(
    State(app): State<App>,
    person: Person,
    language: Language,
    Key(key): Key,
    Path(staff): Path<StaffId>,
) -> Result<StatusCode, Told> {
    let act = JoinStaff { staff }.into();
    let joined = ask(&app, Asked::by(person.user, key, act, json!(staff)), language.0).await;
    told(joined, &language).map(|_| StatusCode::NO_CONTENT)
}
