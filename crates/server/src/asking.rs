//! Brings a question to people who are not on their page: by a message with a code to read out and
//! a link to answer by. Runs after the commit, and cannot fail the asking.

use crate::app::App;
use crate::auth::one_time::Bound;
use crate::links;
use crate::messages::Purpose;
use reda_domain::RequestId;
use reda_domain::business::Business;
use reda_domain::request::{Request, RequestKind};
use reda_domain::settings::Evidence;
use reda_notify::codes::{self, Effect};
use reda_store::StoreError;
use reda_store::tables::{businesses, programs, requests, sessions, users};
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
    let mut tx = app.db.snapshot().await?;
    let found = requests::find(&mut tx, id).await?;
    let Some(request) = found.filter(|request| request.is_open(app.now())) else {
        return Ok(());
    };
    let shop = businesses::by_ids(&mut tx, [request.business]).await?.pop();
    let program = programs::by_ids(&mut tx, [request.program]).await?.pop();
    let asked = match request.asked.user {
        Some(user) => users::find(&mut tx, user).await?,
        None => None,
    };
    let on_a_page = match &asked {
        Some(user) => sessions::is_any_live(&mut tx, user.id, app.now()).await?,
        None => false,
    };
    drop(tx);
    let (Some(shop), Some(program)) = (shop, program) else {
        return Ok(());
    };
    if !may_be_answered_by_message(&request, &shop) {
        return Ok(());
    }
    // Whoever was asked by their code answers on their page, if they have one open anywhere.
    let reached = || asked.as_ref().filter(|_| !on_a_page).and_then(|user| user.shared_address());
    let Some(to) = request.asked.address.clone().or_else(reached) else {
        return Ok(());
    };
    let language = asked.as_ref().map_or(shop.language, |user| user.language);
    let code = app.auth.issue_code(Bound::Answer { request: id }, Some(request.expires_at)).await?;
    let effect = match request.kind {
        RequestKind::Enrollment => Effect::Join { program: &program.name },
        RequestKind::PointsDeduction => Effect::Spend { points: request.deducts() },
    };
    let mut text = codes::answer(&code, &shop.name, effect, language);
    if let Some(link) = link(app, &request).await? {
        text = format!("{text} {link}");
    }
    app.messages.send(&to, Purpose::Request, &text);
    Ok(())
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
