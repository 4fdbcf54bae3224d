//! Brings a question to people who are not on their page: by a message with a code to read out and
//! a link to answer by. Runs after the commit, and cannot fail the asking.

use crate::app::App;
use crate::auth::one_time::Bound;
use crate::links;
use crate::messages::Purpose;
use crate::reach::{self, CodeFor};
use reda_actions::declined_until;
use reda_domain::address::Address;
use reda_domain::business::Business;
use reda_domain::language::Language;
use reda_domain::program::Program;
use reda_domain::request::{Request, RequestKind};
use reda_domain::settings::Evidence;
use reda_domain::user::User;
use reda_domain::{RequestId, Timestamp};
use reda_notify::codes::{self, Effect};
use reda_store::tables::{businesses, programs, requests, sessions, users};
use reda_store::{StoreError, Tx};
use tracing::error;

/// Sends an open request to the person's address, where there is a channel and one is due.
pub(crate) async fn send(app: &App, request: RequestId) {
    if !app.messages.is_there() {
        return;
    }
    if let Err(error) = try_sending(app, request).await {
        error!(request.id = %request, "could not send a request: {error:#}");
    }
}

async fn try_sending(app: &App, id: RequestId) -> Result<(), StoreError> {
    let Some(question) = question(app, id).await? else {
        return Ok(());
    };
    let (to, shop) = (&question.to, question.shop.id);
    if !reach::is_home(app, to) || !reach::may_be_sent(app, to, CodeFor::Answer(shop)).await? {
        return Ok(());
    }
    let text = text(app, &question).await?;
    // Up to here all is done as for anybody: neither what is counted nor how long it takes tells the
    // shop of a no that it may not know.
    if !question.said_no {
        app.messages.send(to, Purpose::Request, &text);
    }
    Ok(())
}

/// What is asked by a message.
struct Question {
    request: Request,
    shop: Business,
    program: Program,
    to: Address,
    language: Language,
    /// Whoever has the address has said no lately, asked in another way (SPEC CU-7).
    said_no: bool,
}

/// What there is to ask by a message; `None` where the request is closed, or not for messages.
async fn question(app: &App, id: RequestId) -> Result<Option<Question>, StoreError> {
    let mut tx = app.db.snapshot().await?;
    let found = requests::find(&mut tx, id).await?;
    let Some(request) = found.filter(|request| request.is_open(app.now())) else {
        return Ok(None);
    };
    let shop = businesses::by_ids(&mut tx, [request.business]).await?.pop();
    let program = programs::by_ids(&mut tx, [request.program]).await?.pop();
    let (Some(shop), Some(program)) = (shop, program) else {
        return Ok(None);
    };
    if !may_be_answered_by_message(&request, &shop) {
        return Ok(None);
    }
    let asked = person(&mut tx, &request).await?;
    if let (None, Some(user)) = (&request.asked.address, &asked)
        && sessions::is_any_live(&mut tx, user.id, app.now()).await?
    {
        // Whoever was asked by their code answers on their page, if they have one open anywhere.
        return Ok(None);
    }
    let Some(to) = address(&request, asked.as_ref()) else {
        return Ok(None);
    };
    let said_no = said_no(&mut tx, &request, &shop, app.now()).await?;
    let language = asked.map_or(shop.language, |user| user.language);
    Ok(Some(Question { request, shop, program, to, language, said_no }))
}

async fn person(tx: &mut Tx, request: &Request) -> Result<Option<User>, StoreError> {
    match request.asked.user {
        Some(user) => users::find(tx, user).await,
        None => Ok(None),
    }
}

/// The address that a person is asked at: the one that the shop has, or their own.
fn address(request: &Request, asked: Option<&User>) -> Option<Address> {
    let shared = || asked.and_then(User::shared_address);
    request.asked.address.clone().or_else(shared)
}

/// The address that a request's message goes to, if it has one.
pub(crate) async fn addressee(
    tx: &mut Tx,
    request: &Request,
) -> Result<Option<Address>, StoreError> {
    let asked = person(tx, request).await?;
    Ok(address(request, asked.as_ref()))
}

/// Whether whoever has the address that was asked about joining has said no to it lately. Of those
/// who were asked by their code or as a known customer the verb knows, and refuses.
async fn said_no(
    tx: &mut Tx,
    request: &Request,
    shop: &Business,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let by_address = request.asked.handle.is_none() && request.kind == RequestKind::Enrollment;
    let Some(address) = request.asked.address.as_ref().filter(|_| by_address) else {
        return Ok(false);
    };
    let owners = users::owning(tx, &[address]).await?.into_iter().map(|user| user.id);
    let lately = requests::lately_of_users(tx, owners, now).await?;
    let here = |it: &&Request| it.business == shop.id && it.program == request.program;
    Ok(lately.iter().filter(here).any(|it| declined_until(it, shop, now).is_some()))
}

/// The text around a new code.
async fn text(app: &App, question: &Question) -> Result<String, StoreError> {
    let Question { request, shop, program, language, .. } = question;
    let bound = Bound::Answer { request: request.id };
    let code = app.auth.issue_code(bound, Some(request.expires_at)).await?;
    let effect = match request.kind {
        RequestKind::Enrollment => Effect::Join { program: &program.name },
        RequestKind::PointsDeduction => Effect::Spend { points: request.deducts() },
    };
    let text = codes::answer(&code, &shop.name, effect, *language);
    Ok(match link(app, request).await? {
        Some(link) => format!("{text} {link}"),
        None => text,
    })
}

/// A yes about points by a message counts only where the business says so.
fn may_be_answered_by_message(request: &Request, shop: &Business) -> bool {
    let by_message = |it: &Evidence| matches!(it, Evidence::Link | Evidence::SmsCode);
    match request.kind {
        RequestKind::Enrollment => true,
        RequestKind::PointsDeduction => shop.settings.approval_evidence.iter().any(by_message),
    }
}

/// The link that answers a request; none while nobody knows where this server is.
async fn link(app: &App, request: &Request) -> Result<Option<String>, StoreError> {
    let Some(server) = app.link_url() else {
        return Ok(None);
    };
    Ok(Some(format!("{server}/r/{}", links::issue(app, request).await?)))
}
