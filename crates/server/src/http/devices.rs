//! Tills: how they join, get their tokens, switch staff on; and how managers keep them.

use super::ApiError;
use super::error::Told;
use super::extract::{Body, Key, OptionalBody, Path, told};
use super::network::Network;
use super::staff::checked_pin;
use crate::app::App;
use crate::auth::{Acting, Caller, Language, PAIRING_FROM_NETWORK, Presented, Tried};
use crate::door::DoorSign;
use crate::operations::name;
use crate::requests::{Asked, ask, new_id};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{HOST, HeaderMap};
use reda_actions::{Act, Actor, AddDevice, LockDevice, RevokeDevice, UpdateDevice};
use reda_domain::business::Device;
use reda_domain::invitation::Invitation;
use reda_domain::permission::Action;
use reda_domain::server_address::ServerAddress;
use reda_domain::{BusinessId, DeviceId, OperationId};
use reda_protocol::api::{
    self, DeviceDetail, DeviceInvitation, DevicePaired, DeviceToken, Page, SwitchedOn,
};
use reda_store::tables::{device_credentials, devices, staff, staff_pins};
use serde_json::json;
use tracing::warn;

pub(crate) async fn invite(
    State(app): State<App>,
    acting: Acting,
    headers: HeaderMap,
    OptionalBody(body): OptionalBody<api::InviteDevice>,
) -> Result<Json<DeviceInvitation>, ApiError> {
    let by = acting.may(Action::ManageDevices)?;
    if let Some(device) = body.device {
        let mut tx = app.db.snapshot().await?;
        let own = devices::find(&mut tx, device).await?;
        let own = own.filter(|it| it.business == by.business && it.revoked_at.is_none());
        own.ok_or_else(|| ApiError::of("device_unknown"))?;
    }
    let invited = app.auth.invite_till(by.business, by.staff, body.device).await?;
    let invited = invited.ok_or_else(|| ApiError::of("busy"))?;
    let by_door = app.door_sign().and_then(by_door);
    let address = match &by_door {
        Some((address, _)) => address.clone(),
        None => address(&app, &headers)?,
    };
    let sign = by_door.map(|(_, sign)| sign);
    let fingerprint = sign.as_ref().map(|it| it.fingerprint);
    let invitation = Invitation { address, code: invited.code, fingerprint };
    Ok(Json(DeviceInvitation {
        address: invitation.address.to_string(),
        code: invitation.code.as_str().to_owned(),
        fingerprint: fingerprint.map(|it| it.to_string()),
        words: sign.map(|it| it.words.map(str::to_owned).to_vec()),
        text: invitation.to_text(),
        expires_at: invited.expires_at,
    }))
}

/// Where other computers come in, if this one is on a network.
fn by_door(sign: DoorSign) -> Option<(ServerAddress, DoorSign)> {
    Some((sign.addresses.first()?.clone(), sign))
}

/// Where tills reach this server: its public address, or the one that the inviter uses.
fn address(app: &App, headers: &HeaderMap) -> Result<ServerAddress, ApiError> {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let known = app.config.public_url.as_deref().or(host).unwrap_or("localhost");
    ServerAddress::parse(known).map_err(|_| ApiError::of("bad_address"))
}

pub(crate) async fn pair(
    State(app): State<App>,
    network: Network,
    language: Language,
    Body(body): Body<api::PairDevice>,
) -> Result<Json<DevicePaired>, Told> {
    let pairing = async {
        let name = name(&body.name)?;
        let network = network.0.to_string();
        app.auth.is_over(&PAIRING_FROM_NETWORK, &network).await??;
        let tried = match app.auth.accept_invitation(&body.code).await? {
            Tried::Accepted(invitation) => Ok(invitation),
            Tried::Unknown => Err("invitation_unknown"),
            Tried::Expired => Err("invitation_expired"),
            Tried::Void => Err("invitation_void"),
        };
        let invitation = match tried {
            Ok(invitation) => invitation,
            Err(code) => {
                app.auth.count(&PAIRING_FROM_NETWORK, &network).await??;
                return Err(ApiError::of(code));
            }
        };
        let act = AddDevice {
            business: invitation.business,
            name,
            anew: invitation.device,
            invited_by: Some(invitation.staff),
        };
        let (id, asked) = (new_id(), json!(invitation.tag));
        by_server(&app, id, act.into(), asked, &language).await?;
        let device = invitation.device.unwrap_or(DeviceId::from(id));
        let credential = app.auth.first_credential(device).await?;
        Ok(DevicePaired { device, business: invitation.business, credential })
    };
    told(pairing.await, &language).map(Json)
}

async fn by_server(
    app: &App,
    id: OperationId,
    act: Act,
    body: serde_json::Value,
    language: &Language,
) -> Result<(), ApiError> {
    let asked = Asked { id, actor: Actor::Server, act, body };
    ask(app, asked, language.0).await.map(|_| ())
}

pub(crate) async fn token(
    State(app): State<App>,
    language: Language,
    Body(body): Body<api::AskDeviceToken>,
) -> Result<Json<DeviceToken>, Told> {
    let fetching = async {
        let mut tx = app.db.snapshot().await?;
        let device = devices::find(&mut tx, body.device).await?;
        drop(tx);
        let presented = app.auth.exchange_credential(body.device, &body.credential).await?;
        let (Some(device), true) = (device, !matches!(presented, Presented::Wrong)) else {
            return Err(ApiError::of("unauthorized"));
        };
        if device.revoked_at.is_some() {
            return Err(ApiError::of("device_revoked"));
        }
        if device.locked_at.is_some() {
            return Err(ApiError::of("device_cloned"));
        }
        let Presented::Next(credential) = presented else {
            return Err(lock(&app, &device, &language).await?);
        };
        let (token, expires_in) = app.auth.device_token(device.id, device.business);
        Ok(DeviceToken { token, expires_in, credential })
    };
    told(fetching.await, &language).map(Json)
}

/// Somebody has a copy of this till: it stops until it is paired anew.
async fn lock(app: &App, device: &Device, language: &Language) -> Result<ApiError, ApiError> {
    warn!("an old credential of till {} was presented: it is locked", device.id);
    let act = LockDevice { business: device.business, device: device.id };
    by_server(app, new_id(), act.into(), json!(device.id), language).await?;
    app.auth.recheck(device.id.0);
    Ok(ApiError::of("device_cloned"))
}

/// Switches a member of staff on at the till that calls.
pub(crate) async fn switch_on(
    State(app): State<App>,
    caller: Caller,
    language: Language,
    Body(body): Body<api::SwitchOn>,
) -> Result<Json<SwitchedOn>, Told> {
    let switching = async {
        let Caller::Device { device, business } = caller else {
            return Err(ApiError::of("forbidden"));
        };
        let pin = checked_pin(&body.pin)?.to_owned();
        let mut tx = app.db.snapshot().await?;
        let place = staff::find(&mut tx, body.staff).await?;
        let kept = staff_pins::find(&mut tx, body.staff).await?;
        drop(tx);
        let place = place.filter(|it| it.business == business);
        let place = place.ok_or_else(|| ApiError::of("staff_unknown"))?;
        let subject = place.id.to_string();
        app.auth.take_pin_try(&subject).await??;
        if !app.auth.is_pin(pin, kept).await {
            return Err(ApiError::of("wrong_pin"));
        }
        app.auth.pin_was_right(&subject).await?;
        let (staff_token, expires_in) = app.auth.staff_token(place.id, business, device);
        Ok(SwitchedOn { staff_token, expires_in })
    };
    told(switching.await, &language).map(Json)
}

pub(crate) async fn list(
    State(app): State<App>,
    acting: Acting,
) -> Result<Json<Page<DeviceDetail>>, ApiError> {
    let by = acting.may(Action::ManageDevices)?;
    let mut tx = app.db.snapshot().await?;
    let rows = devices::of_business(&mut tx, by.business).await?;
    let used = device_credentials::of_devices(&mut tx, rows.iter().map(|it| it.id)).await?;
    let line = |it: Device| DeviceDetail {
        seen_at: used.iter().find(|used| used.device == it.id).map(|used| used.used_at),
        id: it.id,
        name: it.name,
        revoked: it.revoked_at.is_some(),
        locked: it.locked_at.is_some(),
        created_at: it.created_at,
    };
    Ok(Json(Page { items: rows.into_iter().map(line).collect(), next: None }))
}

pub(crate) async fn update(
    State(app): State<App>,
    acting: Acting,
    language: Language,
    Key(key): Key,
    Path((_, device)): Path<(BusinessId, DeviceId)>,
    Body(body): Body<api::UpdateDevice>,
) -> Result<StatusCode, Told> {
    let updating = async {
        let act = UpdateDevice { device, name: name(&body.name)? };
        let id = key.unwrap_or_else(new_id);
        let actor = Actor::Staff(acting.0);
        let asked = Asked { id, actor, act: act.into(), body: json!([device, body.name]) };
        ask(&app, asked, language.0).await?;
        Ok(StatusCode::NO_CONTENT)
    };
    told(updating.await, &language)
}

/// Takes a till out of the business: its line closes, and it deletes what it has.
pub(crate) async fn revoke(
    State(app): State<App>,
    acting: Acting,
    language: Language,
    Key(key): Key,
    Path((_, device)): Path<(BusinessId, DeviceId)>,
) -> Result<StatusCode, Told> {
    let id = key.unwrap_or_else(new_id);
    let act = RevokeDevice { device }.into();
    let asked = Asked { id, actor: Actor::Staff(acting.0), act, body: json!(device) };
    let revoked = ask(&app, asked, language.0).await;
    app.auth.recheck(device.0);
    told(revoked, &language).map(|_| StatusCode::NO_CONTENT)
}
