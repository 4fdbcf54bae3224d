//! A folder of pictures in place of a camera: for tests, demonstrations and machines without one.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tracing::debug;

use crate::file;
use crate::frame::Frame;
use crate::sink::Sink;
use crate::state::CameraState;
use crate::stop::Stop;

/// About ten frames a second, like a slow camera.
const FRAME_EVERY: Duration = Duration::from_millis(100);
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// A usual camera's width; larger photographs only slow the reader down.
const WIDTH_MAX: u32 = 1280;

/// Shows the folder's pictures in the order of their names until stopped.
///
/// Each round reads the folder anew, and what cannot be read is passed over, so that pictures can
/// be copied in and taken away meanwhile.
pub(crate) fn replay(dir: &Path, stop: &Stop, sink: &mut Sink) {
    sink.state(CameraState::Starting);
    while !stop.is_set() {
        let pictures = match pictures(dir) {
            Ok(pictures) => pictures,
            Err(error) => {
                sink.state(state_of(dir, &error));
                stop.wait(LOOK_AGAIN);
                continue;
            }
        };
        let mut shown = false;
        for path in pictures {
            match file::load_picture(&path) {
                Ok(frame) => sink.frame(frame.fit_width(WIDTH_MAX)),
                Err(error) => {
                    debug!("passed over {}: {error}", path.display());
                    continue;
                }
            }
            shown = true;
            if stop.wait(FRAME_EVERY) {
                return;
            }
        }
        if !shown {
            sink.frame(Frame::grey(640, 480));
            stop.wait(FRAME_EVERY);
        }
    }
}

fn pictures(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in dir.read_dir()? {
        let path = entry?.path();
        let extension =
            path.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase);
        if matches!(extension.as_deref(), Some("png" | "jpg" | "jpeg")) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn state_of(dir: &Path, error: &io::Error) -> CameraState {
    match error.kind() {
        io::ErrorKind::NotFound => CameraState::None,
        io::ErrorKind::PermissionDenied => CameraState::NoPermission,
        _ => CameraState::failed(format!("the folder {} cannot be read: {error}", dir.display())),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn pictures_come_in_the_order_of_their_names_and_other_files_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["2.JPG", "1.png", "3.jpeg", "notes.txt", "4.png.part"] {
            fs::write(dir.path().join(name), "").unwrap();
        }
        let pictures = pictures(dir.path()).unwrap();
        let names: Vec<_> =
            pictures.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["1.png", "2.JPG", "3.jpeg"]);
    }
}
