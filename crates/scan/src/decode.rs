//! A code as it is told, and the plainest way to have it read.

use serde::Serialize;

use crate::frame::Frame;
use crate::reader::{Deadline, Reader};

/// A code that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Code {
    /// As written in the code; never empty.
    pub text: String,
    /// Top left, top right, bottom right, bottom left, as seen by the code.
    pub corners: [Corner; 4],
    pub kind: Kind,
}

/// A point in pixels of the frame; may lie a little outside of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Corner {
    pub x: i32,
    pub y: i32,
}

/// The sort of code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Qr,
    /// A product's barcode; its text is its digits, the check digit too.
    Ean13,
    Ean8,
    UpcA,
}

impl Code {
    /// Twice the area in square pixels: good for comparing, and whole.
    pub fn twice_area(&self) -> u128 {
        let c = &self.corners;
        // In 128 bits, since a bad perspective puts corners anywhere an i32 reaches.
        let cross = |a: Corner, b: Corner| {
            i128::from(a.x) * i128::from(b.y) - i128::from(b.x) * i128::from(a.y)
        };
        let sum: i128 = (0..4).map(|i| cross(c[i], c[(i + 1) % 4])).sum();
        sum.unsigned_abs()
    }
}

/// Reads the codes in a frame, with all the time it takes; empty when there are none, whatever
/// the bytes. Who reads many frames keeps a [`Reader`].
pub fn decode(frame: &Frame) -> Vec<Code> {
    Reader::default().read(frame, Deadline::never()).codes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{blank, card_text, code_frame, noise, pasted};

    fn texts(frame: &Frame) -> Vec<String> {
        decode(frame).into_iter().map(|code| code.text).collect()
    }

    #[test]
    fn a_card_of_126_characters_is_read_with_its_corners() {
        let card = code_frame(&card_text(), 4);
        let frame = pasted(blank(640, 480), &card, 100, 60);
        let codes = decode(&frame);
        assert_eq!(codes.len(), 1);
        assert_eq!(codes[0].text, card_text());
        // A version 6 code is 41 modules wide and stands in a quiet zone of 4.
        let (first, last) = (4 * 4, (4 + 41) * 4);
        let corners = [(first, first), (last, first), (last, last), (first, last)];
        for (corner, (x, y)) in codes[0].corners.iter().zip(corners) {
            assert!(
                corner.x.abs_diff(100 + x) <= 8 && corner.y.abs_diff(60 + y) <= 8,
                "{corner:?} is not {x},{y}"
            );
        }
    }

    #[test]
    fn an_inverted_code_is_read() {
        assert_eq!(texts(&code_frame(&card_text(), 4).inverted()), [card_text()]);
    }

    #[test]
    fn a_small_code_in_a_full_hd_frame_is_read() {
        let frame = pasted(blank(1920, 1080), &code_frame(&card_text(), 4), 1500, 700);
        assert_eq!(texts(&frame), [card_text()]);
    }

    /// Dark is 3 black pixels of 4, light is 1 of 4: only an average shows the modules.
    fn halftone(frame: &Frame) -> Frame {
        let (width, height) = (frame.width() * 2, frame.height() * 2);
        let pixel = |x: u32, y: u32| {
            let dark = frame.luma()[((y / 2) * frame.width() + x / 2) as usize] < 128;
            let corner = x.is_multiple_of(2) && y.is_multiple_of(2);
            if corner == dark { 255 } else { 0 }
        };
        let luma = (0..height).flat_map(|y| (0..width).map(move |x| pixel(x, y))).collect();
        Frame::new(width, height, luma).unwrap()
    }

    #[test]
    fn a_halftone_code_is_read_at_half_scale_in_pixels_of_the_whole_frame() {
        let frame = halftone(&code_frame("HALF", 6));
        let codes = decode(&frame);
        assert_eq!(codes[0].text, "HALF");
        assert!(codes[0].corners[2].x > i32::try_from(frame.width() / 2).unwrap());
    }

    #[test]
    fn an_inverted_halftone_code_is_read() {
        assert_eq!(texts(&halftone(&code_frame("HALF", 6)).inverted()), ["HALF"]);
    }

    #[test]
    fn noise_and_blank_paper_read_as_nothing() {
        assert_eq!(decode(&noise(320, 240, 7)), []);
        assert_eq!(decode(&blank(320, 240)), []);
    }

    #[test]
    fn two_codes_in_one_frame_are_both_read() {
        let frame = pasted(blank(900, 400), &code_frame("LEFT", 6), 50, 50);
        let mut read = texts(&pasted(frame, &code_frame("RIGHT", 4), 600, 100));
        read.sort();
        assert_eq!(read, ["LEFT", "RIGHT"]);
    }

    #[test]
    fn area_survives_corners_at_the_ends_of_the_world() {
        let corner = |x, y| Corner { x, y };
        let (min, max) = (i32::MIN, i32::MAX);
        let corners = [corner(min, min), corner(max, min), corner(max, max), corner(min, max)];
        let code = Code { text: String::new(), corners, kind: Kind::Qr };
        assert_eq!(code.twice_area(), 2 * u128::from(u32::MAX) * u128::from(u32::MAX));
    }

    /// Pieces of real finders among noise reach much deeper into rqrr than plain noise does.
    fn scraps() -> impl Strategy<Value = Frame> {
        (prop::collection::vec((0u32..160, 0u32..120, 1u32..5), 0..6), any::<u64>()).prop_map(
            |(places, seed)| {
                let mut frame = noise(160, 120, seed);
                for (x, y, size) in places {
                    frame = pasted(frame, &code_frame("A", size), x, y);
                }
                frame
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn no_bytes_and_no_size_ever_panic(
            (width, height, luma) in (1u32..70, 1u32..70).prop_flat_map(|(width, height)| {
                let bytes = prop::collection::vec(any::<u8>(), (width * height) as usize);
                (Just(width), Just(height), bytes)
            })
        ) {
            decode(&Frame::new(width, height, luma).unwrap());
        }

        #[test]
        fn scraps_of_codes_never_panic(frame in scraps()) {
            decode(&frame);
        }
    }
}
