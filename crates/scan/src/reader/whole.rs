//! Other people's readers as stages, on a whole picture: each sees codes that ours does not.

use std::collections::HashSet;
use std::panic::catch_unwind;

use rxing::common::HybridBinarizer;
use rxing::multi::MultipleBarcodeReader;
use rxing::qrcode::cpp_port::QrReader;
use rxing::{BarcodeFormat, BinaryBitmap, DecodeHints, Luma8Source, RXingResult};

use super::canvas::Gray;
use super::geometry::{Point, point};
use super::search::Found;

/// Everything rqrr finds by itself: big, close codes above all.
pub(super) fn rqrr(gray: Gray) -> Vec<Found> {
    // It asserts on some ordinary photographs (a vanishing denominator in its perspective).
    let found = catch_unwind(|| {
        let mut image =
            rqrr::PreparedImage::prepare_from_greyscale(gray.width, gray.height, |x, y| {
                gray.pixels[y * gray.width + x]
            });
        let grids = image.detect_grids();
        let codes = grids.iter().filter_map(|grid| {
            let mut bytes = Vec::new();
            grid.decode_to(&mut bytes).ok()?;
            let corners = grid.bounds.map(|corner| point(corner.x as f32, corner.y as f32));
            Some(Found { bytes, corners })
        });
        codes.collect()
    });
    found.unwrap_or_default()
}

/// What rxing sees; it has no deadline, so it is not told to try harder.
pub(super) fn rxing(gray: Gray) -> Vec<Found> {
    catch_unwind(|| with_rxing(gray)).unwrap_or_default()
}

fn with_rxing(gray: Gray) -> Vec<Found> {
    let (width, height) = (gray.width as u32, gray.height as u32);
    let Ok(source) = Luma8Source::new_with_slice(gray.pixels, width, height) else {
        return Vec::new();
    };
    let mut image = BinaryBitmap::new(HybridBinarizer::new(source));
    let hints = DecodeHints {
        PossibleFormats: Some(HashSet::from([BarcodeFormat::QR_CODE])),
        ..DecodeHints::default()
    };
    let results = QrReader.decode_multiple_with_hints(&mut image, &hints).unwrap_or_default();
    results.iter().filter_map(found).collect()
}

fn found(result: &RXingResult) -> Option<Found> {
    // It goes row by row, we go around.
    let corner = |index: usize| result.getPoints().get(index).map(|at| point(at.x, at.y));
    let corners: [Point; 4] = [corner(0)?, corner(1)?, corner(3)?, corner(2)?];
    Some(Found { bytes: result.getText().as_bytes().to_vec(), corners })
}
