//! The till's clock and the server's.
//!
//! Rules and rings count in server time: what the last welcome said, carried on by the monotonic
//! clock. The window draws its rings by the computer's clock, which may be wrong, so the times
//! of a counter view are moved to it just before the view is given away.

use reda_domain::Timestamp;
use reda_protocol::rpc::{CounterStage, CounterView, SpendState};
use reda_sync::ServerTime;
use std::time::Instant;

/// Tells the computer's time.
pub type Clock = fn() -> Timestamp;

/// Both clocks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clocks {
    till: Clock,
    pub(crate) server: Option<ServerTime>,
}

impl Clocks {
    pub(crate) fn new(till: Clock) -> Self {
        Self { till, server: None }
    }

    /// The computer's time.
    pub(crate) fn till_now(&self) -> Timestamp {
        (self.till)()
    }

    /// The server's time; the computer's until the server has told.
    pub(crate) fn server_now(&self) -> Timestamp {
        self.server.map_or_else(self.till, |server| server.at(Instant::now()))
    }

    /// A moment of the monotonic clock, as the computer's time.
    pub(crate) fn till_at(&self, at: Instant) -> Timestamp {
        let ago_ms = i64::try_from(at.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.till_now().plus_ms(-ago_ms)
    }

    /// How far the computer's clock is ahead of the server's.
    pub(crate) fn ahead_ms(&self) -> i64 {
        self.till_now().ms_since(self.server_now())
    }

    /// The view with its times as the computer's clock will show them.
    pub(crate) fn for_window(&self, view: CounterView) -> CounterView {
        moved(view, self.ahead_ms())
    }
}

fn moved(mut view: CounterView, by_ms: i64) -> CounterView {
    let shift = |at: &mut Timestamp| *at = at.plus_ms(by_ms);
    match &mut view.stage {
        CounterStage::Waiting { asked_at, counter_until, send_again_from, .. } => {
            [asked_at, counter_until, send_again_from].into_iter().for_each(shift);
        }
        CounterStage::NoAnswer { open_until, send_again_from, .. } => {
            [open_until, send_again_from].into_iter().for_each(shift);
        }
        CounterStage::Accepted { accepted_at, .. } => shift(accepted_at),
        CounterStage::Declined { ask_again_from, .. } => shift(ask_again_from),
        CounterStage::NotMember { ask_again_from, .. } => ask_again_from.iter_mut().for_each(shift),
        CounterStage::Spending { state, .. } => match state {
            SpendState::Waiting { asked_at, until, send_again_from, .. } => {
                [asked_at, until, send_again_from].into_iter().for_each(shift);
            }
            SpendState::Approved { at } => shift(at),
            SpendState::Asking
            | SpendState::Cancelling
            | SpendState::Declined
            | SpendState::TimedOut
            | SpendState::Cancelled => {}
        },
        // Days, not rings.
        CounterStage::Member { .. } => {}
        CounterStage::Idle
        | CounterStage::LookingUp { .. }
        | CounterStage::Asking { .. }
        | CounterStage::Cancelled { .. }
        | CounterStage::Refused { .. } => {}
    }
    view.last_award.iter_mut().for_each(|award| shift(&mut award.at));
    view
}
