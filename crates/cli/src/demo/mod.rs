//! `reda demo`: the whole loop on real parts, without a window.
//!
//! A temporary server, real sockets, a code drawn as a picture and read by the scanner; a page
//! that is a client of the same calls as the real one.

mod counter;
mod page;
mod steps;

use crate::error::CommandError;
use crate::till::till_config;
use counter::Counter;
use page::Page;
use reda_domain::request::RequestKind;
use reda_protocol::rpc::CounterStage;
use reda_scan::Source;
use reda_server::{App, Registration, Server, ServerConfig, demo, qr};
use std::process::ExitCode;
use steps::Steps;

/// What the award's amount is, as typed, and how many points that makes.
const AMOUNT: &str = "1,700";
const POINTS: i64 = 17;
/// What the customer then uses of them.
const SPENT: i64 = 10;

/// Exit code 1 if a step fails; nothing is left running.
#[derive(clap::Args)]
pub(crate) struct Demo {
    /// One JSON line for each step.
    #[arg(long)]
    json: bool,
}

impl Demo {
    pub(crate) async fn run(self) -> Result<ExitCode, CommandError> {
        let mut steps = Steps::new(self.json);
        match run(&mut steps).await {
            Ok(()) => {
                steps.finish()?;
                Ok(ExitCode::SUCCESS)
            }
            Err(CommandError::Step { step, why }) => {
                steps.failed(step, &why)?;
                Ok(ExitCode::FAILURE)
            }
            Err(error) => Err(error),
        }
    }
}

async fn run(steps: &mut Steps) -> Result<(), CommandError> {
    let folder = tempfile::tempdir().map_err(CommandError::Runtime)?;
    let mut config = ServerConfig::local(folder.path().join("server.db"));
    config.registration = Registration::Open;
    let app = App::open(config).await?;
    let shop = demo::open(&app, &folder.path().join("codes")).await?;
    let server = Server::serve(app, ([127, 0, 0, 1], 0).into()).await?;
    steps.done("server")?;

    let pictures = folder.path().join("pictures");
    std::fs::create_dir(&pictures).map_err(CommandError::Runtime)?;
    let camera = Source::Replay { dir: pictures.clone() };
    let till = till_config(&server, shop.till, folder.path(), Some(camera))?;
    let counter = Counter::start(till).await?;
    counter.online().await?;
    steps.done("till_online")?;

    let looped = go_round(steps, &server, &counter, &pictures).await;
    counter.stop().await;
    server.stop().await;
    looped
}

async fn go_round(
    steps: &mut Steps,
    server: &Server,
    counter: &Counter,
    pictures: &std::path::Path,
) -> Result<(), CommandError> {
    let address = server.address();
    let mut page = Page::sign_up(&format!("http://{address}"), "Zawadi Njeri").await?;
    steps.done("sign_up")?;
    page.register_key().await?;
    page.connect(&format!("ws://{address}/ws")).await?;
    steps.done("page_online")?;

    let picture = pictures.join("code.png");
    let code = qr::png(&page.code()).map_err(|error| step("scan", error))?;
    let half = pictures.join("code.half");
    std::fs::write(&half, code)
        .and_then(|()| std::fs::rename(&half, &picture))
        .map_err(|source| CommandError::File { path: picture.clone(), source })?;
    counter.stage("scan", |stage| matches!(stage, CounterStage::NotMember { .. })).await?;
    steps.done("scan")?;

    counter.ask().await?;
    let request = page.request("ask_to_page", RequestKind::Enrollment).await?;
    steps.done("ask_to_page")?;
    if let Some(since) = counter.since_code_read() {
        steps.took("code_to_request", since)?;
    }
    page.accept("accept_to_till", &request).await?;
    let accepted = |stage: &CounterStage| matches!(stage, CounterStage::Accepted { .. });
    counter.stage("accept_to_till", accepted).await?;
    steps.done("accept_to_till")?;

    counter.award(AMOUNT).await?;
    let balance = page.balance("award_to_page", POINTS).await?;
    steps.done("award_to_page")?;
    let shown = counter.awarded_balance().await?;
    if shown != balance {
        return Err(step("equal", format!("the till shows {shown}, the page {balance}")));
    }
    is_kept("equal", &page, balance).await?;
    steps.done("equal")?;
    spend(steps, counter, &mut page).await
}

/// The customer is asked for points, says yes with the page's own key, and has what is left.
async fn spend(steps: &mut Steps, counter: &Counter, page: &mut Page) -> Result<(), CommandError> {
    counter.spend(&SPENT.to_string(), "KES 50 off").await?;
    let request = page.request("spend_to_page", RequestKind::PointsDeduction).await?;
    steps.done("spend_to_page")?;
    page.accept("approve_to_till", &request).await?;
    let shown = counter.approved_balance().await?;
    steps.done("approve_to_till")?;
    let balance = page.balance("spent_equal", POINTS - SPENT).await?;
    if shown != balance {
        return Err(step("spent_equal", format!("the till shows {shown}, the page {balance}")));
    }
    is_kept("spent_equal", page, balance).await?;
    steps.done("spent_equal")
}

async fn is_kept(name: &'static str, page: &Page, balance: i64) -> Result<(), CommandError> {
    let kept = page.balance_in_database(name).await?;
    match kept == balance {
        true => Ok(()),
        false => Err(step(name, format!("the database has {kept}, the page {balance}"))),
    }
}

fn step(step: &'static str, why: impl std::fmt::Display) -> CommandError {
    CommandError::Step { step, why: why.to_string() }
}
