//! One picture as the reader sees it: brightness only, row after row. Knows nothing of colour,
//! files or cameras.

use std::borrow::Cow;

use image::{DynamicImage, GrayImage};
use thiserror::Error;

/// An 8-bit grey picture (0 black, 255 white), row major, at least one pixel large.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    width: u32,
    height: u32,
    luma: Vec<u8>,
}

/// Why bytes are not a frame.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum FrameError {
    #[error("a frame of {width} × {height} pixels is empty")]
    Empty { width: u32, height: u32 },
    #[error("a frame of {width} × {height} pixels does not have {has_bytes} bytes")]
    Length { width: u32, height: u32, has_bytes: usize },
}

impl Frame {
    /// Makes a frame of `width` × `height` pixels; fails unless `luma` has exactly one byte a pixel.
    pub fn new(width: u32, height: u32, luma: Vec<u8>) -> Result<Frame, FrameError> {
        if width == 0 || height == 0 {
            return Err(FrameError::Empty { width, height });
        }
        if u64::from(width) * u64::from(height) != luma.len() as u64 {
            return Err(FrameError::Length { width, height, has_bytes: luma.len() });
        }
        Ok(Frame { width, height, luma })
    }

    /// Pixels in a row.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// One byte a pixel, row after row from the top left.
    pub fn luma(&self) -> &[u8] {
        &self.luma
    }

    pub(crate) fn grey(width: u32, height: u32) -> Frame {
        Frame { width, height, luma: vec![128; width as usize * height as usize] }
    }

    /// The part from (left, top) to before (right, bottom); `None` if that is empty or beyond.
    pub(crate) fn cropped(&self, left: u32, top: u32, right: u32, bottom: u32) -> Option<Frame> {
        if left >= right || top >= bottom || right > self.width || bottom > self.height {
            return None;
        }
        let rows = self.luma.chunks_exact(self.width as usize);
        let rows = rows.take(bottom as usize).skip(top as usize);
        let luma = rows.flat_map(|row| &row[left as usize..right as usize]).copied().collect();
        Some(Frame { width: right - left, height: bottom - top, luma })
    }

    /// The frame with light for dark.
    pub(crate) fn inverted(&self) -> Frame {
        let luma = self.luma.iter().map(|luma| 255 - luma).collect();
        Frame { width: self.width, height: self.height, luma }
    }

    /// The frame scaled down (never up) to a width of at most `width_max` pixels.
    pub(crate) fn fit_width(self, width_max: u32) -> Frame {
        if self.width <= width_max {
            return self;
        }
        let Frame { width, height, luma } = self;
        let whole = GrayImage::from_raw(width, height, luma).expect("a frame has a byte a pixel");
        // Through DynamicImage, because its loops are compiled (optimised) in `image` itself.
        let small = DynamicImage::ImageLuma8(whole).thumbnail(width_max, u32::MAX).into_luma8();
        Frame { width: small.width(), height: small.height(), luma: small.into_raw() }
    }

    /// The frame halved until no side is longer than `side_max`, and how many of its own pixels
    /// one pixel of the result is wide.
    pub(crate) fn halved_within(&self, side_max: u32) -> (Cow<'_, Frame>, i32) {
        let mut frame = Cow::Borrowed(self);
        let mut scale = 1;
        while frame.width.max(frame.height) > side_max {
            let Some(half) = frame.halved() else { break };
            frame = Cow::Owned(half);
            scale *= 2;
        }
        (frame, scale)
    }

    /// Every 2 × 2 pixels averaged into one; `None` when a side would vanish.
    pub(crate) fn halved(&self) -> Option<Frame> {
        let (width, height) = (self.width / 2, self.height / 2);
        if width == 0 || height == 0 {
            return None;
        }
        let mut luma = Vec::with_capacity(width as usize * height as usize);
        for rows in self.luma.chunks_exact(self.width as usize * 2) {
            let (upper, lower) = rows.split_at(self.width as usize);
            let pairs = upper.chunks_exact(2).zip(lower.chunks_exact(2));
            luma.extend(
                pairs
                    .map(|(u, l)| u8::midpoint(u8::midpoint(u[0], u[1]), u8::midpoint(l[0], l[1]))),
            );
        }
        Some(Frame { width, height, luma })
    }
}

/// Prints the size only: a megabyte of pixels helps nobody.
impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Frame({} × {})", self.width, self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_has_exactly_one_byte_a_pixel() {
        assert!(Frame::new(3, 2, vec![0; 6]).is_ok());
        assert_eq!(
            Frame::new(3, 2, vec![0; 5]),
            Err(FrameError::Length { width: 3, height: 2, has_bytes: 5 })
        );
        assert_eq!(Frame::new(0, 2, vec![]), Err(FrameError::Empty { width: 0, height: 2 }));
        assert!(Frame::new(u32::MAX, u32::MAX, vec![0; 1]).is_err());
    }

    #[test]
    fn halving_averages_and_drops_an_odd_last_row_and_column() {
        let frame = Frame::new(3, 3, vec![0, 100, 9, 100, 200, 9, 9, 9, 9]).unwrap();
        assert_eq!(frame.halved(), Some(Frame::new(1, 1, vec![100]).unwrap()));
        assert_eq!(Frame::grey(5, 1).halved(), None);
    }

    #[test]
    fn a_part_is_cut_out_of_its_rows() {
        let frame = Frame::new(3, 2, vec![1, 2, 3, 4, 5, 6]).unwrap();
        assert_eq!(frame.cropped(1, 0, 3, 2), Some(Frame::new(2, 2, vec![2, 3, 5, 6]).unwrap()));
        assert_eq!(frame.cropped(1, 0, 4, 2), None);
        assert_eq!(frame.cropped(1, 1, 1, 2), None);
    }

    #[test]
    fn fitting_keeps_the_proportions_and_never_enlarges() {
        let small = Frame::grey(1920, 1080).fit_width(416);
        assert_eq!((small.width(), small.height()), (416, 234));
        assert!(small.luma().iter().all(|&luma| luma == 128));
        assert_eq!(Frame::grey(320, 200).fit_width(416), Frame::grey(320, 200));
        assert_eq!(Frame::grey(5000, 1).fit_width(416).height(), 1);
    }

    #[test]
    fn halving_to_fit_says_by_how_much() {
        let frame = Frame::grey(4000, 100);
        let (fitted, scale) = frame.halved_within(1280);
        assert_eq!((fitted.width(), fitted.height(), scale), (1000, 25, 4));
        let line = Frame::grey(4000, 1);
        assert_eq!(line.halved_within(1280), (Cow::Borrowed(&line), 1));
    }
}
