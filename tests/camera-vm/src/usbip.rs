//! USB over a socket, as the kernel's `vhci_hcd` speaks it: plugging a device in, and the messages
//! about its transfers. Knows nothing of cameras.
//!
//! See Documentation/usb/usbip_protocol.rst of the kernel. There is no handshake here: that is the
//! business of the `usbip` tool, which is not used.

use std::fs;
use std::io::{self, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;

const CONTROLLER: &str = "/sys/devices/platform/vhci_hcd.0";
/// As many fast ones as the controller has; the slow ones come behind.
pub(crate) const PORTS: u8 = 8;
/// `enum usb_device_speed`: 480 Mbit/s.
const SPEED_HIGH: u32 = 3;

const SUBMIT: u32 = 1;
const UNLINK: u32 = 2;
const SUBMITTED: u32 = 3;
const UNLINKED: u32 = 4;
const HEADER_BYTES: usize = 48;

/// A transfer that was not answered yet when it was taken back.
const ECONNRESET: i32 = 104;
/// How a device says that it does not understand a request (a stalled endpoint).
const EPIPE: i32 = 32;

/// What the kernel wants of the device.
pub(crate) enum Request {
    /// A question or an order on endpoint 0.
    Control { number: u32, setup: Setup, data: Vec<u8> },
    /// As many bytes as there are, up to so many.
    Bulk { number: u32, bytes_max: usize },
    /// That earlier transfer is no longer wanted.
    Unlink { number: u32, unwanted: u32 },
}

/// The eight bytes that say what a control transfer is about (USB 2.0, 9.3).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setup {
    pub(crate) kind: u8,
    pub(crate) request: u8,
    pub(crate) value: u16,
    pub(crate) index: u16,
    pub(crate) length: u16,
}

impl Setup {
    fn parse(bytes: [u8; 8]) -> Setup {
        let word = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        Setup { kind: bytes[0], request: bytes[1], value: word(2), index: word(4), length: word(6) }
    }

    /// Whether the answer, and not the question, carries the data.
    pub(crate) fn asks(&self) -> bool {
        self.kind & 0x80 != 0
    }
}

/// Plugs a device into a port, and returns the cable's other end.
pub(crate) fn attach(port: u8) -> io::Result<UnixStream> {
    let (device, kernel) = UnixStream::pair()?;
    // Any number that no other device has; the upper half is a bus.
    let device_id = (1 << 16) + 2 + u32::from(port);
    let order = format!("{port} {} {device_id} {SPEED_HIGH}", kernel.as_raw_fd());
    fs::write(format!("{CONTROLLER}/attach"), order)?;
    Ok(device)
}

/// Pulls the device out of the port.
pub(crate) fn detach(port: u8) -> io::Result<()> {
    fs::write(format!("{CONTROLLER}/detach"), port.to_string())
}

/// Waits for the next request; fails when the cable is pulled.
pub(crate) fn read(cable: &mut impl Read) -> io::Result<Request> {
    let mut header = [0; HEADER_BYTES];
    cable.read_exact(&mut header)?;
    let field = |n: usize| {
        let at = n * 4;
        u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
    };
    let (command, number, inwards, endpoint) = (field(0), field(1), field(3) == 1, field(4));
    match command {
        UNLINK => Ok(Request::Unlink { number, unwanted: field(5) }),
        SUBMIT => {
            let bytes = field(6) as usize;
            let mut data = vec![0; if inwards { 0 } else { bytes }];
            cable.read_exact(&mut data)?;
            if endpoint != 0 {
                return Ok(Request::Bulk { number, bytes_max: bytes });
            }
            let mut setup = [0; 8];
            setup.copy_from_slice(&header[40..]);
            Ok(Request::Control { number, setup: Setup::parse(setup), data })
        }
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// Sends what was asked for.
pub(crate) fn give(cable: &mut impl Write, number: u32, data: &[u8]) -> io::Result<()> {
    write(cable, SUBMITTED, number, 0, data.len(), data)
}

/// Says that so many bytes were taken.
pub(crate) fn taken(cable: &mut impl Write, number: u32, bytes: usize) -> io::Result<()> {
    write(cable, SUBMITTED, number, 0, bytes, &[])
}

/// Says that the request is not understood.
pub(crate) fn refuse(cable: &mut impl Write, number: u32) -> io::Result<()> {
    write(cable, SUBMITTED, number, -EPIPE, 0, &[])
}

/// Says whether the unwanted transfer could be taken back.
pub(crate) fn unlinked(cable: &mut impl Write, number: u32, in_time: bool) -> io::Result<()> {
    write(cable, UNLINKED, number, if in_time { -ECONNRESET } else { 0 }, 0, &[])
}

fn write(
    cable: &mut impl Write,
    command: u32,
    number: u32,
    status: i32,
    bytes: usize,
    data: &[u8],
) -> io::Result<()> {
    let bytes = u32::try_from(bytes).map_err(|_| io::ErrorKind::InvalidInput)?;
    let mut message = Vec::with_capacity(HEADER_BYTES + data.len());
    for field in [command, number, 0, 0, 0, status.cast_unsigned(), bytes] {
        message.extend(field.to_be_bytes());
    }
    message.resize(HEADER_BYTES, 0);
    message.extend(data);
    cable.write_all(&message)
}
