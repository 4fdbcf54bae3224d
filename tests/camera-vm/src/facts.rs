//! What holds of the till's camera on the kernel's own webcam driver. A fact panics if it does not.

use std::fs;
use std::path::Path;

use reda_scan::{CameraState, child};

use crate::counter::{Counter, Holder, TRACE, until};
use crate::guest::{AS_NOBODY, say};
use crate::model::Mode;
use crate::model::Packing::{Mjpeg, Yuyv};
use crate::webcam::{Trouble, Webcam};

/// By name; each starts and ends without a webcam.
pub(crate) const ALL: &[(&str, fn())] = &[
    ("a_webcam_that_is_plugged_in_later_is_used_in_720p_mjpeg", plugged_in_later),
    ("a_webcam_that_only_knows_yuyv_is_used_where_it_is_fluent", only_yuyv),
    ("an_unplugged_webcam_is_told_and_used_again_once_it_is_back", unplugged),
    ("a_stalled_webcam_is_given_up_and_used_again_once_it_works", stalled),
    ("a_webcam_that_another_program_has_is_busy_until_it_is_free", busy),
    ("a_webcam_that_may_not_be_opened_is_told_apart_from_a_busy_one", not_permitted),
    ("a_metadata_node_is_passed_over", metadata),
    ("torn_pictures_are_no_trouble_and_read_as_nothing_else", torn),
    ("damaged_pictures_are_passed_over", damaged),
    ("a_webcam_that_sends_only_damage_is_told", only_damage),
    ("the_driver_answers_as_was_taken_down", answers),
];

const USUAL: &[Mode] = &[
    Mode::new(Mjpeg, 640, 480, 30),
    Mode::new(Mjpeg, 1280, 720, 30),
    Mode::new(Mjpeg, 1280, 720, 15),
    Mode::new(Yuyv, 640, 480, 30),
    Mode::new(Yuyv, 1280, 720, 10),
];
const OLD: &[Mode] = &[Mode::new(Yuyv, 640, 480, 30), Mode::new(Yuyv, 1280, 720, 10)];
/// Small pictures, where it is not about the format: an emulated processor is slow.
const SMALL: &[Mode] = &[Mode::new(Mjpeg, 320, 240, 30)];

/// Runs a fact, and waits until the kernel has put everything away.
pub(crate) fn run(fact: fn()) {
    fact();
    until("all webcams gone", || !node(0) && !node(1) && !node(2) && !node(3));
}

fn node(number: u32) -> bool {
    Path::new(&format!("/dev/video{number}")).exists()
}

fn plugged_in_later() {
    let counter = Counter::watch(None);
    assert_eq!(counter.state(), CameraState::None);
    let webcam = Webcam::plug(USUAL, "KASSE-0001");
    assert_eq!(counter.state(), CameraState::Live);
    let reading = counter.reads("KASSE-0001");
    assert_eq!((reading.frame_width, reading.frame_height), (1280, 720));
    assert_eq!(webcam.mode(), Some(Mode::new(Mjpeg, 1280, 720, 30)));
    webcam.show("KASSE-0002");
    counter.reads("KASSE-0002");
}

fn only_yuyv() {
    let webcam = Webcam::plug(OLD, "KASSE-0003");
    let counter = Counter::watch(None);
    let reading = counter.reads("KASSE-0003");
    assert_eq!((reading.frame_width, reading.frame_height), (640, 480));
    assert_eq!(webcam.mode(), Some(Mode::new(Yuyv, 640, 480, 30)));
    webcam.show("KASSE-0004");
    counter.reads("KASSE-0004");
}

fn unplugged() {
    let webcam = Webcam::plug(SMALL, "KASSE-0005");
    let counter = live(None);
    counter.reads("KASSE-0005");
    drop(webcam);
    assert_eq!(counter.state(), CameraState::Unplugged);
    let _webcam = Webcam::plug(SMALL, "KASSE-0006");
    assert_eq!(counter.state(), CameraState::Live);
    counter.reads("KASSE-0006");
}

fn stalled() {
    let webcam = Webcam::plug(SMALL, "KASSE-0007");
    let counter = live(None);
    counter.reads("KASSE-0007");
    webcam.suffer(Trouble::Stalled);
    assert_eq!(counter.failure(), "the camera stopped sending pictures");
    webcam.show("KASSE-0008");
    webcam.suffer(Trouble::Nothing);
    assert_eq!(counter.state(), CameraState::Live);
    counter.reads("KASSE-0008");
}

fn busy() {
    let _webcam = Webcam::plug(SMALL, "KASSE-0009");
    let other = Holder::take(0);
    let counter = Counter::watch(None);
    assert_eq!(counter.state(), CameraState::Busy);
    drop(other);
    assert_eq!(counter.state(), CameraState::Live);
    counter.reads("KASSE-0009");
}

fn not_permitted() {
    let _webcam = Webcam::plug(SMALL, "KASSE-0010");
    until("the webcam's node", || node(0));
    let counter = Counter::watch_by(&[AS_NOBODY, child::ARG, "auto"]);
    assert_eq!(counter.state(), CameraState::NoPermission);
}

fn metadata() {
    let _first = Webcam::plug(SMALL, "KASSE-0011");
    let _other = Holder::take(0);
    until("the first webcam's metadata node", || node(1));
    let _second = Webcam::plug(SMALL, "KASSE-0012");
    until("the second webcam's nodes", || node(2) && node(3));
    // The first is busy, and the node between the two has no pictures.
    let counter = live(None);
    counter.reads("KASSE-0012");
    let asked_for = Counter::watch(Some(1));
    asked_for.failure();
}

fn torn() {
    let webcam = Webcam::plug(SMALL, "KASSE-0013");
    webcam.suffer(Trouble::Torn);
    let counter = live(None);
    counter.reads("KASSE-0013");
    webcam.show("KASSE-0014");
    counter.reads("KASSE-0014");
}

fn damaged() {
    let webcam = Webcam::plug(SMALL, "KASSE-0015");
    webcam.suffer(Trouble::Noisy);
    let counter = live(None);
    counter.reads("KASSE-0015");
    webcam.show("KASSE-0016");
    counter.reads("KASSE-0016");
}

fn only_damage() {
    let webcam = Webcam::plug(SMALL, "KASSE-0017");
    let counter = live(None);
    webcam.suffer(Trouble::OnlyNoise);
    assert_eq!(counter.failure(), "the camera sends only damaged pictures");
}

/// What `tests/v4l2-shim` was built after, so that whatever is tested on that holds here too.
fn answers() {
    /// The number of VIDIOC_DQBUF: with the first picture all was said, and how many follow varies.
    const PICTURE: &str = "17 ok";
    let _webcam = Webcam::plug(USUAL, "KASSE-0018");
    until("the webcam's node", || node(0));
    drop(Holder::take_traced(0));
    let trace = fs::read_to_string(TRACE).expect("a trace");
    let end = trace.find(PICTURE).and_then(|at| Some(at + trace[at..].find('\n')? + 1));
    let trace = &trace[..end.expect("a picture in the trace")];
    for line in trace.lines() {
        say(&format!("trace: {line}"));
    }
    let known = fs::read_to_string("/uvcvideo.trace").expect("the trace that was taken down");
    assert!(trace == known, "the answers differ from tests/v4l2-shim/uvcvideo.trace");
}

/// A counter with a camera that works.
fn live(index: Option<u32>) -> Counter {
    let counter = Counter::watch(index);
    loop {
        match counter.state() {
            CameraState::Live => return counter,
            // The kernel takes a moment to find a new webcam.
            CameraState::None => {}
            other => panic!("the camera is {other:?}"),
        }
    }
}
