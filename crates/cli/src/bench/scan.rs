//! `reda bench scan`: recall and milliseconds of the reader over pictures whose texts are known.

use super::clock::{millis, spent};
use super::live;
use crate::error::CommandError;
use crate::output;
use reda_scan::{Deadline, Frame, Look, Reader, load_picture};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// One JSON line a picture and budget, then one a video, then one for an empty frame; all on one
/// thread. Times are the processor's.
#[derive(clap::Args)]
pub(crate) struct ScanBench {
    /// A table of pictures: path, accepted texts as a JSON array (none: nothing may be read), set,
    /// category; parted by tabs, with a first line of names.
    #[arg(long)]
    pictures: Option<PathBuf>,
    /// Milliseconds a picture may take; several are measured in turn.
    #[arg(long, default_values_t = [33, 100])]
    budget_ms: Vec<u64>,
    /// The output is always JSON; accepted for scripts that say so.
    #[arg(long)]
    json: bool,
}

/// A picture and what may be read in it.
struct Known {
    file: String,
    texts: Vec<String>,
    set: String,
    category: String,
}

impl ScanBench {
    pub(crate) fn run(self) -> Result<(), CommandError> {
        // The reader catches the panics of others' decoders; their messages are no result.
        std::panic::set_hook(Box::new(|_| {}));
        if let Some(table) = &self.pictures {
            let folder = table.parent().unwrap_or(Path::new("."));
            for known in known(table)? {
                let path = folder.join(&known.file);
                let frame = load_picture(&path).map_err(|error| CommandError::Step {
                    step: "picture",
                    why: format!("{}: {error}", path.display()),
                })?;
                for &budget_ms in &self.budget_ms {
                    picture(&known, &frame, budget_ms)?;
                }
            }
        }
        empty_frame()?;
        live::run()
    }
}

fn known(table: &Path) -> Result<Vec<Known>, CommandError> {
    let failed = |source| CommandError::File { path: table.to_owned(), source };
    let text = fs::read_to_string(table).map_err(failed)?;
    let line = |(number, line): (usize, &str)| {
        let mut fields = line.split('\t').map(str::to_owned);
        let mut next = || fields.next();
        let (file, texts, set, category) = (next()?, next()?, next()?, next()?);
        let texts = serde_json::from_str(&texts).ok()?;
        (number > 0).then_some(Known { file, texts, set, category })
    };
    Ok(text.lines().enumerate().filter_map(line).collect())
}

fn picture(known: &Known, frame: &Frame, budget_ms: u64) -> Result<(), CommandError> {
    // Kept between pictures it would be faster; a file alone has a new one.
    let mut reader = Reader::default();
    let began = spent();
    let budget = Deadline::by(spent, Duration::from_millis(budget_ms));
    let Look { codes, stage, .. } = reader.read(frame, budget);
    let took = spent() - began;
    let accepted = |text: &str| known.texts.iter().any(|known| printable(known) == printable(text));
    let right = codes.iter().any(|code| accepted(&code.text));
    let false_text = known.texts.is_empty() && !codes.is_empty();
    output::line(&json!({
        "reader": format!("reda {budget_ms} ms"),
        "set": known.set,
        "category": known.category,
        "file": known.file,
        "expected": !known.texts.is_empty(),
        "right": right,
        "false_text": false_text,
        "stage": stage,
        "ms": millis(took),
    }))?;
    Ok(())
}

/// Readers differ in how they write what is no ASCII.
fn printable(text: &str) -> String {
    text.chars().filter(|letter| (' '..='~').contains(letter)).collect()
}

fn empty_frame() -> Result<(), CommandError> {
    const ROUNDS: u32 = 30;
    let (width, height) = (1280u32, 720u32);
    // A wall with a lamp: bright on one side, and nothing on it.
    let shade = |x: u32| u8::try_from(80 + x * 120 / width).unwrap_or(u8::MAX);
    let luma = (0..height).flat_map(|_| (0..width).map(shade)).collect();
    let frame = Frame::new(width, height, luma)
        .map_err(|error| CommandError::Step { step: "empty frame", why: error.to_string() })?;
    let mut live = reda_scan::LiveReader::default();
    let began = spent();
    for _ in 0..ROUNDS {
        live.read(&frame, Deadline::by(spent, Duration::from_millis(33)));
    }
    let ms = millis(spent() - began) / f64::from(ROUNDS);
    output::line(&json!({ "empty_frame": "1280 × 720", "ms": ms }))?;
    Ok(())
}
