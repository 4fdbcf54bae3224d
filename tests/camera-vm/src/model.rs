//! What a webcam says about itself when it is plugged in: USB descriptors with the formats it has.
//!
//! See the USB Video Class specification 1.1, chapter 3, and its payload documents. Streams over a
//! bulk endpoint; most real webcams are isochronous, which `vhci_hcd` serves much less well.

/// How pictures are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Packing {
    Mjpeg,
    Yuyv,
}

/// One line of the list of formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Mode {
    pub(crate) packing: Packing,
    pub(crate) width: u16,
    pub(crate) height: u16,
    pub(crate) fps: u32,
}

impl Mode {
    pub(crate) const fn new(packing: Packing, width: u16, height: u16, fps: u32) -> Mode {
        Mode { packing, width, height, fps }
    }

    /// Bytes of the largest picture.
    pub(crate) fn bytes(&self) -> u32 {
        u32::from(self.width) * u32::from(self.height) * 2
    }

    /// In units of 100 ns.
    pub(crate) fn interval(&self) -> u32 {
        10_000_000 / self.fps
    }
}

/// The most that uvcvideo takes in one transfer: 32 packets of 512 bytes. A larger payload would be
/// spread over several, and the second one's picture bytes taken for a header.
pub(crate) const PAYLOAD_BYTES_MAX: u32 = 16_384;

pub(crate) const STREAMING_INTERFACE: u8 = 1;

pub(crate) const DEVICE: [u8; 18] =
    [18, 1, 0x00, 0x02, 0xEF, 2, 1, 64, 0x6D, 0x1D, 0x04, 0x01, 0, 1, 1, 2, 0, 1];

const CLASS_SPECIFIC: u8 = 0x24;
const VIDEO: u8 = 0x0E;

/// The modes of each packing, in the order in which a host numbers formats and frames from 1.
pub(crate) fn formats(modes: &[Mode]) -> Vec<Vec<Mode>> {
    let of = |packing| modes.iter().copied().filter(|mode| mode.packing == packing).collect();
    let formats: [Vec<Mode>; 2] = [of(Packing::Mjpeg), of(Packing::Yuyv)];
    formats.into_iter().filter(|format| !format.is_empty()).collect()
}

pub(crate) fn configuration(modes: &[Mode]) -> Vec<u8> {
    // One configuration of two interfaces, which belong together.
    let mut bytes = vec![9, 2, 0, 0, 2, 1, 0, 0x80, 250];
    bytes.extend([8, 11, 0, 2, VIDEO, 3, 0, 0]);
    bytes.extend(control_interface());
    // The streaming interface with one endpoint, bulk inwards.
    bytes.extend([9, 4, STREAMING_INTERFACE, 0, 1, VIDEO, 2, 0, 0]);
    bytes.extend(streaming_formats(modes));
    bytes.extend([7, 5, 0x81, 2, 0x00, 0x02, 0]);
    let length = word(bytes.len());
    bytes[2..4].copy_from_slice(&length);
    bytes
}

/// A lens wired to the USB plug, without any controls.
fn control_interface() -> Vec<u8> {
    let camera = [18, CLASS_SPECIFIC, 2, 1, 0x01, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0];
    let plug = [9, CLASS_SPECIFIC, 3, 2, 0x01, 0x01, 0, 1, 0];
    let mut bytes = vec![9, 4, 0, 0, 0, VIDEO, 1, 0, 0];
    bytes.extend([13, CLASS_SPECIFIC, 1, 0x00, 0x01]);
    bytes.extend(word(13 + camera.len() + plug.len()));
    bytes.extend(48_000_000_u32.to_le_bytes());
    bytes.extend([1, STREAMING_INTERFACE]);
    bytes.extend(camera);
    bytes.extend(plug);
    bytes
}

fn streaming_formats(modes: &[Mode]) -> Vec<u8> {
    let formats = formats(modes);
    let list: Vec<u8> = formats
        .iter()
        .zip(1..)
        .flat_map(|(format, number)| streaming_format(number, format))
        .collect();
    let header = 13 + formats.len();
    let mut bytes = vec![byte(header), CLASS_SPECIFIC, 1, byte(formats.len())];
    bytes.extend(word(header + list.len()));
    bytes.extend([0x81, 0, 2, 0, 0, 0, 1]);
    bytes.resize(header, 0);
    bytes.extend(list);
    bytes
}

fn streaming_format(number: u8, modes: &[Mode]) -> Vec<u8> {
    let frames = sizes(modes);
    let (mut bytes, frame_kind) = match modes[0].packing {
        Packing::Mjpeg => (vec![11, CLASS_SPECIFIC, 6, number, byte(frames.len()), 1], 7),
        Packing::Yuyv => {
            let mut bytes = vec![27, CLASS_SPECIFIC, 4, number, byte(frames.len())];
            bytes.extend(b"YUY2\x00\x00\x10\x00\x80\x00\x00\xAA\x00\x38\x9B\x71\x10");
            (bytes, 5)
        }
    };
    bytes.extend([1, 0, 0, 0, 0]);
    for (modes, number) in frames.iter().zip(1..) {
        bytes.extend(streaming_frame(frame_kind, number, modes));
    }
    bytes
}

/// The modes of one format by size, each with all its rates.
pub(crate) fn sizes(modes: &[Mode]) -> Vec<Vec<Mode>> {
    let mut sizes: Vec<Vec<Mode>> = Vec::new();
    for mode in modes {
        let same =
            |size: &&mut Vec<Mode>| (size[0].width, size[0].height) == (mode.width, mode.height);
        match sizes.iter_mut().find(same) {
            Some(size) => size.push(*mode),
            None => sizes.push(vec![*mode]),
        }
    }
    sizes
}

fn streaming_frame(kind: u8, number: u8, rates: &[Mode]) -> Vec<u8> {
    let mode = rates[0];
    let bits = mode.bytes() * 8;
    let mut bytes = vec![byte(26 + 4 * rates.len()), CLASS_SPECIFIC, kind, number, 0];
    bytes.extend(mode.width.to_le_bytes());
    bytes.extend(mode.height.to_le_bytes());
    for field in [bits, bits * 30, mode.bytes(), mode.interval()] {
        bytes.extend(field.to_le_bytes());
    }
    bytes.push(byte(rates.len()));
    bytes.extend(rates.iter().flat_map(|mode| mode.interval().to_le_bytes()));
    bytes
}

/// Languages, maker and name.
pub(crate) fn string(number: u8) -> Option<Vec<u8>> {
    let text = match number {
        0 => return Some(vec![4, 3, 0x09, 0x04]),
        1 => "Reda",
        2 => "Emulated webcam",
        _ => return None,
    };
    let letters: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    Some([vec![byte(2 + letters.len()), 3], letters].concat())
}

fn byte(number: usize) -> u8 {
    u8::try_from(number).expect("descriptors are short")
}

fn word(number: usize) -> [u8; 2] {
    u16::try_from(number).expect("descriptors are short").to_le_bytes()
}
