//! Prints each step with its milliseconds.

use crate::error::CommandError;
use crate::output;
use serde_json::json;
use std::time::{Duration, Instant};

pub(super) struct Steps {
    json: bool,
    started: Instant,
    last: Instant,
}

impl Steps {
    pub(super) fn new(json: bool) -> Self {
        let now = Instant::now();
        Self { json, started: now, last: now }
    }

    /// A step is done; its time runs from the step before.
    pub(super) fn done(&mut self, step: &'static str) -> Result<(), CommandError> {
        let ms = self.last.elapsed().as_secs_f64() * 1000.0;
        self.last = Instant::now();
        self.say(step, ms, None)
    }

    /// A span across steps: of what the till does alone, without the camera's pace.
    pub(super) fn took(&self, span: &'static str, time: Duration) -> Result<(), CommandError> {
        self.say(span, time.as_secs_f64() * 1000.0, None)
    }

    pub(super) fn failed(&self, step: &'static str, why: &str) -> Result<(), CommandError> {
        self.say(step, self.last.elapsed().as_secs_f64() * 1000.0, Some(why))
    }

    pub(super) fn finish(&self) -> Result<(), CommandError> {
        self.say("total", self.started.elapsed().as_secs_f64() * 1000.0, None)
    }

    fn say(&self, step: &str, ms: f64, error: Option<&str>) -> Result<(), CommandError> {
        let ms = (ms * 10.0).round() / 10.0;
        if self.json {
            let mut line = json!({ "step": step, "ms": ms, "ok": error.is_none() });
            if let Some(error) = error {
                line["error"] = json!(error);
            }
            output::line(&line)?;
        } else {
            let outcome = error.map_or_else(String::new, |error| format!("  FAILED: {error}"));
            output::text(&format!("{step:<16} {ms:>8.1} ms{outcome}"))?;
        }
        Ok(())
    }
}
