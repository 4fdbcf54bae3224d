//! The child process that holds the camera: the same program, started again with [`ARG`].
//!
//! It writes frames and states to its standard output (see `wire`) and ends when its standard
//! input does, so that it never outlives whoever started it, however that ended. Whatever comes there
//! before says that a code is in view, so that no frame is left out (see `pace`).

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{env, process, thread};

use crate::native;

/// The first argument that makes the program a camera's child; the second is the camera's number
/// or `auto`.
pub const ARG: &str = "--camera-child";
/// In place of a number: name the cameras and end.
pub(crate) const LIST: &str = "list";

/// Becomes the camera's child process, and never returns, if the program was started as one.
///
/// Every program that starts a [`Scanner`](crate::Scanner) calls this first thing in `main`.
pub fn run_if_asked() {
    let mut args = env::args_os().skip(1);
    if args.next().is_none_or(|first| first != ARG) {
        return;
    }
    // The parent wrote it: a number, `list`, or else `auto`.
    let wish = args.next();
    if wish.as_ref().is_some_and(|wish| wish == LIST) {
        process::exit(i32::from(native::list(&mut io::stdout().lock()).is_err()));
    }
    let index = wish.and_then(|index| index.to_str()?.parse().ok());
    let in_view = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&in_view);
    let parent = thread::Builder::new().name("camera-parent".to_owned());
    let watched = parent.spawn(move || hear_parent(&told));
    // Without the watch it might become an orphan that keeps the camera: rather no camera.
    let captured = watched.and_then(|_| native::capture(index, &in_view, &mut io::stdout().lock()));
    process::exit(i32::from(captured.is_err()));
}

/// Notes each word that a code is in view, and ends this process with its input.
fn hear_parent(in_view: &AtomicBool) {
    let mut word = [0; 64];
    while io::stdin().read(&mut word).is_ok_and(|bytes| bytes > 0) {
        in_view.store(true, Ordering::Relaxed);
    }
    process::exit(0);
}
