//! Whatever the bytes: files, pictures, camera buffers. A bounded run with every test; more cases
//! by `PROPTEST_CASES`.

use std::time::{Duration, Instant};

use nokhwa::utils::FrameFormat;
use proptest::prelude::*;

use crate::frame::Frame;
use crate::picture;
use crate::pixels;
use crate::reader::{Deadline, LiveReader, Reader};
use crate::testing::{code_frame, noise, pasted};

/// The first bytes of every format that is unpacked, so that the rest reaches its decoder.
const STARTS: [&[u8]; 6] = [
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    b"\xff\xd8\xff\xe0\0\x10JFIF",
    b"RIFF\x40\0\0\0WEBPVP8 ",
    b"GIF89a",
    b"BM",
    b"",
];

const FORMATS: [FrameFormat; 6] = [
    FrameFormat::MJPEG,
    FrameFormat::YUYV,
    FrameFormat::NV12,
    FrameFormat::GRAY,
    FrameFormat::RAWRGB,
    FrameFormat::RAWBGR,
];

fn file() -> impl Strategy<Value = Vec<u8>> {
    let start = prop::sample::select(&STARTS[..]);
    let rest = prop::collection::vec(any::<u8>(), 0..400);
    (start, rest).prop_map(|(start, rest)| [start, &rest[..]].concat())
}

fn frame() -> impl Strategy<Value = Frame> {
    let sizes = (1u32..150, 1u32..150);
    sizes.prop_flat_map(|(width, height)| {
        let bytes = prop::collection::vec(any::<u8>(), (width * height) as usize);
        bytes.prop_map(move |luma| Frame::new(width, height, luma).unwrap())
    })
}

/// Torn, dimmed and overlaid pieces of real codes, which go deep into the reader.
fn torn() -> impl Strategy<Value = Frame> {
    let piece = (0u32..200, 0u32..150, 1u32..6, "[A-Z]{1,40}");
    let pieces = prop::collection::vec(piece, 1..5);
    let dim = (1u8..=4, any::<u8>());
    (pieces, dim, any::<u64>()).prop_map(|(pieces, (by, plus), seed)| {
        let mut frame = noise(260, 200, seed);
        for (x, y, module, text) in pieces {
            frame = pasted(frame, &code_frame(&text, module), x, y);
        }
        let luma = frame.luma().iter().map(|luma| (luma / by).wrapping_add(plus)).collect();
        Frame::new(260, 200, luma).unwrap()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_file_is_a_picture_or_a_refusal(bytes in file()) {
        if let Ok(frame) = picture::unpack(&bytes) {
            Reader::default().read(&frame, Deadline::after(Duration::from_millis(33)));
        }
    }

    #[test]
    fn any_buffer_of_any_pixels_is_a_frame_or_a_refusal(
        format in prop::sample::select(&FORMATS[..]),
        width in 0u32..70,
        height in 0u32..70,
        buffer in prop::collection::vec(any::<u8>(), 0..15_000),
    ) {
        if let Ok(frame) = pixels::luma(format, width, height, &buffer) {
            Reader::default().read(&frame, Deadline::after(Duration::from_millis(33)));
        }
    }

    #[test]
    fn any_picture_is_read_in_every_stage(frame in frame()) {
        Reader::default().with_products(true).read(&frame, Deadline::never());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn torn_codes_are_read_in_every_stage_and_in_bounded_time(frame in torn()) {
        // Far beyond what any picture of this size takes, and far below what has no bound.
        const BOUND: Duration = Duration::from_secs(60);
        let began = Instant::now();
        Reader::default().read(&frame, Deadline::never());
        prop_assert!(began.elapsed() < BOUND);
    }

    #[test]
    fn frames_that_change_their_size_are_read_in_a_row(frames in prop::collection::vec(torn(), 1..4), other in frame()) {
        let mut reader = LiveReader::default();
        reader.read_products(true);
        for frame in frames.iter().chain([&other]).chain(&frames) {
            reader.read(frame, Deadline::after(Duration::from_millis(33)));
        }
    }
}
