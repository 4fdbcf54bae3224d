//! What the window asks of the server over HTTP, for whoever is switched on: staff, tills, and what
//! the replica does not hold. The till reads no rule into it: the server's answer is the answer.

use crate::http::{Ask, Http, HttpError};
use crate::joined;
use crate::tokens::Tokens;
use reda_domain::language::Language;
use reda_domain::{BusinessId, HandleId, StaffId};
use reda_protocol::api::{CustomerDetail, InteractionLine, Page};
use reda_protocol::error::WireError;
use reda_protocol::rpc::{AddStaff, Call, ChangeStaff, CustomerStory, Nothing};
use reda_sync::{Token, TokenError};
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;

/// Lines of a customer's story that are read; nobody scrolls further.
const STORY_MAX: u32 = 100;

/// Runs errands, with the till's own tokens and those of who is switched on.
#[derive(Clone)]
pub(crate) struct Errands {
    pub(crate) http: Http,
    pub(crate) device: Arc<Tokens>,
    pub(crate) staff: Arc<Tokens>,
    pub(crate) business: BusinessId,
}

/// A call on its way: method, path and body.
type Route = (Method, String, Option<Value>);

impl Errands {
    /// Answers a call of the window by the server's answer.
    pub(crate) async fn run(&self, call: &Call, language: Language) -> Result<Value, WireError> {
        if let Call::CustomerStory(of) = call {
            let story = self.story(of.customer, language).await;
            return story.map(|story| json!(story)).map_err(|error| error.wire(language));
        }
        let (method, path, body) =
            self.route(call).ok_or_else(|| WireError::of("not_found", language))?;
        // Taking away and renaming have nothing to say but that it was done.
        let is_silent = matches!(
            call,
            Call::RemoveStaff(_)
                | Call::RenameTill(_)
                | Call::RevokeTill(_)
                | Call::RenameShop(_)
                | Call::ReadOne(_)
                | Call::ReadAll(_)
        );
        let answered = match is_silent {
            true => self.done(method, &path, body, language).await.map(|()| json!(Nothing {})),
            false => self.json(method, &path, body, language).await,
        };
        answered.map_err(|error| error.wire(language))
    }

    fn route(&self, call: &Call) -> Option<Route> {
        let shop = format!("/api/businesses/{}", self.business);
        Some(match call {
            Call::StaffList(_) => (Method::GET, format!("{shop}/staff"), None),
            Call::AddStaff(it) => (Method::POST, format!("{shop}/staff"), Some(added(it))),
            Call::ChangeStaff(it) => {
                (Method::PATCH, format!("{shop}/staff/{}", it.staff), Some(changed(it)))
            }
            Call::RemoveStaff(it) => (Method::DELETE, format!("{shop}/staff/{}", it.staff), None),
            Call::Tills(_) => (Method::GET, format!("{shop}/devices"), None),
            Call::InviteTill(it) => {
                (Method::POST, format!("{shop}/invitations"), Some(present(json!(it))))
            }
            Call::RenameTill(it) => {
                let body = json!({ "name": it.name });
                (Method::PATCH, format!("{shop}/devices/{}", it.device), Some(body))
            }
            Call::RevokeTill(it) => (Method::DELETE, format!("{shop}/devices/{}", it.device), None),
            Call::ReadOne(it) => {
                let path = format!("{shop}/notifications/{}/read", it.notification);
                (Method::PATCH, path, None)
            }
            Call::ReadAll(_) => (Method::PATCH, format!("{shop}/notifications/read/all"), None),
            _ => return None,
        })
    }

    async fn story(
        &self,
        customer: HandleId,
        language: Language,
    ) -> Result<CustomerStory, HttpError> {
        let path = format!("/api/businesses/{}/customers/{customer}", self.business);
        let one: CustomerDetail = self.json(Method::GET, &path, None, language).await?;
        let path = format!("{path}/timeline?limit={STORY_MAX}");
        let lines: Page<InteractionLine> = self.json(Method::GET, &path, None, language).await?;
        Ok(CustomerStory { consents: one.consents, lines: lines.items })
    }

    /// Asks whether this is the PIN; gives back the token of who has it.
    pub(crate) async fn switch_on(
        &self,
        staff: StaffId,
        pin: &str,
        language: Language,
    ) -> Result<Token, HttpError> {
        let till = self.device.get().await.map_err(refused)?;
        joined::switch_on(&self.http, &till, staff, pin, language).await
    }

    async fn json<T: serde::de::DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        language: Language,
    ) -> Result<T, HttpError> {
        let (till, staff) = self.tokens().await?;
        let ask = Ask::new(method, path).by(&till).and_staff(&staff);
        self.http.json(ask, body.as_ref(), language).await
    }

    async fn done(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        language: Language,
    ) -> Result<(), HttpError> {
        let (till, staff) = self.tokens().await?;
        let ask = Ask::new(method, path).by(&till).and_staff(&staff);
        self.http.done(ask, body.as_ref(), language).await
    }

    pub(crate) async fn tokens(&self) -> Result<(String, String), HttpError> {
        let till = self.device.get().await.map_err(refused)?;
        Ok((till, self.staff.get().await.map_err(refused)?))
    }
}

fn refused(error: TokenError) -> HttpError {
    match error {
        TokenError::Unavailable(why) => HttpError::Away(why),
        TokenError::Distrusted(why) => HttpError::Distrusted(why),
        TokenError::Refused(_) => {
            HttpError::Refused(WireError::of("unauthorized", Language::default()))
        }
    }
}

fn added(it: &AddStaff) -> Value {
    present(json!(it))
}

/// The place stands in the path.
fn changed(it: &ChangeStaff) -> Value {
    let mut body = present(json!(it));
    if let Some(fields) = body.as_object_mut() {
        fields.remove("staff");
    }
    body
}

/// Without what is missing.
fn present(body: Value) -> Value {
    match body {
        Value::Object(fields) => fields.into_iter().filter(|(_, it)| !it.is_null()).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reda_domain::business::Role;
    use reda_protocol::rpc::Secret;

    #[test]
    fn what_is_missing_is_not_sent() {
        let staff = StaffId(uuid::Uuid::from_u128(1));
        let pin = Some(Secret("2468".to_owned()));
        let change = ChangeStaff { staff, name: None, role: Some(Role::Manager), pin };
        assert_eq!(changed(&change), json!({ "role": "manager", "pin": "2468" }));
    }
}
