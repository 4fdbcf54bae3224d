//! Video: many pictures of the same thing, so that no picture has to be tried in every way.
//!
//! Every frame goes through two cheap stages and one dear stage, another in each frame. Where a
//! code was seen last is looked at first and closely. What was seen light on dark is looked for in
//! the negative, where it costs no more than others.

use crate::frame::Frame;

use super::deadline::Deadline;
use super::products::Effort;
use super::stages::{CHEAP, CLOSE, DEAR, Stage, UNSEEN};
use super::{Ink, Look, Reader};

/// Reads the frames of a camera, one after the other.
#[derive(Default)]
pub struct LiveReader {
    reader: Reader,
    /// Frames so far.
    turn: usize,
    /// Frames since something looked like a code.
    quiet: u32,
    /// What looked like a code lately was.
    ink: Ink,
    near: Option<Near>,
    reads_products: bool,
}

/// Where a code was seen.
#[derive(Clone, Copy)]
struct Near {
    left: u32,
    top: u32,
    right: u32,
    bottom: u32,
    ink: Ink,
    /// Looked for there and not read so often in a row.
    misses: u32,
}

/// After so many frames without a sign of a code most dear stages rest.
const QUIET_AFTER: u32 = 10;
/// Then every so many frames one of them is tried; the others look for what is light on dark.
const QUIET_EVERY: usize = 3;
/// After so many frames without a sign of one, codes are dark again.
const LIGHT_FOR: u32 = 4;
const MISSES_MAX: u32 = 5;
/// The other codes in view count too, so every so many frames all of the picture is looked at.
const WHOLE_EVERY: usize = 4;
/// Every so many frames that is for codes of the other ink: a notice on the counter must not hide
/// a dark-mode phone.
const OTHER_INK_EVERY: usize = 2 * WHOLE_EVERY;

impl LiveReader {
    /// Whether products' barcodes are read where no QR code is, from the next frame on.
    pub fn read_products(&mut self, reads_products: bool) {
        self.reads_products = reads_products;
    }

    /// Reads the codes in the next frame.
    pub fn read(&mut self, frame: &Frame, deadline: Deadline) -> Look {
        self.turn = self.turn.wrapping_add(1);
        let followed = if self.turn.is_multiple_of(OTHER_INK_EVERY) {
            self.other_ink(frame, deadline).or_else(|| self.close_by(frame, deadline))
        } else if self.turn.is_multiple_of(WHOLE_EVERY) {
            None
        } else {
            self.close_by(frame, deadline)
        };
        if let Some(look) = followed {
            return look;
        }
        let stages = [CHEAP[0], CHEAP[1], self.dear()];
        let look = self.seen_as(self.ink, frame, &stages, deadline);
        self.remember(frame, &look);
        if look.codes.is_empty()
            && self.reads_products
            && let Some(product) = super::product(frame, 1.0, Effort::Glance)
        {
            return product;
        }
        look
    }

    fn seen_as(&mut self, ink: Ink, frame: &Frame, stages: &[Stage], deadline: Deadline) -> Look {
        match ink {
            Ink::Dark => self.reader.try_stages(frame, stages, deadline),
            Ink::Light => self.reader.try_stages(&frame.inverted(), stages, deadline).negative(),
        }
    }

    fn dear(&self) -> Stage {
        let (round, place) = (self.turn / QUIET_EVERY, self.turn % QUIET_EVERY);
        if self.quiet < QUIET_AFTER {
            DEAR[self.turn % DEAR.len()]
        } else {
            UNSEEN.get(place).copied().unwrap_or(DEAR[round % DEAR.len()])
        }
    }

    /// Looks for codes of the other ink than the one that is followed; `None` if there are none.
    fn other_ink(&mut self, frame: &Frame, deadline: Deadline) -> Option<Look> {
        let ink = self.near?.ink.other();
        let look = self.seen_as(ink, frame, &CHEAP, deadline);
        if look.codes.is_empty() {
            return None;
        }
        self.remember(frame, &look);
        Some(look)
    }

    /// Looks where the last code was; `None` if there is none to be seen.
    fn close_by(&mut self, frame: &Frame, deadline: Deadline) -> Option<Look> {
        let near = self.near?;
        let crop = frame.cropped(near.left, near.top, near.right, near.bottom)?;
        let mut look = self.seen_as(near.ink, &crop, &CLOSE, deadline);
        if look.codes.is_empty() {
            let misses = near.misses + 1;
            self.near = (misses <= MISSES_MAX).then_some(Near { misses, ..near });
            return None;
        }
        let (left, top) = (near.left as i32, near.top as i32);
        for corner in look.codes.iter_mut().flat_map(|code| &mut code.corners) {
            corner.x = corner.x.saturating_add(left);
            corner.y = corner.y.saturating_add(top);
        }
        self.remember(frame, &look);
        Some(look)
    }

    fn remember(&mut self, frame: &Frame, look: &Look) {
        if look.clue.is_some() || !look.codes.is_empty() {
            self.quiet = 0;
            self.ink = look.ink;
        } else {
            self.quiet = self.quiet.saturating_add(1);
        }
        if self.quiet >= LIGHT_FOR {
            self.ink = Ink::Dark;
        }
        if let Some(code) = look.codes.iter().max_by_key(|code| code.twice_area()) {
            let corners = code.corners.map(|corner| (corner.x, corner.y));
            self.near = Near::around(frame, &corners, look.ink);
        }
    }
}

impl Near {
    /// A place with room for the hand to move; `None` when it is most of the picture anyway.
    fn around(frame: &Frame, corners: &[(i32, i32); 4], ink: Ink) -> Option<Near> {
        let (width, height) = (i64::from(frame.width()), i64::from(frame.height()));
        let range = |values: [i32; 4]| {
            let [low, high] = [values.iter().min(), values.iter().max()];
            (i64::from(low.copied().unwrap_or(0)), i64::from(high.copied().unwrap_or(0)))
        };
        let (left, right) = range(corners.map(|(x, _)| x));
        let (top, bottom) = range(corners.map(|(_, y)| y));
        let room = (right - left).max(bottom - top) * 3 / 10;
        let edge = |at: i64, end: i64| at.clamp(0, end) as u32;
        let near = Near {
            left: edge(left - room, width),
            top: edge(top - room, height),
            right: edge(right + room, width),
            bottom: edge(bottom + room, height),
            ink,
            misses: 0,
        };
        let area = i64::from(near.right - near.left) * i64::from(near.bottom - near.top);
        (area * 2 < width * height).then_some(near)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::Clue;
    use crate::testing::{blank, code_frame, pasted};

    fn texts(look: &Look) -> Vec<&str> {
        look.codes.iter().map(|code| code.text.as_str()).collect()
    }

    #[test]
    fn a_code_that_moves_is_followed_with_corners_in_the_whole_frame() {
        let code = code_frame("MOVING", 4);
        let mut reader = LiveReader::default();
        for step in 0..12 {
            let (x, y) = (700 + step * 12, 300 + step * 5);
            let look = reader.read(&pasted(blank(1280, 720), &code, x, y), Deadline::never());
            assert_eq!(texts(&look), ["MOVING"], "at step {step}");
            let corner = look.codes[0].corners[0];
            let expected = (x + 16, y + 16);
            assert!(
                corner.x.abs_diff(expected.0 as i32) < 6
                    && corner.y.abs_diff(expected.1 as i32) < 6
            );
        }
    }

    #[test]
    fn a_second_code_is_seen_while_the_first_is_followed() {
        let one = pasted(blank(1280, 720), &code_frame("ONE", 4), 100, 100);
        let both = pasted(one.clone(), &code_frame("TWO", 4), 900, 400);
        let mut reader = LiveReader::default();
        reader.read(&one, Deadline::never());
        let seen = (0..WHOLE_EVERY)
            .any(|_| texts(&reader.read(&both, Deadline::never())).contains(&"TWO"));
        assert!(seen);
    }

    /// A dark-mode phone on a light wall, at a place.
    fn dark_phone(text: &str, x: u32, y: u32) -> Frame {
        pasted(blank(640, 480), &code_frame(text, 5).inverted(), x, y)
    }

    fn frames_until(text: &str, reader: &mut LiveReader, frame: &Frame) -> Option<usize> {
        (1..=30).find(|_| texts(&reader.read(frame, Deadline::never())).contains(&text))
    }

    #[test]
    fn a_dark_mode_phone_is_read_in_its_third_frame_at_the_latest_after_any_quiet() {
        let (empty, dark) = (blank(640, 480), dark_phone("DARK", 200, 150));
        for quiet in QUIET_AFTER..QUIET_AFTER + 14 {
            let mut reader = LiveReader::default();
            for _ in 0..quiet {
                assert!(reader.read(&empty, Deadline::never()).codes.is_empty());
            }
            let frames = frames_until("DARK", &mut reader, &dark);
            assert!(frames.is_some_and(|frames| frames <= 3), "{frames:?} after {quiet}");
        }
    }

    #[test]
    fn a_dark_mode_phone_that_moves_is_followed_in_every_frame() {
        let mut reader = LiveReader::default();
        assert!(frames_until("DARK", &mut reader, &dark_phone("DARK", 100, 100)).is_some());
        for step in 1..20 {
            let look = reader.read(&dark_phone("DARK", 100 + step * 9, 100), Deadline::never());
            assert_eq!(texts(&look), ["DARK"], "at step {step}");
        }
    }

    #[test]
    fn a_dark_mode_phone_is_read_beside_a_notice_and_a_notice_after_it() {
        let notice = pasted(blank(640, 480), &code_frame("NOTICE", 4), 20, 20);
        let both = pasted(notice.clone(), &code_frame("DARK", 4).inverted(), 300, 200);
        let mut reader = LiveReader::default();
        assert_eq!(frames_until("NOTICE", &mut reader, &notice), Some(1));
        let dark = frames_until("DARK", &mut reader, &both);
        assert!(dark.is_some_and(|frames| frames <= OTHER_INK_EVERY), "{dark:?}");
        let again = frames_until("NOTICE", &mut reader, &both);
        assert!(again.is_some_and(|frames| frames <= OTHER_INK_EVERY), "{again:?}");
        let after = frames_until("NOTICE", &mut reader, &notice);
        assert!(after.is_some_and(|frames| frames <= OTHER_INK_EVERY), "{after:?}");
    }

    #[test]
    fn what_is_dim_in_the_negative_is_told_as_it_is_in_the_picture() {
        let clue = Clue { module_px: 4.0, dark: 195.0, light: 245.0, around: 200.0, glare: 0.3 };
        let look = Look { clue: Some(clue), ink: Ink::Dark, ..Look::default() }.negative();
        let told = look.clue.unwrap();
        assert_eq!((told.dark, told.light, told.around, told.glare), (10.0, 60.0, 55.0, 0.0));
        assert_eq!(look.ink, Ink::Light);
    }
}
