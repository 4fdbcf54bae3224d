//! Extractors: a handler that names none of these is visibly public.

use super::tokens::Claims;
use crate::app::App;
use crate::http::ApiError;
use axum::extract::FromRequestParts;
use axum::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION};
use axum::http::request::Parts;
use reda_actions::{Actor, StaffActor};
use reda_domain::{BusinessId, DeviceId, SessionId, UserId};
use reda_protocol::error::WireError;
use reda_protocol::scope::ScopeName;
use reda_store::tables::staff;
use std::convert::Infallible;
use uuid::Uuid;

/// Whoever calls with a token.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Caller {
    User { user: UserId, session: SessionId },
    Device { device: DeviceId, business: BusinessId },
}

/// A signed-in person; no device.
pub(crate) struct Person {
    pub(crate) user: UserId,
    pub(crate) session: SessionId,
}

/// The language that the caller reads.
pub(crate) struct Language(pub(crate) reda_domain::language::Language);

impl Caller {
    /// The caller of a token; a staff token alone is nobody.
    pub(crate) fn of(claims: &Claims) -> Option<Self> {
        match claims {
            Claims::User { sub, sid, .. } => Some(Caller::User { user: *sub, session: *sid }),
            Claims::Device { sub, business, .. } => {
                Some(Caller::Device { device: *sub, business: *business })
            }
            Claims::Staff { .. } => None,
        }
    }

    /// What rates are counted by: the person or the till.
    pub(crate) fn account(&self) -> Uuid {
        match self {
            Caller::User { user, .. } => user.0,
            Caller::Device { device, .. } => device.0,
        }
    }

    /// The feeds that the caller may read.
    pub(crate) async fn scopes(&self, app: &App) -> Result<Vec<ScopeName>, ApiError> {
        match self {
            Caller::Device { business, .. } => Ok(vec![ScopeName::Business(*business)]),
            Caller::User { user, .. } => {
                let mut tx = app.db.snapshot().await?;
                let shops = staff::of_user(&mut tx, *user).await?;
                let shops = shops.into_iter().map(|place| ScopeName::Business(place.business));
                Ok(std::iter::once(ScopeName::User(*user)).chain(shops).collect())
            }
        }
    }

    /// The member of staff that asks for an operation.
    pub(crate) async fn staff(
        &self,
        app: &App,
        business: Option<BusinessId>,
        staff_token: Option<&str>,
    ) -> Result<Actor, ApiError> {
        match self {
            Caller::Device { device, business: own } => {
                if business.is_some_and(|asked| asked != *own) {
                    return Err(ApiError::of("forbidden"));
                }
                at_till(app, *device, *own, staff_token).await
            }
            Caller::User { user, .. } => in_person(app, *user, business).await,
        }
    }
}

async fn at_till(
    app: &App,
    device: DeviceId,
    business: BusinessId,
    staff_token: Option<&str>,
) -> Result<Actor, ApiError> {
    let token = staff_token.ok_or_else(|| ApiError::of("unauthorized"))?;
    let claims = app.auth.read_token(token).await??;
    let Claims::Staff { sub, device: of, business: at, .. } = claims else {
        return Err(ApiError::of("forbidden"));
    };
    if of != device || at != business {
        return Err(ApiError::of("forbidden"));
    }
    let place = app.auth.place(sub).await?.filter(|place| place.business == business);
    let place = place.ok_or_else(|| ApiError::of("forbidden"))?;
    Ok(Actor::Staff(StaffActor {
        business,
        staff: place.id,
        user: place.user,
        role: place.role,
        device: Some(device),
    }))
}

async fn in_person(
    app: &App,
    user: UserId,
    business: Option<BusinessId>,
) -> Result<Actor, ApiError> {
    let mut tx = app.db.snapshot().await?;
    let mut places = staff::of_user(&mut tx, user).await?;
    if let Some(business) = business {
        places.retain(|place| place.business == business);
    }
    match places.as_slice() {
        [] => Err(ApiError::of("forbidden")),
        [place] => Ok(Actor::Staff(StaffActor {
            business: place.business,
            staff: place.id,
            user,
            role: place.role,
            device: None,
        })),
        _ => Err(ApiError::of("business_required")),
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = header.and_then(|value| value.strip_prefix("Bearer "));
        let token = token.ok_or_else(|| ApiError::of("unauthorized"))?;
        let claims = app.auth.read_token(token).await??;
        let caller = Caller::of(&claims).ok_or_else(|| ApiError::of("unauthorized"))?;
        app.rates.own_call(caller.account())?;
        Ok(caller)
    }
}

impl FromRequestParts<App> for Person {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        match Caller::from_request_parts(parts, app).await? {
            Caller::User { user, session } => Ok(Person { user, session }),
            Caller::Device { .. } => Err(ApiError::of("forbidden")),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let tag = parts.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Ok(Self(reda_domain::language::Language::of_tag(tag.unwrap_or("en"))))
    }
}

impl From<WireError> for ApiError {
    fn from(error: WireError) -> Self {
        ApiError::Wire(error)
    }
}
