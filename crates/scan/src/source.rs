//! Where frames come from, as written in the settings or on a command line.

use std::path::PathBuf;

use thiserror::Error;

/// What a scanner watches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A camera by the operating system's number, or the first that opens.
    Camera { index: Option<u32> },
    /// The pictures in a folder, in the order of their names, for ever.
    Replay { dir: PathBuf },
}

/// Why a text names no source.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum SourceError {
    #[error("\"{0}\" is no camera: write auto, a number, or replay:FOLDER")]
    Unknown(String),
    #[error("replay: needs the folder with the pictures")]
    NoFolder,
}

impl Source {
    /// Reads `auto`, a camera's number, or `replay:FOLDER`.
    pub fn parse(text: &str) -> Result<Source, SourceError> {
        if let Some(dir) = text.strip_prefix("replay:") {
            if dir.is_empty() {
                return Err(SourceError::NoFolder);
            }
            return Ok(Source::Replay { dir: PathBuf::from(dir) });
        }
        if text == "auto" {
            return Ok(Source::Camera { index: None });
        }
        let index = text.parse().map_err(|_| SourceError::Unknown(text.to_owned()))?;
        Ok(Source::Camera { index: Some(index) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_written_as_auto_a_number_or_a_folder() {
        assert_eq!(Source::parse("auto"), Ok(Source::Camera { index: None }));
        assert_eq!(Source::parse("2"), Ok(Source::Camera { index: Some(2) }));
        assert_eq!(
            Source::parse("replay:/tmp/a:b"),
            Ok(Source::Replay { dir: PathBuf::from("/tmp/a:b") })
        );
    }

    #[test]
    fn anything_else_is_refused() {
        assert_eq!(Source::parse("replay:"), Err(SourceError::NoFolder));
        for text in ["", "front", "-1", "1.5", "99999999999"] {
            assert_eq!(Source::parse(text), Err(SourceError::Unknown(text.to_owned())));
        }
    }
}
