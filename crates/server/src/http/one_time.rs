//! Signing in by a one-time code, and proving a further address.

use super::ApiError;
use super::auth::signed_in;
use super::browser::{self, Browser, Label};
use super::error::Told;
use super::extract::{Body, Key, told};
use super::network::Network;
use crate::app::App;
use crate::auth::{Bound, CODES_FROM_NETWORK, Language, Person, WRONG_FROM_NETWORK};
use crate::bodies::user_body;
use crate::config::Registration;
use crate::messages::Purpose;
use crate::operations::one_address;
use crate::reach::{self, CodeFor};
use crate::requests::{Asked, ask, is_known, new_id};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use reda_actions::{Actor, ProveAddress};
use reda_domain::address::Address;
use reda_domain::{OperationId, UserId, language};
use reda_protocol::api::{self, SignedIn};
use reda_protocol::entity::UserBody;
use reda_store::StoreError;
use reda_store::tables::users;
use serde_json::json;
use tracing::error;

/// Sends a code that signs in. The answer is the same, and comes as fast, whoever's the address is.
pub(crate) async fn send(
    State(app): State<App>,
    network: Network,
    language: Language,
    Body(body): Body<api::AskCode>,
) -> Result<(HeaderMap, StatusCode), Told> {
    let asking = async {
        let address = home_address(&app, &body.phone, &body.email)?;
        app.auth.count(&CODES_FROM_NETWORK, &network.0.to_string()).await??;
        let browser = Browser::fresh();
        let headers = browser.cookie(&app);
        let sending = app.clone();
        tokio::spawn(async move {
            send_sign_in(&sending, &address, &browser, language.0).await;
        });
        Ok((headers, StatusCode::NO_CONTENT))
    };
    told(asking.await, &language)
}

/// An address that codes go to.
fn home_address(
    app: &App,
    phone: &Option<String>,
    email: &Option<String>,
) -> Result<Address, ApiError> {
    let address = one_address(app, phone, email)?;
    if !reach::is_home(app, &address) {
        let reason = json!({ "reason": "codes go to numbers of this country only" });
        return Err(ApiError::of("bad_phone").with(reason));
    }
    Ok(address)
}

/// After the answer, so that neither what is found nor how long it takes shows in it.
async fn send_sign_in(app: &App, address: &Address, browser: &Browser, asked: language::Language) {
    let sending = async {
        if !reach::may_be_sent(app, address, CodeFor::SignIn).await? {
            return Ok(());
        }
        let (opens, language) = opens(app, address, asked).await?;
        if opens {
            let bound = Bound::SignIn { address, browser: &browser.0 };
            let code = app.auth.issue_code(bound, None).await?;
            let text = reda_notify::codes::sign_in(&code, language);
            app.messages.send(address, Purpose::SignInCode, &text);
        }
        Ok(())
    };
    let sent: Result<(), StoreError> = sending.await;
    if let Err(failure) = sent {
        error!("a code for {address:?} could not be made: {failure:#}");
    }
}

/// Whether a code for this address opens anything, an account that is there or a new one, and the
/// language of its reader.
async fn opens(
    app: &App,
    address: &Address,
    asked: language::Language,
) -> Result<(bool, language::Language), StoreError> {
    let mut tx = app.db.snapshot().await?;
    if let Some(owner) = users::owning(&mut tx, &[address]).await?.pop() {
        return Ok((true, owner.language));
    }
    let open = app.config.registration == Registration::Open;
    Ok((open || users::is_expected(&mut tx, address).await?, asked))
}

/// Signs in with the code, in the browser that asked for it.
pub(crate) async fn verify(
    State(app): State<App>,
    network: Network,
    language: Language,
    label: Label,
    browser: Option<Browser>,
    Body(body): Body<api::GiveCode>,
) -> Result<(HeaderMap, Json<SignedIn>), Told> {
    let verifying = async {
        let address = one_address(&app, &body.phone, &body.email)?;
        let browser = browser.ok_or_else(|| ApiError::of("wrong_code"))?;
        let bound = Bound::SignIn { address: &address, browser: &browser.0 };
        spend(&app, network, bound, &body.code).await?;
        // What the code opened when it was sent, it need not open any more.
        let (opens, _) = opens(&app, &address, language.0).await?;
        if !opens {
            return Err(ApiError::of("wrong_code"));
        }
        let user = prove(&app, Actor::Nobody, new_id(), address, &language).await?;
        Ok((browser::no_cookie(), Json(signed_in(&app, user, &label).await?)))
    };
    told(verifying.await, &language)
}

/// Uses a code up, if it is right.
async fn spend(app: &App, network: Network, bound: Bound<'_>, code: &str) -> Result<(), ApiError> {
    let network = network.0.to_string();
    app.auth.is_over(&WRONG_FROM_NETWORK, &network).await??;
    let code: String = code.chars().filter(char::is_ascii_digit).take(20).collect();
    let right =
        app.auth.check_code(bound, &code).await? && app.auth.spend_code(bound, &code).await?;
    if right {
        return Ok(());
    }
    app.auth.count(&WRONG_FROM_NETWORK, &network).await??;
    Err(ApiError::of("wrong_code"))
}

/// Makes an address its prover's; who that is.
async fn prove(
    app: &App,
    actor: Actor,
    id: OperationId,
    address: Address,
    language: &Language,
) -> Result<UserId, ApiError> {
    let body = json!(address.as_str());
    let act = ProveAddress { address, language: language.0 }.into();
    let done = ask(app, Asked { id, actor, act, body }, language.0).await?;
    serde_json::from_value(done.result.data["user"].clone()).map_err(|_| ApiError::of("internal"))
}

/// Sends a code to an address that a signed-in person says is theirs.
pub(crate) async fn send_for_person(
    app: &App,
    person: &Person,
    network: Network,
    phone: &Option<String>,
    email: &Option<String>,
) -> Result<HeaderMap, ApiError> {
    let address = home_address(app, phone, email)?;
    app.auth.count(&CODES_FROM_NETWORK, &network.0.to_string()).await??;
    let browser = Browser::fresh();
    let headers = browser.cookie(app);
    if reach::may_be_sent(app, &address, CodeFor::SignIn).await? {
        let mut tx = app.db.snapshot().await?;
        let reader = users::find(&mut tx, person.user).await?;
        drop(tx);
        let language = reader.map(|user| user.language).unwrap_or_default();
        let bound = Bound::Address { user: person.user, address: &address, browser: &browser.0 };
        let code = app.auth.issue_code(bound, None).await?;
        let text = reda_notify::codes::address(&code, language);
        app.messages.send(&address, Purpose::AddressCode, &text);
    }
    Ok(headers)
}

/// Makes an address the signed-in person's, by the code that was sent to it.
pub(crate) async fn prove_address(
    State(app): State<App>,
    person: Person,
    network: Network,
    language: Language,
    browser: Option<Browser>,
    Key(key): Key,
    Body(body): Body<api::GiveCode>,
) -> Result<(HeaderMap, Json<UserBody>), Told> {
    let proving = async {
        let address = one_address(&app, &body.phone, &body.email)?;
        // Sent again, cookie and code are used up, and the engine has the answer.
        if !is_known(&app, key).await? {
            let browser = browser.ok_or_else(|| ApiError::of("wrong_code"))?;
            let (user, browser) = (person.user, &browser.0);
            let bound = Bound::Address { user, address: &address, browser };
            spend(&app, network, bound, &body.code).await?;
        }
        let id = key.unwrap_or_else(new_id);
        prove(&app, Actor::Person(person.user), id, address, &language).await?;
        let mut tx = app.db.snapshot().await?;
        let user = users::find(&mut tx, person.user).await?;
        let user = user.ok_or_else(|| ApiError::of("unauthorized"))?;
        Ok((browser::no_cookie(), Json(user_body(&user))))
    };
    told(proving.await, &language)
}
