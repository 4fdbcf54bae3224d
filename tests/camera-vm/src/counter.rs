//! The product's side: a scanner as a till starts one, with what it told.

use std::cell::RefCell;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use std::{env, io, thread};

use reda_scan::{CameraState, ChildCommand, Reading, ScanEvent, Scanner, Source, Verdict, child};

/// Far longer than anything takes in an emulated computer; a fact that holds never waits for it.
const BOUND: Duration = Duration::from_secs(40);

pub(crate) const TRACE: &str = "/tmp/trace";

/// A scanner that watches a camera, and believes whatever it reads at once.
pub(crate) struct Counter {
    events: Receiver<ScanEvent>,
    /// The last text that was read.
    last: RefCell<String>,
    _scanner: Scanner,
}

impl Counter {
    /// Watches the first camera that opens, or the one with this number.
    pub(crate) fn watch(index: Option<u32>) -> Counter {
        Counter::start(|tell| {
            let source = Source::Camera { index };
            Scanner::start(source, Box::new(believe), tell)
        })
    }

    /// Watches through a child process started by these arguments.
    pub(crate) fn watch_by(args: &[&str]) -> Counter {
        let mut command = ChildCommand::this_program(None);
        command.args = args.iter().map(Into::into).collect();
        Counter::start(|tell| Scanner::start_child(command, Box::new(believe), tell))
    }

    fn start(scanner: impl FnOnce(reda_scan::OnEvent) -> Scanner) -> Counter {
        let (tell, events) = channel();
        let _scanner = scanner(Box::new(move |event| drop(tell.send(event))));
        let counter = Counter { events, last: RefCell::default(), _scanner };
        assert_eq!(counter.state(), CameraState::Starting);
        counter
    }

    /// The next state that is told.
    pub(crate) fn state(&self) -> CameraState {
        self.next("a state", |event| match event {
            ScanEvent::State(state) => Some(state),
            _ => None,
        })
    }

    /// Why the camera failed, which must be the next that is told of it.
    pub(crate) fn failure(&self) -> String {
        match self.state() {
            CameraState::Failed { detail } => detail,
            other => panic!("{other:?} is no failure"),
        }
    }

    /// Waits until this code is read, and nothing else before; but for the one read last, which a
    /// guest that is slower than a hand may take for one that left and returned.
    pub(crate) fn reads(&self, text: &str) -> Reading {
        let mut last = self.last.borrow_mut();
        let reading = self.next(text, |event| match event {
            ScanEvent::Read(reading) if reading.text != *last => Some(reading),
            _ => None,
        });
        assert_eq!(reading.text, text);
        text.clone_into(&mut last);
        reading
    }

    fn next<T>(&self, what: &str, wanted: impl Fn(ScanEvent) -> Option<T>) -> T {
        let until = Instant::now() + BOUND;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let event = self.events.recv_timeout(left);
            let event = event.unwrap_or_else(|error| panic!("no {what} in time: {error}"));
            if let Some(found) = wanted(event) {
                return found;
            }
        }
    }
}

fn believe(text: &str) -> Verdict {
    Verdict::Mine(text.to_owned())
}

/// Another program that has the camera, for as long as this lives.
pub(crate) struct Holder(Child);

impl Holder {
    /// Takes the camera with this number and returns once pictures come.
    pub(crate) fn take(index: u32) -> Holder {
        Holder::start(Command::new(this_program()), index)
    }

    /// Takes it and has what the driver answers written to [`TRACE`].
    pub(crate) fn take_traced(index: u32) -> Holder {
        let mut command = Command::new(this_program());
        command.env("LD_PRELOAD", "/trace.so").env("REDA_TRACE", TRACE);
        Holder::start(command, index)
    }

    fn start(mut command: Command, index: u32) -> Holder {
        let mut child = command
            .args([child::ARG, &index.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program starts");
        let mut pictures = child.stdout.take().expect("a pipe");
        let mut some = vec![0; 100_000];
        io::Read::read_exact(&mut pictures, &mut some).expect("the other program gets pictures");
        thread::spawn(move || io::copy(&mut pictures, &mut io::sink()));
        Holder(child)
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        self.0.kill().expect("the other program runs");
        self.0.wait().expect("the other program ends");
    }
}

pub(crate) fn this_program() -> PathBuf {
    env::current_exe().expect("the system knows this program")
}

/// Asks until it is so; for what the kernel does not tell by itself.
pub(crate) fn until(what: &str, so: impl Fn() -> bool) {
    let started = Instant::now();
    while !so() {
        assert!(started.elapsed() < BOUND, "{what}: not in time");
        thread::sleep(Duration::from_millis(20));
    }
}
