//! Where a source puts its frames and says how it is doing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::frame::Frame;
use crate::outgoing::Outgoing;
use crate::scanner::{ScanEvent, millis};
use crate::slot::Slot;
use crate::state::CameraState;
use crate::stillness::Stillness;

/// Twelve pictures a second look live; more would only keep the window busy.
const PREVIEW_EVERY: Duration = Duration::from_millis(84);
/// While nothing moves, all pictures are the same, and packing and drawing them is much of what an idle
/// till does.
const PREVIEW_EVERY_AT_REST: Duration = Duration::from_millis(500);

pub(crate) struct Sink {
    frames: Arc<Slot<Arc<Frame>>>,
    outgoing: Arc<Outgoing>,
    /// Whether the newest frame that was read has a code in it.
    in_view: Arc<AtomicBool>,
    started: Instant,
    stillness: Stillness,
    state: Option<CameraState>,
    shown_at: Option<Instant>,
}

impl Sink {
    pub(crate) fn new(
        frames: Arc<Slot<Arc<Frame>>>,
        outgoing: Arc<Outgoing>,
        in_view: Arc<AtomicBool>,
    ) -> Sink {
        let (started, stillness) = (Instant::now(), Stillness::default());
        Sink { frames, outgoing, in_view, started, stillness, state: None, shown_at: None }
    }

    /// Whether a code is in view: then no frame is to be left out.
    pub(crate) fn has_code_in_view(&self) -> bool {
        self.in_view.load(Ordering::Relaxed)
    }

    /// Tells the state if it is news.
    pub(crate) fn state(&mut self, state: CameraState) {
        // "Unplugged" says more than "no camera", which is what the next look finds.
        let known = self.state == Some(CameraState::Unplugged) && state == CameraState::None;
        if known || self.state.as_ref() == Some(&state) {
            return;
        }
        self.state = Some(state.clone());
        self.outgoing.tell(ScanEvent::State(state));
    }

    /// Hands a frame to the reader, and now and then to the preview; the camera is live by that.
    pub(crate) fn frame(&mut self, frame: Frame) {
        self.state(CameraState::Live);
        let frame = Arc::new(frame);
        let still = self.stillness.see(millis(self.started.elapsed()), &frame);
        let every = if still { PREVIEW_EVERY_AT_REST } else { PREVIEW_EVERY };
        if self.shown_at.is_none_or(|shown_at| shown_at.elapsed() >= every) {
            self.shown_at = Some(Instant::now());
            self.outgoing.show(Arc::clone(&frame));
        }
        self.frames.put(frame);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outgoing::Next;

    fn states(outgoing: &Outgoing, count: usize) -> Vec<CameraState> {
        let state = || match outgoing.next() {
            Some(Next::Event(ScanEvent::State(state))) => state,
            other => panic!("not a state: {other:?}"),
        };
        std::iter::repeat_with(state).take(count).collect()
    }

    #[test]
    fn a_state_is_told_when_it_changes() {
        use CameraState::{Busy, Live, None, Starting, Unplugged};
        let outgoing = Arc::new(Outgoing::default());
        let mut sink = Sink::new(Arc::new(Slot::new()), Arc::clone(&outgoing), Arc::default());
        for state in [Starting, None, None, Busy, Live, Unplugged, None, None, Live] {
            sink.state(state);
        }
        assert_eq!(states(&outgoing, 6), [Starting, None, Busy, Live, Unplugged, Live]);
    }

    #[test]
    fn every_frame_is_read_but_few_are_shown() {
        let frames = Arc::new(Slot::new());
        let outgoing = Arc::new(Outgoing::default());
        let mut sink = Sink::new(Arc::clone(&frames), Arc::clone(&outgoing), Arc::default());
        sink.frame(Frame::grey(1, 1));
        sink.frame(Frame::grey(2, 2));
        assert_eq!(frames.take().unwrap().width(), 2);
        assert_eq!(states(&outgoing, 1), [CameraState::Live]);
        let Some(Next::Show(shown)) = outgoing.next() else { panic!("no picture") };
        assert_eq!(shown.width(), 1);
    }
}
