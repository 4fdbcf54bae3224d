//! What is tried on a picture, in which order: what fails cheaply comes first.

use super::binarize::Threshold;
use super::search::Seen;

/// One way to look at a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Our own search in a view of the picture.
    Search(View, Threshold, Seen),
    /// rxing's port of zxing-cpp.
    Rxing(Scale),
    /// rqrr's own detector.
    Rqrr(Scale),
}

/// A picture at a scale, changed or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct View {
    pub(super) scale: Scale,
    pub(super) change: Change,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scale {
    Quarter,
    Half,
    Full,
    Double,
}

impl Scale {
    /// Pixels of the picture in one pixel of the view.
    pub(super) fn factor(self) -> f32 {
        match self {
            Scale::Quarter => 4.0,
            Scale::Half => 2.0,
            Scale::Full => 1.0,
            Scale::Double => 0.5,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    None,
    /// Light codes on dark: dark-mode phones.
    Invert,
    /// Against noise and the pixels of screens.
    Blur,
    /// Against the dark.
    Stretch,
}

const fn search(scale: Scale, change: Change, threshold: Threshold) -> Stage {
    Stage::Search(View { scale, change }, threshold, Seen::Three)
}

const fn two_finders(scale: Scale, change: Change) -> Stage {
    Stage::Search(View { scale, change }, Threshold::Hybrid, Seen::Two)
}

/// Windows as small as a finder, in which its light ring stays lighter than its middle however far
/// the two have run into each other.
const SMALL: Threshold = Threshold::LocalMean { part: 90 };
/// The same for noise, which takes more pixels to see through.
const NOISY: Threshold = Threshold::LocalMean { part: 60 };

/// What a picture goes through when there is time for all of it.
pub(super) const ALL: [Stage; 21] = [
    Stage::Rxing(Scale::Half),
    search(Scale::Half, Change::None, Threshold::Hybrid),
    Stage::Rxing(Scale::Full),
    two_finders(Scale::Half, Change::None),
    search(Scale::Full, Change::None, Threshold::Hybrid),
    search(Scale::Half, Change::Invert, Threshold::Hybrid),
    Stage::Rqrr(Scale::Half),
    search(Scale::Full, Change::None, SMALL),
    search(Scale::Full, Change::Invert, Threshold::Hybrid),
    search(Scale::Quarter, Change::None, Threshold::Hybrid),
    two_finders(Scale::Full, Change::None),
    search(Scale::Full, Change::Blur, NOISY),
    search(Scale::Full, Change::Invert, SMALL),
    two_finders(Scale::Full, Change::Invert),
    Stage::Rqrr(Scale::Full),
    search(Scale::Half, Change::Stretch, Threshold::Hybrid),
    search(Scale::Full, Change::Stretch, Threshold::Hybrid),
    search(Scale::Full, Change::Blur, Threshold::LocalMean { part: 16 }),
    search(Scale::Full, Change::None, Threshold::LocalMean { part: 32 }),
    search(Scale::Full, Change::None, Threshold::Otsu),
    search(Scale::Double, Change::None, Threshold::Hybrid),
];

/// What a photograph larger than any camera's picture goes through once more, at its own scale.
pub(super) const LARGE: [Stage; 2] = [
    search(Scale::Full, Change::None, Threshold::Hybrid),
    search(Scale::Full, Change::Invert, Threshold::Hybrid),
];

/// What every frame of a camera goes through.
pub(super) const CHEAP: [Stage; 2] =
    [Stage::Rxing(Scale::Half), search(Scale::Half, Change::None, Threshold::Hybrid)];

/// What the frames of a camera go through in turn.
pub(super) const DEAR: [Stage; 14] = [
    Stage::Rxing(Scale::Full),
    search(Scale::Half, Change::Invert, Threshold::Hybrid),
    search(Scale::Full, Change::None, Threshold::Hybrid),
    two_finders(Scale::Half, Change::None),
    search(Scale::Full, Change::Invert, Threshold::Hybrid),
    search(Scale::Full, Change::None, SMALL),
    search(Scale::Full, Change::Blur, Threshold::LocalMean { part: 16 }),
    Stage::Rqrr(Scale::Full),
    search(Scale::Quarter, Change::None, Threshold::Hybrid),
    two_finders(Scale::Full, Change::None),
    search(Scale::Full, Change::Blur, NOISY),
    search(Scale::Half, Change::Stretch, Threshold::Hybrid),
    search(Scale::Full, Change::None, Threshold::LocalMean { part: 32 }),
    search(Scale::Double, Change::None, Threshold::Hybrid),
];

/// What the frames of a camera go through in turn while nothing looks like a code: what the cheap
/// stages cannot see, dark-mode phones near and far.
pub(super) const UNSEEN: [Stage; 2] = [
    search(Scale::Half, Change::Invert, Threshold::Hybrid),
    search(Scale::Full, Change::Invert, Threshold::Hybrid),
];

/// What the place where a code was seen last goes through.
pub(super) const CLOSE: [Stage; 3] = [
    Stage::Rxing(Scale::Full),
    search(Scale::Full, Change::None, Threshold::Hybrid),
    two_finders(Scale::Full, Change::None),
];

impl Stage {
    /// For what cannot be broken off: how many times as long as the first stage it takes, at least.
    /// So what a computer can do in the time that is left is measured, not supposed.
    pub(super) fn firsts(self) -> u32 {
        match self {
            Stage::Rqrr(Scale::Full) | Stage::Search(View { scale: Scale::Double, .. }, ..) => 8,
            Stage::Rqrr(_) => 2,
            Stage::Search(..) | Stage::Rxing(_) => 0,
        }
    }

    /// Whether it looks at the picture with light for dark.
    pub(super) fn is_of_negative(self) -> bool {
        matches!(self, Stage::Search(View { change: Change::Invert, .. }, ..))
    }

    /// What a benchmark calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Stage::Rxing(_) => "rxing",
            Stage::Rqrr(_) => "rqrr",
            Stage::Search(_, _, Seen::Two) => "two finders",
            Stage::Search(View { change: Change::Invert, .. }, _, _) => "inverted",
            Stage::Search(View { change: Change::Blur, .. }, NOISY, _) => "noisy",
            Stage::Search(View { change: Change::Blur, .. }, _, _) => "blurred",
            Stage::Search(View { change: Change::Stretch, .. }, _, _) => "stretched",
            Stage::Search(_, SMALL, _) => "smeared",
            Stage::Search(_, Threshold::LocalMean { .. }, _) => "local mean",
            Stage::Search(_, Threshold::Otsu, _) => "otsu",
            Stage::Search(View { scale, .. }, Threshold::Hybrid, _) => match scale {
                Scale::Quarter => "quarter",
                Scale::Half => "half",
                Scale::Full => "full",
                Scale::Double => "double",
            },
        }
    }
}
