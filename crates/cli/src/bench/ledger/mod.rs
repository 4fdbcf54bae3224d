//! `reda bench ledger`: durable awards per second, each beside its limit in the same run.
//!
//! One JSON line a measurement. Nothing is asserted: what the numbers mean depends on the machine,
//! and so each stands beside what the same machine did in the same minute.

mod counter;
mod http;
mod limits;
mod place;
mod spread;

use crate::error::CommandError;
use crate::output;
use place::Place;
use serde_json::json;

/// Measures on a SQLite file of its own and, if one is named, on an empty PostgreSQL database.
#[derive(clap::Args)]
pub(crate) struct LedgerBench {
    /// `postgres://USER:PASSWORD@HOST/NAME`: an empty database, which is left as it then is.
    #[arg(long)]
    postgres: Option<String>,
    /// Awards through the engine.
    #[arg(long, default_value_t = 100_000)]
    awards: usize,
    /// Awards one after the other, each waiting for the one before.
    #[arg(long, default_value_t = 1_000)]
    idle: usize,
    /// Calls over HTTP by each of 32 connections; beyond 2,000 a till is asked to slow down.
    #[arg(long, default_value_t = 1_500)]
    calls: usize,
    /// The output is always JSON; accepted for scripts that say so.
    #[arg(long)]
    json: bool,
}

impl LedgerBench {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        let sqlite = Place::sqlite()?;
        self.measure(&sqlite).await?;
        if let Some(url) = &self.postgres {
            let place = Place::postgres(url)?;
            self.measure(&place).await?;
            match limits::pgbench(url).await? {
                Some(inserts) => told(&place, "bare_inserts", json!({ "per_second": inserts }))?,
                None => eprintln!("pgbench is not installed: its bare inserts are not measured"),
            }
        }
        Ok(())
    }

    async fn measure(&self, place: &Place) -> Result<(), CommandError> {
        told(place, "fsync", limits::fsync(&place.dir)?.told())?;
        let ledger = counter::open(place).await?;
        told(place, "idle", counter::one_by_one(&ledger, self.idle).await?.told())?;
        let (batched, sizes) = counter::all_at_once(&ledger, self.awards).await?;
        told(place, "batched", batched)?;
        told(place, "bytes", sizes)?;
        told(place, "rows_alone", counter::rows_alone(&ledger, self.awards).await?)?;
        let tills = ledger.tills().to_vec();
        ledger.close().await;
        told(place, "http", http::measure(place, &tills, self.calls).await?)
    }
}

fn told(place: &Place, what: &str, mut facts: serde_json::Value) -> Result<(), CommandError> {
    facts["engine"] = json!(place.name);
    facts["what"] = json!(what);
    Ok(output::line(&facts)?)
}

fn failed(what: &'static str) -> impl Fn(std::io::Error) -> CommandError {
    move |error| CommandError::Step { step: what, why: error.to_string() }
}
