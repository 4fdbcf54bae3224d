//! The languages Reda speaks.

use serde::{Deserialize, Serialize};

/// A language a person reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Language {
    #[default]
    En,
    Sw,
}

impl Language {
    /// The BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::Sw => "sw",
        }
    }

    /// The language of a BCP 47 tag or `Accept-Language` value; English where it is neither.
    pub fn of_tag(tag: &str) -> Self {
        if tag.trim_start().to_ascii_lowercase().starts_with("sw") {
            Language::Sw
        } else {
            Language::En
        }
    }
}
