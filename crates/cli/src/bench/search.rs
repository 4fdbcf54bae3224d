//! `reda bench search`: a keystroke in the list of customers, at many customers. One JSON line a text.

use super::clock::millis;
use crate::error::CommandError;
use crate::output;
use reda_domain::Timestamp;
use reda_till::bench::Crowd;
use serde_json::json;
use std::time::Instant;

/// Times each text is looked for.
const TIMES: usize = 20;
/// A day on which the made-up customers were lately there, in milliseconds since 1970.
const NOW: Timestamp = Timestamp(1_795_000_000_000);
/// What a manager types, as it grows: nothing, a name, a name and another, a phone number, a card.
const TEXTS: [&str; 12] = [
    "",
    "a",
    "am",
    "amina",
    "amina o",
    "amina odhiambo",
    "0",
    "07",
    "0700012",
    "0700012345",
    "00000004",
    "nobody of this name",
];

/// Measures on a replica of its own.
#[derive(clap::Args)]
pub(crate) struct SearchBench {
    #[arg(long, default_value_t = 50_000)]
    customers: usize,
}

impl SearchBench {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        let failed = |error: &dyn std::error::Error| CommandError::Step {
            step: "search",
            why: error.to_string(),
        };
        let dir = tempfile::tempdir().map_err(|it| failed(&it))?;
        let crowd = Crowd::make(dir.path(), self.customers).await.map_err(|it| failed(&it))?;
        for text in TEXTS {
            let mut spent = vec![];
            let mut found = 0;
            for _ in 0..TIMES {
                let began = Instant::now();
                let (_, count) = crowd.list(text, NOW).await.map_err(|it| failed(&it))?;
                spent.push(began.elapsed());
                found = count;
            }
            spent.sort();
            let at = |part: usize| millis(spent[(spent.len() * part / 100).min(spent.len() - 1)]);
            let (p50_ms, p95_ms) = (at(50), at(95));
            let facts = json!({ "customers": self.customers, "text": text, "found": found,
                "p50_ms": p50_ms, "p95_ms": p95_ms });
            output::line(&facts)?;
        }
        Ok(())
    }
}
