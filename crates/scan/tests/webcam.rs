//! The camera's child process before a webcam that is not there: `tests/v4l2-shim` answers in the
//! kernel's place. Whether it answers as the kernel does is tested here and by `script/camera-vm`.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, GrayImage, Luma};
use qrcode::QrCode;
use reda_scan::{CameraState, ChildCommand, ScanEvent, Scanner, Verdict, child};
use tempfile::TempDir;

/// Longer than anything here takes on a busy machine; a test that passes never waits for it.
const BOUND: Duration = Duration::from_secs(30);

const USUAL: &str =
    "MJPG 640 480 30\nMJPG 1280 720 30\nMJPG 1280 720 15\nYUYV 640 480 30\nYUYV 1280 720 10\n";

fn library(name: &str) -> PathBuf {
    let source =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../tests/v4l2-shim/{name}.c"));
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.so"));
    let compiled = Command::new("cc")
        .args(["-O2", "-shared", "-fPIC"])
        .arg(source)
        .arg("-o")
        .arg(&built)
        .status();
    assert!(compiled.expect("a C compiler").success(), "{name}.c does not compile");
    built
}

fn shim() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| library("shim"))
}

struct Webcam(TempDir);

impl Webcam {
    fn new(formats: &str) -> Webcam {
        let webcam = Webcam(tempfile::tempdir().unwrap());
        webcam.put("formats", formats.as_bytes());
        webcam
    }

    /// In one step, since it may be read at any moment.
    fn put(&self, name: &str, bytes: &[u8]) {
        let part = self.0.path().join("part");
        fs::write(&part, bytes).unwrap();
        fs::rename(part, self.0.path().join(name)).unwrap();
    }

    fn suffer(&self, trouble: &str) {
        self.put("trouble", trouble.as_bytes());
    }

    /// Holds a code before it, in a view of this size.
    fn show(&self, text: &str, width: u32, height: u32) {
        let code = QrCode::new(text).unwrap();
        let code = code.render::<Luma<u8>>().module_dimensions(8, 8).build();
        let mut view = GrayImage::from_pixel(width, height, Luma([140]));
        image::imageops::replace(&mut view, &code, 60, 40);
        let yuyv: Vec<u8> = view.iter().flat_map(|luma| [*luma, 128]).collect();
        let colour: Vec<u8> = view.iter().flat_map(|luma| [*luma; 3]).collect();
        let mut jpeg = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, 80);
        encoder.encode(&colour, width, height, ExtendedColorType::Rgb8).unwrap();
        self.put("picture.jpg", &jpeg);
        self.put("picture.yuyv", &yuyv);
    }

    fn command(&self, libraries: &str, more: &[String]) -> ChildCommand {
        let mut args = vec![
            format!("LD_PRELOAD={libraries}"),
            format!("REDA_WEBCAM={}", self.0.path().display()),
        ];
        args.extend_from_slice(more);
        let program = [env!("CARGO_BIN_EXE_reda-camera"), child::ARG, "auto"];
        args.extend(program.map(str::to_owned));
        ChildCommand {
            program: "env".into(),
            args: args.into_iter().map(Into::into).collect(),
            opening: BOUND,
            silence: Duration::from_secs(1),
        }
    }

    fn watch(&self) -> Counter {
        Counter::start(self.command(&shim().display().to_string(), &[]))
    }
}

struct Counter {
    events: Receiver<ScanEvent>,
    _scanner: Scanner,
}

impl Counter {
    fn start(command: ChildCommand) -> Counter {
        let (tell, events) = channel();
        let on_event = move |event| drop(tell.send(event));
        let judge = |text: &str| Verdict::Mine(text.to_owned());
        let _scanner = Scanner::start_child(command, Box::new(judge), Box::new(on_event));
        let counter = Counter { events, _scanner };
        assert_eq!(counter.state(), CameraState::Starting);
        counter
    }

    fn next<T>(&self, wanted: impl Fn(ScanEvent) -> Option<T>) -> T {
        loop {
            if let Some(found) = wanted(self.events.recv_timeout(BOUND).expect("an event in time"))
            {
                return found;
            }
        }
    }

    fn state(&self) -> CameraState {
        self.next(|event| match event {
            ScanEvent::State(state) => Some(state),
            _ => None,
        })
    }

    fn failure(&self) -> String {
        match self.state() {
            CameraState::Failed { detail } => detail,
            other => panic!("{other:?} is no failure"),
        }
    }

    /// Waits for this text; returns the size of the frame.
    fn reads(&self, text: &str) -> (u32, u32) {
        self.next(|event| match event {
            ScanEvent::Read(reading) if reading.text == text => {
                Some((reading.frame_width, reading.frame_height))
            }
            _ => None,
        })
    }
}

#[test]
fn a_usual_webcam_is_read_in_720p() {
    let webcam = Webcam::new(USUAL);
    webcam.show("ANA", 1280, 720);
    let counter = webcam.watch();
    assert_eq!(counter.state(), CameraState::Live);
    assert_eq!(counter.reads("ANA"), (1280, 720));
    webcam.show("BEN", 1280, 720);
    counter.reads("BEN");
}

#[test]
fn without_mjpeg_yuyv_is_read_where_it_is_fluent() {
    let webcam = Webcam::new("YUYV 320 240 30\nYUYV 640 480 30\nYUYV 1280 720 10\n");
    webcam.show("ANA", 640, 480);
    assert_eq!(webcam.watch().reads("ANA"), (640, 480));
}

#[test]
fn an_unplugged_webcam_is_used_again_once_it_is_back() {
    let webcam = Webcam::new(USUAL);
    webcam.show("ANA", 1280, 720);
    let counter = webcam.watch();
    counter.reads("ANA");
    webcam.suffer("unplugged");
    assert_eq!(counter.state(), CameraState::Unplugged);
    webcam.show("BEN", 1280, 720);
    webcam.suffer("");
    assert_eq!(counter.state(), CameraState::Live);
    counter.reads("BEN");
}

#[test]
fn a_stalled_webcam_is_given_up_and_used_again_once_it_works() {
    let webcam = Webcam::new(USUAL);
    webcam.show("ANA", 1280, 720);
    let counter = webcam.watch();
    assert_eq!(counter.state(), CameraState::Live);
    webcam.suffer("stalled");
    assert_eq!(counter.failure(), "the camera stopped sending pictures");
    webcam.suffer("");
    assert_eq!(counter.state(), CameraState::Live);
}

#[test]
fn a_driver_that_aborts_takes_only_its_own_process_with_it() {
    let webcam = Webcam::new(USUAL);
    webcam.show("ANA", 1280, 720);
    let counter = webcam.watch();
    assert_eq!(counter.state(), CameraState::Live);
    webcam.suffer("abort");
    assert!(counter.failure().contains("signal"));
    webcam.suffer("");
    assert_eq!(counter.state(), CameraState::Live);
}

#[test]
fn busy_and_forbidden_are_told_apart_and_end_by_themselves() {
    for (trouble, state) in [("busy", CameraState::Busy), ("forbidden", CameraState::NoPermission)]
    {
        let webcam = Webcam::new(USUAL);
        webcam.show("ANA", 1280, 720);
        webcam.suffer(trouble);
        let counter = webcam.watch();
        assert_eq!(counter.state(), state);
        webcam.suffer("");
        assert_eq!(counter.state(), CameraState::Live);
    }
}

#[test]
fn a_webcam_that_sends_only_damage_is_told() {
    let webcam = Webcam::new(USUAL);
    webcam.show("ANA", 1280, 720);
    let counter = webcam.watch();
    assert_eq!(counter.state(), CameraState::Live);
    webcam.put("picture.jpg", &[0x55; 50_000]);
    assert_eq!(counter.failure(), "the camera sends only damaged pictures");
    webcam.show("BEN", 1280, 720);
    assert_eq!(counter.state(), CameraState::Live);
    counter.reads("BEN");
}

/// What the kernel's own driver answered when the till opened a camera of these formats, taken down
/// by `script/camera-vm`.
#[test]
fn the_shim_answers_as_the_kernels_driver_does() {
    let webcam = Webcam::new(USUAL);
    webcam.show("ANA", 1280, 720);
    let trace = webcam.0.path().join("trace");
    let libraries = format!("{}:{}", library("trace").display(), shim().display());
    let traced = webcam.command(&libraries, &[format!("REDA_TRACE={}", trace.display())]);
    let counter = Counter::start(traced);
    counter.reads("ANA");
    let kernel = include_str!("../../../tests/v4l2-shim/uvcvideo.trace");
    let shim = fs::read_to_string(trace).unwrap();
    let shim: String =
        shim.lines().take(kernel.lines().count()).map(|line| format!("{line}\n")).collect();
    assert_eq!(shim, kernel);
}
