//! Which cameras the computer has. Asked in a child process too: listing may already wake a driver
//! that aborts.

use std::io;
use std::process::{Command, Stdio};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use crate::child;

/// How long the list may take; a driver that hangs is not waited for.
const LIST_WITHIN: Duration = Duration::from_secs(5);

/// A camera as the system calls it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CameraName {
    pub index: u32,
    pub name: String,
}

/// The cameras that the system lists. Blocks for a moment.
pub fn cameras() -> io::Result<Vec<CameraName>> {
    let mut child = Command::new(std::env::current_exe()?)
        .args([child::ARG, child::LIST])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let pipe = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let (tell, told) = sync_channel(1);
    thread::Builder::new().name("camera-list".to_owned()).spawn(move || {
        // Whoever asked may have given up.
        let _ = tell.send(io::read_to_string(pipe));
    })?;
    let listed = told.recv_timeout(LIST_WITHIN);
    // Ended, or hanging: nothing is asked of it any more.
    child.kill().ok();
    child.wait()?;
    let listed = listed.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
    Ok(listed.lines().filter_map(camera).collect())
}

fn camera(line: &str) -> Option<CameraName> {
    let (index, name) = line.split_once('\t')?;
    Some(CameraName { index: index.parse().ok()?, name: name.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_camera() {
        let webcam = CameraName { index: 2, name: "HD Webcam: front".to_owned() };
        assert_eq!(camera("2\tHD Webcam: front"), Some(webcam));
        assert_eq!(camera("a library's chatter"), None);
    }
}
