//! Businesses: starting one, its settings, and its programmes.

use super::ApiError;
use super::auth::{checked_password, signed_in};
use super::browser::Label;
use super::error::Told;
use super::extract::{Body, Key, Path, told};
use crate::app::App;
use crate::auth::{Caller, Language};
use crate::bodies::{business_body, program_body};
use crate::config::Registration;
use crate::operations::{name, one_address, update_business};
use crate::requests::{Asked, ask, new_id};
use axum::Json;
use axum::extract::State;
use reda_actions::{Actor, CreateBusiness, SignUp};
use reda_domain::money::Currency;
use reda_domain::scope::Scope;
use reda_domain::{BusinessId, OperationId, ProgramId, UserId};
use reda_protocol::api::{self, BusinessCreated, Page};
use reda_protocol::entity::{BusinessBody, ProgramBody};
use reda_protocol::operation::UpdateBusiness;
use reda_protocol::scope::ScopeName;
use reda_store::tables::{businesses, programs};
use serde_json::json;

pub(crate) async fn create(
    State(app): State<App>,
    language: Language,
    label: Label,
    Key(key): Key,
    Body(body): Body<api::CreateBusiness>,
) -> Result<Json<BusinessCreated>, Told> {
    let creating = async {
        if app.config.registration == Registration::Closed || is_taken(&app).await? {
            return Err(ApiError::of("registration_closed"));
        }
        start_business(&app, &language, &label, key.unwrap_or_else(new_id), body).await
    };
    told(creating.await, &language).map(Json)
}

/// Whether the server is one shop's alone, and has that shop.
async fn is_taken(app: &App) -> Result<bool, ApiError> {
    if !app.config.embedded {
        return Ok(false);
    }
    let mut tx = app.db.snapshot().await?;
    Ok(businesses::first(&mut tx).await?.is_some())
}

/// Makes a business with its owner, who is signed in at once.
pub(crate) async fn start_business(
    app: &App,
    language: &Language,
    label: &Label,
    id: OperationId,
    body: api::CreateBusiness,
) -> Result<BusinessCreated, ApiError> {
    let address = one_address(app, &body.owner.phone, &body.owner.email)?;
    let currency = Currency::of_country(&body.country);
    let currency = currency.ok_or_else(|| ApiError::of("bad_country"))?;
    let password = checked_password(&body.owner.password)?.to_owned();
    let asked = json!([body.name, body.country, body.owner.name, address.as_str()]);
    let act = CreateBusiness {
        name: name(&body.name)?,
        country: body.country,
        currency,
        owner: SignUp {
            name: Some(name(&body.owner.name)?),
            address,
            password_hash: app.auth.hash_password(password.clone()).await,
            language: language.0,
            verified: false,
        },
        program_name: "Points".to_owned(),
    };
    let asked = Asked { id, actor: Actor::Nobody, act: act.into(), body: asked };
    let done = ask(app, asked, language.0).await?;
    let owner = UserId(id.derive("owner"));
    if done.replayed && !app.auth.is_password_of(owner, password).await? {
        return Err(ApiError::of("operation_reused"));
    }
    let session = signed_in(app, owner, label).await?;
    let mut tx = app.db.snapshot().await?;
    let business = businesses::find(&mut tx, BusinessId::from(id)).await?;
    let business = business.ok_or_else(|| ApiError::of("internal"))?;
    Ok(BusinessCreated {
        business: business_body(Scope::Business(business.id), &business),
        program: ProgramId(id.derive("program")),
        user: session.user,
        token: session.token,
        refresh_token: session.refresh_token,
    })
}

pub(crate) async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(business): Path<BusinessId>,
) -> Result<Json<BusinessBody>, ApiError> {
    of_own(&app, &caller, business).await?;
    body(&app, business).await
}

pub(crate) async fn update(
    State(app): State<App>,
    caller: Caller,
    language: Language,
    Key(key): Key,
    Path(business): Path<BusinessId>,
    Body(change): Body<UpdateBusiness>,
) -> Result<Json<BusinessBody>, Told> {
    let updating = async {
        of_own(&app, &caller, business).await?;
        let actor = caller.staff(&app, Some(business), None).await?;
        let act = update_business(&change)?.into();
        let id = key.unwrap_or_else(new_id);
        ask(&app, Asked { id, actor, act, body: json!([business, change]) }, language.0).await?;
        body(&app, business).await
    };
    told(updating.await, &language)
}

async fn body(app: &App, business: BusinessId) -> Result<Json<BusinessBody>, ApiError> {
    let mut tx = app.db.snapshot().await?;
    let row = businesses::find(&mut tx, business).await?;
    let row = row.ok_or_else(|| ApiError::of("business_unknown"))?;
    Ok(Json(business_body(Scope::Business(business), &row)))
}

/// Of a business that is not the caller's, not even that there is one.
async fn of_own(app: &App, caller: &Caller, business: BusinessId) -> Result<(), ApiError> {
    let own = caller.scopes(app).await?.contains(&ScopeName::Business(business));
    own.then_some(()).ok_or_else(|| ApiError::of("business_unknown"))
}

pub(crate) async fn programs(
    State(app): State<App>,
    caller: Caller,
    Path(business): Path<BusinessId>,
) -> Result<Json<Page<ProgramBody>>, ApiError> {
    of_own(&app, &caller, business).await?;
    let mut tx = app.db.snapshot().await?;
    let rows = programs::of_business(&mut tx, business).await?;
    Ok(Json(Page { items: rows.into_iter().map(program_body).collect(), next: None }))
}
