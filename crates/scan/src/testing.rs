//! Frames for the tests of this crate.

use image::Luma;
use qrcode::{EcLevel, QrCode};

use crate::frame::Frame;

/// As long as a rotating customer code, and in the same letters: 126 characters of base32.
pub(crate) fn card_text() -> String {
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".chars();
    let rest = letters.cycle().step_by(7).take(124);
    "R1".chars().chain(rest).collect()
}

/// A clean code at level M in its quiet zone, `module` pixels a module.
pub(crate) fn code_frame(text: &str, module: u32) -> Frame {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
    let image = code.render::<Luma<u8>>().module_dimensions(module, module).build();
    Frame::new(image.width(), image.height(), image.into_raw()).unwrap()
}

pub(crate) fn blank(width: u32, height: u32) -> Frame {
    Frame::new(width, height, vec![255; (width * height) as usize]).unwrap()
}

/// `what` laid on `frame` with its top left corner at (x, y), cut at the edges.
pub(crate) fn pasted(frame: Frame, what: &Frame, x: u32, y: u32) -> Frame {
    let mut luma = frame.luma().to_vec();
    for row in 0..what.height().min(frame.height().saturating_sub(y)) {
        for column in 0..what.width().min(frame.width().saturating_sub(x)) {
            let to = (y + row) * frame.width() + x + column;
            luma[to as usize] = what.luma()[(row * what.width() + column) as usize];
        }
    }
    Frame::new(frame.width(), frame.height(), luma).unwrap()
}

/// The same seed gives the same noise (SplitMix64).
pub(crate) fn noise(width: u32, height: u32, seed: u64) -> Frame {
    let mut state = seed;
    let byte = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        (mixed ^ (mixed >> 27)).to_le_bytes()[5]
    };
    let luma = std::iter::repeat_with(byte).take((width * height) as usize).collect();
    Frame::new(width, height, luma).unwrap()
}
