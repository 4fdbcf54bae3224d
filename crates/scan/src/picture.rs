//! Compressed picture bytes to a frame, within limits. Knows nothing of files or cameras.

use std::io::Cursor;
use std::panic::catch_unwind;

use image::{DynamicImage, ImageError, ImageFormat, ImageReader, Limits};
use thiserror::Error;

use crate::frame::Frame;

/// A picture with a longer side is refused before a pixel of it is unpacked.
const SIDE_MAX: u32 = 16_384;
/// What a decoder may allocate; the unpacked picture counts. Real photographs of 80 megapixels fit.
const ALLOC_MAX_BYTES: u64 = 256 * 1024 * 1024;

/// Why bytes are not a readable picture.
#[derive(Debug, Error)]
pub enum PictureError {
    #[error("not a PNG, JPEG, WebP, GIF or BMP picture")]
    Format,
    #[error("the picture is too large: at most 16384 × 16384 pixels and 256 MiB unpacked")]
    TooLarge,
    #[error("the picture is damaged or cut short")]
    Damaged(#[source] Option<ImageError>),
}

/// Unpacks a picture in any of the five formats, told by its first bytes and not by its name.
pub(crate) fn unpack(bytes: &[u8]) -> Result<Frame, PictureError> {
    // Named one by one: another crate of the workspace may switch on further decoders of `image`.
    match image::guess_format(bytes) {
        Ok(
            format @ (ImageFormat::Png
            | ImageFormat::Jpeg
            | ImageFormat::WebP
            | ImageFormat::Gif
            | ImageFormat::Bmp),
        ) => unpack_as(format, bytes),
        _ => Err(PictureError::Format),
    }
}

/// Unpacks a picture of a known format; of an animation the first picture.
pub(crate) fn unpack_as(format: ImageFormat, bytes: &[u8]) -> Result<Frame, PictureError> {
    // The decoders are careful, but they are fed by strangers: a panic is a damaged picture.
    let unpacked = catch_unwind(|| {
        let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
        let mut limits = Limits::default();
        limits.max_image_width = Some(SIDE_MAX);
        limits.max_image_height = Some(SIDE_MAX);
        limits.max_alloc = Some(ALLOC_MAX_BYTES);
        reader.limits(limits);
        reader.decode().map(luma)
    });
    let (width, height, luma) = match unpacked {
        Ok(Ok(unpacked)) => unpacked,
        Ok(Err(ImageError::Limits(_))) => return Err(PictureError::TooLarge),
        Ok(Err(error)) => return Err(PictureError::Damaged(Some(error))),
        Err(_panic) => return Err(PictureError::Damaged(None)),
    };
    Frame::new(width, height, luma).map_err(|_| PictureError::Damaged(None))
}

/// Brightness over white paper: a code on a transparent ground is printed on what is behind it.
fn luma(image: DynamicImage) -> (u32, u32, Vec<u8>) {
    let (width, height) = (image.width(), image.height());
    if !image.color().has_alpha() {
        return (width, height, image.into_luma8().into_raw());
    }
    let over_white = |pixel: &[u8]| {
        let (luma, alpha) = (u16::from(pixel[0]), u16::from(pixel[1]));
        let sum = luma * alpha + 255 * (255 - alpha);
        u8::try_from(sum / 255).unwrap_or(255)
    };
    let luma = image.into_luma_alpha8().chunks_exact(2).map(over_white).collect();
    (width, height, luma)
}

#[cfg(test)]
mod tests {
    use image::{Rgba, RgbaImage};
    use proptest::prelude::*;

    use super::*;

    fn packed(format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::new_luma8(40, 30).into_rgb8().write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    const FORMATS: [ImageFormat; 5] = [
        ImageFormat::Png,
        ImageFormat::Jpeg,
        ImageFormat::WebP,
        ImageFormat::Gif,
        ImageFormat::Bmp,
    ];

    #[test]
    fn all_five_formats_are_unpacked() {
        for format in FORMATS {
            let frame = unpack(&packed(format)).unwrap();
            assert_eq!((frame.width(), frame.height()), (40, 30), "{format:?}");
            assert!(frame.luma().iter().all(|&luma| luma < 3), "{format:?}");
        }
    }

    #[test]
    fn transparency_is_white_paper() {
        let half_black =
            RgbaImage::from_fn(3, 1, |x, _| Rgba([0, 0, 0, [0, 128, 255][x as usize]]));
        let mut bytes = Cursor::new(Vec::new());
        half_black.write_to(&mut bytes, ImageFormat::Png).unwrap();
        assert_eq!(unpack(bytes.get_ref()).unwrap().luma(), [255, 127, 0]);
    }

    #[test]
    fn text_is_not_a_picture() {
        assert!(matches!(unpack(b"<svg xmlns='x'/>"), Err(PictureError::Format)));
        assert!(matches!(unpack(b""), Err(PictureError::Format)));
    }

    /// A bitmap's header alone, promising so many pixels of 24 bits.
    fn promised_bmp(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"BM".to_vec();
        for field in [54, 0, 54, 40, width, height, 1 | 24 << 16, 0, 0, 0, 0, 0, 0u32] {
            bytes.extend(field.to_le_bytes());
        }
        bytes
    }

    /// A GIF's headers alone, promising one picture of so many pixels.
    fn promised_gif(width: u16, height: u16) -> Vec<u8> {
        let size = [width.to_le_bytes(), height.to_le_bytes()].concat();
        [b"GIF89a", &size[..], &[0, 0, 0, 0x2C, 0, 0, 0, 0], &size[..], &[0, 2, 0, 0x3B]].concat()
    }

    #[test]
    fn bombs_are_refused_before_they_are_unpacked() {
        let wide = promised_bmp(20_000, 10);
        let heavy = promised_bmp(16_000, 16_000);
        let gif = promised_gif(65_535, 65_535);
        for bomb in [wide, heavy, gif] {
            assert!(matches!(unpack(&bomb), Err(PictureError::TooLarge)));
        }
        assert!(matches!(unpack(&promised_bmp(100, 100)), Err(PictureError::Damaged(_))));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn damaged_pictures_never_panic(
            format in prop::sample::select(&FORMATS[..]),
            flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
            kept in any::<prop::sample::Index>(),
        ) {
            let mut bytes = packed(format);
            for (at, byte) in flips {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            bytes.truncate(kept.index(bytes.len()) + 1);
            let _ = unpack(&bytes);
        }
    }
}
