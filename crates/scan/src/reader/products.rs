//! The barcodes on products: EAN-13, EAN-8 and UPC-A, by rxing. Their check digit is weak, so a
//! misreading is possible: who needs to be sure reads twice.

use std::collections::HashSet;
use std::panic::catch_unwind;

use rxing::common::HybridBinarizer;
use rxing::{BarcodeFormat, BinaryBitmap, DecodeHints, Luma8Source, MultiFormatReader, Reader};

use crate::decode::Kind;

use super::canvas::Gray;
use super::geometry::{Point, point};

/// How long is looked for a barcode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effort {
    /// Some rows, as in one of many frames.
    Glance,
    /// Every row, and columns too.
    Thorough,
}

/// A barcode, with its ends.
pub(super) struct Product {
    pub(super) digits: String,
    pub(super) kind: Kind,
    pub(super) corners: [Point; 4],
}

pub(super) fn read(gray: Gray, effort: Effort) -> Option<Product> {
    catch_unwind(|| with_rxing(gray, effort)).ok().flatten()
}

fn with_rxing(gray: Gray, effort: Effort) -> Option<Product> {
    const WANTED: [BarcodeFormat; 3] =
        [BarcodeFormat::EAN_13, BarcodeFormat::EAN_8, BarcodeFormat::UPC_A];
    let (width, height) = (gray.width as u32, gray.height as u32);
    let source = Luma8Source::new_with_slice(gray.pixels, width, height).ok()?;
    let hints = DecodeHints {
        PossibleFormats: Some(HashSet::from(WANTED)),
        TryHarder: Some(effort == Effort::Thorough),
        ..DecodeHints::default()
    };
    let mut image = BinaryBitmap::new(HybridBinarizer::new(source));
    let read = MultiFormatReader::default().decode_with_hints(&mut image, &hints).ok()?;
    let kind = match read.getBarcodeFormat() {
        BarcodeFormat::EAN_13 => Kind::Ean13,
        BarcodeFormat::EAN_8 => Kind::Ean8,
        BarcodeFormat::UPC_A => Kind::UpcA,
        _ => return None,
    };
    let ends = read.getPoints();
    let (first, last) = (ends.first()?, ends.last()?);
    let (first, last) = (point(first.x, first.y), point(last.x, last.y));
    // One line was read, so that is all that is known of its place.
    Some(Product { digits: read.getText().to_owned(), kind, corners: [first, last, last, first] })
}
