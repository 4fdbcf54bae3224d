//! What the window is started with.

use reda_scan::Source;
use std::path::PathBuf;
use std::str::FromStr;

/// The till: a point of sale with loyalty.
#[derive(Clone, Debug, clap::Parser)]
#[command(name = "reda-till", version)]
pub(crate) struct Arguments {
    /// Open the demo shop at once.
    #[arg(long)]
    pub(crate) demo: bool,
    /// Data and single-instance lock of its own, so that two tills run on one computer.
    #[arg(long, default_value = "default")]
    pub(crate) profile: Profile,
    /// `auto`, a camera's number, or `replay:FOLDER` for pictures in place of a camera; else as the
    /// settings say.
    #[arg(long, value_parser = Source::parse)]
    pub(crate) camera: Option<Source>,
    /// Write the ready line to this file too.
    #[arg(long)]
    pub(crate) ready_file: Option<PathBuf>,
    /// Say on stdout when the first screen was drawn.
    #[arg(long)]
    pub(crate) report_paint: bool,
}

/// A profile's name: it becomes a folder and part of a bus name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Profile(String);

impl Profile {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A profile's name that could lead elsewhere.
#[derive(Debug, thiserror::Error)]
#[error("a profile's name has 1 to 40 letters, digits and underscores or dashes")]
pub(crate) struct BadProfile;

impl FromStr for Profile {
    type Err = BadProfile;
    fn from_str(text: &str) -> Result<Self, BadProfile> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let sound = (1..=40).contains(&text.len()) && text.chars().all(plain);
        if sound { Ok(Self(text.to_owned())) } else { Err(BadProfile) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_cannot_lead_out_of_its_folder() {
        assert!("second-till".parse::<Profile>().is_ok());
        for name in ["", "..", "a/b", "a b", "é"] {
            assert!(name.parse::<Profile>().is_err(), "{name}");
        }
    }
}
