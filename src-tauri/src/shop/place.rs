//! What a profile remembers of its shop: whether the server is inside, or where it is.

use super::ShopError;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Where a shop's server is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "server", rename_all = "snake_case")]
pub(crate) enum Place {
    /// In this same process.
    Inside,
    At {
        address: String,
    },
}

const FILE: &str = "place.json";

impl Place {
    /// The place of the shop in a folder; `None` where there is no shop.
    pub(crate) fn read(folder: &Path) -> Option<Self> {
        let text = std::fs::read(folder.join(FILE)).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Written last: a folder that has it is whole.
    pub(super) fn write(&self, folder: &Path) -> Result<(), ShopError> {
        let text = serde_json::to_vec(self).expect("a place is plain data");
        std::fs::write(folder.join(FILE), text).map_err(ShopError::folder(folder))
    }
}

/// A folder for a shop that is being set up; what an earlier try left is gone.
pub(super) fn begin(unfinished: &Path) -> Result<(), ShopError> {
    if unfinished.exists() {
        std::fs::remove_dir_all(unfinished).map_err(ShopError::folder(unfinished))?;
    }
    std::fs::create_dir_all(unfinished).map_err(ShopError::folder(unfinished))
}

/// Puts a shop that is whole into its place.
pub(super) fn finish(place: &Place, unfinished: &Path, folder: &Path) -> Result<(), ShopError> {
    place.write(unfinished)?;
    if folder.exists() {
        std::fs::remove_dir_all(folder).map_err(ShopError::folder(folder))?;
    }
    std::fs::rename(unfinished, folder).map_err(ShopError::folder(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shop_takes_its_place_once_it_is_whole() {
        let dir = std::env::temp_dir().join(format!("reda-place-{}", std::process::id()));
        let (unfinished, folder) = (dir.join("shop.unfinished"), dir.join("shop"));
        begin(&unfinished).unwrap();
        std::fs::write(unfinished.join("half"), b"of an earlier try").unwrap();
        begin(&unfinished).unwrap();
        assert_eq!(Place::read(&folder), None);
        let place = Place::At { address: "http://127.0.0.1:7332".to_owned() };
        finish(&place, &unfinished, &folder).unwrap();
        assert_eq!(Place::read(&folder), Some(place));
        assert!(!folder.join("half").exists());
        std::fs::remove_dir_all(dir).unwrap();
    }
}
