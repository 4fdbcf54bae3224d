//! Businesses: starting one, and reading its programmes.

use super::ApiError;
use super::auth::{checked_password, signed_in};
use super::error::Told;
use super::extract::{Body, Key, Path, told};
use crate::app::App;
use crate::auth::{Caller, Language};
use crate::bodies::{business_body, program_body};
use crate::config::Registration;
use crate::operations::{name, one_address};
use crate::requests::{Asked, ask, new_id};
use axum::Json;
use axum::extract::State;
use reda_actions::{Actor, CreateBusiness, SignUp};
use reda_domain::money::Currency;
use reda_domain::{BusinessId, OperationId, ProgramId, UserId};
use reda_protocol::api::{self, BusinessCreated, Page};
use reda_protocol::entity::ProgramBody;
use reda_protocol::scope::ScopeName;
use reda_store::tables::{businesses, programs};
use serde_json::json;

pub(crate) async fn create(
    State(app): State<App>,
    language: Language,
    Key(key): Key,
    Body(body): Body<api::CreateBusiness>,
) -> Result<Json<BusinessCreated>, Told> {
    let creating = async {
        if app.config.registration == Registration::Closed || is_taken(&app).await? {
            return Err(ApiError::of("registration_closed"));
        }
        start_business(&app, &language, key.unwrap_or_else(new_id), body).await
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
    let session = signed_in(app, owner).await?;
    let mut tx = app.db.snapshot().await?;
    let business = businesses::find(&mut tx, BusinessId::from(id)).await?;
    let business = business.ok_or_else(|| ApiError::of("internal"))?;
    Ok(BusinessCreated {
        business: business_body(&business),
        program: ProgramId(id.derive("program")),
        user: session.user,
        token: session.token,
        refresh_token: session.refresh_token,
    })
}

pub(crate) async fn programs(
    State(app): State<App>,
    caller: Caller,
    Path(business): Path<BusinessId>,
) -> Result<Json<Page<ProgramBody>>, ApiError> {
    if !caller.scopes(&app).await?.contains(&ScopeName::Business(business)) {
        return Err(ApiError::of("business_unknown"));
    }
    let mut tx = app.db.snapshot().await?;
    let rows = programs::of_business(&mut tx, business).await?;
    Ok(Json(Page { items: rows.into_iter().map(program_body).collect(), next: None }))
}
