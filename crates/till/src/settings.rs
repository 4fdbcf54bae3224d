//! What this till remembers of its own: language, theme, sounds, camera, where its window stood,
//! and which popups it has shown. In a file beside the replica, which may be deleted.

use crate::error::TillError;
use reda_domain::Timestamp;
use reda_domain::language::Language;
use reda_protocol::rpc::{Theme, TillSettings};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tracing::warn;

/// The settings of one till; clones share them.
#[derive(Clone, Debug)]
pub struct Settings(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    kept: Mutex<Kept>,
}

/// Where a window stood, in the screen's pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowPlace {
    pub x: i32,
    pub y: i32,
    pub width: u32,
    pub height: u32,
    pub maximized: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    language: Language,
    theme: Theme,
    #[serde(flatten)]
    own: TillSettings,
    window: Option<WindowPlace>,
    /// Notifications up to here had their popup.
    popups_until: Option<Timestamp>,
}

impl Settings {
    /// Reads `settings.json` in a folder, which is made if it is not there. A missing or broken
    /// file gives the defaults: no setting is worth a till that does not start.
    pub fn open(dir: &Path) -> Result<Self, TillError> {
        std::fs::create_dir_all(dir).map_err(|error| TillError::Folder(dir.to_owned(), error))?;
        let path = dir.join("settings.json");
        let kept = match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_else(|error| {
                warn!(%error, "the settings are broken and start anew");
                Kept::default()
            }),
            Err(_) => Kept::default(),
        };
        Ok(Self(Arc::new(Inner { path, kept: Mutex::new(kept) })))
    }

    /// The language of the person at this till.
    pub fn language(&self) -> Language {
        self.kept().language
    }

    /// Changes the language, for good.
    pub fn set_language(&self, language: Language) -> Result<(), TillError> {
        self.change(|kept| kept.language = language)
    }

    /// Light or dark.
    pub fn theme(&self) -> Theme {
        self.kept().theme
    }

    /// Changes the theme, for good.
    pub fn set_theme(&self, theme: Theme) -> Result<(), TillError> {
        self.change(|kept| kept.theme = theme)
    }

    /// Sounds, lock, camera.
    pub fn own(&self) -> TillSettings {
        self.kept().own.clone()
    }

    /// Changes them, for good.
    pub fn set_own(&self, own: TillSettings) -> Result<(), TillError> {
        self.change(|kept| kept.own = own)
    }

    /// Where the window stood when it was last closed.
    pub fn window(&self) -> Option<WindowPlace> {
        self.kept().window
    }

    /// Remembers where the window stands.
    pub fn set_window(&self, place: WindowPlace) -> Result<(), TillError> {
        self.change(|kept| kept.window = Some(place))
    }

    pub(crate) fn popups_until(&self) -> Option<Timestamp> {
        self.kept().popups_until
    }

    pub(crate) fn set_popups_until(&self, until: Timestamp) -> Result<(), TillError> {
        self.change(|kept| kept.popups_until = kept.popups_until.max(Some(until)))
    }

    fn change(&self, change: impl FnOnce(&mut Kept)) -> Result<(), TillError> {
        let mut kept = self.kept();
        let before = kept.clone();
        change(&mut kept);
        if *kept == before {
            return Ok(());
        }
        let json = serde_json::to_vec_pretty(&*kept).expect("settings are plain data");
        // Beside it first: a power cut leaves the old file or the new one, never half.
        let new = self.0.path.with_extension("json.new");
        let written = std::fs::write(&new, json).and_then(|()| std::fs::rename(&new, &self.0.path));
        written.map_err(|error| TillError::Settings(self.0.path.clone(), error))
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let settings = Settings::open(&dir.path().join("till")).unwrap();
        assert_eq!(settings.language(), Language::En);
        settings.set_language(Language::Sw).unwrap();
        settings.set_theme(Theme::Dark).unwrap();
        settings.set_popups_until(Timestamp(9)).unwrap();
        settings.set_popups_until(Timestamp(3)).unwrap();
        let own = TillSettings { sounds: false, camera: Some(2), ..settings.own() };
        settings.set_own(own.clone()).unwrap();
        let again = Settings::open(&dir.path().join("till")).unwrap();
        assert_eq!(again.own(), own);
        assert_eq!((again.language(), again.theme()), (Language::Sw, Theme::Dark));
        assert_eq!(again.popups_until(), Some(Timestamp(9)));
    }

    #[test]
    fn a_file_of_before_a_setting_gives_that_one_its_default() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("settings.json"), b"{\"language\":\"sw\"}").unwrap();
        let settings = Settings::open(dir.path()).unwrap();
        assert_eq!(settings.language(), Language::Sw);
        assert!(settings.own().sounds);
    }

    #[test]
    fn a_broken_file_gives_the_defaults() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("settings.json"), b"{\"language\":").unwrap();
        assert_eq!(Settings::open(dir.path()).unwrap().language(), Language::En);
    }
}
