//! Answers that do not come from the person's own page: by the digits that they read out, in person,
//! by a link. What must be known before the lane is found here; the verbs decide.

use crate::app::App;
use crate::asking;
use crate::auth::one_time::Bound;
use crate::auth::{WRONG_ANSWERS_BY_STAFF, WRONG_ANSWERS_TO_ADDRESS};
use crate::codes;
use crate::http::ApiError;
use crate::requests::{Asked, ask, new_id};
use reda_actions::{Actor, AnswerByCode, AnswerByLink, AnswerInPerson, AskedAt, Said, Scan};
use reda_domain::address::AddressHash;
use reda_domain::code::Code;
use reda_domain::language::Language;
use reda_domain::request::{Request, RequestAnswer};
use reda_domain::{HandleId, OperationId, RequestId, Timestamp};
use reda_protocol::operation::{self, Verb};
use reda_store::StoreError;
use reda_store::tables::{business_customers, operations, requests, users};
use serde_json::json;
use tracing::error;

async fn asked_at(app: &App, id: RequestId) -> Result<(AskedAt, Option<Request>), StoreError> {
    let mut tx = app.db.snapshot().await?;
    let request = requests::find(&mut tx, id).await?;
    let address = request.as_ref().and_then(|request| request.asked.address.clone());
    Ok((AskedAt { request: id, address }, request))
}

/// What is kept of the address under which a shop wrote a person down.
pub(crate) async fn written_down(
    app: &App,
    handle: HandleId,
) -> Result<Option<AddressHash>, StoreError> {
    let mut tx = app.db.snapshot().await?;
    let Some(handle) = business_customers::by_ids(&mut tx, [handle]).await?.pop() else {
        return Ok(None);
    };
    let user = users::find(&mut tx, handle.user).await?;
    let address = user.and_then(|user| user.profile_address());
    Ok(address.map(|address| app.auth.address_hash(&address)))
}

/// Reads a code that was shown, or checks digits.
pub(crate) async fn by_code(
    app: &App,
    it: &operation::AnswerByCode,
    id: OperationId,
    actor: &Actor,
    now: Timestamp,
) -> Result<AnswerByCode, ApiError> {
    let (asked, request) = asked_at(app, it.request).await?;
    let said = match Code::is_meant(&it.code) {
        true => Said::Shown(Scan { read: codes::read(app, &it.code, now).await? }),
        false => Said::Digits { right: is_right(app, it, request, id, actor).await? },
    };
    Ok(AnswerByCode { asked, said })
}

/// Whether the digits are those that were sent, which counts a try; not for what was asked before,
/// nor for a request that is closed or another shop's.
async fn is_right(
    app: &App,
    it: &operation::AnswerByCode,
    request: Option<Request>,
    id: OperationId,
    actor: &Actor,
) -> Result<bool, ApiError> {
    let Actor::Staff(by) = actor else {
        return Ok(false);
    };
    let open = |it: &Request| it.business == by.business && it.is_open(app.now());
    let Some(request) = request.filter(open) else {
        return Ok(false);
    };
    let mut tx = app.db.snapshot().await?;
    let is_known = !operations::known(&mut tx, [id]).await?.is_empty();
    let to = asking::addressee(&mut tx, &request).await?;
    drop(tx);
    if is_known {
        return Ok(false);
    }
    let staff = by.staff.to_string();
    app.auth.count(&WRONG_ANSWERS_BY_STAFF, &staff).await??;
    let Some(to) = to else {
        return Ok(false);
    };
    let to = app.auth.keyed_hash(to.as_str());
    // A wrong code looks the same: a shop that asked somebody by number, and again by the code that
    // they showed, must not learn from this that it is one person.
    if app.auth.count(&WRONG_ANSWERS_TO_ADDRESS, &to).await?.is_err() {
        return Ok(false);
    }
    let bound = Bound::Answer { request: it.request };
    let digits: String = it.code.chars().filter(|c| !c.is_whitespace()).collect();
    let right = app.auth.check_code(bound, &digits).await?;
    if right {
        app.auth.give_back(&WRONG_ANSWERS_BY_STAFF, &staff).await?;
        app.auth.give_back(&WRONG_ANSWERS_TO_ADDRESS, &to).await?;
    }
    Ok(right)
}

pub(crate) async fn in_person(
    app: &App,
    it: &operation::AnswerInPerson,
) -> Result<AnswerInPerson, StoreError> {
    let (asked, _) = asked_at(app, it.request).await?;
    let has_messages = app.messages.is_there();
    Ok(AnswerInPerson { asked, answer: it.answer, language: it.language, has_messages })
}

/// What whoever brought a request's link says to it.
#[derive(Clone, Copy)]
pub(crate) struct ByLink {
    pub(crate) request: RequestId,
    pub(crate) answer: RequestAnswer,
    /// In which they read it, where they said so.
    pub(crate) language: Option<Language>,
}

/// Answers a request by its link.
pub(crate) async fn by_link(
    app: &App,
    key: Option<OperationId>,
    said: ByLink,
    shown_in: Language,
) -> Result<(), ApiError> {
    let ByLink { request, answer, language } = said;
    let (asked, _) = asked_at(app, request).await?;
    let act = AnswerByLink { asked, answer, language }.into();
    let body = json!([request, answer]);
    let asked = Asked { id: key.unwrap_or_else(new_id), actor: Actor::Nobody, act, body };
    ask(app, asked, shown_in).await?;
    forget_code(app, request).await;
    Ok(())
}

/// What follows an operation once it stands: messages go out, and codes that answered are spent.
pub(crate) async fn after(app: &App, verb: &Verb, id: OperationId) {
    match verb {
        Verb::AskEnrollment(_) | Verb::RequestDeduction(_) => {
            asking::send(app, RequestId::from(id)).await;
        }
        Verb::ResendRequest(it) => asking::send(app, it.request).await,
        Verb::AnswerByCode(operation::AnswerByCode { request, .. })
        | Verb::AnswerInPerson(operation::AnswerInPerson { request, .. })
        | Verb::CancelRequest(operation::CancelRequest { request }) => {
            forget_code(app, *request).await;
        }
        _ => {}
    }
}

/// A closed request's digits are good for nothing; they do not stay in the database either.
async fn forget_code(app: &App, request: RequestId) {
    if let Err(error) = app.auth.forget_code(Bound::Answer { request }).await {
        error!(request.id = %request, "could not forget the code of a request: {error:#}");
    }
}
