//! Video: many pictures of the same thing, so that no picture has to be tried in every way.
//!
//! Every frame goes through two cheap stages, and, when something looks like a code, through one
//! dear stage, another in each frame. Where a code was seen last is looked at first and closely.

use crate::frame::Frame;

use super::deadline::Deadline;
use super::products::Effort;
use super::stages::{CHEAP, CLOSE, DEAR};
use super::{Look, Reader};

/// Reads the frames of a camera, one after the other.
#[derive(Default)]
pub struct LiveReader {
    reader: Reader,
    /// Which dear stage is next.
    turn: usize,
    /// Frames since something looked like a code; what is dear rests in an empty picture.
    quiet: u32,
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
    /// Looked for there and not read so often in a row.
    misses: u32,
}

/// After so many frames without a sign of a code only now and then a dear stage is tried.
const QUIET_AFTER: u32 = 10;
/// What cheap stages do not see at all (a light code on dark) is still found within half a second.
const QUIET_EVERY: u32 = 3;
const MISSES_MAX: u32 = 5;
/// The other codes in view count too, so every so many frames all of the picture is looked at.
const WHOLE_EVERY: usize = 4;

impl LiveReader {
    /// Whether products' barcodes are read where no QR code is, from the next frame on.
    pub fn read_products(&mut self, reads_products: bool) {
        self.reads_products = reads_products;
    }

    /// Reads the codes in the next frame.
    pub fn read(&mut self, frame: &Frame, deadline: Deadline) -> Look {
        self.turn = self.turn.wrapping_add(1);
        if !self.turn.is_multiple_of(WHOLE_EVERY)
            && let Some(look) = self.close_by(frame, deadline)
        {
            return look;
        }
        let mut look = self.reader.try_stages(frame, &CHEAP, deadline);
        let is_quiet = self.quiet >= QUIET_AFTER;
        if look.codes.is_empty() && (!is_quiet || self.quiet.is_multiple_of(QUIET_EVERY)) {
            let dear = DEAR[self.turn % DEAR.len()];
            let clue = look.clue;
            look = self.reader.try_stages(frame, &[dear], deadline);
            look.clue = look.clue.or(clue);
        }
        self.remember(frame, &look);
        if look.codes.is_empty()
            && self.reads_products
            && let Some(product) = super::product(frame, 1.0, Effort::Glance)
        {
            return product;
        }
        look
    }

    /// Looks where the last code was; `None` if there is none to be seen.
    fn close_by(&mut self, frame: &Frame, deadline: Deadline) -> Option<Look> {
        let near = self.near.as_mut()?;
        let crop = frame.cropped(near.left, near.top, near.right, near.bottom)?;
        let mut look = self.reader.try_stages(&crop, &CLOSE, deadline);
        if look.codes.is_empty() {
            near.misses += 1;
            if near.misses > MISSES_MAX {
                self.near = None;
            }
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
        let saw_something = look.clue.is_some() || !look.codes.is_empty();
        self.quiet = if saw_something { 0 } else { self.quiet.saturating_add(1) };
        if let Some(code) = look.codes.iter().max_by_key(|code| code.twice_area()) {
            self.near = Near::around(frame, &code.corners.map(|corner| (corner.x, corner.y)));
        }
    }
}

impl Near {
    /// A place with room for the hand to move; `None` when it is most of the picture anyway.
    fn around(frame: &Frame, corners: &[(i32, i32); 4]) -> Option<Near> {
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
            misses: 0,
        };
        let area = i64::from(near.right - near.left) * i64::from(near.bottom - near.top);
        (area * 2 < width * height).then_some(near)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{blank, code_frame, inverted, pasted};

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

    #[test]
    fn a_dark_mode_phone_is_read_within_a_second_after_a_long_quiet() {
        let empty = blank(640, 480);
        let dark = pasted(inverted(&blank(640, 480)), &inverted(&code_frame("DARK", 5)), 200, 150);
        let mut reader = LiveReader::default();
        for _ in 0..60 {
            assert!(reader.read(&empty, Deadline::never()).codes.is_empty());
        }
        let seen = (0..30).any(|_| texts(&reader.read(&dark, Deadline::never())) == ["DARK"]);
        assert!(seen);
    }
}
