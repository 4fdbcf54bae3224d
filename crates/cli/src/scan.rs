//! `reda scan`: the codes in image files, one JSON line each (SPEC SC-7).

use crate::error::CommandError;
use crate::output;
use reda_scan::{Reader, read_file_with};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// Exit code 0 if every file was read, even where it holds no code; 1 at the end otherwise.
#[derive(clap::Args)]
pub(crate) struct Scan {
    /// Image files, or folders of them.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// The output is always JSON; accepted for scripts that say so.
    #[arg(long)]
    json: bool,
    /// Reads products' barcodes too (EAN-13, EAN-8, UPC-A), where no QR code is.
    #[arg(long)]
    products: bool,
}

impl Scan {
    pub(crate) fn run(self) -> Result<ExitCode, CommandError> {
        let mut all_read = true;
        for path in &self.paths {
            for file in files(path)? {
                all_read &= scan(&file, self.products)?;
            }
        }
        Ok(if all_read { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// The file itself, or the files of a folder in the order of their names.
fn files(path: &Path) -> Result<Vec<PathBuf>, CommandError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let failed = |source| CommandError::File { path: path.to_owned(), source };
    let entries = std::fs::read_dir(path).map_err(failed)?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    Ok(files)
}

fn scan(file: &Path, products: bool) -> Result<bool, CommandError> {
    let started = Instant::now();
    let read = read_file_with(Reader::default().with_products(products), file);
    let ms = started.elapsed().as_secs_f64() * 1000.0;
    let ms = (ms * 10.0).round() / 10.0;
    let shown = file.display().to_string();
    let (line, was_read) = match read {
        Ok(codes) => (json!({ "file": shown, "codes": codes, "ms": ms }), true),
        Err(error) => {
            (json!({ "file": shown, "codes": [], "ms": ms, "error": error.to_string() }), false)
        }
    };
    output::line(&line)?;
    Ok(was_read)
}
