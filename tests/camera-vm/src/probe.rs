//! How a host and a webcam agree on a mode: the host proposes, the webcam says what it makes of it,
//! the host settles (UVC 1.1, 4.3.1.1).

use crate::model::{self, Mode, PAYLOAD_BYTES_MAX, STREAMING_INTERFACE};
use crate::usbip::Setup;

pub(crate) const SET_CUR: u8 = 0x01;
pub(crate) const GET_LEN: u8 = 0x85;
pub(crate) const GET_INFO: u8 = 0x86;

const BYTES: u8 = 26;
/// What a host is told about the length.
pub(crate) const LENGTH: [u8; 2] = [BYTES, 0];

const PROBE: u16 = 1;
const COMMIT: u16 = 2;

/// A request about the mode.
pub(crate) struct Control {
    pub(crate) request: u8,
    /// Whether the host no longer asks but tells.
    pub(crate) settles: bool,
}

impl Control {
    /// `None` if the request is about something else.
    pub(crate) fn of(setup: Setup) -> Option<Control> {
        let for_streaming = setup.index.to_le_bytes()[0] == STREAMING_INTERFACE;
        let selector = setup.value >> 8;
        let about_mode = selector == PROBE || selector == COMMIT;
        let known = matches!(setup.kind, 0x21 | 0xA1) && for_streaming && about_mode;
        known.then_some(Control { request: setup.request, settles: selector == COMMIT })
    }
}

/// The mode nearest to a proposal.
pub(crate) fn nearest(modes: &[Mode], proposal: &[u8]) -> Option<Mode> {
    let (format, frame) = (*proposal.get(2)?, *proposal.get(3)?);
    let interval = u32::from_le_bytes(proposal.get(4..8)?.try_into().ok()?);
    let nth = |number: u8, count: usize| usize::from(number).clamp(1, count) - 1;
    let formats = model::formats(modes);
    let sizes = model::sizes(&formats[nth(format, formats.len())]);
    let rates = &sizes[nth(frame, sizes.len())];
    rates.iter().copied().min_by_key(|mode| mode.interval().abs_diff(interval))
}

/// What the webcam would do now.
pub(crate) fn current(modes: &[Mode], mode: Mode) -> Vec<u8> {
    let formats = model::formats(modes);
    let format = formats.iter().position(|format| format.contains(&mode)).unwrap_or(0);
    let sizes = model::sizes(&formats[format]);
    let frame = sizes.iter().position(|rates| rates.contains(&mode)).unwrap_or(0);
    let number = |position: usize| u8::try_from(position + 1).unwrap_or(u8::MAX);
    let mut bytes = vec![0; BYTES.into()];
    bytes[2] = number(format);
    bytes[3] = number(frame);
    bytes[4..8].copy_from_slice(&mode.interval().to_le_bytes());
    bytes[18..22].copy_from_slice(&mode.bytes().to_le_bytes());
    bytes[22..26].copy_from_slice(&PAYLOAD_BYTES_MAX.to_le_bytes());
    bytes
}
