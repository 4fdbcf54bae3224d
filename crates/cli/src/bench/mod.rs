//! `reda bench`: measures, and prints each number beside its aim or its peer. Asserts nothing.

mod clock;
mod ledger;
mod live;
mod scan;
mod search;
mod sequence;

use crate::error::CommandError;

/// What is measured.
#[derive(clap::Subcommand)]
pub(crate) enum Bench {
    /// Reads pictures whose texts are known, and made-up videos of a phone held to a camera.
    Scan(scan::ScanBench),
    /// Durable awards per second on SQLite and PostgreSQL, beside what the machine does at most.
    Ledger(ledger::LedgerBench),
    /// A keystroke in the list of customers, at 50,000 of them.
    Search(search::SearchBench),
}

impl Bench {
    pub(crate) fn run(self) -> Result<(), CommandError> {
        match self {
            Bench::Scan(it) => it.run(),
            Bench::Ledger(it) => crate::on_runtime(it.run()),
            Bench::Search(it) => crate::on_runtime(it.run()),
        }
    }
}
