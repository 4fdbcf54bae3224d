//! Files for the people at the till: the list of customers, and codes to print. They go among the
//! person's downloads, each under a name of its own, and nothing is ever written over.

use crate::customers;
use crate::errands::Errands;
use crate::http::{Ask, HttpError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use reda_domain::Timestamp;
use reda_domain::language::Language;
use reda_protocol::api::PrintedCodeData;
use reda_protocol::error::WireError;
use reda_protocol::rpc::{CustomerFilter, Nothing, PrintedCode, SavedFile};
use reqwest::{Method, Url};
use serde_json::Value;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use tracing::error;

/// Names that are tried before giving up.
const NAMES_MAX: u32 = 1_000;

/// Saves the customers that a filter finds as CSV, as the server writes them; tells after each piece
/// how many rows there are.
pub(crate) async fn customers(
    errands: &Errands,
    filter: &CustomerFilter,
    now: Timestamp,
    folder: &Path,
    language: Language,
    told: impl Fn(u32),
) -> Result<SavedFile, WireError> {
    let not_saved = |error: io::Error| {
        error!(%error, "the customers could not be saved");
        WireError::of("not_saved", language)
    };
    let mut answer =
        asked(errands, filter, now, language).await.map_err(|error| error.wire(language))?;
    let (mut file, path) = fresh(folder, "customers", "csv").map_err(not_saved)?;
    // The first line names the columns.
    let mut lines = 0;
    loop {
        let piece = match answer.chunk().await {
            Ok(piece) => piece,
            Err(error) => {
                drop(file);
                // Half a list looks like a whole one.
                fs::remove_file(&path).ok();
                return Err(HttpError::Away(error.to_string()).wire(language));
            }
        };
        let Some(piece) = piece else { break };
        file.write_all(&piece).map_err(not_saved)?;
        lines += piece.iter().filter(|byte| **byte == b'\n').count();
        told(u32::try_from(lines.saturating_sub(1)).unwrap_or(u32::MAX));
    }
    file.sync_all().map_err(not_saved)?;
    Ok(saved(&path))
}

async fn asked(
    errands: &Errands,
    filter: &CustomerFilter,
    now: Timestamp,
    language: Language,
) -> Result<reqwest::Response, HttpError> {
    let (till, staff) = errands.tokens().await?;
    let path =
        format!("/api/businesses/{}/customers.csv?{}", errands.business, sought(filter, now));
    let ask = Ask::new(Method::GET, &path).by(&till).and_staff(&staff).slow();
    errands.http.send(ask, None::<&Nothing>, language).await
}

/// What the server is to look for: whom the window lists.
fn sought(filter: &CustomerFilter, now: Timestamp) -> String {
    let (from, since) = customers::since(filter.seen, now);
    let text = Some(filter.text.trim()).filter(|text| !text.is_empty());
    let status = if filter.waiting { "pending" } else { "member" };
    let wanted = [
        ("status", Some(status.to_owned())),
        ("q", text.map(str::to_owned)),
        ("program", filter.program.map(|program| program.to_string())),
        ("tier", filter.tier.clone()),
        ("visited_from", from.map(|at| at.to_string())),
        ("unseen_since", since.map(|at| at.to_string())),
    ];
    let named = wanted.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let mut url = Url::parse("http://reda").expect("it is a URL");
    url.query_pairs_mut().extend_pairs(named);
    url.query().unwrap_or_default().to_owned()
}

/// Saves the picture in a new printed code's answer.
pub(crate) fn printed_code(folder: &Path, data: Value) -> io::Result<PrintedCode> {
    let code: PrintedCodeData = serde_json::from_value(data)?;
    let png = BASE64.decode(&code.png).map_err(|error| io::Error::other(error.to_string()))?;
    let (mut file, path) = fresh(folder, "customer-code", "png")?;
    file.write_all(&png)?;
    file.sync_all()?;
    Ok(PrintedCode { file: saved(&path), png: code.png })
}

/// Saves a text under a name that begins so.
pub(crate) fn text(folder: &Path, stem: &str, ending: &str, text: &str) -> io::Result<SavedFile> {
    let (mut file, path) = fresh(folder, stem, ending)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(saved(&path))
}

fn saved(path: &Path) -> SavedFile {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    SavedFile { path: path.display().to_string(), name: name.unwrap_or_default() }
}

/// A new file: `customers.csv`, or `customers-2.csv` where that is taken.
fn fresh(folder: &Path, stem: &str, ending: &str) -> io::Result<(File, PathBuf)> {
    fs::create_dir_all(folder)?;
    for n in 1..=NAMES_MAX {
        let name = match n {
            1 => format!("{stem}.{ending}"),
            n => format!("{stem}-{n}.{ending}"),
        };
        let path = folder.join(name);
        match File::create_new(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made.map(|file| (file, path)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use reda_protocol::rpc::Seen;
    use serde_json::json;

    #[test]
    fn the_file_is_of_whom_the_window_lists() {
        let filter = CustomerFilter {
            text: " ami & co ".to_owned(),
            program: None,
            tier: Some("Gold".to_owned()),
            seen: Seen::LongAgo,
            waiting: false,
        };
        let now = Timestamp(1_793_491_200_000);
        let sought = sought(&filter, now);
        let since = "2026-08-03T00%3A00%3A00.000Z";
        assert_eq!(sought, format!("status=member&q=ami+%26+co&tier=Gold&unseen_since={since}"));
    }

    #[test]
    fn a_code_is_saved_and_never_over_another() {
        let dir = tempfile::tempdir().unwrap();
        let data = json!({ "text": "R1", "png": BASE64.encode(b"picture") });
        let codes = [(); 2].map(|()| printed_code(dir.path(), data.clone()).unwrap());
        assert_eq!(codes[0].png, data["png"]);
        let names = codes.map(|code| code.file.name);
        assert_eq!(names, ["customer-code.png", "customer-code-2.png"]);
        assert_eq!(fs::read(dir.path().join("customer-code.png")).unwrap(), b"picture");
        assert!(printed_code(dir.path(), json!({})).is_err());
    }
}
