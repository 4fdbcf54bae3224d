//! Which of a camera's frames are unpacked, and which of these are handed on: all while something
//! happens; while nothing moves, enough to see at once when something does. Unpacking JPEGs and looking
//! for codes in them is most of what a till does while nobody is there. Pure: frames and times go in.

use crate::frame::Frame;
use crate::stillness::Stillness;

/// At rest a frame is taken when the last one is so old, in milliseconds: every third of 30 a second.
/// Whoever holds up a code then is seen this much later at most, which nobody notices; from that frame
/// on every one is taken and handed on.
const REST_MS: u64 = 90;
/// At rest a frame is handed on when the last one is so old, in milliseconds: every third of those. All
/// are alike, and the reader has tried all its ways on them while they were more; but a window that shows
/// them, and whoever watches over the camera, want some sign of life.
const REST_TELL_MS: u64 = 270;
/// A code that the reader has in view keeps the pace up for so long, in milliseconds: it may be one
/// that only some frames show, and must not seem to come and go.
const WATCHED_MS: u64 = 1_000;

/// How fast frames are taken.
#[derive(Default)]
pub(crate) struct Pace {
    stillness: Stillness,
    still: bool,
    taken_ms: Option<u64>,
    told_ms: Option<u64>,
    watched_until_ms: u64,
}

impl Pace {
    /// Whether the frame that comes now is to be unpacked.
    pub(crate) fn takes(&self, now_ms: u64) -> bool {
        !self.rests(now_ms) || is_old(self.taken_ms, REST_MS, now_ms)
    }

    /// Looks at the frame that was unpacked; says whether it is to be handed on.
    pub(crate) fn tells(&mut self, now_ms: u64, frame: &Frame) -> bool {
        self.still = self.stillness.see(now_ms, frame);
        self.taken_ms = Some(now_ms);
        let tells = !self.rests(now_ms) || is_old(self.told_ms, REST_TELL_MS, now_ms);
        if tells {
            self.told_ms = Some(now_ms);
        }
        tells
    }

    fn rests(&self, now_ms: u64) -> bool {
        self.still && now_ms >= self.watched_until_ms
    }

    /// The reader has a code in view.
    pub(crate) fn watched(&mut self, now_ms: u64) {
        self.watched_until_ms = now_ms + WATCHED_MS;
    }
}

fn is_old(at_ms: Option<u64>, age_ms: u64, now_ms: u64) -> bool {
    at_ms.is_none_or(|at_ms| now_ms.saturating_sub(at_ms) >= age_ms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::{Deadline, LiveReader};
    use crate::testing::{card_text, code_frame, pasted};
    use std::ops::Range;

    /// Of a camera with 30 frames a second.
    const FRAME_MS: u64 = 33;

    impl Pace {
        /// Whether the `n`th frame is handed on.
        fn hands_on(&mut self, n: u64, view: &Frame) -> bool {
            self.takes(n * FRAME_MS) && self.tells(n * FRAME_MS, view)
        }

        /// The numbers of those that are handed on.
        fn handed_on(&mut self, frames: Range<u64>, view: &Frame) -> Vec<u64> {
            frames.filter(|n| self.hands_on(*n, view)).collect()
        }
    }

    #[test]
    fn while_nothing_moves_ten_frames_a_second_are_unpacked_and_three_handed_on() {
        let (mut pace, wall) = (Pace::default(), Frame::grey(640, 480));
        assert_eq!(pace.handed_on(0..61, &wall).len(), 61, "at first");
        let second = 61..91;
        let mut unpacked = 0;
        let handed_on = second.filter(|n| {
            unpacked += u32::from(pace.takes(n * FRAME_MS));
            pace.hands_on(*n, &wall)
        });
        assert_eq!(handed_on.count(), 3);
        assert_eq!(unpacked, 10);
    }

    #[test]
    fn when_something_moves_every_frame_is_handed_on_from_the_third_at_the_latest() {
        let wall = Frame::grey(640, 480);
        let code = pasted(wall.clone(), &code_frame("R1", 4), 200, 100);
        for quiet in 90..99 {
            let mut pace = Pace::default();
            pace.handed_on(0..quiet, &wall);
            let after = pace.handed_on(quiet..quiet + 10, &code);
            assert!(after[0] < quiet + 3, "{after:?} after {quiet}");
            assert!(after.windows(2).all(|pair| pair[1] == pair[0] + 1), "{after:?}");
        }
    }

    #[test]
    fn a_code_in_view_has_every_frame_handed_on_for_a_second_however_still_it_lies() {
        let (mut pace, view) = (Pace::default(), Frame::grey(640, 480));
        pace.handed_on(0..100, &view);
        pace.watched(100 * FRAME_MS);
        assert_eq!(pace.handed_on(100..130, &view).len(), 30);
        assert!(pace.handed_on(131..161, &view).len() < 5);
    }

    #[test]
    fn a_code_that_is_held_up_at_rest_is_read_in_the_third_frame_at_the_latest() {
        let wall = Frame::grey(1280, 720);
        let code = pasted(wall.clone(), &code_frame(&card_text(), 4), 500, 250);
        for quiet in 90..99 {
            let (mut pace, mut reader) = (Pace::default(), LiveReader::default());
            for _ in pace.handed_on(0..quiet, &wall) {
                reader.read(&wall, Deadline::never());
            }
            let reads =
                |reader: &mut LiveReader| !reader.read(&code, Deadline::never()).codes.is_empty();
            let read = (quiet..quiet + 30).find(|n| pace.hands_on(*n, &code) && reads(&mut reader));
            assert!(read.is_some_and(|n| n < quiet + 3), "{read:?} after {quiet}");
        }
    }
}
