//! Picture files: what someone drags in, pastes, or hands to `reda scan`.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use thiserror::Error;

use crate::decode::Code;
use crate::frame::Frame;
use crate::picture::{self, PictureError};
use crate::reader::{Deadline, Reader};

/// Far more than a photograph of 80 megapixels takes.
const PATIENCE: Duration = Duration::from_secs(20);
const FILE_MAX_BYTES: u64 = 64 * 1024 * 1024;

/// Why a picture file could not be read; says so in words for whoever chose the file.
#[derive(Debug, Error)]
pub enum FileError {
    #[error("there is no such file")]
    Missing,
    #[error("this is not a file")]
    NotAFile,
    #[error("the file cannot be opened: {0}")]
    Open(#[source] io::Error),
    #[error("the file is too large: at most 64 MiB are read")]
    TooLarge,
    #[error(transparent)]
    Picture(#[from] PictureError),
}

/// Reads the codes in a PNG, JPEG, WebP, GIF or BMP file (of an animation, in its first picture).
///
/// A picture without a code is not an error: the list is empty.
pub fn read_file(path: &Path) -> Result<Vec<Code>, FileError> {
    read_file_with(Reader::default(), path)
}

/// The same, and with a reader that may know more.
pub fn read_file_with(mut reader: Reader, path: &Path) -> Result<Vec<Code>, FileError> {
    let look = reader.read(&load_picture(path)?, Deadline::after(PATIENCE));
    Ok(look.codes)
}

/// Reads the codes in a picture that is in memory already, of the same five formats.
pub fn read_picture(bytes: &[u8]) -> Result<Vec<Code>, PictureError> {
    let frame = picture::unpack(bytes)?;
    Ok(Reader::default().read(&frame, Deadline::after(PATIENCE)).codes)
}

/// The picture in a file, as the reader sees it.
pub fn load_picture(path: &Path) -> Result<Frame, FileError> {
    Ok(picture::unpack(&bytes(path)?)?)
}

fn bytes(path: &Path) -> Result<Vec<u8>, FileError> {
    // Looked at before it is opened: opening a named pipe would wait for its writer.
    let metadata = path.metadata().map_err(open_error)?;
    if !metadata.is_file() {
        return Err(FileError::NotAFile);
    }
    if metadata.len() > FILE_MAX_BYTES {
        return Err(FileError::TooLarge);
    }
    let file = File::open(path).map_err(open_error)?;
    let mut bytes = Vec::new();
    // Bounded again, since a file may grow while it is read.
    file.take(FILE_MAX_BYTES + 1).read_to_end(&mut bytes).map_err(FileError::Open)?;
    if bytes.len() as u64 > FILE_MAX_BYTES {
        return Err(FileError::TooLarge);
    }
    Ok(bytes)
}

fn open_error(error: io::Error) -> FileError {
    match error.kind() {
        io::ErrorKind::NotFound => FileError::Missing,
        _ => FileError::Open(error),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use image::GrayImage;

    use super::*;
    use crate::testing::code_frame;

    #[test]
    fn a_code_is_read_from_a_file_whatever_its_name() {
        let dir = tempfile::tempdir().unwrap();
        let code = code_frame("HELLO", 5);
        let image = GrayImage::from_raw(code.width(), code.height(), code.luma().to_vec()).unwrap();
        let path = dir.path().join("scan.txt");
        image.save_with_format(&path, image::ImageFormat::WebP).unwrap();
        let codes = read_file(&path).unwrap();
        assert_eq!(codes[0].text, "HELLO");
    }

    #[test]
    fn a_refusal_says_why_in_words() {
        let dir = tempfile::tempdir().unwrap();
        let text = dir.path().join("note.png");
        fs::write(&text, "hello").unwrap();
        let huge = dir.path().join("huge.png");
        File::create(&huge).unwrap().set_len(FILE_MAX_BYTES + 1).unwrap();
        let said = |path: &Path| read_file(path).unwrap_err().to_string();
        assert_eq!(said(&dir.path().join("gone.png")), "there is no such file");
        assert_eq!(said(dir.path()), "this is not a file");
        assert_eq!(said(&text), "not a PNG, JPEG, WebP, GIF or BMP picture");
        assert_eq!(said(&huge), "the file is too large: at most 64 MiB are read");
    }
}
