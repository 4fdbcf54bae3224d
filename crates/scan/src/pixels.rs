//! Raw camera buffers to luma. Takes brightness where it lies and never goes through colour,
//! except for cameras that send nothing else.

use nokhwa::utils::FrameFormat;
use thiserror::Error;

use crate::frame::{Frame, FrameError};
use crate::jpeg::{self, JpegError};

/// Why a camera's buffer is not a picture.
#[derive(Debug, Error)]
pub(crate) enum PixelError {
    #[error("{has_bytes} bytes where a {format} picture has {needs_bytes}")]
    Short { format: FrameFormat, has_bytes: usize, needs_bytes: usize },
    #[error(transparent)]
    Jpeg(#[from] JpegError),
    #[error(transparent)]
    Frame(#[from] FrameError),
}

/// The luma of one buffer; one longer than its picture is normal (drivers hand out whole buffers).
pub(crate) fn luma(
    format: FrameFormat,
    width: u32,
    height: u32,
    buffer: &[u8],
) -> Result<Frame, PixelError> {
    let pixels = width as usize * height as usize;
    let first = |needs_bytes: usize| {
        let has_bytes = buffer.len();
        buffer.get(..needs_bytes).ok_or(PixelError::Short { format, has_bytes, needs_bytes })
    };
    let luma = match format {
        FrameFormat::MJPEG => return Ok(jpeg::luma(buffer)?),
        FrameFormat::YUYV => first(pixels * 2)?.chunks_exact(2).map(|pair| pair[0]).collect(),
        // NV12 is the Y plane and then the colours, which only say that the buffer is whole.
        FrameFormat::NV12 => first(pixels + pixels / 2)?[..pixels].to_vec(),
        FrameFormat::GRAY => first(pixels)?.to_vec(),
        FrameFormat::RAWRGB => {
            first(pixels * 3)?.chunks_exact(3).map(|p| brightness(p[0], p[1], p[2])).collect()
        }
        FrameFormat::RAWBGR => {
            first(pixels * 3)?.chunks_exact(3).map(|p| brightness(p[2], p[1], p[0])).collect()
        }
    };
    Ok(Frame::new(width, height, luma)?)
}

/// ITU-R BT.601 in 256ths.
fn brightness(red: u8, green: u8, blue: u8) -> u8 {
    let sum = 77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue);
    sum.to_le_bytes()[1]
}

#[cfg(test)]
mod tests {
    use super::*;

    const RAW: [FrameFormat; 5] = [
        FrameFormat::YUYV,
        FrameFormat::NV12,
        FrameFormat::GRAY,
        FrameFormat::RAWRGB,
        FrameFormat::RAWBGR,
    ];

    fn taken(format: FrameFormat, buffer: &[u8]) -> Vec<u8> {
        luma(format, 2, 2, buffer).unwrap().luma().to_vec()
    }

    #[test]
    fn brightness_is_taken_from_where_each_format_keeps_it() {
        assert_eq!(taken(FrameFormat::YUYV, &[1, 90, 2, 91, 3, 92, 4, 93]), [1, 2, 3, 4]);
        assert_eq!(taken(FrameFormat::NV12, &[1, 2, 3, 4, 90, 91]), [1, 2, 3, 4]);
        assert_eq!(taken(FrameFormat::GRAY, &[1, 2, 3, 4]), [1, 2, 3, 4]);
        let colours = [255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 0, 255];
        assert_eq!(taken(FrameFormat::RAWRGB, &colours), [255, 0, 76, 28]);
        assert_eq!(taken(FrameFormat::RAWBGR, &colours), [255, 0, 28, 76]);
    }

    #[test]
    fn a_short_buffer_is_an_error_and_a_long_one_is_not() {
        for format in RAW {
            assert!(
                matches!(luma(format, 2, 2, &[0; 3]), Err(PixelError::Short { .. })),
                "{format}"
            );
            assert!(luma(format, 2, 2, &[0; 64]).is_ok(), "{format}");
        }
        assert!(matches!(luma(FrameFormat::MJPEG, 2, 2, &[7; 64]), Err(PixelError::Jpeg(_))));
    }
}
