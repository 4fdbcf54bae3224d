//! What the emulated webcam sees: a code on grey, packed as it sends it.

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, GrayImage, Luma};
use qrcode::QrCode;

use crate::model::{Mode, Packing};

/// The picture of a code, three quarters of the view high.
pub(crate) fn packed(text: &str, mode: Mode) -> Vec<u8> {
    let luma = picture(text, mode.width.into(), mode.height.into());
    match mode.packing {
        Packing::Yuyv => luma.iter().flat_map(|luma| [*luma, 128]).collect(),
        Packing::Mjpeg => {
            let colour: Vec<u8> = luma.iter().flat_map(|luma| [*luma; 3]).collect();
            let mut jpeg = Vec::new();
            JpegEncoder::new_with_quality(&mut jpeg, 80)
                .encode(&colour, mode.width.into(), mode.height.into(), ExtendedColorType::Rgb8)
                .expect("memory takes every picture");
            jpeg
        }
    }
}

/// Bytes that begin like a JPEG and are none.
pub(crate) fn noise() -> Vec<u8> {
    let mut state = 1_u32;
    let noise = std::iter::repeat_with(|| {
        // Numerical Recipes' generator: any bytes do, as long as they are the same each time.
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    });
    [0xFF, 0xD8].into_iter().chain(noise.take(20_000)).collect()
}

fn picture(text: &str, width: u32, height: u32) -> Vec<u8> {
    let code = QrCode::new(text).expect("a short text");
    let modules = u32::try_from(code.width()).expect("a small code") + 8;
    let module = height * 3 / 4 / modules;
    let code = code.render::<Luma<u8>>().module_dimensions(module, module).build();
    let mut view = GrayImage::from_pixel(width, height, Luma([140]));
    let middle = |whole: u32, part: u32| i64::from((whole - part) / 2);
    let (x, y) = (middle(width, code.width()), middle(height, code.height()));
    image::imageops::replace(&mut view, &code, x, y);
    view.into_raw()
}

#[cfg(test)]
mod tests {
    use reda_scan::{Frame, decode};

    use super::*;

    #[test]
    fn every_size_shows_its_code() {
        for (width, height) in [(320, 240), (640, 480), (1280, 720)] {
            let jpeg = packed("KASSE-0001", Mode::new(Packing::Mjpeg, width, height, 30));
            let luma = image::load_from_memory(&jpeg).unwrap().into_luma8().into_raw();
            let frame = Frame::new(width.into(), height.into(), luma).unwrap();
            let texts: Vec<_> = decode(&frame).into_iter().map(|code| code.text).collect();
            assert_eq!(texts, ["KASSE-0001"], "{width} × {height}");
        }
    }
}
