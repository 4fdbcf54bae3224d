//! `reda code render`, `reda code verify`.

use crate::error::CommandError;
use crate::output;
use reda_domain::code::{Code as CodeText, CodeSubject, Freshness};
use reda_domain::signature::PublicKey;
use reda_server::{now, qr};
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

/// Makes and checks codes.
#[derive(clap::Subcommand)]
pub(crate) enum Code {
    /// Draws a text as a QR code.
    Render {
        text: String,
        /// The PNG file to write.
        #[arg(long)]
        out: PathBuf,
    },
    /// Says whether a code was signed by a key; exit code 1 if it was not.
    Verify {
        text: String,
        /// SPKI in base64: the customer's key, or the server's for a printed code.
        #[arg(long)]
        public_key: String,
    },
}

impl Code {
    pub(crate) fn run(self) -> Result<ExitCode, CommandError> {
        match self {
            Code::Render { text, out } => {
                let png = qr::png(&text).map_err(|error| CommandError::Usage(error.to_string()))?;
                std::fs::write(&out, png)
                    .map_err(|source| CommandError::File { path: out.clone(), source })?;
                output::text(&out.display().to_string())?;
                Ok(ExitCode::SUCCESS)
            }
            Code::Verify { text, public_key } => verify(&text, &public_key),
        }
    }
}

fn verify(text: &str, public_key: &str) -> Result<ExitCode, CommandError> {
    let usage = |error: &dyn std::fmt::Display| CommandError::Usage(error.to_string());
    let key = PublicKey::from_spki_base64(public_key).map_err(|error| usage(&error))?;
    let code = CodeText::parse(text).map_err(|error| usage(&error))?;
    let genuine = code.signed_by(&key);
    let freshness = match code.freshness(now()) {
        Freshness::Fresh => "fresh",
        Freshness::Expired => "expired",
        Freshness::NotYet => "not_yet",
    };
    let (kind, id) = match code.subject() {
        CodeSubject::Key(id) => ("rotating", id.to_hex()),
        CodeSubject::Printed(id) => ("printed", id.to_string()),
    };
    let line = json!({ "kind": kind, "id": id, "genuine": genuine, "freshness": freshness });
    output::line(&line)?;
    Ok(if genuine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
