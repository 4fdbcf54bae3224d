//! Source → newest frame → reader → what is news, each on a thread of its own, so that neither a
//! slow camera nor a slow picture nor a slow listener holds up another.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;
use tracing::{debug, warn};

use crate::camera::{ChildCommand, supervise};
use crate::decode::Corner;
use crate::frame::Frame;
use crate::hints::{Hint, Hints};
use crate::outgoing::{Next, Outgoing};
use crate::preview::{Preview, preview};
use crate::reader::{Deadline, LiveReader};
use crate::replay::replay;
use crate::sightings::{Judged, Sightings};
use crate::sink::Sink;
use crate::slot::Slot;
use crate::source::Source;
use crate::state::CameraState;
use crate::stop::Stop;
use crate::verdict::Verdict;

/// Judges a code's text; called for every code in every frame, on the reader's thread.
pub type Judge = Box<dyn Fn(&str) -> Verdict + Send>;
/// Hears what happens, one event at a time and in order, on a thread of its own.
pub type OnEvent = Box<dyn FnMut(ScanEvent) + Send>;

/// What a scanner tells.
#[derive(Clone, Debug, PartialEq)]
pub enum ScanEvent {
    /// The camera's state changed.
    State(CameraState),
    /// A code was shown.
    Read(Reading),
    /// A code is in view, of whatever kind, or there is none any more: from then on, each is news.
    InView(bool),
    /// A code is seen and not read, and this would help; `None` once it does not matter any more.
    Hint(Option<Hint>),
    /// What is in view, at most twelve times a second, and twice while nothing moves.
    Preview(Preview),
}

/// A code that was shown to the camera.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reading {
    pub text: String,
    pub verdict: Verdict,
    /// In pixels of the frame; see [`Code`](crate::Code).
    pub corners: [Corner; 4],
    pub frame_width: u32,
    pub frame_height: u32,
    /// How long reading the frame took.
    pub decode_ms: u64,
}

/// A running scanner; dropping it ends it, the camera's process included.
pub struct Scanner {
    stop: Stop,
    frames: Arc<Slot<Arc<Frame>>>,
    outgoing: Arc<Outgoing>,
    forget: Arc<AtomicBool>,
    products: Arc<AtomicBool>,
    /// Disconnects when the last thread has ended.
    running: Receiver<Infallible>,
}

impl Scanner {
    /// Starts watching a source. A camera is opened in a child process of this program, whose
    /// `main` must begin with [`child::run_if_asked`](crate::child::run_if_asked).
    pub fn start(source: Source, judge: Judge, on_event: OnEvent) -> Scanner {
        match source {
            Source::Camera { index } => {
                Scanner::start_child(ChildCommand::this_program(index), judge, on_event)
            }
            Source::Replay { dir } => {
                Scanner::start_with(move |stop, sink| replay(&dir, stop, sink), judge, on_event)
            }
        }
    }

    /// Starts watching the camera that another program holds and sends.
    pub fn start_child(command: ChildCommand, judge: Judge, on_event: OnEvent) -> Scanner {
        Scanner::start_with(move |stop, sink| supervise(&command, stop, sink), judge, on_event)
    }

    fn start_with(
        watch: impl FnOnce(&Stop, &mut Sink) + Send + 'static,
        judge: Judge,
        on_event: OnEvent,
    ) -> Scanner {
        let (running_mark, running) = channel();
        let stop = Stop::default();
        let frames = Arc::new(Slot::new());
        let outgoing = Arc::new(Outgoing::default());
        let forget = Arc::new(AtomicBool::new(false));
        let products = Arc::new(AtomicBool::new(false));

        let in_view = Arc::new(AtomicBool::new(false));
        let mut sink = Sink::new(Arc::clone(&frames), Arc::clone(&outgoing), Arc::clone(&in_view));
        let watch_stop = stop.clone();
        spawn("scan-camera", &running_mark, move || {
            watch(&watch_stop, &mut sink);
        });

        let reader = Reader {
            stop: stop.clone(),
            frames: Arc::clone(&frames),
            outgoing: Arc::clone(&outgoing),
            in_view,
            forget: Arc::clone(&forget),
            products: Arc::clone(&products),
            judge,
        };
        spawn("scan-reader", &running_mark, move || reader.run());

        let told = Arc::clone(&outgoing);
        spawn("scan-events", &running_mark, move || tell(&told, on_event));

        Scanner { stop, frames, outgoing, forget, products, running }
    }

    /// Lets a code that stays in view be reported again at once, as after its customer was
    /// removed from the counter.
    pub fn forget(&self) {
        self.forget.store(true, Ordering::Relaxed);
    }

    /// Whether products' barcodes are read too, while no QR code is in view.
    pub fn read_products(&self, reads_products: bool) {
        self.products.store(reads_products, Ordering::Relaxed);
    }

    /// Ends the scanner; no event comes after this but one that is being heard right now.
    pub fn stop(self) {}
}

impl Drop for Scanner {
    fn drop(&mut self) {
        /// A long decode or a listener that waits for whoever drops us must not hold them.
        const PATIENCE: Duration = Duration::from_secs(1);
        self.stop.set();
        self.frames.close();
        self.outgoing.close();
        match self.running.recv_timeout(PATIENCE) {
            Err(RecvTimeoutError::Disconnected) => {}
            Err(RecvTimeoutError::Timeout) => {
                warn!("a thread of the scanner is slow to end and was left to it");
            }
            Ok(never) => match never {},
        }
    }
}

fn spawn(name: &str, running: &Sender<Infallible>, body: impl FnOnce() + Send + 'static) {
    let running = running.clone();
    let started = thread::Builder::new().name(name.to_owned()).spawn(move || {
        body();
        drop(running);
    });
    started.expect("the system has room for a thread");
}

struct Reader {
    stop: Stop,
    frames: Arc<Slot<Arc<Frame>>>,
    outgoing: Arc<Outgoing>,
    /// For whoever brings the frames.
    in_view: Arc<AtomicBool>,
    forget: Arc<AtomicBool>,
    products: Arc<AtomicBool>,
    judge: Judge,
}

impl Reader {
    fn run(self) {
        /// What a dear look costs at most: one frame of a camera at 30 frames a second.
        const BUDGET: Duration = Duration::from_millis(33);
        /// Rest as long as an empty frame took, so that an idle till uses half a core at most, but
        /// not so long that a customer notices.
        const REST_MAX: Duration = Duration::from_millis(50);
        let started = Instant::now();
        let mut sightings = Sightings::default();
        let mut hints = Hints::default();
        let (mut hint, mut in_view) = (None, false);
        let mut reader = LiveReader::default();
        while let Some(frame) = self.frames.take() {
            let began = Instant::now();
            reader.read_products(self.products.load(Ordering::Relaxed));
            let look = reader.read(&frame, Deadline::after(BUDGET));
            let took = began.elapsed();
            if self.forget.swap(false, Ordering::Relaxed) {
                sightings.forget();
            }
            let now_ms = millis(started.elapsed());
            let empty = look.codes.is_empty();
            self.in_view.store(!empty, Ordering::Relaxed);
            let newer = hints.see(now_ms, !empty, look.clue);
            if newer != hint {
                hint = newer;
                self.outgoing.tell(ScanEvent::Hint(hint));
            }
            let judged = look.codes.into_iter();
            let judged =
                judged.map(|code| Judged { verdict: (self.judge)(&code.text), code }).collect();
            let news = sightings.see(now_ms, judged);
            if sightings.is_anything_in_view() != in_view {
                in_view = !in_view;
                self.outgoing.tell(ScanEvent::InView(in_view));
            }
            if let Some(news) = news {
                debug!("a code was read");
                self.outgoing.tell(ScanEvent::Read(reading(news, &frame, took)));
            }
            if empty {
                self.stop.wait(took.min(REST_MAX));
            }
        }
    }
}

fn reading(news: Judged, frame: &Frame, took: Duration) -> Reading {
    Reading {
        text: news.code.text,
        verdict: news.verdict,
        corners: news.code.corners,
        frame_width: frame.width(),
        frame_height: frame.height(),
        decode_ms: millis(took),
    }
}

fn tell(outgoing: &Outgoing, mut on_event: OnEvent) {
    while let Some(next) = outgoing.next() {
        match next {
            Next::Event(event) => on_event(event),
            Next::Show(frame) => match preview(&frame) {
                Ok(preview) => on_event(ScanEvent::Preview(preview)),
                Err(error) => debug!("no preview of this frame: {error}"),
            },
        }
    }
}

pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
