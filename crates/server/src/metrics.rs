//! Numbers about the server, in Prometheus's text format: how much, how fast, how often refused.
//! Kinds, codes and counts only; never a person, a business or an id.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Upper bounds of commit and feed times, in seconds.
const SECONDS: &[f64] = &[0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0, 5.0];
/// Upper bounds of batch sizes.
const OPERATIONS: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// What has been counted since the start.
pub(crate) struct Metrics(Mutex<Counted>);

struct Counted {
    operations: Counter<2>,
    refusals: Counter<1>,
    jobs: Counter<2>,
    batches: Histogram,
    commits: Histogram,
    feeds: Histogram,
}

type Counter<const LABELS: usize> = BTreeMap<[String; LABELS], u64>;

struct Histogram {
    bounds: &'static [f64],
    counts: Vec<u64>,
    sum: f64,
    count: u64,
}

impl Histogram {
    fn new(bounds: &'static [f64]) -> Self {
        Self { bounds, counts: vec![0; bounds.len()], sum: 0.0, count: 0 }
    }

    fn note(&mut self, value: f64) {
        if let Some(i) = self.bounds.iter().position(|bound| value <= *bound) {
            self.counts[i] += 1;
        }
        self.sum += value;
        self.count += 1;
    }

    fn write(&self, out: &mut String, name: &str, help: &str) {
        head(out, name, "histogram", help);
        let mut below = 0;
        for (bound, count) in self.bounds.iter().zip(&self.counts) {
            below += count;
            line(out, &format!("{name}_bucket{{le=\"{bound}\"}}"), below);
        }
        line(out, &format!("{name}_bucket{{le=\"+Inf\"}}"), self.count);
        line(out, &format!("{name}_sum"), self.sum);
        line(out, &format!("{name}_count"), self.count);
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self(Mutex::new(Counted {
            operations: Counter::new(),
            refusals: Counter::new(),
            jobs: Counter::new(),
            batches: Histogram::new(OPERATIONS),
            commits: Histogram::new(SECONDS),
            feeds: Histogram::new(SECONDS),
        }))
    }
}

impl Metrics {
    fn counted(&self) -> std::sync::MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An operation was `applied`, `rejected` (by which code), `replayed` or `failed`.
    pub(crate) fn operation(&self, kind: &str, outcome: &str, refused: Option<&str>) {
        let mut counted = self.counted();
        *counted.operations.entry([kind.to_owned(), outcome.to_owned()]).or_default() += 1;
        if let Some(code) = refused {
            *counted.refusals.entry([code.to_owned()]).or_default() += 1;
        }
    }

    /// So many operations were decided in one transaction, and its commit took so long.
    pub(crate) fn batch(&self, operations: usize, commit: Duration) {
        let mut counted = self.counted();
        counted.batches.note(f64::from(u32::try_from(operations).unwrap_or(u32::MAX)));
        counted.commits.note(commit.as_secs_f64());
    }

    /// What became of a run of a job.
    pub(crate) fn job(&self, name: &str, outcome: &str) {
        *self.counted().jobs.entry([name.to_owned(), outcome.to_owned()]).or_default() += 1;
    }

    /// A change reached a reader this long after its commit.
    pub(crate) fn feed(&self, lag: Duration) {
        self.counted().feeds.note(lag.as_secs_f64());
    }

    /// All of it as text; `sockets` are the open ones.
    pub(crate) fn text(&self, sockets: usize) -> String {
        let counted = self.counted();
        let mut out = String::new();
        let operations = "Operations by kind and outcome.";
        counter(
            &mut out,
            "reda_operations_total",
            operations,
            ["kind", "outcome"],
            &counted.operations,
        );
        counter(&mut out, "reda_refusals_total", "Refusals by code.", ["code"], &counted.refusals);
        let jobs = "Runs of jobs by outcome.";
        counter(&mut out, "reda_job_runs_total", jobs, ["job", "outcome"], &counted.jobs);
        counted.batches.write(&mut out, "reda_batch_operations", "Operations in a transaction.");
        counted.commits.write(&mut out, "reda_commit_seconds", "How long commits took.");
        let feeds = "From commit to the frame that tells a reader.";
        counted.feeds.write(&mut out, "reda_feed_lag_seconds", feeds);
        head(&mut out, "reda_sockets", "gauge", "Open WebSockets.");
        line(&mut out, "reda_sockets", sockets);
        out
    }
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}").expect("a text takes all");
}

fn line(out: &mut String, name: &str, value: impl std::fmt::Display) {
    writeln!(out, "{name} {value}").expect("a text takes all");
}

fn counter<const LABELS: usize>(
    out: &mut String,
    name: &str,
    help: &str,
    labels: [&str; LABELS],
    counts: &Counter<LABELS>,
) {
    head(out, name, "counter", help);
    for (values, count) in counts {
        let pairs = labels.iter().zip(values).map(|(label, value)| format!("{label}=\"{value}\""));
        line(out, &format!("{name}{{{}}}", pairs.collect::<Vec<_>>().join(",")), count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_count_everything_below_their_bound() {
        let metrics = Metrics::default();
        for operations in [1, 3, 300] {
            metrics.batch(operations, Duration::from_millis(3));
        }
        let text = metrics.text(2);
        for line in [
            "reda_batch_operations_bucket{le=\"1\"} 1",
            "reda_batch_operations_bucket{le=\"4\"} 2",
            "reda_batch_operations_bucket{le=\"256\"} 2",
            "reda_batch_operations_bucket{le=\"+Inf\"} 3",
            "reda_batch_operations_sum 304",
            "reda_commit_seconds_bucket{le=\"0.005\"} 3",
            "reda_sockets 2",
        ] {
            assert!(text.lines().any(|it| it == line), "{line}\n{text}");
        }
    }

    #[test]
    fn a_counter_names_its_labels() {
        let metrics = Metrics::default();
        metrics.operation("scan", "rejected", Some("not_a_code"));
        metrics.job("expire", "done");
        let text = metrics.text(0);
        assert!(text.contains("reda_operations_total{kind=\"scan\",outcome=\"rejected\"} 1\n"));
        assert!(text.contains("reda_refusals_total{code=\"not_a_code\"} 1\n"));
        assert!(text.contains("reda_job_runs_total{job=\"expire\",outcome=\"done\"} 1\n"));
    }
}
