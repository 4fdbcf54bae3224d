//! The small grey picture that shows a cashier what the camera sees.

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageResult};

use crate::frame::Frame;

const WIDTH_MAX: u32 = 416;
const QUALITY: u8 = 60;

/// A small picture of what is in view.
#[derive(Clone, PartialEq, Eq)]
pub struct Preview {
    /// In pixels, at most 416.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// A grey JPEG file.
    pub jpeg: Vec<u8>,
}

impl std::fmt::Debug for Preview {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Preview({} × {}, {} bytes)", self.width, self.height, self.jpeg.len())
    }
}

pub(crate) fn preview(frame: &Frame) -> ImageResult<Preview> {
    let small = frame.clone().fit_width(WIDTH_MAX);
    let (width, height) = (small.width(), small.height());
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode(
        small.luma(),
        width,
        height,
        ExtendedColorType::L8,
    )?;
    Ok(Preview { width, height, jpeg })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::unpack;

    #[test]
    fn a_preview_is_a_small_grey_jpeg() {
        let preview = preview(&Frame::grey(1280, 720)).unwrap();
        assert_eq!((preview.width, preview.height), (416, 234));
        let shown = unpack(&preview.jpeg).unwrap();
        assert_eq!((shown.width(), shown.height()), (416, 234));
        assert!(shown.luma().iter().all(|luma| luma.abs_diff(128) <= 2));
        assert!(preview.jpeg.len() < 10_000);
    }
}
