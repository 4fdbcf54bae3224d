//! What people do, in any order, at any moment. Numbers choose among what there is by then.

use proptest::prelude::*;
use proptest::sample::select;
use reda_domain::expiry::Expiry;
use reda_domain::program::ProgramStatus;

/// Something that somebody does.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    RegisterKey {
        person: usize,
    },
    RevokeKey {
        person: usize,
        key: usize,
    },
    Scan {
        counter: usize,
        key: usize,
    },
    ScanJunk {
        counter: usize,
    },
    Find {
        counter: usize,
        person: Option<usize>,
    },
    FindCard {
        counter: usize,
        card: usize,
    },
    Ask {
        counter: usize,
        program: usize,
        person: usize,
        by_address: bool,
    },
    Resend {
        counter: usize,
        request: usize,
    },
    Cancel {
        counter: usize,
        request: usize,
    },
    Expire {
        request: usize,
    },
    Deduct {
        counter: usize,
        card: usize,
        points: i64,
    },
    /// By a reward, at its cost.
    DeductReward {
        counter: usize,
        card: usize,
        reward: usize,
    },
    /// What came so long ago lapses, if the programme's rule says so.
    Lapse {
        card: usize,
        age_ms: i64,
    },
    Leave {
        person: usize,
        program: usize,
    },
    SetExpiry {
        counter: usize,
        program: usize,
        expiry: Expiry,
    },
    Adjust {
        counter: usize,
        card: usize,
        points: i64,
    },
    Reverse {
        counter: usize,
        entry: usize,
    },
    See {
        person: usize,
        request: usize,
    },
    /// By the person it asks, or by somebody else.
    Answer {
        request: usize,
        accept: bool,
        other: Option<usize>,
        signed: Option<(usize, bool)>,
    },
    Award {
        counter: usize,
        to: To,
        worth: i64,
        in_money: bool,
    },
    SetStatus {
        counter: usize,
        program: usize,
        status: ProgramStatus,
    },
    Rename {
        person: usize,
    },
    Print {
        counter: usize,
        person: usize,
    },
    /// A shop writes a person down by their address.
    WriteDown {
        counter: usize,
        person: usize,
    },
    /// An answer that does not come from a person's own page.
    AnswerBy {
        way: Way,
        counter: usize,
        request: usize,
        accept: bool,
    },
    /// Two of a shop's members are one person.
    Merge {
        counter: usize,
        keep: usize,
        merge: usize,
    },
    LeaveBusiness {
        person: usize,
        counter: usize,
    },
    /// Signs in by a code to their address.
    Prove {
        person: usize,
    },
    Erase {
        person: usize,
    },
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Way {
    /// Read out at the counter; right or wrong.
    Digits(bool),
    Link,
    InPerson,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum To {
    Card(usize),
    Request(usize),
}

/// Some things at one moment, and how long it was quiet before.
pub(crate) type Moment = (i64, Vec<Step>);

fn step() -> impl Strategy<Value = Step> {
    let (counter, person, program) = (0..3_usize, 0..3_usize, 0..3_usize);
    let (request, card) = (0..9_usize, 0..4_usize);
    let to = prop_oneof![card.clone().prop_map(To::Card), request.clone().prop_map(To::Request)];
    let worth = prop_oneof![
        8 => 1..20_000_i64,
        1 => select(vec![-5, 0, 1_000_000, 1_000_001, 40_000_000_000]),
    ];
    let other = proptest::option::weighted(0.15, person.clone());
    let signed = proptest::option::weighted(0.5, (0..4_usize, proptest::bool::weighted(0.9)));
    let way = prop_oneof![
        3 => Just(Way::Digits(true)),
        1 => Just(Way::Digits(false)),
        2 => Just(Way::Link),
        2 => Just(Way::InPerson),
    ];
    let answered = request.clone();
    let status = prop_oneof![
        6 => Just(ProgramStatus::Active),
        2 => Just(ProgramStatus::Paused),
        1 => Just(ProgramStatus::Ended),
    ];
    let expiry = select(vec![
        Expiry::Never,
        Expiry::AfterEarning { months: 1 },
        Expiry::Inactivity { months: 1 },
    ]);
    prop_oneof![
        2 => person.clone().prop_map(|person| Step::RegisterKey { person }),
        1 => (person.clone(), 0..4_usize).prop_map(|(person, key)| Step::RevokeKey { person, key }),
        4 => (counter.clone(), 0..4_usize).prop_map(|(counter, key)| Step::Scan { counter, key }),
        1 => counter.clone().prop_map(|counter| Step::ScanJunk { counter }),
        2 => (counter.clone(), proptest::option::of(person.clone()))
            .prop_map(|(counter, person)| Step::Find { counter, person }),
        1 => (counter.clone(), card.clone()).prop_map(|(counter, card)| Step::FindCard { counter, card }),
        6 => (counter.clone(), program.clone(), person.clone(), any::<bool>()).prop_map(
            |(counter, program, person, by_address)| Step::Ask { counter, program, person, by_address }
        ),
        1 => (counter.clone(), request.clone())
            .prop_map(|(counter, request)| Step::Resend { counter, request }),
        1 => (counter.clone(), request.clone())
            .prop_map(|(counter, request)| Step::Cancel { counter, request }),
        2 => request.clone().prop_map(|request| Step::Expire { request }),
        8 => (counter.clone(), card.clone(), 1..400_i64)
            .prop_map(|(counter, card, points)| Step::Deduct { counter, card, points }),
        3 => (counter.clone(), card.clone(), 0..2_usize)
            .prop_map(|(counter, card, reward)| Step::DeductReward { counter, card, reward }),
        5 => (card.clone(), select(vec![0, 1_000, 180_000]))
            .prop_map(|(card, age_ms)| Step::Lapse { card, age_ms }),
        1 => (person.clone(), program.clone())
            .prop_map(|(person, program)| Step::Leave { person, program }),
        1 => (counter.clone(), program.clone(), expiry)
            .prop_map(|(counter, program, expiry)| Step::SetExpiry { counter, program, expiry }),
        3 => (counter.clone(), card, -500..500_i64)
            .prop_map(|(counter, card, points)| Step::Adjust { counter, card, points }),
        4 => (counter.clone(), 0..40_usize)
            .prop_map(|(counter, entry)| Step::Reverse { counter, entry }),
        1 => (person.clone(), request.clone())
            .prop_map(|(person, request)| Step::See { person, request }),
        6 => (request, proptest::bool::weighted(0.75), other, signed).prop_map(
            |(request, accept, other, signed)| Step::Answer { request, accept, other, signed }
        ),
        8 => (counter.clone(), to, worth, any::<bool>()).prop_map(
            |(counter, to, worth, in_money)| Step::Award { counter, to, worth, in_money }
        ),
        1 => (counter.clone(), program, status).prop_map(
            |(counter, program, status)| Step::SetStatus { counter, program, status }
        ),
        1 => person.clone().prop_map(|person| Step::Rename { person }),
        1 => (counter.clone(), person.clone())
            .prop_map(|(counter, person)| Step::Print { counter, person }),
        2 => (counter.clone(), person.clone())
            .prop_map(|(counter, person)| Step::WriteDown { counter, person }),
        3 => (way, counter.clone(), answered, proptest::bool::weighted(0.75)).prop_map(
            |(way, counter, request, accept)| Step::AnswerBy { way, counter, request, accept }
        ),
        2 => (counter.clone(), 0..6_usize, 0..6_usize)
            .prop_map(|(counter, keep, merge)| Step::Merge { counter, keep, merge }),
        1 => (person.clone(), counter)
            .prop_map(|(person, counter)| Step::LeaveBusiness { person, counter }),
        2 => person.clone().prop_map(|person| Step::Prove { person }),
        1 => person.prop_map(|person| Step::Erase { person }),
    ]
}

pub(crate) fn moments() -> impl Strategy<Value = Vec<Moment>> {
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    let quiet = prop_oneof![
        20 => select(vec![0, 1_000, 25_000, 180_000]),
        1 => select(vec![8 * DAY_MS, 31 * DAY_MS]),
    ];
    proptest::collection::vec((quiet, proptest::collection::vec(step(), 1..4)), 5..50)
}
