//! What people of a story do, all at once or one after the other.

use proptest::prelude::*;

/// Who comes to each shop alone, and may delete their account; the others know many shops.
pub(crate) const GUEST: usize = 3;
pub(crate) const PEOPLE: usize = 4;
/// Members whom the shop wrote down; their numbers come after the people's.
pub(crate) const NOTES: usize = 2;

/// Something that somebody does; numbers choose among what there is by then.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Scan {
        person: usize,
    },
    Ask {
        person: usize,
        by_phone: bool,
    },
    Cancel {
        request: usize,
    },
    /// By the person it asks, or by somebody else.
    Answer {
        request: usize,
        accept: bool,
        other: Option<usize>,
    },
    AwardCard {
        card: usize,
        points: i64,
    },
    AwardRequest {
        request: usize,
        points: i64,
    },
    /// Asks for points of a card.
    Deduct {
        card: usize,
        points: i64,
    },
    Adjust {
        card: usize,
        points: i64,
    },
    Reverse {
        entry: usize,
    },
    /// A request's time is over, and the server closes it.
    RunOut {
        request: usize,
    },
    /// A card's older points lapse, up to a part of its story.
    Lapse {
        card: usize,
    },
    SetStatus {
        paused: bool,
    },
    /// A manager writes a person down by their number.
    WriteDown {
        person: usize,
    },
    /// Digits are read out at the till.
    ReadOut {
        request: usize,
        right: bool,
    },
    /// One person's membership becomes a part of another's; of notes, too.
    Merge {
        keep: usize,
        merge: usize,
    },
    LeaveProgram {
        person: usize,
    },
    LeaveBusiness {
        person: usize,
    },
    /// The guest deletes their account.
    Erase,
    /// Something that was asked before, once more.
    Again {
        op: usize,
    },
    /// The id of something that was asked before, for something else.
    Misuse {
        op: usize,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let (person, request, card) = (0..PEOPLE, 0..6_usize, 0..4_usize);
    let points = prop_oneof![1 => Just(0_i64), 8 => 1..500_i64, 1 => Just(1_000_001)];
    prop_oneof![
        3 => person.clone().prop_map(|person| Step::Scan { person }),
        4 => (person.clone(), proptest::bool::weighted(0.3))
            .prop_map(|(person, by_phone)| Step::Ask { person, by_phone }),
        1 => request.clone().prop_map(|request| Step::Cancel { request }),
        5 => (request.clone(), proptest::bool::weighted(0.8), proptest::option::weighted(0.1, person.clone()))
            .prop_map(|(request, accept, other)| Step::Answer { request, accept, other }),
        6 => (card.clone(), points.clone()).prop_map(|(card, points)| Step::AwardCard { card, points }),
        4 => (request.clone(), points)
            .prop_map(|(request, points)| Step::AwardRequest { request, points }),
        5 => (card.clone(), 1..300_i64).prop_map(|(card, points)| Step::Deduct { card, points }),
        2 => (card.clone(), -200..200_i64).prop_map(|(card, points)| Step::Adjust { card, points }),
        3 => (0..30_usize).prop_map(|entry| Step::Reverse { entry }),
        2 => request.clone().prop_map(|request| Step::RunOut { request }),
        2 => person.clone().prop_map(|person| Step::WriteDown { person }),
        2 => (request, proptest::bool::weighted(0.8))
            .prop_map(|(request, right)| Step::ReadOut { request, right }),
        2 => (0..PEOPLE + NOTES, 0..PEOPLE + NOTES)
            .prop_map(|(keep, merge)| Step::Merge { keep, merge }),
        1 => person.clone().prop_map(|person| Step::LeaveProgram { person }),
        1 => person.prop_map(|person| Step::LeaveBusiness { person }),
        1 => Just(Step::Erase),
        2 => card.prop_map(|card| Step::Lapse { card }),
        1 => proptest::bool::weighted(0.2).prop_map(|paused| Step::SetStatus { paused }),
        4 => (0..60_usize).prop_map(|op| Step::Again { op }),
        1 => (0..60_usize).prop_map(|op| Step::Misuse { op }),
    ]
}

/// What is asked at one moment, all at once; each so many times.
pub(crate) fn moments() -> impl Strategy<Value = Vec<Vec<(Step, usize)>>> {
    let times = prop_oneof![5 => Just(1_usize), 2 => Just(2), 1 => Just(4)];
    proptest::collection::vec(proptest::collection::vec((step(), times), 1..10), 8..25)
}
