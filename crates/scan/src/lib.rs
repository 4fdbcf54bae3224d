//! Turns camera frames into text. Does not know what a customer card is: the caller says, code by
//! code, whether a text is one of its own ([`Verdict`]).
//!
//! [`Scanner`] watches a [`Source`] and tells what it read; [`read_file`] reads one picture;
//! [`decode`] is the reader itself. A camera is only ever opened in a child process of the same
//! program ([`child`]), so that a driver that hangs or aborts cannot take the till with it.

mod camera;
mod cameras;
mod decode;
mod file;
mod frame;
mod hints;
mod jpeg;
mod native;
mod outgoing;
mod pace;
mod picture;
mod pixels;
mod preview;
mod reader;
mod replay;
mod scanner;
mod sightings;
mod sink;
mod slot;
mod source;
mod state;
mod stillness;
mod stop;
mod verdict;
mod wire;

pub mod child;

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod testing;

pub use camera::ChildCommand;
pub use cameras::{CameraName, cameras};
pub use decode::{Code, Corner, Kind, decode};
pub use file::{FileError, load_picture, read_file, read_file_with, read_picture};
pub use frame::{Frame, FrameError};
pub use hints::Hint;
pub use picture::PictureError;
pub use preview::Preview;
pub use reader::{Deadline, LiveReader, Look, Reader};
pub use scanner::{Judge, OnEvent, Reading, ScanEvent, Scanner};
pub use source::{Source, SourceError};
pub use state::CameraState;
pub use verdict::Verdict;
