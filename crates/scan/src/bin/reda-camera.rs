//! Shows what a camera reads, one JSON line an event: the check by hand of a new camera.
//!
//! `reda-camera [auto | NUMBER | replay:FOLDER]`; ends with its standard input.

use std::io::{self, Read, Write};
use std::process::ExitCode;

use reda_scan::{Preview, ScanEvent, Scanner, Source, Verdict, child};
use serde_json::json;

fn main() -> ExitCode {
    child::run_if_asked();
    let wanted = std::env::args().nth(1).unwrap_or_else(|| "auto".to_owned());
    let source = match Source::parse(&wanted) {
        Ok(source) => source,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    let scanner = Scanner::start(source, Box::new(|_| Verdict::Foreign), Box::new(show));
    let mut ignored = Vec::new();
    let ended = io::stdin().read_to_end(&mut ignored);
    scanner.stop();
    if ended.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn show(event: ScanEvent) {
    let line = match event {
        ScanEvent::State(state) => json!(state),
        ScanEvent::Read(reading) => json!(reading),
        ScanEvent::InView(in_view) => json!({ "in_view": in_view }),
        ScanEvent::Hint(hint) => json!({ "hint": hint }),
        ScanEvent::Preview(Preview { width, height, jpeg }) => {
            json!({ "preview": [width, height], "bytes": jpeg.len() })
        }
    };
    // Whoever no longer reads this closes our input too, and that ends us.
    let _ = writeln!(io::stdout().lock(), "{line}");
}
