//! From an operation on the wire to one that the engine takes, and back to an answer.

use crate::answer;
use crate::answers;
use crate::app::App;
use crate::auth::Caller;
use crate::auth::Named;
use crate::codes;
use crate::days::zone;
use crate::engine::{Done, EngineError};
use crate::http::ApiError;
use crate::requests::may_be_given;
use reda_actions::*;
use reda_domain::address::{Address, Email, Phone};
use reda_domain::card::{REASON_MAX, parse_card_number};
use reda_domain::language::Language;
use reda_domain::points::Points;
use reda_domain::profile::{NOTES_MAX, sound_tags};
use reda_domain::program::NAME_MAX;
use reda_domain::{OperationId, Timestamp};
use reda_protocol::error::WireError;
use reda_protocol::operation::{self, BadOperation, Operation, Outcome, OutcomeKind, Verb};
use serde_json::{Value, json};

/// The longest sale reference or address that is looked at, in characters.
const TEXT_MAX: usize = 300;

/// Asks for an operation on behalf of a caller; the outcome is in the caller's language.
pub(crate) async fn submit(
    app: &App,
    caller: &Caller,
    operation: Operation,
    language: Language,
) -> Result<Outcome, ApiError> {
    if !may_be_given(operation.id) {
        return Err(invalid("the id is no UUID of version 7 or 4"));
    }
    let verb = Verb::parse(&operation.kind, &operation.body).map_err(malformed)?;
    if matches!(verb, Verb::Scan(_) | Verb::FindCustomer(_) | Verb::CreateCustomer(_)) {
        app.rates.look_up(caller.account())?;
    }
    let staff_token = operation.staff_token.as_deref();
    let actor = caller.staff(app, operation.business, staff_token).await?;
    let now = app.now();
    let act = act(app, &verb, Asking { id: operation.id, actor, now }).await?;
    let op = Op { id: operation.id, actor, at: operation.at.unwrap_or(now), act };
    let hash = hash(app, &op, &operation);
    let done = match app.engine.submit(op, hash).await {
        Ok(done) => done,
        Err(EngineError::Busy | EngineError::Stopped) => {
            return Ok(passing(operation.id, "busy", language));
        }
        Err(EngineError::Failed) => return Ok(passing(operation.id, "internal", language)),
        Err(EngineError::Reused) => return Err(ApiError::of("operation_reused")),
    };
    if done.result.refused.is_none() && !done.replayed {
        answers::after(app, &verb, operation.id).await;
    }
    let scopes = caller.scopes(app).await?;
    let mut outcome = outcome(app, &operation, &verb, done, language).await?;
    outcome.moved.retain(|scope, _| scopes.contains(scope));
    Ok(outcome)
}

fn malformed(error: BadOperation) -> ApiError {
    match error {
        BadOperation::Kind(kind) => ApiError::of("unknown_operation").with(json!({"kind": kind})),
        BadOperation::Body(reason) => invalid(&reason),
    }
}

/// A body that does not say what it must.
pub(crate) fn invalid(reason: &str) -> ApiError {
    ApiError::of("invalid_body").with(json!({ "reason": reason }))
}

/// Of who asks for what; the same id with another hash is another operation. The staff token is
/// left out: it changes while an unanswered operation is sent again.
fn hash(app: &App, op: &Op, operation: &Operation) -> String {
    let who = match op.actor {
        Actor::Staff(by) => format!("{} {} {:?}", by.business, by.staff, by.device),
        Actor::Person(user) => user.to_string(),
        Actor::Nobody | Actor::Server => String::new(),
    };
    let asked = json!([who, operation.kind, operation.body, operation.at]);
    app.auth.operation_hash(&asked.to_string())
}

/// Who asks, under which id, and when.
#[derive(Clone, Copy)]
struct Asking {
    id: OperationId,
    actor: Actor,
    now: Timestamp,
}

/// Whom six digits name, which are used up. They may be asked about again by the same operation.
async fn named_by(app: &App, code: &str, asking: Asking) -> Result<FindBy, ApiError> {
    let Actor::Staff(by) = asking.actor else {
        return Err(ApiError::of("not_allowed"));
    };
    let digits: String = bounded(code)?.chars().filter(|c| !c.is_whitespace()).collect();
    Ok(FindBy::ShortCode(match app.auth.use_short_code(&digits, by.staff, asking.id).await? {
        Named::Person(user) => Some(user),
        Named::Nobody => None,
        Named::TooManyTries(wait) => return Err(wait.into()),
    }))
}

fn update_customer(
    it: &reda_protocol::operation::UpdateCustomer,
) -> Result<UpdateCustomer, ApiError> {
    let own_name = |text: &String| match text.trim() {
        "" => Ok(None),
        text => name(text).map(Some),
    };
    let notes = it.notes.as_deref().map(|text| text.trim().to_owned());
    if notes.as_ref().is_some_and(|text| text.chars().count() > NOTES_MAX) {
        return Err(ApiError::of("too_large"));
    }
    let sound = |tags: &Vec<String>| sound_tags(tags).ok_or_else(|| invalid("tags"));
    Ok(UpdateCustomer {
        customer: it.customer,
        name: it.name.as_ref().map(own_name).transpose()?,
        notes,
        tags: it.tags.as_ref().map(sound).transpose()?,
    })
}

async fn act(app: &App, verb: &Verb, asking: Asking) -> Result<Act, ApiError> {
    Ok(match verb {
        Verb::Scan(it) => {
            // However long: what a camera saw is no code, rather than too much.
            Scan { read: codes::read(app, &it.code, asking.now).await? }.into()
        }
        Verb::FindCustomer(it) => {
            let by = match (&it.phone, &it.email, &it.card, &it.short_code) {
                (None, None, Some(card), None) => {
                    parse_card_number(card).map_or(FindBy::NoCardNumber, FindBy::CardNumber)
                }
                (None, None, None, Some(code)) => named_by(app, code, asking).await?,
                (phone, email, None, None) => {
                    let address = one_address(app, phone, email)?;
                    let hash = app.auth.address_hash(&address);
                    FindBy::Address(address, hash)
                }
                _ => return Err(invalid("exactly one of phone, email, card and short_code")),
            };
            FindCustomer { by }.into()
        }
        Verb::CreateCustomer(it) => CreateCustomer {
            address: one_address(app, &it.phone, &it.email)?,
            name: it.name.as_deref().map(name).transpose()?,
        }
        .into(),
        Verb::AskEnrollment(it) => {
            let whom = match (it.customer, &it.phone, &it.email) {
                (Some(handle), None, None) => {
                    Whom::Handle(handle, answers::written_down(app, handle).await?)
                }
                (None, phone, email) => {
                    let address = one_address(app, phone, email)?;
                    let hash = app.auth.address_hash(&address);
                    Whom::Address(address, hash)
                }
                _ => return Err(invalid("exactly one of customer, phone and email")),
            };
            AskEnrollment { whom, program: it.program }.into()
        }
        Verb::AnswerByCode(it) => {
            answers::by_code(app, it, asking.id, &asking.actor, asking.now).await?.into()
        }
        Verb::AnswerInPerson(it) => answers::in_person(app, it).await?.into(),
        Verb::ResendRequest(it) => ResendRequest { request: it.request }.into(),
        Verb::CancelRequest(it) => CancelRequest { request: it.request }.into(),
        Verb::AwardPoints(it) => {
            let to = match (it.card, it.request) {
                (Some(card), None) => AwardTo::Card(card),
                (None, Some(request)) => AwardTo::Request(request),
                _ => return Err(invalid("exactly one of card and request")),
            };
            let worth = match (it.points, it.amount) {
                (Some(points), None) => Worth::Points(points),
                (None, Some(money)) => Worth::Amount(money),
                _ => return Err(invalid("exactly one of points and amount")),
            };
            let sale = it.sale.as_deref().map(bounded).transpose()?.map(str::to_owned);
            AwardPoints { to, worth, sale }.into()
        }
        Verb::RequestDeduction(it) => request_deduction(it)?.into(),
        Verb::AdjustPoints(it) => {
            AdjustPoints { card: it.card, points: it.points, reason: reason(&it.reason)? }.into()
        }
        Verb::ReverseEntry(it) => {
            ReverseEntry { entry: it.entry, reason: reason(&it.reason)? }.into()
        }
        Verb::IssuePrintedCode(it) => IssuePrintedCode::Member(it.customer).into(),
        Verb::RevokePrintedCode(it) => RevokePrintedCode { customer: it.customer }.into(),
        Verb::UpdateCustomer(it) => update_customer(it)?.into(),
        Verb::MergeCustomers(it) => MergeCustomers { keep: it.keep, merge: it.merge }.into(),
        Verb::CreateProgram(it) => CreateProgram {
            name: name(&it.name)?,
            kind: it.kind,
            earn: it.earn,
            welcome_bonus: it.welcome_bonus.unwrap_or(Points(0)),
            tiers: it.tiers.clone().unwrap_or_default(),
            expiry: it.expiry.unwrap_or_default(),
        }
        .into(),
        Verb::UpdateProgram(it) => UpdateProgram {
            program: it.program,
            name: it.name.as_deref().map(name).transpose()?,
            status: it.status,
            earn: it.earn,
            welcome_bonus: it.welcome_bonus,
            tiers: it.tiers.clone(),
            expiry: it.expiry,
        }
        .into(),
        Verb::CreateReward(it) => CreateReward {
            program: it.program,
            name: name(&it.name)?,
            cost: it.cost,
            gives: it.gives.clone(),
            status: it.status.unwrap_or_default(),
        }
        .into(),
        Verb::UpdateReward(it) => UpdateReward {
            reward: it.reward,
            name: it.name.as_deref().map(name).transpose()?,
            cost: it.cost,
            gives: it.gives.clone(),
            status: it.status,
        }
        .into(),
        Verb::UpdateBusiness(it) => update_business(it)?.into(),
    })
}

/// A question about points says how many and why, or names a reward that says both.
fn request_deduction(it: &operation::RequestDeduction) -> Result<RequestDeduction, ApiError> {
    if it.reward.is_none() && it.points.is_none() {
        return Err(invalid("points or reward"));
    }
    let reason = match (&it.reason, it.reward) {
        (None, Some(_)) => None,
        (text, _) => Some(reason(text.as_deref().unwrap_or_default())?),
    };
    Ok(RequestDeduction { card: it.card, points: it.points, reason, reward: it.reward })
}

/// Why something is done, in 1 to [`REASON_MAX`] characters without control characters.
fn reason(text: &str) -> Result<String, ApiError> {
    let text = text.trim();
    let sound =
        (1..=REASON_MAX).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    sound.then(|| text.to_owned()).ok_or_else(|| ApiError::of("bad_reason"))
}

/// What to change of a business.
pub(crate) fn update_business(
    body: &operation::UpdateBusiness,
) -> Result<UpdateBusiness, ApiError> {
    let name = body.name.as_deref().map(name).transpose()?;
    // Which time zones there are, this computer knows.
    if body.settings.get("time_zone").and_then(Value::as_str).is_some_and(|it| zone(it).is_none()) {
        let facts = json!({ "setting": "time_zone" });
        return Err(ApiError::of("setting_out_of_range").with(facts));
    }
    UpdateBusiness::new(name, body.settings.clone()).map_err(|bad| invalid(&bad.to_string()))
}

fn bounded(text: &str) -> Result<&str, ApiError> {
    if text.len() <= TEXT_MAX { Ok(text) } else { Err(ApiError::of("too_large")) }
}

/// A name of 1 to [`NAME_MAX`] characters, without control characters.
pub(crate) fn name(text: &str) -> Result<String, ApiError> {
    let text = text.trim();
    let sound =
        (1..=NAME_MAX).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    sound.then(|| text.to_owned()).ok_or_else(|| ApiError::of("bad_name"))
}

/// The one address that was given.
pub(crate) fn one_address(
    app: &App,
    phone: &Option<String>,
    email: &Option<String>,
) -> Result<Address, ApiError> {
    match (phone, email) {
        (Some(phone), None) => {
            let parsed = Phone::parse(bounded(phone)?, &app.config.country);
            let bad = |why| ApiError::of("bad_phone").with(json!({ "reason": format!("{why}") }));
            Ok(Address::Phone(parsed.map_err(bad)?))
        }
        (None, Some(email)) => {
            let parsed = Email::parse(bounded(email)?);
            Ok(Address::Email(parsed.map_err(|_| ApiError::of("bad_email"))?))
        }
        _ => Err(invalid("exactly one of phone and email")),
    }
}

fn passing(id: reda_domain::OperationId, code: &str, language: Language) -> Outcome {
    let error = WireError::of(code, language);
    Outcome {
        id,
        outcome: OutcomeKind::Retry,
        code: Some(error.code),
        message: Some(error.message),
        details: None,
        data: Value::Null,
        moved: Default::default(),
    }
}

async fn outcome(
    app: &App,
    operation: &Operation,
    verb: &Verb,
    done: Done,
    language: Language,
) -> Result<Outcome, ApiError> {
    let moved = done.result.moved;
    let id = operation.id;
    if let Some(refusal) = &done.result.refused {
        let error = WireError::refusal(refusal, language);
        return Ok(Outcome {
            id,
            outcome: OutcomeKind::Rejected,
            code: Some(error.code),
            message: Some(error.message),
            details: error.details,
            data: Value::Null,
            moved,
        });
    }
    let data = answer::filled(app, verb, done.result.data).await?;
    let outcome = OutcomeKind::Applied;
    Ok(Outcome { id, outcome, code: None, message: None, details: None, data, moved })
}
