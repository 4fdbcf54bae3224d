//! Sign-up, sign-in, refresh, sign-out.

use super::ApiError;
use super::browser::Label;
use super::error::Told;
use super::extract::{Body, Key, told};
use super::network::Network;
use crate::app::App;
use crate::auth::{
    Language, PASSWORD_MAX, PASSWORD_MIN, PASSWORDS_TO_ADDRESS, Person, WRONG_FROM_NETWORK,
};
use crate::bodies::user_body;
use crate::config::Registration;
use crate::operations::{name, one_address};
use crate::requests::{Asked, ask, new_id};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use reda_actions::{Actor, SignUp};
use reda_domain::UserId;
use reda_protocol::api;
use reda_store::tables::users;
use serde_json::json;

pub(crate) async fn sign_up(
    State(app): State<App>,
    language: Language,
    label: Label,
    Key(key): Key,
    Body(body): Body<api::SignUp>,
) -> Result<Json<api::SignedIn>, Told> {
    told(make_account(&app, &language, &label, key, body).await, &language).map(Json)
}

async fn make_account(
    app: &App,
    language: &Language,
    label: &Label,
    key: Option<reda_domain::OperationId>,
    body: api::SignUp,
) -> Result<api::SignedIn, ApiError> {
    if app.config.registration == Registration::Closed {
        return Err(ApiError::of("registration_closed"));
    }
    let address = one_address(app, &body.phone, &body.email)?;
    let name = body.name.as_deref().map(name).transpose()?;
    let password = checked_password(&body.password)?.to_owned();
    // The password is no part of what was asked: a replay must give it again below.
    let asked = json!([address.as_str(), name]);
    let act = SignUp {
        name,
        address,
        password_hash: app.auth.hash_password(password.clone()).await,
        language: language.0,
        verified: false,
    };
    let id = key.unwrap_or_else(new_id);
    let asked = Asked { id, actor: Actor::Nobody, act: act.into(), body: asked };
    let done = ask(app, asked, language.0).await?;
    let user = UserId::from(id);
    if done.replayed && !app.auth.is_password_of(user, password).await? {
        return Err(ApiError::of("operation_reused"));
    }
    signed_in(app, user, label).await
}

/// A password that is long enough, and not too long to hash.
pub(crate) fn checked_password(text: &str) -> Result<&str, ApiError> {
    let sound = (PASSWORD_MIN..=PASSWORD_MAX).contains(&text.chars().count());
    sound.then_some(text).ok_or_else(|| ApiError::of("weak_password"))
}

/// A new session of a user.
pub(crate) async fn signed_in(
    app: &App,
    user: UserId,
    label: &Label,
) -> Result<api::SignedIn, ApiError> {
    let pair = app.auth.start_session(user, &label.0).await?;
    with_user(app, pair).await
}

async fn with_user(app: &App, pair: crate::auth::Pair) -> Result<api::SignedIn, ApiError> {
    let mut tx = app.db.snapshot().await?;
    let user = users::find(&mut tx, pair.user).await?;
    let user = user.ok_or_else(|| ApiError::of("unauthorized"))?;
    Ok(api::SignedIn {
        token: pair.token,
        refresh_token: pair.refresh_token,
        expires_in: pair.expires_in,
        user: user_body(&user),
    })
}

pub(crate) async fn sign_in(
    State(app): State<App>,
    network: Network,
    language: Language,
    label: Label,
    Body(body): Body<api::SignIn>,
) -> Result<Json<api::SignedIn>, Told> {
    let signing_in = async {
        let address = one_address(&app, &body.phone, &body.email)?;
        let wrong = || ApiError::of("wrong_credentials");
        if body.password.chars().count() > PASSWORD_MAX {
            return Err(wrong());
        }
        let network = network.0.to_string();
        app.auth.is_over(&WRONG_FROM_NETWORK, &network).await??;
        // By address, whether or not anybody has it: the count tells nothing either.
        let subject = app.auth.keyed_hash(address.as_str());
        may_try_password(&app, &subject).await?;
        let Some(user) = app.auth.check_password(&address, &body.password).await? else {
            app.auth.count(&WRONG_FROM_NETWORK, &network).await??;
            return Err(wrong());
        };
        app.auth.forgive(&PASSWORDS_TO_ADDRESS, &subject).await?;
        signed_in(&app, user, &label).await
    };
    told(signing_in.await, &language).map(Json)
}

/// Counts a password before it is looked at.
pub(super) async fn may_try_password(app: &App, subject: &str) -> Result<(), ApiError> {
    Ok(app.auth.count(&PASSWORDS_TO_ADDRESS, subject).await??)
}

pub(crate) async fn refresh(
    State(app): State<App>,
    language: Language,
    Body(body): Body<api::Refresh>,
) -> Result<Json<api::SignedIn>, Told> {
    let refreshing = async {
        let pair = app.auth.refresh(&body.refresh_token).await??;
        with_user(&app, pair).await
    };
    told(refreshing.await, &language).map(Json)
}

pub(crate) async fn sign_out(
    State(app): State<App>,
    person: Person,
) -> Result<StatusCode, ApiError> {
    app.auth.end_session(person.session).await?;
    Ok(StatusCode::NO_CONTENT)
}
