//! Draws codes as pictures: version 6 at most, level M, quiet zone kept.

use image::{DynamicImage, ImageFormat, Luma};
use qrcode::{EcLevel, QrCode};
use std::io::Cursor;

/// Pixels a module, for printing and for holding up to a camera.
const MODULE_PX: u32 = 8;

/// The text does not fit a QR code of version 40.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text is too long for a QR code")]
pub struct TooLong;

/// The PNG of a text's QR code.
pub fn png(text: &str) -> Result<Vec<u8>, TooLong> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| TooLong)?;
    let image =
        code.render::<Luma<u8>>().quiet_zone(true).module_dimensions(MODULE_PX, MODULE_PX).build();
    let mut out = Cursor::new(vec![]);
    let written = DynamicImage::ImageLuma8(image).write_to(&mut out, ImageFormat::Png);
    written.expect("a grey picture encodes in memory");
    Ok(out.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_code_fits_version_six() {
        let text = "R1".to_owned() + &"A".repeat(133);
        let code = QrCode::with_error_correction_level(&text, EcLevel::M).unwrap();
        assert!(matches!(code.version(), qrcode::Version::Normal(version) if version <= 6));
        assert!(png(&text).unwrap().starts_with(b"\x89PNG"));
    }
}
