//! The scanner as a till uses it: a folder of pictures, a child process, the real camera's child.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use image::{GrayImage, Luma};
use qrcode::QrCode;
use reda_scan::{CameraState, ChildCommand, Reading, ScanEvent, Scanner, Source, Verdict, child};

/// Longer than anything here takes on a busy machine; a test that passes never waits for it.
const BOUND: Duration = Duration::from_secs(30);

/// A number that no camera has.
const NOWHERE: &str = "250";

fn code(text: &str) -> GrayImage {
    QrCode::new(text).unwrap().render::<Luma<u8>>().module_dimensions(5, 5).build()
}

/// Copied in under another name and renamed, as a careful program does.
fn drop_in(dir: &Path, name: &str, image: &GrayImage) {
    let part = dir.join("part.tmp");
    image.save_with_format(&part, image::ImageFormat::Png).unwrap();
    fs::rename(part, dir.join(name)).unwrap();
}

fn judge(text: &str) -> Verdict {
    match text.split_once(':') {
        Some(("MINE", subject)) => Verdict::Mine(subject.to_owned()),
        _ => Verdict::Foreign,
    }
}

fn start(source: Source) -> (Scanner, Receiver<ScanEvent>) {
    let (tell, told) = channel();
    let on_event = move |event| drop(tell.send(event));
    (Scanner::start(source, Box::new(judge), Box::new(on_event)), told)
}

fn replay(dir: &Path) -> (Scanner, Receiver<ScanEvent>) {
    start(Source::Replay { dir: dir.to_owned() })
}

fn wait_for<T>(events: &Receiver<ScanEvent>, mut wanted: impl FnMut(ScanEvent) -> Option<T>) -> T {
    let until = Instant::now() + BOUND;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if let Some(found) = wanted(events.recv_timeout(left).expect("an event in time")) {
            return found;
        }
    }
}

fn next_state(events: &Receiver<ScanEvent>) -> CameraState {
    wait_for(events, |event| match event {
        ScanEvent::State(state) => Some(state),
        ScanEvent::Read(_) | ScanEvent::InView(_) | ScanEvent::Hint(_) | ScanEvent::Preview(_) => {
            None
        }
    })
}

fn next_reading(events: &Receiver<ScanEvent>) -> Reading {
    wait_for(events, |event| match event {
        ScanEvent::Read(reading) => Some(reading),
        ScanEvent::State(_) | ScanEvent::InView(_) | ScanEvent::Hint(_) | ScanEvent::Preview(_) => {
            None
        }
    })
}

#[test]
fn a_code_dropped_into_an_empty_folder_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let (_scanner, events) = replay(dir.path());
    assert_eq!(next_state(&events), CameraState::Starting);
    assert_eq!(next_state(&events), CameraState::Live);
    let image = code("MINE:ANA");
    drop_in(dir.path(), "ana.png", &image);
    let reading = next_reading(&events);
    assert_eq!((reading.text.as_str(), reading.verdict), ("MINE:ANA", Verdict::Mine("ANA".into())));
    assert_eq!((reading.frame_width, reading.frame_height), image.dimensions());
}

#[test]
fn a_foreign_code_is_read_too() {
    let dir = tempfile::tempdir().unwrap();
    drop_in(dir.path(), "a.png", &code("HTTPS://EXAMPLE.ORG"));
    let (_scanner, events) = replay(dir.path());
    assert_eq!(next_reading(&events).verdict, Verdict::Foreign);
}

#[test]
fn a_broken_file_does_not_stop_the_others() {
    let dir = tempfile::tempdir().unwrap();
    let (_scanner, events) = replay(dir.path());
    drop_in(dir.path(), "b.png", &code("MINE:ANA"));
    let whole = fs::read(dir.path().join("b.png")).unwrap();
    fs::write(dir.path().join("a.png"), &whole[..whole.len() / 2]).unwrap();
    fs::write(dir.path().join("c.jpg"), "not a picture").unwrap();
    fs::create_dir(dir.path().join("d.png")).unwrap();
    assert_eq!(next_reading(&events).text, "MINE:ANA");
    fs::remove_file(dir.path().join("b.png")).unwrap();
    drop_in(dir.path(), "e.png", &code("MINE:BEN"));
    assert_eq!(next_reading(&events).text, "MINE:BEN");
}

#[test]
fn a_code_in_view_is_read_once_until_it_is_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    drop_in(dir.path(), "a.png", &code("MINE:ANA"));
    let (scanner, events) = replay(dir.path());
    next_reading(&events);
    // Pictures go on, and in all of them stands a code that is no news.
    for _ in 0..5 {
        let read = wait_for(&events, |event| match event {
            ScanEvent::Preview(_) => Some(false),
            ScanEvent::Read(_) => Some(true),
            ScanEvent::State(_) | ScanEvent::InView(_) | ScanEvent::Hint(_) => None,
        });
        assert!(!read, "the same code was reported twice");
    }
    scanner.forget();
    assert_eq!(next_reading(&events).text, "MINE:ANA");
}

#[test]
fn a_code_that_has_left_is_told_and_read_again_when_it_comes_back() {
    let dir = tempfile::tempdir().unwrap();
    drop_in(dir.path(), "a.png", &code("MINE:ANA"));
    let (_scanner, events) = replay(dir.path());
    let in_view = |events| {
        wait_for(events, |event| match event {
            ScanEvent::InView(in_view) => Some(in_view),
            ScanEvent::State(_)
            | ScanEvent::Read(_)
            | ScanEvent::Hint(_)
            | ScanEvent::Preview(_) => None,
        })
    };
    assert!(in_view(&events));
    next_reading(&events);
    fs::remove_file(dir.path().join("a.png")).unwrap();
    assert!(!in_view(&events));
    drop_in(dir.path(), "a.png", &code("MINE:ANA"));
    assert_eq!(next_reading(&events).text, "MINE:ANA");
}

#[test]
fn a_missing_folder_is_no_camera_until_it_is_there() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("later");
    let (_scanner, events) = replay(&folder);
    assert_eq!(next_state(&events), CameraState::Starting);
    assert_eq!(next_state(&events), CameraState::None);
    fs::create_dir(&folder).unwrap();
    assert_eq!(next_state(&events), CameraState::Live);
}

#[test]
fn large_pictures_are_scaled_down_and_shown_small() {
    let dir = tempfile::tempdir().unwrap();
    let mut large = GrayImage::from_pixel(2000, 1000, Luma([255]));
    image::imageops::replace(&mut large, &code("MINE:ANA"), 700, 300);
    drop_in(dir.path(), "a.png", &large);
    let (_scanner, events) = replay(dir.path());
    // Either may come first, and a code that stays is told once.
    let (mut preview, mut reading) = (None, None);
    let (preview, reading) = wait_for(&events, |event| {
        match event {
            ScanEvent::Preview(it) => preview = Some(it),
            ScanEvent::Read(it) => reading = Some(it),
            ScanEvent::State(_) | ScanEvent::InView(_) | ScanEvent::Hint(_) => {}
        }
        preview.clone().zip(reading.clone())
    });
    assert_eq!((preview.width, preview.height), (416, 208));
    assert_eq!((reading.frame_width, reading.frame_height), (1280, 640));
}

#[test]
fn a_listener_that_never_returns_does_not_hold_who_stops_the_scanner() {
    let dir = tempfile::tempdir().unwrap();
    let (stuck, is_stuck) = channel();
    let (_never, wait) = channel::<()>();
    let on_event = move |_| {
        let _ = stuck.send(());
        let _ = wait.recv();
    };
    let source = Source::Replay { dir: dir.path().to_owned() };
    let scanner = Scanner::start(source, Box::new(judge), Box::new(on_event));
    is_stuck.recv_timeout(BOUND).unwrap();
    let (stopped, has_stopped) = channel();
    thread::spawn(move || {
        scanner.stop();
        let _ = stopped.send(());
    });
    has_stopped.recv_timeout(BOUND).unwrap();
}

#[test]
fn no_event_comes_after_the_scanner_was_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let (scanner, events) = replay(dir.path());
    next_state(&events);
    scanner.stop();
    while events.try_recv().is_ok() {}
    // The listener is gone with its thread, so that nobody is left who could tell anything.
    assert!(
        events
            .recv_timeout(BOUND)
            .is_err_and(|error| error == std::sync::mpsc::RecvTimeoutError::Disconnected)
    );
}

/// One frame as the child writes it; spelled out here so that the format cannot change unnoticed.
fn frame_message(image: &GrayImage) -> Vec<u8> {
    let (width, height) = image.dimensions();
    let fields = [width, height, width * height].map(u32::to_le_bytes).concat();
    [b"RDC\0", &fields[..], image.as_raw()].concat()
}

#[cfg(unix)]
#[test]
fn frames_of_a_child_process_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let messages = dir.path().join("messages");
    fs::write(&messages, frame_message(&code("MINE:ANA"))).unwrap();
    let command = ChildCommand {
        program: "/bin/sh".into(),
        args: vec!["-c".into(), "cat \"$0\"; exec sleep 60".into(), messages.into()],
        opening: BOUND,
        silence: BOUND,
    };
    let (tell, told) = channel();
    let on_event = move |event| drop(tell.send(event));
    let _scanner = Scanner::start_child(command, Box::new(judge), Box::new(on_event));
    assert_eq!(next_reading(&told).text, "MINE:ANA");
}

fn reda_camera(args: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reda-camera"));
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap()
}

#[test]
fn without_a_camera_the_whole_program_says_none_and_ends_with_its_input() {
    let mut program = reda_camera(&[NOWHERE]);
    let stdout = program.stdout.take().unwrap();
    let (tell, told) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines() {
            let _ = tell.send(line.unwrap());
        }
    });
    assert_eq!(told.recv_timeout(BOUND).unwrap(), r#"{"state":"starting"}"#);
    assert_eq!(told.recv_timeout(BOUND).unwrap(), r#"{"state":"none"}"#);
    drop(program.stdin.take());
    // Disconnected once the pipe is closed: by the program, and by the child that could hold it too.
    assert!(
        told.recv_timeout(BOUND)
            .is_err_and(|error| error == std::sync::mpsc::RecvTimeoutError::Disconnected)
    );
    assert!(program.wait().unwrap().success());
}

#[test]
fn the_camera_process_says_none_and_ends_with_its_parent() {
    let mut process = reda_camera(&[child::ARG, NOWHERE]);
    let mut stdout = process.stdout.take().unwrap();
    let mut header = [0; 16];
    stdout.read_exact(&mut header).unwrap();
    assert_eq!(&header, b"RDC\x03\0\0\0\0\0\0\0\0\0\0\0\0");
    // What a parent that was killed leaves behind: a closed pipe.
    drop(process.stdin.take());
    let (tell, told) = channel();
    thread::spawn(move || tell.send(process.wait().unwrap()));
    assert!(told.recv_timeout(BOUND).unwrap().success());
}
