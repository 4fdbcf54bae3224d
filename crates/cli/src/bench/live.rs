//! How soon a code held to a camera is read: by the live reader, and by rqrr on every frame.

use super::clock::{millis, spent};
use super::sequence::{FRAMES, SCENES, Sequence};
use crate::error::CommandError;
use crate::output;
use reda_scan::{Deadline, Frame, LiveReader};
use serde_json::json;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// As long as a customer's rotating code, and in the same letters.
const TEXT: &str = "R1AEBAGBAFAYDQQCIKBMGA2DQPCAIREEYUCULBOGAZDENBWIOBZHE3DMNZYHE5DMN2XJ5KUQSKZMVRGI5DUPJQWY2LXO4ZWKZLFMFRGGZDFMZTWQ2LKNNWG23TPOBYX";

/// How a video went.
struct First {
    /// The first frame that was read, counted from 1; none if no frame was.
    frame: Option<u32>,
    /// Spent on reading until then.
    spent: Duration,
    worst: Duration,
}

pub(super) fn run() -> Result<(), CommandError> {
    for (seed, scene) in (1u64..).zip(SCENES) {
        let Some(sequence) = Sequence::of(scene, TEXT, seed) else { continue };
        let mut live = LiveReader::default();
        let ours = first(&sequence, |frame| {
            let look = live.read(frame, Deadline::by(spent, Duration::from_millis(33)));
            look.codes.iter().any(|code| code.text == TEXT)
        });
        let plain = first(&sequence, rqrr_reads);
        for (reader, first) in [("reda live", ours), ("rqrr", plain)] {
            output::line(&json!({
                "video": scene.name,
                "reader": reader,
                "first_frame": first.frame,
                "ms": millis(first.spent),
                "worst_ms": millis(first.worst),
            }))?;
        }
    }
    Ok(())
}

fn first(sequence: &Sequence, mut reads: impl FnMut(&Frame) -> bool) -> First {
    let mut first = First { frame: None, spent: Duration::ZERO, worst: Duration::ZERO };
    for number in 0..FRAMES {
        let frame = sequence.frame(number);
        let began = spent();
        let was_read = reads(&frame);
        let took = spent() - began;
        first.spent += took;
        first.worst = first.worst.max(took);
        if was_read {
            first.frame = Some(number + 1);
            break;
        }
    }
    first
}

fn rqrr_reads(frame: &Frame) -> bool {
    let (width, height) = (frame.width() as usize, frame.height() as usize);
    let read = AssertUnwindSafe(|| {
        let pixel = |x: usize, y: usize| frame.luma()[y * width + x];
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, pixel);
        let grids = image.detect_grids();
        grids.iter().any(|grid| grid.decode().is_ok_and(|(_, text)| text == TEXT))
    });
    catch_unwind(read).unwrap_or(false)
}
