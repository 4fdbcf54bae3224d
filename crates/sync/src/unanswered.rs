//! The operations that the server has not answered, in the order they were submitted.
//!
//! They go out in that order. When the line is lost, or the server asks to try one again,
//! everything from there on goes out again, in order and with the same ids; the server answers a
//! repeated id with its first answer.

use crate::backoff::Backoff;
use crate::error::SubmitError;
use crate::line::Moment;
use reda_protocol::OperationId;
use reda_protocol::frame::{ClientFrame, FRAME_BYTES_MAX};
use reda_protocol::operation::{Operation, Outcome, OutcomeKind};
use std::collections::VecDeque;

/// More operations than this are not taken (a till has one or two under way).
pub const UNANSWERED_MAX: usize = 64;

#[derive(Debug, Default)]
pub(crate) struct Unanswered {
    queue: VecDeque<Operation>,
    /// So many at the front are on the wire.
    sent: usize,
    /// Nothing is sent before this.
    hold_until_ms: Option<u64>,
    retries: Backoff,
}

impl Unanswered {
    pub(crate) fn push(&mut self, operation: Operation) -> Result<(), SubmitError> {
        if self.queue.len() >= UNANSWERED_MAX {
            return Err(SubmitError::Busy);
        }
        if self.place(operation.id).is_some() {
            return Err(SubmitError::AlreadySubmitted);
        }
        // The server would close the line on a larger one, again and again.
        let frame = serde_json::to_vec(&ClientFrame::Op(operation.clone()));
        if frame.is_ok_and(|bytes| bytes.len() > FRAME_BYTES_MAX) {
            return Err(SubmitError::TooLarge);
        }
        self.queue.push_back(operation);
        Ok(())
    }

    /// The next to send, while fewer than `window` are on the wire.
    pub(crate) fn next(&mut self, window: usize, now_ms: u64) -> Option<Operation> {
        if self.hold_until_ms.is_some_and(|until_ms| now_ms < until_ms) {
            return None;
        }
        self.hold_until_ms = None;
        let next = self.queue.get(self.sent).filter(|_| self.sent < window)?.clone();
        self.sent += 1;
        Some(next)
    }

    /// Takes an answer; gives it back if the submitter is to hear it. An answer to what is not
    /// waiting (a repeated one, or one to a retry that was taken back) means nothing.
    pub(crate) fn answer(&mut self, outcome: Outcome, at: Moment) -> Option<Outcome> {
        let place = self.place(outcome.id)?;
        match outcome.outcome {
            OutcomeKind::Applied | OutcomeKind::Rejected => {
                self.queue.remove(place);
                if place < self.sent {
                    self.sent -= 1;
                }
                self.retries.reset();
                Some(outcome)
            }
            OutcomeKind::Retry => {
                if place < self.sent {
                    self.sent = place;
                    self.hold_until_ms = Some(at.now_ms + self.retries.failed(at.jitter));
                }
                None
            }
        }
    }

    /// Nothing is on the wire any more.
    pub(crate) fn line_lost(&mut self) {
        self.sent = 0;
        self.hold_until_ms = None;
    }

    pub(crate) fn len(&self) -> usize {
        self.queue.len()
    }

    /// When sending may go on.
    pub(crate) fn wake_at_ms(&self) -> Option<u64> {
        self.hold_until_ms
    }

    fn place(&self, id: OperationId) -> Option<usize> {
        self.queue.iter().position(|operation| operation.id == id)
    }
}
