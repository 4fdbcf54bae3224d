//! One picture of a webcam's MJPEG stream to luma. Leaves the colours packed: they are most of the
//! work, and no code is in them. Pictures from files are `picture`'s.

use std::borrow::Cow;
use std::panic::catch_unwind;

use thiserror::Error;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::frame::{Frame, FrameError};

/// No webcam sends more; a damaged header must not make us allocate gigabytes.
const SIDE_MAX: usize = 8_192;

const SOI: [u8; 2] = [0xFF, 0xD8];
const DHT: u8 = 0xC4;
const SOS: u8 = 0xDA;

/// Says to the decoder that the picture is one of a stream, where the standard's example Huffman
/// tables (ITU-T T.81, K.3) are meant if none are sent.
const AVI_SEGMENT: &[u8] = b"\xFF\xE0\x00\x08AVI1\0\0";

/// Why bytes are no readable JPEG.
#[derive(Debug, Error)]
pub(crate) enum JpegError {
    #[error("not a JPEG picture")]
    NoJpeg,
    // The decoder's own sentences end in empty lines.
    #[error("a damaged JPEG: {}", .0.to_string().trim_end())]
    Damaged(#[from] DecodeErrors),
    #[error("a JPEG that the decoder breaks at")]
    Broke,
    #[error(transparent)]
    Frame(#[from] FrameError),
}

/// Unpacks the picture at the start of `bytes`; what stands behind it is passed over. A picture cut
/// short is grey from there on.
pub(crate) fn luma(bytes: &[u8]) -> Result<Frame, JpegError> {
    // The decoder is careful, but a bad cable feeds it: a panic is one damaged picture.
    catch_unwind(|| unpack(&with_tables(bytes)?)).unwrap_or(Err(JpegError::Broke))
}

fn unpack(bytes: &[u8]) -> Result<Frame, JpegError> {
    let options = DecoderOptions::default()
        .set_max_width(SIDE_MAX)
        .set_max_height(SIDE_MAX)
        .jpeg_set_out_colorspace(ColorSpace::Luma);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    let luma = decoder.decode()?;
    let info = decoder.info().ok_or(JpegError::NoJpeg)?;
    Ok(Frame::new(info.width.into(), info.height.into(), luma)?)
}

/// The picture, marked if it has no Huffman tables, which many webcams leave out.
fn with_tables(bytes: &[u8]) -> Result<Cow<'_, [u8]>, JpegError> {
    let rest = bytes.strip_prefix(&SOI).ok_or(JpegError::NoJpeg)?;
    let missing = segments(rest).take_while(|kind| *kind != SOS).all(|kind| kind != DHT);
    if missing {
        return Ok(Cow::Owned([&SOI, AVI_SEGMENT, rest].concat()));
    }
    Ok(Cow::Borrowed(bytes))
}

/// The kinds of the segments before the picture's own data, as far as they make sense.
fn segments(mut bytes: &[u8]) -> impl Iterator<Item = u8> {
    std::iter::from_fn(move || {
        let &[0xFF, kind, high, low, ..] = bytes else { return None };
        bytes = bytes.get(2 + usize::from(u16::from_be_bytes([high, low]))..)?;
        Some(kind)
    })
}

#[cfg(test)]
mod tests {
    use image::codecs::jpeg::JpegEncoder;
    use image::{DynamicImage, ExtendedColorType, GrayImage};
    use proptest::prelude::*;

    use super::*;
    use crate::testing::code_frame;

    fn packed(frame: &Frame) -> Vec<u8> {
        let grey = GrayImage::from_raw(frame.width(), frame.height(), frame.luma().to_vec());
        let colour = DynamicImage::ImageLuma8(grey.unwrap()).into_rgb8();
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, 80)
            .encode(&colour, colour.width(), colour.height(), ExtendedColorType::Rgb8)
            .unwrap();
        jpeg
    }

    /// The picture without the segments that hold Huffman tables.
    fn without_tables(jpeg: &[u8]) -> Vec<u8> {
        let mut kept = SOI.to_vec();
        let mut rest = &jpeg[2..];
        while rest[1] != SOS {
            let (segment, behind) =
                rest.split_at(2 + usize::from(u16::from_be_bytes([rest[2], rest[3]])));
            if segment[1] != DHT {
                kept.extend(segment);
            }
            rest = behind;
        }
        kept.extend(rest);
        kept
    }

    /// How far the brightest difference goes.
    fn difference(a: &Frame, b: &Frame) -> u8 {
        assert_eq!((a.width(), a.height()), (b.width(), b.height()));
        a.luma().iter().zip(b.luma()).map(|(a, b)| a.abs_diff(*b)).max().unwrap()
    }

    #[test]
    fn brightness_survives_packing() {
        let code = code_frame("WEBCAM", 6);
        assert!(difference(&luma(&packed(&code)).unwrap(), &code) < 64);
    }

    #[test]
    fn a_picture_without_huffman_tables_is_read_by_the_standard_ones() {
        let jpeg = packed(&code_frame("WEBCAM", 6));
        let bare = without_tables(&jpeg);
        assert!(bare.len() < jpeg.len() - 400, "there were no tables to take away");
        assert_eq!(luma(&bare).unwrap(), luma(&jpeg).unwrap());
    }

    #[test]
    fn what_an_older_picture_left_behind_it_is_passed_over() {
        let jpeg = packed(&code_frame("WEBCAM", 6));
        let clean = luma(&jpeg).unwrap();
        assert_eq!(luma(&[&jpeg[..], &[0x55; 10_000]].concat()).unwrap(), clean);
        assert_eq!(luma(&[&jpeg[..], &jpeg[100..]].concat()).unwrap(), clean);
    }

    #[test]
    fn a_picture_cut_short_keeps_what_came() {
        let jpeg = packed(&code_frame("WEBCAM", 12));
        let (whole, torn) = (luma(&jpeg).unwrap(), luma(&jpeg[..jpeg.len() * 2 / 3]).unwrap());
        assert_eq!((torn.width(), torn.height()), (whole.width(), whole.height()));
        let third = whole.luma().len() / 3;
        assert_eq!(torn.luma()[..third], whole.luma()[..third]);
        assert_ne!(torn, whole);
    }

    #[test]
    fn what_is_no_picture_is_said_to_be_none() {
        assert!(matches!(luma(b""), Err(JpegError::NoJpeg)));
        assert!(matches!(luma(&[7; 64]), Err(JpegError::NoJpeg)));
        assert!(matches!(luma(&SOI), Err(JpegError::Damaged(_))));
        let mut huge = packed(&code_frame("WEBCAM", 2));
        let size = huge.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap() + 5;
        huge[size..size + 4].fill(0xFF);
        assert!(luma(&huge).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn damaged_pictures_never_panic(
            flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
            kept in any::<prop::sample::Index>(),
        ) {
            let mut jpeg = packed(&Frame::grey(40, 30));
            for (at, byte) in flips {
                let at = at.index(jpeg.len());
                jpeg[at] = byte;
            }
            jpeg.truncate(kept.index(jpeg.len()) + 1);
            let _ = luma(&jpeg);
        }
    }
}
