//! The operating system's cameras, through nokhwa. Runs only in the camera's child process: here a
//! call may block for ever, panic or abort.

use std::cmp::Reverse;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use nokhwa::utils::{
    ApiBackend, CameraFormat, CameraIndex, FrameFormat, RequestedFormat, RequestedFormatType,
};
use nokhwa::{Camera, NokhwaError};

use crate::pace::Pace;
use crate::pixels;
use crate::scanner::millis;
use crate::state::CameraState;
use crate::wire::{self, Message};

/// How often to look whether a camera has come.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

const FORMATS: [FrameFormat; 6] = [
    FrameFormat::MJPEG,
    FrameFormat::YUYV,
    FrameFormat::NV12,
    FrameFormat::GRAY,
    FrameFormat::RAWRGB,
    FrameFormat::RAWBGR,
];

/// Waits for the camera `index` (or the first that opens), then writes its frames into the pipe.
///
/// Leaves out what no reader needs (see `pace`); `in_view` is set again and again by whoever knows that a
/// code is in view. Returns when the camera is lost or cannot be had, having said so in the pipe: a device is only
/// ever opened anew by a new process. Fails when the pipe is gone.
pub(crate) fn capture(
    index: Option<u32>,
    in_view: &AtomicBool,
    pipe: &mut impl Write,
) -> io::Result<()> {
    if !permitted(pipe)? {
        return tell(pipe, CameraState::NoPermission);
    }
    loop {
        match open(index) {
            Ok(camera) => return stream(camera, in_view, pipe),
            Err(CameraState::None) => tell(pipe, CameraState::None)?,
            Err(refusal) => return tell(pipe, refusal),
        }
        thread::sleep(LOOK_AGAIN);
    }
}

fn tell(pipe: &mut impl Write, state: CameraState) -> io::Result<()> {
    wire::write(pipe, &Message::State(state))
}

/// Asks for the right to use cameras where the system wants that (macOS), however long the person
/// in front of the screen thinks about it.
fn permitted(pipe: &mut impl Write) -> io::Result<bool> {
    let (answer, answered) = mpsc::channel();
    nokhwa::nokhwa_initialize(move |granted| {
        // Nobody listens any more once the answer is here.
        let _ = answer.send(granted);
    });
    loop {
        match answered.recv_timeout(LOOK_AGAIN) {
            Ok(granted) => return Ok(granted),
            Err(RecvTimeoutError::Timeout) => tell(pipe, CameraState::Starting)?,
            Err(RecvTimeoutError::Disconnected) => return Ok(false),
        }
    }
}

/// Writes down the cameras that the system lists, a line each: number, tab, name.
pub(crate) fn list(out: &mut impl Write) -> io::Result<()> {
    let cameras = nokhwa::query(ApiBackend::Auto).map_err(io::Error::other)?;
    for camera in cameras {
        let Ok(index) = camera.index().as_index() else { continue };
        if has_pictures(index) {
            writeln!(out, "{index}\t{}", camera.human_name().replace(['\t', '\n'], " "))?;
        }
    }
    out.flush()
}

/// Linux lists a webcam's metadata node too; the first node of a device has the pictures
/// (`index` in the kernel's sysfs-class-video4linux).
fn has_pictures(index: u32) -> bool {
    let place = format!("/sys/class/video4linux/video{index}/index");
    std::fs::read_to_string(place).map_or(true, |text| text.trim() == "0")
}

/// The cameras' numbers in order. nokhwa lists them as the file system does, and on Linux lists
/// every node: a webcam's metadata node too, which opens as no camera.
fn indices() -> Result<Vec<u32>, NokhwaError> {
    let cameras = nokhwa::query(ApiBackend::Auto)?;
    let mut indices: Vec<u32> =
        cameras.iter().filter_map(|camera| camera.index().as_index().ok()).collect();
    indices.sort_unstable();
    indices.dedup();
    Ok(indices)
}

fn open(wanted: Option<u32>) -> Result<Camera, CameraState> {
    let mut indices = indices().map_err(|error| state_of(&error))?;
    indices.retain(|index| wanted.is_none_or(|wanted| wanted == *index));
    let mut refusals = Vec::new();
    for index in indices {
        match open_one(index) {
            Ok(camera) => return Ok(camera),
            // Only worth a word if it is the very one asked for.
            Err(error) if has_no_pictures(&error) && wanted.is_none() => {}
            Err(error) => refusals.push(state_of(&error)),
        }
    }
    Err(most_telling(refusals))
}

/// Whether a node is no camera at all: a webcam's metadata, or formats that are for faces (infrared).
fn has_no_pictures(error: &NokhwaError) -> bool {
    // "Fufill" is nokhwa's own word for "no format fits", which nothing else says.
    matches!(error, NokhwaError::GetPropertyError { error, .. } if error.contains("Fufill"))
}

fn open_one(index: u32) -> Result<Camera, NokhwaError> {
    // Opened in any format first: only an open camera says which formats it has.
    let any = RequestedFormat::with_formats(RequestedFormatType::None, &FORMATS);
    let mut camera = Camera::new(CameraIndex::Index(index), any)?;
    choose_format(&mut camera)?;
    camera.open_stream()?;
    Ok(camera)
}

/// Sets the best format that the camera really takes: some refuse what they list.
fn choose_format(camera: &mut Camera) -> Result<(), NokhwaError> {
    const TRIES_MAX: usize = 4;
    for format in best_first(&camera.compatible_camera_formats()?).into_iter().take(TRIES_MAX) {
        if format == camera.camera_format() {
            return Ok(());
        }
        let exactly = RequestedFormatType::Exact(format);
        match camera.set_camera_requset(RequestedFormat::with_formats(exactly, &FORMATS)) {
            Ok(_) => return Ok(()),
            Err(error) if matches!(state_of(&error), CameraState::Failed { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    // The one it was opened in is as good as any that it refuses.
    Ok(())
}

/// The formats that we understand, the one that reads codes best first: fluent before sharp, sharp
/// up to 720p and no more, and MJPEG first among equals, since it leaves the USB bus to others.
fn best_first(formats: &[CameraFormat]) -> Vec<CameraFormat> {
    const FLUENT_FPS: u32 = 24;
    const WANTED_FPS: u32 = 30;
    const WANTED_PIXELS: u64 = 1280 * 720;
    let appeal = |format: &CameraFormat| {
        let pixels = u64::from(format.width()) * u64::from(format.height());
        let fps = format.frame_rate();
        (
            fps >= FLUENT_FPS,
            pixels.min(WANTED_PIXELS),
            u64::MAX - pixels,
            format.format() == FrameFormat::MJPEG,
            u32::MAX - fps.abs_diff(WANTED_FPS),
        )
    };
    let known = formats.iter().filter(|format| FORMATS.contains(&format.format()));
    let mut known: Vec<CameraFormat> = known.copied().collect();
    known.sort_by_key(|format| Reverse(appeal(format)));
    known
}

fn stream(mut camera: Camera, in_view: &AtomicBool, pipe: &mut impl Write) -> io::Result<()> {
    tell(pipe, CameraState::Live)?;
    let index = camera.index().as_index().ok();
    let mut damaged = 0;
    let (started, mut pace) = (Instant::now(), Pace::default());
    loop {
        let buffer = match camera.frame() {
            Ok(buffer) => buffer,
            Err(error) => {
                // The error is only text; whether the device is still listed is a fact.
                let gone = indices()
                    .is_ok_and(|indices| index.is_some_and(|index| !indices.contains(&index)));
                return tell(pipe, if gone { CameraState::Unplugged } else { state_of(&error) });
            }
        };
        let now_ms = millis(started.elapsed());
        if in_view.swap(false, Ordering::Relaxed) {
            pace.watched(now_ms);
        }
        if !pace.takes(now_ms) {
            continue;
        }
        let (format, size) = (buffer.source_frame_format(), buffer.resolution());
        let message = match pixels::luma(format, size.width(), size.height(), buffer.buffer()) {
            Ok(frame) if !pace.tells(now_ms, &frame) => continue,
            Ok(frame) => Message::Frame(frame.halved_within(wire::SIDE_MAX).0.into_owned()),
            // Webcams send a bad frame now and then; what to make of it is the parent's business.
            Err(error) => {
                damaged += 1;
                Message::Damaged { count: damaged, reason: error.to_string() }
            }
        };
        wire::write(pipe, &message)?;
    }
}

/// What the operating system said, in so far as nokhwa's texts (there is no error number) tell.
fn state_of(error: &NokhwaError) -> CameraState {
    let text = error.to_string();
    let says = |numbers: &[&str]| {
        numbers.iter().any(|number| text.contains(&format!("(os error {number})")))
    };
    // Linux: EBUSY; EACCES and EPERM; ENODEV, ENXIO and ENOENT.
    if says(&["16"]) {
        CameraState::Busy
    } else if says(&["13", "1"]) {
        CameraState::NoPermission
    } else if says(&["19", "6", "2"]) {
        CameraState::Unplugged
    } else {
        CameraState::failed(text)
    }
}

/// Of several cameras that did not open, the one whose reason helps most.
fn most_telling(refusals: Vec<CameraState>) -> CameraState {
    let rank = |state: &CameraState| match state {
        CameraState::Busy => 0,
        CameraState::NoPermission => 1,
        CameraState::Failed { .. } => 2,
        CameraState::Starting | CameraState::Live | CameraState::None | CameraState::Unplugged => 3,
    };
    let best = refusals.into_iter().min_by_key(rank);
    // What vanished between listing and opening is simply not there.
    best.filter(|state| *state != CameraState::Unplugged).unwrap_or(CameraState::None)
}

#[cfg(test)]
mod tests {
    use nokhwa::utils::Resolution;

    use super::*;

    fn format(kind: FrameFormat, width: u32, height: u32, fps: u32) -> CameraFormat {
        CameraFormat::new(Resolution::new(width, height), kind, fps)
    }

    #[test]
    fn a_usual_webcam_is_used_in_720p_mjpeg() {
        let best = best_first(&[
            format(FrameFormat::YUYV, 640, 480, 30),
            format(FrameFormat::YUYV, 1280, 720, 10),
            format(FrameFormat::MJPEG, 640, 480, 30),
            format(FrameFormat::MJPEG, 1920, 1080, 30),
            format(FrameFormat::MJPEG, 1280, 720, 60),
            format(FrameFormat::MJPEG, 1280, 720, 30),
            format(FrameFormat::MJPEG, 1280, 720, 15),
        ]);
        assert_eq!(best[0], format(FrameFormat::MJPEG, 1280, 720, 30));
    }

    #[test]
    fn without_mjpeg_fluent_vga_beats_sharp_stutter() {
        let best = best_first(&[
            format(FrameFormat::YUYV, 320, 240, 30),
            format(FrameFormat::YUYV, 640, 480, 30),
            format(FrameFormat::YUYV, 1280, 720, 10),
        ]);
        assert_eq!(best[0], format(FrameFormat::YUYV, 640, 480, 30));
    }

    #[test]
    fn a_camera_that_is_only_slow_is_used_sharp() {
        let best = best_first(&[
            format(FrameFormat::NV12, 640, 480, 5),
            format(FrameFormat::NV12, 1280, 720, 5),
        ]);
        assert_eq!(best[0], format(FrameFormat::NV12, 1280, 720, 5));
    }

    #[test]
    fn what_the_system_said_becomes_a_state() {
        let open = |said: &str| state_of(&NokhwaError::OpenStreamError(said.to_owned()));
        assert_eq!(open("Device or resource busy (os error 16)"), CameraState::Busy);
        assert_eq!(open("Permission denied (os error 13)"), CameraState::NoPermission);
        assert_eq!(open("No such device (os error 19)"), CameraState::Unplugged);
        assert!(matches!(open("Invalid argument (os error 22)"), CameraState::Failed { .. }));
    }

    #[test]
    fn of_several_refusals_the_most_telling_is_told() {
        let failed = CameraState::failed("why");
        assert_eq!(most_telling(vec![failed.clone(), CameraState::Busy]), CameraState::Busy);
        assert_eq!(most_telling(vec![CameraState::Unplugged, failed.clone()]), failed);
        assert_eq!(most_telling(vec![CameraState::Unplugged]), CameraState::None);
        assert_eq!(most_telling(vec![]), CameraState::None);
    }
}
