//! Where a person is signed in, and their password.

use super::ApiError;
use super::auth::{checked_password, may_try_password};
use super::error::Told;
use super::extract::{Body, Key, Path, told};
use crate::app::App;
use crate::auth::{Language, PASSWORDS_TO_ADDRESS, Person};
use crate::requests::{Asked, ask, is_known};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use reda_actions::SetPassword;
use reda_domain::SessionId;
use reda_protocol::api::{self, Page, SessionLine};
use reda_store::tables::{sessions, users};
use serde_json::json;

/// Sessions that are listed; nobody has more browsers.
const LIST_MAX: i64 = 100;

pub(crate) async fn list(
    State(app): State<App>,
    person: Person,
) -> Result<Json<Page<SessionLine>>, ApiError> {
    let mut tx = app.db.snapshot().await?;
    let rows = sessions::live_of_user(&mut tx, person.user, app.now(), LIST_MAX).await?;
    let line = |it: sessions::Session| SessionLine {
        current: it.id == person.session,
        id: it.id,
        label: it.label,
        created_at: it.created_at,
        used_at: it.used_at,
    };
    Ok(Json(Page { items: rows.into_iter().map(line).collect(), next: None }))
}

/// Signs out in one other browser, or here.
pub(crate) async fn end(
    State(app): State<App>,
    person: Person,
    Path(id): Path<SessionId>,
) -> Result<StatusCode, ApiError> {
    let mut tx = app.db.snapshot().await?;
    let session = sessions::find(&mut tx, id).await?;
    drop(tx);
    session.filter(|it| it.user == person.user).ok_or_else(|| ApiError::of("not_found"))?;
    app.auth.end_session(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Signs out everywhere, here too.
pub(crate) async fn end_all(
    State(app): State<App>,
    person: Person,
) -> Result<StatusCode, ApiError> {
    app.auth.end_sessions(person.user, None).await?;
    app.auth.recheck(person.session.0);
    Ok(StatusCode::NO_CONTENT)
}

/// Sets or changes the password: a first one for whoever has just signed in; everywhere else the
/// person is signed out.
pub(crate) async fn set_password(
    State(app): State<App>,
    person: Person,
    language: Language,
    Key(key): Key,
    Body(body): Body<api::SetPassword>,
) -> Result<StatusCode, Told> {
    let setting = async {
        let new = checked_password(&body.new)?.to_owned();
        let mut tx = app.db.snapshot().await?;
        let user = users::find(&mut tx, person.user).await?;
        drop(tx);
        let user = user.ok_or_else(|| ApiError::of("unauthorized"))?;
        if user.password_hash.is_some() {
            let subject = person.user.to_string();
            may_try_password(&app, &subject).await?;
            // Sent again, it is the new password that counts by now.
            let (proof, wrong) = match is_known(&app, key).await? {
                true => (new.clone(), "operation_reused"),
                false => (body.old.unwrap_or_default(), "wrong_credentials"),
            };
            if !app.auth.is_password_of(person.user, proof).await? {
                return Err(ApiError::of(wrong));
            }
            app.auth.forgive(&PASSWORDS_TO_ADDRESS, &subject).await?;
        } else if !app.auth.is_surely(person.user, person.session, None).await? {
            return Err(ApiError::of("sign_in_again"));
        }
        let act = SetPassword { hash: app.auth.hash_password(new.clone()).await };
        let asked = Asked::by(person.user, key, act.into(), json!(null));
        let done = ask(&app, asked, language.0).await?;
        if done.replayed && !app.auth.is_password_of(person.user, new).await? {
            return Err(ApiError::of("operation_reused"));
        }
        app.auth.end_sessions(person.user, Some(person.session)).await?;
        Ok(StatusCode::NO_CONTENT)
    };
    told(setting.await, &language)
}
