//! What holds for the line whatever happens in whatever order.

use crate::line::{Input, Line, Moment, Output};
use crate::line_tests::{changes, operation, outcome, shop, welcome};
use proptest::prelude::*;
use reda_protocol::frame::{ClientFrame, ServerFrame};
use reda_protocol::operation::OutcomeKind;
use reda_protocol::scope::{Cursor, Cursors};
use std::collections::VecDeque;

/// Something that the world does.
#[derive(Clone, Debug)]
enum Step {
    Submit,
    /// Opens the socket and greets, if the line is waiting for that.
    Greet {
        window: usize,
    },
    Lose {
        code: Option<u16>,
    },
    Answer {
        which: usize,
        kind: OutcomeKind,
    },
    /// The answer is lost with the line.
    AnswerAndLose {
        which: usize,
    },
    /// An answer that was given before comes again.
    Repeat {
        which: usize,
    },
    /// The next changes, or what looks like them.
    Changes {
        epoch_off: i64,
        from_off: i64,
        len: i64,
    },
    Reset,
    ReplicaFails,
    Pass {
        ms: u64,
    },
    TryNow,
    Woke,
}

fn step() -> impl Strategy<Value = Step> {
    let kind = prop_oneof![
        4 => Just(OutcomeKind::Applied),
        1 => Just(OutcomeKind::Rejected),
        2 => Just(OutcomeKind::Retry),
    ];
    prop_oneof![
        6 => Just(Step::Submit),
        6 => (1usize..4).prop_map(|window| Step::Greet { window }),
        1 => prop_oneof![Just(None), Just(Some(4001)), Just(Some(4003)), Just(Some(4008))]
            .prop_map(|code| Step::Lose { code }),
        6 => (any::<usize>(), kind).prop_map(|(which, kind)| Step::Answer { which, kind }),
        2 => any::<usize>().prop_map(|which| Step::AnswerAndLose { which }),
        2 => any::<usize>().prop_map(|which| Step::Repeat { which }),
        6 => (0i64..10, -2i64..8, 0i64..4).prop_map(|(epoch, from, len)| Step::Changes {
            epoch_off: i64::from(epoch == 0),
            from_off: if from > 2 { 0 } else { from },
            len,
        }),
        1 => Just(Step::Reset),
        1 => Just(Step::ReplicaFails),
        4 => (1u64..40_000).prop_map(|ms| Step::Pass { ms }),
        1 => Just(Step::TryNow),
        1 => Just(Step::Woke),
    ]
}

/// The world around a line: it checks each output as it comes.
struct World {
    line: Line,
    now_ms: u64,
    /// The socket is wanted or open.
    connected: bool,
    greeted: bool,
    submitted: u128,
    /// What the line owes an answer, in order.
    unanswered: Vec<u128>,
    answered: Vec<u128>,
    /// What was sent since the line was greeted or a retry set it back, and is unanswered.
    pass: Vec<u128>,
    /// Answers that the server gave on this socket or another.
    given: Vec<u128>,
    replica: Cursor,
    token_wanted: bool,
}

impl World {
    fn new() -> Self {
        Self {
            line: Line::new(None),
            now_ms: 0,
            connected: false,
            greeted: false,
            submitted: 0,
            unanswered: Vec::new(),
            answered: Vec::new(),
            pass: Vec::new(),
            given: Vec::new(),
            replica: Cursor::default(),
            token_wanted: false,
        }
    }

    fn give(&mut self, input: Input) {
        let at = Moment { now_ms: self.now_ms, jitter: (self.now_ms % 65_521) as u16 };
        let mut outputs = VecDeque::from(self.line.handle(input, at));
        while let Some(output) = outputs.pop_front() {
            self.check(output);
        }
    }

    fn check(&mut self, output: Output) {
        match output {
            Output::FetchToken => {
                assert!(!self.token_wanted, "one token at a time");
                self.token_wanted = true;
            }
            Output::Connect => {
                assert!(!self.connected, "one socket at a time");
                self.connected = true;
            }
            Output::Disconnect => self.lost(),
            Output::Send(ClientFrame::Op(sent)) => {
                assert!(self.greeted, "nothing goes out before the welcome");
                let n = sent.id.0.as_u128();
                let owed = self.unanswered.iter().position(|owed| *owed == n);
                let before: Vec<u128> =
                    self.unanswered[..owed.expect("only the unanswered")].to_vec();
                assert_eq!(self.pass, before, "in order, none left out, none twice");
                self.pass.push(n);
            }
            Output::Send(_) => assert!(self.connected, "nothing goes out without a socket"),
            Output::Apply(changes) => {
                assert!(self.greeted);
                assert_eq!(changes.from, self.replica.seq, "no gap");
                assert!(self.replica.epoch.is_none_or(|epoch| epoch == changes.epoch));
                self.replica = Cursor { epoch: Some(changes.epoch), seq: changes.to };
            }
            Output::Reset { epoch, .. } => self.replica = Cursor { epoch: Some(epoch), seq: 0 },
            Output::Answered(outcome) => {
                let n = outcome.id.0.as_u128();
                assert!(self.given.contains(&n), "only what the server said");
                assert!(!self.answered.contains(&n), "once");
                self.answered.push(n);
                self.unanswered.retain(|owed| *owed != n);
                self.pass.retain(|sent| *sent != n);
            }
            Output::NotTaken { id, .. } => {
                let n = id.0.as_u128();
                assert_eq!(self.unanswered.pop(), Some(n));
            }
        }
    }

    fn lost(&mut self) {
        self.connected = false;
        self.greeted = false;
        self.pass.clear();
    }

    fn answer(&mut self, n: u128, kind: OutcomeKind) {
        if kind == OutcomeKind::Retry {
            // Everything from there on is to go out again.
            if let Some(place) = self.pass.iter().position(|sent| *sent == n) {
                self.pass.truncate(place);
            }
        } else {
            self.given.push(n);
        }
        self.give(Input::Frame(outcome(n, kind)));
    }

    fn greet(&mut self, window: usize) {
        if self.token_wanted {
            self.token_wanted = false;
            self.give(Input::Token { text: "t".to_owned(), lives_ms: 900_000 });
        }
        if self.connected && !self.greeted {
            self.give(Input::Opened(Cursors::from([(shop(), self.replica)])));
            self.greeted = true;
            self.give(Input::Frame(welcome(window)));
        }
    }

    fn lose(&mut self, code: Option<u16>) {
        if self.connected {
            self.lost();
            self.give(Input::Closed { code });
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Submit => {
                self.submitted += 1;
                self.unanswered.push(self.submitted);
                self.give(Input::Submit(operation(self.submitted)));
            }
            Step::Greet { window } => self.greet(window),
            Step::Lose { code } => self.lose(code),
            Step::Answer { which, kind } => {
                if let Some(n) = pick(&self.pass, which) {
                    self.answer(n, kind);
                }
            }
            Step::AnswerAndLose { which } => {
                if pick(&self.pass, which).is_some() {
                    self.lose(None);
                }
            }
            Step::Repeat { which } => {
                if let Some(n) = pick(&self.given, which).filter(|_| self.greeted) {
                    self.answer(n, OutcomeKind::Applied);
                }
            }
            Step::Changes { epoch_off, from_off, len } => {
                if self.greeted {
                    let epoch = self.replica.epoch.unwrap_or(7) + epoch_off;
                    let from = self.replica.seq + from_off;
                    let frame = ServerFrame::Changes(changes(epoch, from, from + len));
                    self.give(Input::Frame(frame));
                }
            }
            Step::Reset => {
                if self.greeted {
                    let epoch = self.replica.epoch.unwrap_or(7) + 1;
                    let reason = "restored".to_owned();
                    self.give(Input::Frame(ServerFrame::Reset { scope: shop(), epoch, reason }));
                }
            }
            Step::ReplicaFails => {
                if self.greeted {
                    self.give(Input::ReplicaFailed);
                }
            }
            Step::Pass { ms } => self.pass_ms(ms),
            Step::TryNow => self.give(Input::TryNow),
            Step::Woke => self.give(Input::Woke),
        }
        let due = self.line.wake_at_ms();
        assert!(due.is_none_or(|due| due > self.now_ms), "nothing that is due is left");
        assert_eq!(self.line.status().unanswered, self.unanswered.len());
    }

    fn pass_ms(&mut self, ms: u64) {
        let until_ms = self.now_ms + ms;
        while let Some(wake_ms) = self.line.wake_at_ms().filter(|wake_ms| *wake_ms <= until_ms) {
            self.now_ms = self.now_ms.max(wake_ms);
            self.give(Input::Tick);
        }
        self.now_ms = until_ms;
    }
}

fn pick(from: &[u128], which: usize) -> Option<u128> {
    (!from.is_empty()).then(|| from[which % from.len()])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn every_operation_is_answered_once_in_order_and_no_change_leaves_a_gap(
        steps in proptest::collection::vec(step(), 1..120),
    ) {
        let mut world = World::new();
        world.give(Input::Tick);
        for step in steps {
            world.step(step);
        }
        // However it went, once the line holds everything is answered.
        world.give(Input::TryNow);
        for _ in 0..400 {
            if world.unanswered.is_empty() {
                break;
            }
            world.greet(4);
            match world.pass.first().copied() {
                Some(n) => world.answer(n, OutcomeKind::Applied),
                None => world.pass_ms(1_000),
            }
        }
        prop_assert!(world.unanswered.is_empty(), "left: {:?}", world.unanswered);
    }
}
