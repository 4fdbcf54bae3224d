//! What to tell a customer whose code is seen but not read. Pure: what was seen and the time go
//! in, a hint comes out.

use serde::{Deserialize, Serialize};

use crate::reader::Clue;

/// What would make a code readable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hint {
    /// The code is too small in the picture.
    Closer,
    /// It moves, or is out of focus.
    HoldStill,
    /// Too little light falls on it.
    TooDark,
    /// A lamp glares on it.
    TooBright,
    /// A screen that is darker than what is around it.
    TurnUpTheScreen,
}

/// A code in view that is not read for this long needs help.
const PATIENCE_MS: u64 = 1_000;
/// Without a sign of a code for this long, nobody is trying any more.
const GONE_MS: u64 = 700;

/// What was seen of a code that is not read yet.
#[derive(Default)]
pub(crate) struct Hints {
    trying: Option<Trying>,
}

struct Trying {
    since_ms: u64,
    last_ms: u64,
    clue: Clue,
}

impl Hints {
    /// Takes what one frame showed. `now_ms` counts from any fixed moment.
    pub(crate) fn see(&mut self, now_ms: u64, was_read: bool, clue: Option<Clue>) -> Option<Hint> {
        if was_read {
            self.trying = None;
        }
        if self
            .trying
            .as_ref()
            .is_some_and(|trying| now_ms.saturating_sub(trying.last_ms) > GONE_MS)
        {
            self.trying = None;
        }
        if let Some(clue) = clue.filter(|_| !was_read) {
            let trying =
                self.trying.get_or_insert(Trying { since_ms: now_ms, last_ms: now_ms, clue });
            trying.last_ms = now_ms;
            trying.clue = clue;
        }
        let trying = self.trying.as_ref()?;
        (now_ms.saturating_sub(trying.since_ms) >= PATIENCE_MS).then(|| hint(&trying.clue))
    }
}

/// The likeliest reason first; whatever is left moves or is out of focus.
fn hint(clue: &Clue) -> Hint {
    /// Pixels; below this a camera's own blur joins neighbouring modules.
    const MODULE_MIN: f32 = 2.5;
    const DARK_PAPER: f32 = 70.0;
    const DIM_CONTRAST: f32 = 50.0;
    const BRIGHT_ROOM: f32 = 90.0;
    /// Dark modules as bright as this are under a lamp's mirror image.
    const BRIGHT_INK: f32 = 150.0;
    let contrast = clue.light - clue.dark;
    if clue.module_px < MODULE_MIN {
        Hint::Closer
    } else if clue.dark > BRIGHT_INK || clue.glare > 0.1 {
        Hint::TooBright
    } else if contrast < DIM_CONTRAST && clue.around > BRIGHT_ROOM {
        Hint::TurnUpTheScreen
    } else if clue.light < DARK_PAPER {
        Hint::TooDark
    } else {
        Hint::HoldStill
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Clue = Clue { module_px: 5.0, dark: 30.0, light: 200.0, around: 120.0, glare: 0.0 };

    /// What is told after a second of frames that show this.
    fn after_a_second(clue: Clue) -> Option<Hint> {
        let mut hints = Hints::default();
        let mut told = None;
        for now_ms in (0..=1_000).step_by(100) {
            told = hints.see(now_ms, false, Some(clue));
        }
        told
    }

    #[test]
    fn each_trouble_has_its_hint() {
        assert_eq!(after_a_second(Clue { module_px: 1.8, ..GOOD }), Some(Hint::Closer));
        assert_eq!(
            after_a_second(Clue { dark: 190.0, light: 250.0, ..GOOD }),
            Some(Hint::TooBright)
        );
        assert_eq!(after_a_second(Clue { glare: 0.2, ..GOOD }), Some(Hint::TooBright));
        assert_eq!(after_a_second(Clue { light: 60.0, ..GOOD }), Some(Hint::TurnUpTheScreen));
        let night = Clue { light: 60.0, dark: 5.0, around: 30.0, ..GOOD };
        assert_eq!(after_a_second(night), Some(Hint::TooDark));
        assert_eq!(after_a_second(GOOD), Some(Hint::HoldStill));
    }

    #[test]
    fn nothing_is_told_within_a_second_nor_once_a_code_was_read_or_left() {
        let mut hints = Hints::default();
        assert_eq!(hints.see(0, false, Some(GOOD)), None);
        assert_eq!(hints.see(500, false, Some(GOOD)), None);
        assert_eq!(hints.see(999, false, Some(GOOD)), None);
        assert_eq!(hints.see(1_000, false, Some(GOOD)), Some(Hint::HoldStill));
        assert_eq!(hints.see(1_100, true, Some(GOOD)), None);
        assert_eq!(hints.see(1_200, false, Some(GOOD)), None);
        assert_eq!(hints.see(2_200, false, Some(GOOD)), None, "it had left meanwhile");
        assert_eq!(hints.see(5_000, false, None), None);
    }
}
