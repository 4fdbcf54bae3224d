//! What the camera's child process says to its parent over the pipe.
//!
//! A message is a header of 16 bytes and a body: `RDC`, a kind byte, then width, height and the
//! body's length as little-endian u32. A frame's body is its luma; a state's is its detail in
//! UTF-8, with width and height 0; a damaged frame's is the reason, with the count in the width's
//! place. Both ends are the same program, so there is no version.

use std::io::{self, Read, Write};

use thiserror::Error;

use crate::frame::{Frame, FrameError};
use crate::state::CameraState;

/// No camera that reads a code needs more, and it bounds what a broken child can make us allocate.
pub(crate) const SIDE_MAX: u32 = 4096;
const DETAIL_MAX_BYTES: usize = 1024;

const MAGIC: &[u8; 3] = b"RDC";
const HEADER_BYTES: usize = 16;

const FRAME: u8 = 0;
const STARTING: u8 = 1;
const LIVE: u8 = 2;
const NONE: u8 = 3;
const BUSY: u8 = 4;
const NO_PERMISSION: u8 = 5;
const UNPLUGGED: u8 = 6;
const FAILED: u8 = 7;
const DAMAGED: u8 = 8;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Message {
    Frame(Frame),
    State(CameraState),
    /// A frame came that is no picture; the `count`th since the camera was opened.
    Damaged {
        count: u32,
        reason: String,
    },
}

/// Why the pipe is of no more use.
#[derive(Debug, Error)]
pub(crate) enum WireError {
    #[error("the pipe broke: {0}")]
    Pipe(#[from] io::Error),
    #[error("bytes that are no message")]
    Magic,
    #[error("an unknown message {0}")]
    Kind(u8),
    #[error("a frame of {width} × {height} pixels in {body_bytes} bytes")]
    FrameSize { width: u32, height: u32, body_bytes: u32 },
    #[error("a text of {0} bytes")]
    DetailSize(u32),
    #[error(transparent)]
    Frame(#[from] FrameError),
}

pub(crate) fn write(pipe: &mut impl Write, message: &Message) -> io::Result<()> {
    let (kind, width, height, body) = match message {
        Message::Frame(frame) => (FRAME, frame.width(), frame.height(), frame.luma()),
        Message::State(state) => {
            let (kind, detail) = kind_and_detail(state);
            (kind, 0, 0, detail.as_bytes())
        }
        Message::Damaged { count, reason } => (DAMAGED, *count, 0, cut(reason).as_bytes()),
    };
    let body_bytes = u32::try_from(body.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    let mut header = Vec::with_capacity(HEADER_BYTES);
    header.extend(MAGIC);
    header.push(kind);
    for field in [width, height, body_bytes] {
        header.extend(field.to_le_bytes());
    }
    pipe.write_all(&header)?;
    pipe.write_all(body)?;
    pipe.flush()
}

fn kind_and_detail(state: &CameraState) -> (u8, &str) {
    match state {
        CameraState::Starting => (STARTING, ""),
        CameraState::Live => (LIVE, ""),
        CameraState::None => (NONE, ""),
        CameraState::Busy => (BUSY, ""),
        CameraState::NoPermission => (NO_PERMISSION, ""),
        CameraState::Unplugged => (UNPLUGGED, ""),
        CameraState::Failed { detail } => (FAILED, cut(detail)),
    }
}

fn cut(detail: &str) -> &str {
    &detail[..detail.floor_char_boundary(DETAIL_MAX_BYTES)]
}

/// Reads one message; `None` when the pipe ended between two. Believes no length it was not
/// prepared to hold.
pub(crate) fn read(pipe: &mut impl Read) -> Result<Option<Message>, WireError> {
    let mut header = [0; HEADER_BYTES];
    match pipe.read_exact(&mut header) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    if !header.starts_with(MAGIC) {
        return Err(WireError::Magic);
    }
    let field = |at: usize| {
        u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
    };
    let (kind, width, height, body_bytes) = (header[3], field(4), field(8), field(12));
    if kind == FRAME {
        let fits = width <= SIDE_MAX && height <= SIDE_MAX && width * height == body_bytes;
        if !fits {
            return Err(WireError::FrameSize { width, height, body_bytes });
        }
        let luma = body(pipe, body_bytes)?;
        return Ok(Some(Message::Frame(Frame::new(width, height, luma)?)));
    }
    if body_bytes as usize > DETAIL_MAX_BYTES {
        return Err(WireError::DetailSize(body_bytes));
    }
    let detail = body(pipe, body_bytes)?;
    let state = match kind {
        STARTING => CameraState::Starting,
        LIVE => CameraState::Live,
        NONE => CameraState::None,
        BUSY => CameraState::Busy,
        NO_PERMISSION => CameraState::NoPermission,
        UNPLUGGED => CameraState::Unplugged,
        FAILED => CameraState::failed(String::from_utf8_lossy(&detail)),
        DAMAGED => {
            let reason = String::from_utf8_lossy(&detail).into_owned();
            return Ok(Some(Message::Damaged { count: width, reason }));
        }
        unknown => return Err(WireError::Kind(unknown)),
    };
    Ok(Some(Message::State(state)))
}

fn body(pipe: &mut impl Read, bytes: u32) -> io::Result<Vec<u8>> {
    let mut body = vec![0; bytes as usize];
    pipe.read_exact(&mut body)?;
    Ok(body)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(message: &Message) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(&mut bytes, message).unwrap();
        bytes
    }

    #[test]
    fn what_is_written_is_read() {
        let states = [
            CameraState::Starting,
            CameraState::Live,
            CameraState::None,
            CameraState::Busy,
            CameraState::NoPermission,
            CameraState::Unplugged,
            CameraState::failed("größer als gedacht"),
        ];
        let frame = Frame::new(3, 2, vec![1, 2, 3, 4, 5, 6]).unwrap();
        let damaged = Message::Damaged { count: 7, reason: "too short".to_owned() };
        let rest = [Message::Frame(frame), damaged];
        let messages: Vec<_> = states.map(Message::State).into_iter().chain(rest).collect();
        let bytes: Vec<u8> = messages.iter().flat_map(written).collect();
        let mut pipe = &bytes[..];
        let read: Vec<_> = std::iter::from_fn(|| read(&mut pipe).unwrap()).collect();
        assert_eq!(read, messages);
    }

    #[test]
    fn a_long_detail_is_cut_between_two_letters() {
        let bytes = written(&Message::State(CameraState::failed("ß".repeat(3_000))));
        let Ok(Some(Message::State(CameraState::Failed { detail }))) = read(&mut &bytes[..]) else {
            panic!()
        };
        assert_eq!(detail, "ß".repeat(512));
    }

    fn header(kind: u8, width: u32, height: u32, body_bytes: u32) -> Vec<u8> {
        let fields = [width, height, body_bytes].map(u32::to_le_bytes).concat();
        [&MAGIC[..], &[kind], &fields].concat()
    }

    #[test]
    fn absurd_sizes_are_refused_before_anything_is_allocated() {
        let refused = |bytes: Vec<u8>| read(&mut &bytes[..]).unwrap_err();
        for (width, height, body_bytes) in
            [(u32::MAX, u32::MAX, 1), (4097, 1, 4097), (640, 480, 640), (65_536, 65_536, 0)]
        {
            assert!(matches!(
                refused(header(FRAME, width, height, body_bytes)),
                WireError::FrameSize { .. }
            ));
        }
        assert!(matches!(refused(header(FRAME, 0, 0, 0)), WireError::Frame(_)));
        assert!(matches!(refused(header(FAILED, 0, 0, u32::MAX)), WireError::DetailSize(_)));
        assert!(matches!(refused(header(99, 0, 0, 0)), WireError::Kind(99)));
        assert!(matches!(refused(b"thread 'main' panicked".to_vec()), WireError::Magic));
    }

    #[test]
    fn an_end_within_a_body_is_an_error_and_between_messages_is_not() {
        let bytes = written(&Message::Frame(Frame::grey(4, 4)));
        assert!(matches!(read(&mut &bytes[..20]), Err(WireError::Pipe(_))));
        assert!(matches!(read(&mut &b""[..]), Ok(None)));
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..64), kind in 0u8..10) {
            let mut named = [&MAGIC[..], &[kind], &bytes].concat();
            let _ = read(&mut &named[..]);
            named.rotate_left(1);
            let _ = read(&mut &named[..]);
        }
    }
}
