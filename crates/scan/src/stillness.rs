//! Whether anything moves before a camera. Pure: pictures and times go in. Sees the light of places,
//! not codes: what is in the picture is the reader's.

use crate::frame::Frame;

/// The picture is compared in so many places across and down: small enough for a code at arm's
/// length to fill several, large enough for a sensor's noise to even out.
const ACROSS: u32 = 32;
const DOWN: u32 = 18;
/// Every so many pixels of a place count; more would say the same.
const STEP: usize = 4;
/// A place that is lighter or darker by so much has changed. Noise stays below, and so do slow
/// clouds, since what is compared with is never older than [`REST_AFTER_MS`].
const CHANGE: u8 = 8;
/// After so long without a change nobody is doing anything before the camera.
const REST_AFTER_MS: u64 = 2_000;

/// What the picture was like.
#[derive(Default)]
pub(crate) struct Stillness {
    /// The light of each place, and when it was so.
    like: Option<(Vec<u8>, u64)>,
    changed_at_ms: u64,
}

impl Stillness {
    /// Takes a picture; says whether nothing has moved for a while. `now_ms` counts from any fixed
    /// moment.
    pub(crate) fn see(&mut self, now_ms: u64, frame: &Frame) -> bool {
        let places = places(frame);
        let changed = match &self.like {
            None => true,
            Some((like, _)) => {
                like.len() != places.len()
                    || like.iter().zip(&places).any(|(was, is)| was.abs_diff(*is) >= CHANGE)
            }
        };
        if changed {
            self.changed_at_ms = now_ms;
        }
        let is_old = |like: &(Vec<u8>, u64)| now_ms.saturating_sub(like.1) >= REST_AFTER_MS;
        if changed || self.like.as_ref().is_some_and(is_old) {
            self.like = Some((places, now_ms));
        }
        now_ms.saturating_sub(self.changed_at_ms) >= REST_AFTER_MS
    }
}

/// The mean light of each place; of a picture smaller than the places, of each pixel.
fn places(frame: &Frame) -> Vec<u8> {
    let (across, down) = (frame.width().min(ACROSS), frame.height().min(DOWN));
    let (width, height) = ((frame.width() / across) as usize, (frame.height() / down) as usize);
    let rows = frame.luma().chunks_exact(frame.width() as usize);
    let rows: Vec<&[u8]> = rows.step_by(STEP.min(height)).collect();
    let band = rows.len().div_ceil(down as usize);
    let place = |rows: &[&[u8]], left: usize| {
        let pixels = rows.iter().flat_map(|row| row[left..left + width].iter().step_by(STEP));
        let (sum, count) =
            pixels.fold((0u32, 0u32), |(sum, count), luma| (sum + u32::from(*luma), count + 1));
        (sum / count.max(1)).to_le_bytes()[0]
    };
    rows.chunks(band)
        .flat_map(|band| (0..across as usize).map(move |column| place(band, column * width)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{code_frame, noise, pasted};

    const VIEW: (u32, u32) = (1280, 720);

    fn wall() -> Frame {
        Frame::grey(VIEW.0, VIEW.1)
    }

    /// The wall as a sensor in a dim shop sees it: up to so much more or less light in each pixel.
    fn noisy(seed: u64, light: u8) -> Frame {
        let noise = noise(VIEW.0, VIEW.1, seed);
        let luma = noise.luma().iter().map(|it| light + it / 8).collect();
        Frame::new(VIEW.0, VIEW.1, luma).unwrap()
    }

    /// Whether it is still after this long of such pictures, ten a second.
    fn after_ms(ms: u64, picture: impl Fn(u64) -> Frame) -> bool {
        let mut stillness = Stillness::default();
        (0..=ms).step_by(100).map(|now_ms| stillness.see(now_ms, &picture(now_ms))).last().unwrap()
    }

    #[test]
    fn a_wall_is_still_after_two_seconds_also_in_noise_and_under_a_cloud() {
        assert!(!after_ms(1_900, |_| wall()));
        assert!(after_ms(2_000, |_| wall()));
        assert!(after_ms(2_000, |now_ms| noisy(now_ms, 60)));
        // A level of light a second.
        assert!(after_ms(9_000, |now_ms| noisy(
            now_ms,
            60 + u8::try_from(now_ms / 1_000).unwrap()
        )));
    }

    #[test]
    fn a_code_that_comes_moves_or_leaves_is_noticed_in_that_picture() {
        let code = code_frame("R1", 3);
        let views =
            [wall(), pasted(wall(), &code, 600, 300), pasted(wall(), &code, 630, 300), wall()];
        let mut stillness = Stillness::default();
        let mut now_ms = 0;
        for view in &views {
            for _ in 0..25 {
                now_ms += 100;
                stillness.see(now_ms, view);
            }
            assert!(stillness.see(now_ms, view), "it lies still by now");
            let next = views.iter().skip_while(|it| *it != view).nth(1);
            assert!(next.is_none_or(|next| !stillness.see(now_ms + 100, next)));
        }
    }

    #[test]
    fn pictures_of_any_size_are_compared() {
        for (width, height) in [(1, 1), (1, 900), (31, 17), (33, 19), (640, 480), (4096, 3)] {
            let mut stillness = Stillness::default();
            assert!(!stillness.see(0, &Frame::grey(width, height)), "{width} × {height}");
            assert!(stillness.see(2_000, &Frame::grey(width, height)), "{width} × {height}");
        }
    }
}
