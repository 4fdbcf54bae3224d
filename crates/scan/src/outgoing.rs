//! What waits to be told to the listener. Nobody who has something to tell ever waits for it.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tracing::warn;

use crate::frame::Frame;
use crate::scanner::ScanEvent;

/// Far more than a listener that returns at once ever leaves waiting.
const EVENTS_MAX: usize = 64;

#[derive(Default)]
pub(crate) struct Outgoing {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    events: VecDeque<ScanEvent>,
    /// The newest frame to be shown; made into a preview by whoever takes it.
    shown: Option<Arc<Frame>>,
    closed: bool,
}

/// What to tell next.
#[derive(Debug)]
pub(crate) enum Next {
    Event(ScanEvent),
    Show(Arc<Frame>),
}

impl Outgoing {
    pub(crate) fn tell(&self, event: ScanEvent) {
        let mut waiting = self.locked();
        if waiting.events.len() >= EVENTS_MAX {
            waiting.events.pop_front();
            warn!("the listener of the scanner is stuck: an event was dropped");
        }
        waiting.events.push_back(event);
        self.changed.notify_one();
    }

    pub(crate) fn show(&self, frame: Arc<Frame>) {
        self.locked().shown = Some(frame);
        self.changed.notify_one();
    }

    /// Waits for the next thing to tell, events before pictures; `None` once closed.
    pub(crate) fn next(&self) -> Option<Next> {
        let idle = |waiting: &mut Waiting| {
            waiting.events.is_empty() && waiting.shown.is_none() && !waiting.closed
        };
        let waited = self.changed.wait_while(self.locked(), idle);
        let mut waiting = waited.unwrap_or_else(PoisonError::into_inner);
        if waiting.closed {
            return None;
        }
        if let Some(event) = waiting.events.pop_front() {
            return Some(Next::Event(event));
        }
        waiting.shown.take().map(Next::Show)
    }

    pub(crate) fn close(&self) {
        self.locked().closed = true;
        self.changed.notify_all();
    }

    fn locked(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::CameraState;

    #[test]
    fn events_come_in_order_and_before_pictures() {
        let outgoing = Outgoing::default();
        outgoing.show(Arc::new(Frame::grey(1, 1)));
        outgoing.tell(ScanEvent::State(CameraState::Starting));
        outgoing.tell(ScanEvent::State(CameraState::Live));
        assert!(matches!(
            outgoing.next(),
            Some(Next::Event(ScanEvent::State(CameraState::Starting)))
        ));
        assert!(matches!(outgoing.next(), Some(Next::Event(ScanEvent::State(CameraState::Live)))));
        assert!(matches!(outgoing.next(), Some(Next::Show(_))));
    }

    #[test]
    fn a_stuck_listener_costs_the_oldest_events_only() {
        let outgoing = Outgoing::default();
        for n in 0..EVENTS_MAX + 10 {
            outgoing.tell(ScanEvent::State(CameraState::failed(n.to_string())));
        }
        assert_eq!(outgoing.locked().events.len(), EVENTS_MAX);
        let Some(Next::Event(ScanEvent::State(first))) = outgoing.next() else {
            panic!("no event")
        };
        assert_eq!(first, CameraState::failed("10"));
    }

    #[test]
    fn after_closing_nothing_is_told() {
        let outgoing = Outgoing::default();
        outgoing.tell(ScanEvent::State(CameraState::Live));
        outgoing.close();
        assert!(outgoing.next().is_none());
    }
}
