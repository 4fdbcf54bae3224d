//! Where a profile keeps its things.

use crate::arguments::Profile;
use std::path::{Path, PathBuf};

/// A profile's folders.
#[derive(Clone, Debug)]
pub(crate) struct Folders {
    root: PathBuf,
}

impl Folders {
    pub(crate) fn new(data: &Path, profile: &Profile) -> Self {
        Self { root: data.join("profiles").join(profile.as_str()) }
    }

    /// The profile's own settings.
    pub(crate) fn settings(&self) -> &Path {
        &self.root
    }

    /// The demo shop's server.
    pub(crate) fn demo_database(&self) -> PathBuf {
        self.root.join("demo").join("server.db")
    }

    /// The demo shop's till.
    pub(crate) fn demo_till(&self) -> PathBuf {
        self.root.join("demo").join("till")
    }

    /// The demo customers' printed codes.
    pub(crate) fn demo_codes(&self) -> PathBuf {
        self.root.join("demo").join("codes")
    }
}
