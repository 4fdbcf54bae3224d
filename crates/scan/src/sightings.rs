//! Which of the codes in view is news. Pure: frames' codes and the time go in, at most one code
//! comes out.

use crate::decode::Code;
use crate::verdict::Verdict;

/// Out of view for this long, a code has left, and counts as shown again when it returns (SPEC
/// SC-3). Shorter gaps are a hand that shakes.
const AWAY_MS: u64 = 1_000;
/// Codes remembered; more than ever stand before a camera.
const REMEMBERED_MAX: usize = 256;

/// A code with what the caller makes of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Judged {
    pub(crate) code: Code,
    pub(crate) verdict: Verdict,
}

/// What was in view lately.
#[derive(Default)]
pub(crate) struct Sightings {
    seen: Vec<Seen>,
    frame: u64,
}

/// Something in view within the last [`AWAY_MS`].
struct Seen {
    subject: Subject,
    last_ms: u64,
    last_frame: u64,
    /// In how many frames.
    times: u32,
    reported: bool,
}

/// What makes two sightings the same: a rotating code changes its text, not its subject.
#[derive(Clone, PartialEq)]
enum Subject {
    Mine(String),
    Text(String),
}

impl Sightings {
    /// Takes the codes of one frame and returns the one to report, if it is news. `now_ms` counts
    /// from any fixed moment and never runs backwards.
    pub(crate) fn see(&mut self, now_ms: u64, codes: Vec<Judged>) -> Option<Judged> {
        self.frame += 1;
        self.seen.retain(|seen| now_ms.saturating_sub(seen.last_ms) < AWAY_MS);
        for judged in &codes {
            self.note(now_ms, subject(judged));
        }
        // Chosen before what is known is left out: with two cards in view the smaller one must not
        // be taken just because the larger was handled.
        let chosen = codes
            .into_iter()
            .max_by_key(|judged| (rank(&judged.verdict), judged.code.twice_area()))?;
        let wanted = subject(&chosen);
        let seen = self.seen.iter_mut().find(|seen| seen.subject == wanted)?;
        if seen.reported || seen.times < frames_needed(&chosen.verdict) {
            return None;
        }
        seen.reported = true;
        Some(chosen)
    }

    /// Whether a code is in view, or was a moment ago: one that left is no news before that is over.
    pub(crate) fn is_anything_in_view(&self) -> bool {
        !self.seen.is_empty()
    }

    /// Lets everything in view be reported again at once.
    pub(crate) fn forget(&mut self) {
        self.seen.clear();
    }

    fn note(&mut self, now_ms: u64, subject: Subject) {
        if let Some(seen) = self.seen.iter_mut().find(|seen| seen.subject == subject) {
            // The same text twice in one frame is still one frame.
            if seen.last_frame != self.frame {
                seen.times = seen.times.saturating_add(1);
            }
            seen.last_ms = now_ms;
            seen.last_frame = self.frame;
            return;
        }
        if self.seen.len() >= REMEMBERED_MAX {
            let oldest = self.seen.iter().enumerate().min_by_key(|(_, seen)| seen.last_frame);
            if let Some((index, _)) = oldest {
                self.seen.swap_remove(index);
            }
        }
        self.seen.push(Seen {
            subject,
            last_ms: now_ms,
            last_frame: self.frame,
            times: 1,
            reported: false,
        });
    }
}

fn subject(judged: &Judged) -> Subject {
    match &judged.verdict {
        Verdict::Mine(subject) => Subject::Mine(subject.clone()),
        Verdict::Plausible | Verdict::Foreign => Subject::Text(judged.code.text.clone()),
    }
}

fn rank(verdict: &Verdict) -> u8 {
    match verdict {
        Verdict::Mine(_) => 2,
        Verdict::Plausible => 1,
        Verdict::Foreign => 0,
    }
}

/// A camera completes a torn frame with an old picture, and a decoder may misread: what nothing
/// proves has to be read twice.
fn frames_needed(verdict: &Verdict) -> u32 {
    match verdict {
        Verdict::Mine(_) => 1,
        Verdict::Plausible | Verdict::Foreign => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::{Corner, Kind};

    fn code(text: &str, side: i32, verdict: Verdict) -> Judged {
        let corners = [(0, 0), (side, 0), (side, side), (0, side)].map(|(x, y)| Corner { x, y });
        Judged { code: Code { text: text.to_owned(), corners, kind: Kind::Qr }, verdict }
    }

    fn mine(text: &str, subject: &str) -> Judged {
        code(text, 10, Verdict::Mine(subject.to_owned()))
    }

    fn foreign(text: &str) -> Judged {
        code(text, 10, Verdict::Foreign)
    }

    fn reported(sightings: &mut Sightings, now_ms: u64, codes: &[Judged]) -> Option<String> {
        sightings.see(now_ms, codes.to_vec()).map(|judged| judged.code.text)
    }

    #[test]
    fn a_proven_code_is_reported_at_once_and_once() {
        let mut sightings = Sightings::default();
        let ana = [mine("A1", "ana")];
        assert_eq!(reported(&mut sightings, 0, &ana), Some("A1".into()));
        assert_eq!(reported(&mut sightings, 33, &ana), None);
    }

    #[test]
    fn an_unproven_code_is_reported_in_its_second_frame() {
        for verdict in [Verdict::Plausible, Verdict::Foreign] {
            let mut sightings = Sightings::default();
            let codes = [code("X", 10, verdict)];
            assert_eq!(reported(&mut sightings, 0, &codes), None);
            assert_eq!(reported(&mut sightings, 33, &codes), Some("X".into()));
            assert_eq!(reported(&mut sightings, 66, &codes), None);
        }
    }

    #[test]
    fn the_same_text_twice_in_one_frame_is_one_frame() {
        let mut sightings = Sightings::default();
        assert_eq!(reported(&mut sightings, 0, &[foreign("X"), foreign("X")]), None);
    }

    #[test]
    fn two_frames_with_different_texts_prove_nothing() {
        let mut sightings = Sightings::default();
        assert_eq!(reported(&mut sightings, 0, &[foreign("X")]), None);
        assert_eq!(reported(&mut sightings, 33, &[foreign("Y")]), None);
    }

    #[test]
    fn two_frames_may_have_a_missed_one_between_them_but_not_a_second() {
        let mut sightings = Sightings::default();
        assert_eq!(reported(&mut sightings, 0, &[foreign("X")]), None);
        assert_eq!(reported(&mut sightings, 33, &[]), None);
        assert_eq!(reported(&mut sightings, 66, &[foreign("X")]), Some("X".into()));
        let mut sightings = Sightings::default();
        assert_eq!(reported(&mut sightings, 0, &[foreign("X")]), None);
        assert_eq!(reported(&mut sightings, 1_000, &[foreign("X")]), None);
    }

    #[test]
    fn a_code_that_stays_in_view_is_never_reported_again() {
        let mut sightings = Sightings::default();
        let ana = [mine("A1", "ana")];
        assert!(reported(&mut sightings, 0, &ana).is_some());
        for now_ms in (900..60_000).step_by(900) {
            assert_eq!(reported(&mut sightings, now_ms, &ana), None);
        }
    }

    #[test]
    fn a_code_that_left_is_reported_again_when_it_returns() {
        let mut sightings = Sightings::default();
        let ana = [mine("A1", "ana")];
        assert!(reported(&mut sightings, 0, &ana).is_some());
        assert_eq!(reported(&mut sightings, 999, &ana), None);
        assert_eq!(reported(&mut sightings, 1_998, &ana), None);
        assert_eq!(reported(&mut sightings, 2_998, &ana), Some("A1".into()));
    }

    #[test]
    fn a_rotating_code_with_a_new_text_is_the_same_subject() {
        let mut sightings = Sightings::default();
        assert!(reported(&mut sightings, 0, &[mine("A1", "ana")]).is_some());
        assert_eq!(reported(&mut sightings, 33, &[mine("A2", "ana")]), None);
        assert_eq!(reported(&mut sightings, 66, &[mine("B1", "ben")]), Some("B1".into()));
    }

    #[test]
    fn forgetting_lets_the_same_code_be_reported_at_once() {
        let mut sightings = Sightings::default();
        let ana = [mine("A1", "ana")];
        assert!(reported(&mut sightings, 0, &ana).is_some());
        sightings.forget();
        assert_eq!(reported(&mut sightings, 33, &ana), Some("A1".into()));
    }

    #[test]
    fn the_largest_proven_code_wins_then_plausible_then_foreign() {
        let mut codes = vec![
            code("big foreign", 90, Verdict::Foreign),
            code("small foreign", 20, Verdict::Foreign),
            code("big plausible", 50, Verdict::Plausible),
            code("small plausible", 40, Verdict::Plausible),
            code("small mine", 10, Verdict::Mine("a".into())),
            code("big mine", 12, Verdict::Mine("b".into())),
        ];
        let winner = |codes: &[Judged]| {
            let mut sightings = Sightings::default();
            let first = reported(&mut sightings, 0, codes);
            first.or_else(|| reported(&mut sightings, 33, codes)).unwrap()
        };
        assert_eq!(winner(&codes), "big mine");
        codes.truncate(4);
        assert_eq!(winner(&codes), "big plausible");
        codes.truncate(2);
        assert_eq!(winner(&codes), "big foreign");
    }

    #[test]
    fn the_smaller_of_two_cards_waits_until_the_larger_left() {
        let mut sightings = Sightings::default();
        let large = code("L", 90, Verdict::Mine("large".into()));
        let small = code("S", 20, Verdict::Mine("small".into()));
        let both = [small.clone(), large];
        assert_eq!(reported(&mut sightings, 0, &both), Some("L".into()));
        assert_eq!(reported(&mut sightings, 33, &both), None);
        assert_eq!(reported(&mut sightings, 66, &[small]), Some("S".into()));
    }

    #[test]
    fn a_code_proven_later_is_reported_as_proven() {
        let mut sightings = Sightings::default();
        let unproven = [code("A1", 10, Verdict::Plausible)];
        reported(&mut sightings, 0, &unproven);
        assert!(reported(&mut sightings, 33, &unproven).is_some());
        let proven = sightings.see(66, vec![mine("A1", "ana")]);
        assert_eq!(proven.map(|judged| judged.verdict), Some(Verdict::Mine("ana".into())));
    }

    #[test]
    fn a_wall_of_codes_does_not_fill_the_memory() {
        let mut sightings = Sightings::default();
        for wall in 0..10 {
            let codes: Vec<_> = (0..200).map(|n| foreign(&format!("{wall}-{n}"))).collect();
            sightings.see(wall, codes);
        }
        assert!(sightings.seen.len() <= REMEMBERED_MAX);
    }
}
