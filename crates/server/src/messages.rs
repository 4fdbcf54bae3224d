//! Messages to addresses, outside the pages: codes and links. There is no channel yet, so they are
//! written to a file while someone develops, and go nowhere otherwise. Texts come from
//! `reda_notify::codes`; a log never holds one.

use reda_domain::address::Address;
use serde_json::json;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use tracing::{info, warn};

/// What a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    SignInCode,
    AddressCode,
    StaffInvitation,
    /// Asks for an answer, with a code or a link to give it by.
    Request,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Purpose::SignInCode => "sign_in_code",
            Purpose::AddressCode => "address_code",
            Purpose::StaffInvitation => "staff_invitation",
            Purpose::Request => "request",
        }
    }
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    Written,
    /// No channel is configured: the person has not been reached.
    NoChannel,
}

/// The way to people's addresses.
pub(crate) struct Messages {
    file: Option<PathBuf>,
}

impl Messages {
    /// Writes messages to `file`, or none at all.
    pub(crate) fn new(file: Option<PathBuf>) -> Self {
        Self { file }
    }

    /// Whether messages reach people at all.
    pub(crate) fn is_there(&self) -> bool {
        self.file.is_some()
    }

    /// Sends a message. Never fails what it tells of: what went wrong is logged and answered.
    pub(crate) fn send(&self, to: &Address, purpose: Purpose, text: &str) -> Sent {
        let name = purpose.name();
        let Some(file) = &self.file else {
            warn!("there is no channel: a {name} for {to:?} was not sent");
            return Sent::NoChannel;
        };
        let line = json!({ "to": to.as_str(), "purpose": name, "text": text });
        match append(file, &line.to_string()) {
            Ok(()) => {
                info!("a {name} for {to:?} was written to {}", file.display());
                Sent::Written
            }
            Err(error) => {
                warn!("a {name} for {to:?} could not be written: {error}");
                Sent::NoChannel
            }
        }
    }
}

/// Adds a line to a file that only its owner reads.
fn append(file: &Path, line: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)?.write_all(format!("{line}\n").as_bytes())
}
