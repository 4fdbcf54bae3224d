//! The reader: one picture in, the codes that stand in it out. Knows nothing of what came before.
//!
//! A picture goes through `stages`, the cheapest first, until one reads something or the
//! [`Deadline`] passes. Each stage makes the picture dark and light (`binarize`), looks for the
//! squares in a code's corners (`finders`, `triples`), lays a grid over the grey picture (`fit`,
//! `mesh`), and samples it (`sample`, `equalize`, `mend`). rqrr decodes.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "pixels are indices and places at once; casts from floats stop at the ends"
)]

mod alignment;
mod binarize;
mod canvas;
mod deadline;
mod equalize;
mod finders;
mod fit;
mod geometry;
mod layout;
mod mend;
mod mesh;
mod reed_solomon;
mod sample;
mod search;
mod stages;
mod symbol;
mod triples;
mod views;
mod whole;

use crate::decode::{Code, Corner, Kind};
use crate::frame::Frame;

pub use deadline::Deadline;

use geometry::Point;
use search::{Found, Search};
use stages::Stage;
use views::Views;

/// A longer side is halved first: a code that fills a camera's picture is read all the same, and
/// time grows with the pixels.
const SIDE_MAX: u32 = 2048;

/// Reads codes in pictures; keeps its buffers from one to the next.
#[derive(Default)]
pub struct Reader {
    views: Views,
    search: Search,
}

/// What a reader saw in a picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    /// Every code of the stage that read the first.
    pub codes: Vec<Code>,
    /// Which stage that was; none when nothing was read.
    pub stage: Option<&'static str>,
}

impl Reader {
    /// Reads the codes in a picture, whatever its bytes; empty when there are none, or none that
    /// could be read in time.
    pub fn read(&mut self, frame: &Frame, deadline: Deadline) -> Look {
        let (near, scale) = frame.halved_within(SIDE_MAX);
        let look = self.through(&near, scale as f32, &stages::ALL, deadline);
        if look.codes.is_empty() && scale > 1 {
            // Small codes in a large photograph.
            return self.through(frame, 1.0, &stages::LARGE, deadline);
        }
        look
    }

    fn through(&mut self, frame: &Frame, scale: f32, stages: &[Stage], deadline: Deadline) -> Look {
        self.views.forget();
        for &stage in stages {
            if deadline.has_passed() {
                break;
            }
            let (found, factor) = self.at(frame, stage, deadline);
            let codes = codes(found, factor * scale);
            if !codes.is_empty() {
                return Look { codes, stage: Some(stage.name()) };
            }
        }
        Look::default()
    }

    fn at(&mut self, frame: &Frame, stage: Stage, deadline: Deadline) -> (Vec<Found>, f32) {
        let whole = views::whole(frame);
        match stage {
            Stage::Rxing => (whole::rxing(whole), 1.0),
            Stage::Rqrr => (whole::rqrr(whole), 1.0),
            Stage::Search(view, threshold) => {
                let found = self
                    .views
                    .of(whole, view)
                    .map(|gray| self.search.run(gray, threshold, deadline));
                (found.unwrap_or_default(), view.scale.factor())
            }
        }
    }
}

fn codes(found: Vec<Found>, scale: f32) -> Vec<Code> {
    let corner = |at: Point| {
        let [x, y] = [at.x, at.y].map(|along| (along * scale).round() as i32);
        Corner { x, y }
    };
    let code = |found: Found| {
        let corners = found.corners.map(corner);
        Code { text: text(found.bytes), corners, kind: Kind::Qr }
    };
    found.into_iter().map(code).filter(|code| !code.text.is_empty()).collect()
}

/// Nearly every maker writes UTF-8; ISO 18004 says Latin-1, where every byte is a character.
fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| error.as_bytes().iter().copied().map(char::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_is_not_utf8_is_read_as_latin1() {
        assert_eq!(text(b"caf\xe9".to_vec()), "café");
        assert_eq!(text("café".into()), "café");
    }
}
