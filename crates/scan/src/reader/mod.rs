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
mod explain;
mod finders;
mod fit;
mod geometry;
mod layout;
mod live;
mod mend;
mod mesh;
mod pairs;
mod products;
#[cfg(test)]
mod recall;
mod reed_solomon;
mod sample;
mod search;
mod stages;
mod symbol;
mod triples;
mod views;
mod whole;

use std::time::Duration;

use encoding_rs::SHIFT_JIS;

use crate::decode::{Code, Corner, Kind};
use crate::frame::Frame;

pub use deadline::Deadline;
pub use live::LiveReader;

use geometry::Point;
use products::Effort;
use search::{Found, Search};
use stages::{Change, Stage, View};
use views::Views;

/// A longer side is halved first: a code that fills a camera's picture is read all the same, and
/// time grows with the pixels.
const SIDE_MAX: u32 = 2048;

/// Reads codes in pictures; keeps its buffers from one to the next.
#[derive(Default)]
pub struct Reader {
    views: Views,
    search: Search,
    reads_products: bool,
}

/// What a reader saw in a picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    /// Every code of the stage that read the first.
    pub codes: Vec<Code>,
    /// Which stage that was; none when nothing was read.
    pub stage: Option<&'static str>,
    /// What looked most like a code, while none was read.
    pub(crate) clue: Option<Clue>,
    /// What was read or looked like a code.
    pub(crate) ink: Ink,
}

/// What the dark modules of a code are in the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Ink {
    #[default]
    Dark,
    /// As dark-mode phones show them.
    Light,
}

impl Ink {
    fn other(self) -> Ink {
        match self {
            Ink::Dark => Ink::Light,
            Ink::Light => Ink::Dark,
        }
    }
}

/// What was measured of something that looks like a code.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Clue {
    /// Pixels of the frame.
    pub(crate) module_px: f32,
    /// Mean brightness of what should be dark, of what should be light, and of all the picture.
    pub(crate) dark: f32,
    pub(crate) light: f32,
    pub(crate) around: f32,
    /// The share of what should be dark that is as bright as a picture can be.
    pub(crate) glare: f32,
}

impl Look {
    /// What was seen in a picture, when this was seen in its negative.
    fn negative(self) -> Look {
        Look { clue: self.clue.map(Clue::negative), ink: self.ink.other(), ..self }
    }
}

impl Clue {
    fn scaled(self, scale: f32) -> Clue {
        Clue { module_px: self.module_px * scale, ..self }
    }

    fn negative(self) -> Clue {
        let (dark, light) = (255.0 - self.light, 255.0 - self.dark);
        // What shines in the negative is black.
        Clue { dark, light, around: 255.0 - self.around, glare: 0.0, ..self }
    }
}

impl Reader {
    /// Whether products' barcodes are read where no QR code is.
    #[must_use]
    pub fn with_products(self, reads_products: bool) -> Reader {
        Reader { reads_products, ..self }
    }

    /// Reads the codes in a picture, whatever its bytes; empty when there are none, or none that
    /// could be read in time.
    pub fn read(&mut self, frame: &Frame, deadline: Deadline) -> Look {
        let deadline = deadline.sooner();
        let (near, scale) = frame.halved_within(SIDE_MAX);
        let look = self.through(&near, scale as f32, &stages::ALL, deadline);
        if look.codes.is_empty() && scale > 1 {
            // Small codes in a large photograph.
            return self.through(frame, 1.0, &stages::LARGE, deadline);
        }
        if look.codes.is_empty() && self.reads_products && !deadline.has_passed() {
            return product(&near, scale as f32, Effort::Thorough).unwrap_or(look);
        }
        look
    }

    /// Reads by some stages only.
    fn try_stages(&mut self, frame: &Frame, stages: &[Stage], deadline: Deadline) -> Look {
        let (near, scale) = frame.halved_within(SIDE_MAX);
        self.through(&near, scale as f32, stages, deadline)
    }

    fn through(&mut self, frame: &Frame, scale: f32, stages: &[Stage], deadline: Deadline) -> Look {
        self.views.forget();
        let mut seen = Look::default();
        let began = deadline.left();
        let mut first = Duration::ZERO;
        for (place, &stage) in stages.iter().enumerate() {
            if deadline.has_passed() {
                break;
            }
            if deadline.left() < first * stage.firsts() {
                continue;
            }
            let (found, factor) = self.at(frame, stage, deadline);
            if place == 0 {
                first = began.saturating_sub(deadline.left());
            }
            let look = Look {
                codes: codes(found, factor * scale),
                clue: self.search.clue.take().map(|clue| clue.scaled(factor * scale)),
                ..Look::default()
            };
            let look = if stage.is_of_negative() { look.negative() } else { look };
            if !look.codes.is_empty() {
                return Look { stage: Some(stage.name()), clue: None, ..look };
            }
            if seen.clue.is_none() && look.clue.is_some() {
                seen = look;
            }
        }
        seen
    }

    fn at(&mut self, frame: &Frame, stage: Stage, deadline: Deadline) -> (Vec<Found>, f32) {
        let whole = views::whole(frame);
        let deadline = deadline.third();
        match stage {
            Stage::Rxing(scale) => {
                let view = View { scale, change: Change::None };
                let found = self.views.of(whole, view).map(whole::rxing);
                (found.unwrap_or_default(), scale.factor())
            }
            Stage::Rqrr(scale) => {
                let view = View { scale, change: Change::None };
                let found = self.views.of(whole, view).map(whole::rqrr);
                (found.unwrap_or_default(), scale.factor())
            }
            Stage::Search(view, threshold, seen) => {
                let found = self
                    .views
                    .of(whole, view)
                    .map(|gray| self.search.run(gray, threshold, seen, deadline));
                (found.unwrap_or_default(), view.scale.factor())
            }
        }
    }
}

/// The barcode of a product in a picture.
fn product(frame: &Frame, scale: f32, effort: Effort) -> Option<Look> {
    let product = products::read(views::whole(frame), effort)?;
    let corners = product.corners.map(|at| corner(at, scale));
    let code = Code { text: product.digits, corners, kind: product.kind };
    Some(Look { codes: vec![code], stage: Some("product"), ..Look::default() })
}

fn corner(at: Point, scale: f32) -> Corner {
    let [x, y] = [at.x, at.y].map(|along| (along * scale).round() as i32);
    Corner { x, y }
}

fn codes(found: Vec<Found>, scale: f32) -> Vec<Code> {
    let code = |found: Found| {
        let corners = found.corners.map(|at| corner(at, scale));
        Code { text: text(found.bytes), corners, kind: Kind::Qr }
    };
    found.into_iter().map(code).filter(|code| !code.text.is_empty()).collect()
}

/// Nearly every maker writes UTF-8, some Japanese ones Shift-JIS (rqrr hands Kanji on as that);
/// ISO 18004 says Latin-1, where every byte is a character.
fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| {
        let bytes = error.as_bytes();
        // What begins a character in Shift-JIS is no letter in Latin-1 but a control.
        let is_japanese = bytes.iter().any(|byte| (0x81..=0x9F).contains(byte));
        let japanese = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes);
        match japanese {
            Some(text) if is_japanese => text.into_owned(),
            Some(_) | None => bytes.iter().copied().map(char::from).collect(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_is_not_utf8_is_read_as_latin1() {
        assert_eq!(text(b"caf\xe9".to_vec()), "café");
        assert_eq!(text("café".into()), "café");
    }

    /// Digits as bars, 95 modules with a quiet zone: ISO/IEC 15420.
    fn ean13(digits: &str) -> Frame {
        const LEFT: [u8; 10] = [13, 25, 19, 61, 35, 49, 47, 59, 55, 11];
        const EVEN_FOR: [u8; 10] = [0, 11, 13, 14, 19, 25, 28, 21, 22, 26];
        let values: Vec<usize> = digits.bytes().map(|digit| usize::from(digit - b'0')).collect();
        let mut bars = String::from("000000000000101");
        for (place, &value) in values[1..7].iter().enumerate() {
            let odd = format!("{:07b}", LEFT[value]);
            let is_even = EVEN_FOR[values[0]] >> (5 - place) & 1 == 1;
            let turned = |bar: char| if bar == '0' { '1' } else { '0' };
            let even: String = odd.chars().rev().map(turned).collect();
            bars += if is_even { &even } else { &odd };
        }
        bars += "01010";
        for &value in &values[7..] {
            bars.extend(
                format!("{:07b}", LEFT[value])
                    .chars()
                    .map(|bar| if bar == '0' { '1' } else { '0' }),
            );
        }
        bars += "101000000000000";
        let row = |_| bars.bytes().flat_map(|bar| [if bar == b'1' { 0 } else { 255 }; 3]);
        let width = u32::try_from(bars.len() * 3).unwrap();
        Frame::new(width, 120, (0..120).flat_map(row).collect()).unwrap()
    }

    #[test]
    fn a_product_is_read_when_products_are_wanted() {
        let frame = ean13("4006381333931");
        let read = |reader: Reader| {
            let mut reader = reader;
            reader.read(&frame, Deadline::never()).codes
        };
        let codes = read(Reader::default().with_products(true));
        assert_eq!((codes[0].text.as_str(), codes[0].kind), ("4006381333931", Kind::Ean13));
        assert_eq!(read(Reader::default()), []);
    }

    #[test]
    fn kanji_come_as_shift_jis() {
        assert_eq!(text(b"\x83\x82\x83o\x83C\x83\x8b".to_vec()), "モバイル");
    }
}
