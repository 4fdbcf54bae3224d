//! Staff who act for the business that a path names.

use super::access::StaffToken;
use super::caller::Caller;
use crate::app::App;
use crate::http::ApiError;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use reda_actions::{Actor, StaffActor};
use reda_domain::BusinessId;
use reda_domain::permission::Action;
use serde::Deserialize;

/// A member of staff of the business in the path: signed in, or switched on at a till of it. To
/// anybody else there is no such business.
pub(crate) struct Acting(pub(crate) StaffActor);

impl Acting {
    /// The same, if their role allows it.
    pub(crate) fn may(self, action: Action) -> Result<StaffActor, ApiError> {
        if self.0.role.may(action) { Ok(self.0) } else { Err(ApiError::of("not_allowed")) }
    }
}

#[derive(Deserialize)]
struct Named {
    business: BusinessId,
}

impl FromRequestParts<App> for Acting {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, app).await?;
        let named = Path::<Named>::from_request_parts(parts, app).await?;
        let Ok(StaffToken(token)) = StaffToken::from_request_parts(parts, app).await;
        match caller.staff(app, Some(named.business), token.as_deref()).await {
            Ok(Actor::Staff(by)) => Ok(Self(by)),
            Ok(Actor::Person(_) | Actor::Nobody | Actor::Server) => {
                Err(ApiError::of("business_unknown"))
            }
            Err(ApiError::Wire(error)) if error.code == "forbidden" => {
                Err(ApiError::of("business_unknown"))
            }
            Err(error) => Err(error),
        }
    }
}
