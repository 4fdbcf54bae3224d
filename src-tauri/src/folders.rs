//! Where a profile keeps its things.

use crate::arguments::Profile;
use reda_till::Unsent;
use std::path::{Path, PathBuf};

/// A profile's folders.
#[derive(Clone, Debug)]
pub(crate) struct Folders {
    root: PathBuf,
    downloads: PathBuf,
}

impl Folders {
    /// Files for people go among their downloads; to the profile where the system names no such
    /// folder.
    pub(crate) fn new(data: &Path, downloads: Option<PathBuf>, profile: &Profile) -> Self {
        let root = data.join("profiles").join(profile.as_str());
        Self { downloads: downloads.unwrap_or_else(|| root.join("downloads")), root }
    }

    /// The profile's own settings.
    pub(crate) fn settings(&self) -> &Path {
        &self.root
    }

    /// Where files for the people at the till go.
    pub(crate) fn downloads(&self) -> &Path {
        &self.downloads
    }

    /// What a shop never answered; it outlives that shop's folder.
    pub(crate) fn unsent(&self) -> Unsent {
        Unsent::in_folder(&self.root)
    }

    /// Everything of the demo shop.
    pub(crate) fn demo(&self) -> PathBuf {
        self.root.join("demo")
    }

    /// The demo shop's server.
    pub(crate) fn demo_database(&self) -> PathBuf {
        self.demo().join("server.db")
    }

    /// The shop that runs on this computer, or that this till joined.
    pub(crate) fn shop(&self) -> PathBuf {
        self.root.join("shop")
    }

    /// The same while it is being set up: it takes its place once it is whole.
    pub(crate) fn unfinished_shop(&self) -> PathBuf {
        self.root.join("shop.unfinished")
    }
}
