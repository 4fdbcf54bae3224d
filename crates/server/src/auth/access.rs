//! Whether a caller may read what is a business's. What changes something goes through the lane,
//! where the verb asks the same table.

use super::Caller;
use super::tokens::Claims;
use crate::app::App;
use crate::http::ApiError;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use reda_domain::BusinessId;
use reda_domain::business::Role;
use reda_domain::permission::Action;
use reda_store::tables::staff;
use std::convert::Infallible;

/// `Reda-Staff-Token`: who is switched on at the till that calls.
pub(crate) struct StaffToken(pub(crate) Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for StaffToken {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let header = parts.headers.get("reda-staff-token").and_then(|it| it.to_str().ok());
        Ok(Self(header.map(str::to_owned)))
    }
}

impl Caller {
    /// Whether the caller may do `action` in `business`. A till reads by itself what every cashier
    /// may; beyond that it says who is switched on. Of a business that is not the caller's, not
    /// even that there is one.
    pub(crate) async fn may(
        &self,
        app: &App,
        business: BusinessId,
        action: Action,
        staff_token: &StaffToken,
    ) -> Result<(), ApiError> {
        let role = match self {
            Caller::User { user, .. } => {
                let mut tx = app.db.snapshot().await?;
                let places = staff::of_user(&mut tx, *user).await?;
                let place = places.into_iter().find(|place| place.business == business);
                place.ok_or_else(|| ApiError::of("business_unknown"))?.role
            }
            Caller::Device { business: own, .. } if *own != business => {
                return Err(ApiError::of("business_unknown"));
            }
            Caller::Device { device, .. } => match &staff_token.0 {
                None => Role::Cashier,
                Some(token) => {
                    let claims = app.auth.read_token(token).await??;
                    let Claims::Staff { sub, device: of, .. } = claims else {
                        return Err(ApiError::of("forbidden"));
                    };
                    let mut tx = app.db.snapshot().await?;
                    let place = staff::find(&mut tx, sub).await?;
                    let own = place.filter(|it| it.business == business && of == *device);
                    own.ok_or_else(|| ApiError::of("forbidden"))?.role
                }
            },
        };
        role.may(action).then_some(()).ok_or_else(|| ApiError::of("not_allowed"))
    }
}
