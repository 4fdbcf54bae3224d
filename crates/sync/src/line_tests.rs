//! The rules of the line, one by one.

use crate::line::{Input, Line, Moment, Output};
use crate::{SubmitError, UNANSWERED_MAX};
use reda_protocol::frame::{Changes, ClientFrame, Limits, ServerFrame, cursor};
use reda_protocol::operation::{Operation, Outcome, OutcomeKind};
use reda_protocol::rpc::ConnectionStatus;
use reda_protocol::scope::{Cursor, Cursors, ScopeName};
use reda_protocol::{OperationId, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) fn shop() -> ScopeName {
    "b:01999999-0000-7000-8000-000000000001".parse().unwrap()
}

pub(crate) fn operation(n: u128) -> Operation {
    Operation {
        id: OperationId(Uuid::from_u128(n)),
        kind: "scan".to_owned(),
        body: json!({ "code": "R1" }),
        business: None,
        staff_token: None,
        at: None,
    }
}

pub(crate) fn outcome(n: u128, outcome: OutcomeKind) -> ServerFrame {
    ServerFrame::Result(Outcome {
        id: OperationId(Uuid::from_u128(n)),
        outcome,
        code: None,
        message: None,
        details: None,
        data: Value::Null,
        moved: Cursors::new(),
    })
}

pub(crate) fn welcome(unanswered_ops: usize) -> ServerFrame {
    ServerFrame::Welcome {
        server_time: Timestamp(1_000_000),
        limits: Limits { frame_bytes: 65_536, unanswered_ops },
        scopes: vec![shop()],
    }
}

pub(crate) fn changes(epoch: i64, from: i64, to: i64) -> Changes {
    Changes { scope: shop(), epoch, from, to, items: Vec::new() }
}

fn pong(epoch: i64, seq: i64) -> ServerFrame {
    ServerFrame::Pong { heads: Cursors::from([(shop(), cursor(epoch, seq))]) }
}

/// A line, the time, and what it said to do last.
struct Test {
    line: Line,
    now_ms: u64,
}

impl Test {
    fn new() -> Self {
        Self { line: Line::new(None), now_ms: 0 }
    }

    fn give(&mut self, input: Input) -> Vec<Output> {
        self.line.handle(input, Moment { now_ms: self.now_ms, jitter: 0 })
    }

    fn hear(&mut self, frame: ServerFrame) -> Vec<Output> {
        self.give(Input::Frame(frame))
    }

    /// Lets time pass tick by tick, as a driver would, and collects what is done.
    fn pass(&mut self, ms: u64) -> Vec<Output> {
        let until_ms = self.now_ms + ms;
        let mut out = Vec::new();
        while let Some(wake_ms) = self.line.wake_at_ms().filter(|wake_ms| *wake_ms <= until_ms) {
            self.now_ms = self.now_ms.max(wake_ms);
            out.extend(self.give(Input::Tick));
        }
        self.now_ms = until_ms;
        out
    }

    fn online_at(at: Cursor) -> Self {
        let mut test = Test::new();
        assert_eq!(test.give(Input::Tick), [Output::FetchToken]);
        assert_eq!(test.give(token(900_000)), [Output::Connect]);
        test.give(Input::Opened(Cursors::from([(shop(), at)])));
        assert_eq!(test.hear(welcome(8)), [Output::Send(ClientFrame::Ping)]);
        test
    }

    fn online() -> Self {
        Self::online_at(cursor(1, 5))
    }

    fn is(&self) -> ConnectionStatus {
        self.line.status().connection
    }
}

fn token(lives_ms: u64) -> Input {
    Input::Token { text: "t".to_owned(), lives_ms }
}

fn since(seq: i64) -> Output {
    Output::Send(ClientFrame::Since { scopes: Cursors::from([(shop(), cursor(1, seq))]) })
}

fn sent(n: u128) -> Output {
    Output::Send(ClientFrame::Op(operation(n)))
}

#[test]
fn hello_says_version_token_and_the_replicas_cursors() {
    let mut test = Test::new();
    test.give(Input::Tick);
    test.give(token(900_000));
    let cursors = Cursors::from([(shop(), cursor(3, 7))]);
    let out = test.give(Input::Opened(cursors.clone()));
    let hello = ClientFrame::Hello {
        version: "reda.v1".to_owned(),
        token: "t".to_owned(),
        device: None,
        cursors,
    };
    assert_eq!(out, [Output::Send(hello)]);
    assert_eq!(test.is(), ConnectionStatus::Connecting);
}

#[test]
fn changes_that_follow_the_cursor_are_applied() {
    let mut test = Test::online();
    let next = changes(1, 5, 9);
    assert_eq!(test.hear(ServerFrame::Changes(next.clone())), [Output::Apply(next)]);
    let after = changes(1, 9, 10);
    assert_eq!(test.hear(ServerFrame::Changes(after.clone())), [Output::Apply(after)]);
}

#[test]
fn a_first_start_takes_the_epoch_it_is_given() {
    let mut test = Test::online_at(Cursor::default());
    let first = changes(42, 0, 3);
    assert_eq!(test.hear(ServerFrame::Changes(first.clone())), [Output::Apply(first)]);
    assert_eq!(test.hear(ServerFrame::Changes(changes(43, 3, 4))).len(), 1, "asks");
}

#[test]
fn a_gap_is_asked_about_once_and_not_applied() {
    let mut test = Test::online();
    assert_eq!(test.hear(ServerFrame::Changes(changes(1, 7, 9))), [since(5)]);
    assert_eq!(test.hear(ServerFrame::Changes(changes(1, 9, 12))), []);
    assert_eq!(test.hear(ServerFrame::Changes(changes(2, 5, 6))), []);
    let next = changes(1, 5, 12);
    assert_eq!(test.hear(ServerFrame::Changes(next.clone())), [Output::Apply(next)]);
    assert_eq!(test.hear(ServerFrame::Changes(changes(1, 13, 14))), [since(12)]);
}

#[test]
fn changes_of_a_scope_that_is_not_followed_are_passed_over() {
    let mut test = Test::online();
    let scope = "u:01999999-0000-7000-8000-000000000002".parse().unwrap();
    let other = Changes { scope, ..changes(1, 0, 3) };
    assert_eq!(test.hear(ServerFrame::Changes(other)), []);
}

#[test]
fn a_reset_drops_the_scope_and_starts_from_0() {
    let mut test = Test::online();
    test.now_ms += 5;
    let reset = ServerFrame::Reset { scope: shop(), epoch: 2, reason: "restored".to_owned() };
    let from_0 = Cursors::from([(shop(), cursor(2, 0))]);
    assert_eq!(
        test.hear(reset),
        [
            Output::Reset { scope: shop(), epoch: 2 },
            Output::Send(ClientFrame::Since { scopes: from_0 }),
            Output::Send(ClientFrame::Ping),
        ]
    );
    let all = changes(2, 0, 4);
    assert_eq!(test.hear(ServerFrame::Changes(all.clone())), [Output::Apply(all)]);
}

#[test]
fn a_head_that_stays_ahead_for_a_second_is_asked_about() {
    let mut test = Test::online();
    test.hear(pong(1, 9));
    assert_eq!(test.pass(900), []);
    assert_eq!(test.pass(200), [since(5)]);
    assert_eq!(test.pass(1_000), [], "it was asked a moment ago");
}

#[test]
fn a_head_that_is_reached_in_time_is_not_asked_about() {
    let mut test = Test::online();
    test.hear(pong(1, 9));
    test.pass(500);
    test.hear(ServerFrame::Changes(changes(1, 5, 9)));
    assert_eq!(test.pass(5_000), []);
    assert_eq!(test.line.status().whole_at_ms, Some(500));
}

#[test]
fn operations_go_out_in_order_and_are_answered_by_id() {
    let mut test = Test::online();
    assert_eq!(test.give(Input::Submit(operation(1))), [sent(1)]);
    assert_eq!(test.give(Input::Submit(operation(2))), [sent(2)]);
    let out = test.hear(outcome(2, OutcomeKind::Rejected));
    assert!(matches!(&out[..], [Output::Answered(answer)] if answer.id.0.as_u128() == 2));
    assert_eq!(test.hear(outcome(2, OutcomeKind::Applied)), [], "answered already");
    assert_eq!(test.line.status().unanswered, 1);
}

#[test]
fn unanswered_operations_go_out_again_in_order_after_the_next_welcome() {
    let mut test = Test::online();
    for n in [1, 2, 3] {
        test.give(Input::Submit(operation(n)));
    }
    test.hear(outcome(2, OutcomeKind::Applied));
    test.give(Input::Closed { code: None });
    assert_eq!(test.give(Input::Submit(operation(4))), []);
    assert_eq!(test.pass(1_000), [Output::Connect]);
    test.give(Input::Opened(Cursors::from([(shop(), cursor(1, 5))])));
    let out = test.hear(welcome(8));
    assert_eq!(out, [Output::Send(ClientFrame::Ping), sent(1), sent(3), sent(4)]);
}

#[test]
fn a_retry_goes_out_again_after_a_wait_with_all_that_came_after_it() {
    let mut test = Test::online();
    for n in [1, 2, 3] {
        test.give(Input::Submit(operation(n)));
    }
    assert_eq!(test.hear(outcome(2, OutcomeKind::Retry)), []);
    assert_eq!(test.give(Input::Submit(operation(4))), [], "it waits its turn");
    assert_eq!(test.pass(499), []);
    assert_eq!(test.pass(1), [sent(2), sent(3), sent(4)]);
}

#[test]
fn no_more_goes_out_than_the_server_takes_at_once() {
    let mut test = Test::online();
    for n in 1..=9 {
        test.give(Input::Submit(operation(n)));
    }
    let out = test.hear(outcome(1, OutcomeKind::Applied));
    assert_eq!(out[1..], [sent(9)]);
}

#[test]
fn too_many_too_large_or_the_same_twice_are_not_taken() {
    let refused = |test: &mut Test, operation: Operation| {
        let out = test.give(Input::Submit(operation));
        match out[..] {
            [Output::NotTaken { error, .. }] => Some(error),
            _ => None,
        }
    };
    let mut test = Test::new();
    let large = Operation { body: json!("x".repeat(70_000)), ..operation(999) };
    test.give(Input::Tick);
    assert_eq!(refused(&mut test, large), Some(SubmitError::TooLarge));
    for n in 0..UNANSWERED_MAX {
        assert_eq!(refused(&mut test, operation(n as u128)), None);
        if n == 0 {
            assert_eq!(refused(&mut test, operation(0)), Some(SubmitError::AlreadySubmitted));
        }
    }
    assert_eq!(refused(&mut test, operation(1_000)), Some(SubmitError::Busy));
}

#[test]
fn it_pings_every_twenty_seconds_or_so() {
    let mut test = Test::online();
    assert_eq!(test.pass(17_000), []);
    assert_eq!(test.pass(5_000), [Output::Send(ClientFrame::Ping)]);
}

#[test]
fn a_silent_server_is_left_after_45_seconds() {
    let mut test = Test::online();
    let out = test.pass(45_000);
    assert_eq!(out.last(), Some(&Output::Disconnect));
    assert_eq!(test.is(), ConnectionStatus::Offline);
    assert_eq!(test.pass(1_000), [Output::Connect]);
}

#[test]
fn a_server_that_never_greets_is_left() {
    let mut test = Test::new();
    test.give(Input::Tick);
    test.give(token(900_000));
    assert_eq!(test.pass(15_000), [Output::Disconnect]);
}

#[test]
fn a_wrong_token_is_replaced_before_the_next_try() {
    let mut test = Test::online();
    test.give(Input::Closed { code: Some(4001) });
    assert_eq!(test.pass(1_000), [Output::FetchToken]);
    assert_eq!(test.is(), ConnectionStatus::Connecting);
    assert_eq!(test.give(token(900_000)), [Output::Connect]);
}

#[test]
fn a_refused_device_does_not_knock_again_until_it_is_told() {
    let mut test = Test::online();
    assert_eq!(test.give(Input::Closed { code: Some(4003) }), []);
    assert_eq!(test.is(), ConnectionStatus::Refused);
    assert_eq!(test.pass(3_600_000), []);
    assert_eq!(test.give(Input::TryNow), [Output::FetchToken]);
}

#[test]
fn a_refused_credential_ends_the_line_even_while_it_is_up() {
    let mut test = Test::online();
    assert_eq!(test.give(Input::NoToken { refused: true }), [Output::Disconnect]);
    assert_eq!(test.is(), ConnectionStatus::Refused);
}

#[test]
fn a_token_is_renewed_before_it_runs_out() {
    let mut test = Test::online();
    let mut out = Vec::new();
    for _ in 0..85 {
        out.extend(test.pass(10_000));
        test.hear(pong(1, 5));
    }
    assert_eq!(out.iter().filter(|o| **o == Output::FetchToken).count(), 1);
    let auth = Output::Send(ClientFrame::Auth { token: "t".to_owned() });
    assert_eq!(test.give(token(900_000)), [auth]);
}

#[test]
fn a_missing_token_is_asked_for_again_after_a_wait() {
    let mut test = Test::new();
    test.give(Input::Tick);
    assert_eq!(test.give(Input::NoToken { refused: false }), []);
    assert_eq!(test.is(), ConnectionStatus::Offline);
    assert_eq!(test.pass(499), []);
    assert_eq!(test.pass(501), [Output::FetchToken]);
}

#[test]
fn waits_grow_until_a_line_has_held() {
    let mut test = Test::new();
    test.give(Input::Tick);
    test.give(token(900_000));
    let wait = |test: &mut Test| {
        test.give(Input::Closed { code: None });
        let wait_ms = test.line.wake_at_ms().unwrap() - test.now_ms;
        test.pass(wait_ms);
        wait_ms
    };
    assert_eq!([wait(&mut test), wait(&mut test), wait(&mut test)], [500, 1_000, 2_000]);
    test.give(Input::Opened(Cursors::new()));
    test.hear(welcome(8));
    assert_eq!(wait(&mut test), 4_000, "it did not hold");
    test.give(Input::Opened(Cursors::new()));
    test.hear(welcome(8));
    test.pass(10_000);
    assert_eq!(wait(&mut test), 500);
}

#[test]
fn the_network_coming_back_ends_the_wait() {
    let mut test = Test::online();
    test.give(Input::Closed { code: None });
    assert_eq!(test.give(Input::TryNow), [Output::Connect]);
}

#[test]
fn a_try_that_came_a_moment_too_soon_is_repeated_after_a_short_wait() {
    let mut test = Test::online();
    for _ in 0..6 {
        test.give(Input::Closed { code: None });
        test.pass(test.line.wake_at_ms().unwrap() - test.now_ms);
    }
    test.give(Input::Closed { code: None });
    assert!(test.line.wake_at_ms().unwrap() - test.now_ms > 10_000);
    test.give(Input::TryNow);
    test.give(Input::Closed { code: None });
    assert_eq!(test.line.wake_at_ms().unwrap() - test.now_ms, 500);
}

#[test]
fn a_computer_that_slept_opens_another_socket_with_another_token() {
    let mut test = Test::online();
    test.give(Input::Submit(operation(1)));
    assert_eq!(test.give(Input::Woke), [Output::Disconnect, Output::FetchToken]);
    assert_eq!(test.give(token(900_000)), [Output::Connect]);
    test.give(Input::Opened(Cursors::from([(shop(), cursor(1, 5))])));
    let out = test.hear(welcome(8));
    assert!(out.contains(&sent(1)), "what was not answered goes out again: {out:?}");
}

#[test]
fn a_refused_device_does_not_knock_when_it_wakes() {
    let mut test = Test::online();
    test.give(Input::Closed { code: Some(4003) });
    assert_eq!(test.give(Input::Woke), []);
    assert_eq!(test.is(), ConnectionStatus::Refused);
}

#[test]
fn a_replica_that_fails_is_asked_anew_where_it_stands() {
    let mut test = Test::online();
    test.hear(ServerFrame::Changes(changes(1, 5, 9)));
    assert_eq!(test.give(Input::ReplicaFailed), [Output::Disconnect]);
    assert_eq!(test.pass(1_000), [Output::Connect]);
}

#[test]
fn what_comes_before_the_welcome_means_nothing() {
    let mut test = Test::new();
    test.give(Input::Tick);
    test.give(token(900_000));
    test.give(Input::Opened(Cursors::from([(shop(), cursor(1, 5))])));
    assert_eq!(test.hear(ServerFrame::Changes(changes(1, 5, 9))), []);
    assert_eq!(test.give(Input::Submit(operation(1))), []);
}
