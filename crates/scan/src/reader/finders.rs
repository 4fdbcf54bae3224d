//! Finds the three big squares of a code, which read 1:1:3:1:1 on every line through the middle.

use super::binarize::Bits;
use super::geometry::{Point, point};

/// What looks like a big square.
#[derive(Clone, Copy, Debug)]
pub(super) struct Finder {
    pub(super) middle: Point,
    /// A seventh of its width, in pixels.
    pub(super) module: f32,
    /// How many lines crossed it; none when it is only supposed to be there.
    pub(super) hits: u32,
}

/// Texture makes thousands; these bounds keep noise from burning the time.
const SEEN_MAX: usize = 160;
const KEPT_MAX: usize = 20;

/// Lengths of five runs of pixels, dark first.
type Runs = [i32; 5];

/// The finders of a picture, surest first; `every` is the distance of the lines looked at.
pub(super) fn find(bits: &Bits, every: usize, turns: &mut Vec<usize>, found: &mut Vec<Finder>) {
    found.clear();
    for y in (every / 2..bits.height).step_by(every) {
        list_turns(bits.row(y), turns);
        // Turns alternate: dark begins at even ones.
        for at in (0..turns.len().saturating_sub(5)).step_by(2) {
            let runs: Runs = std::array::from_fn(|i| (turns[at + i + 1] - turns[at + i]) as i32);
            if looks_like_finder(&runs)
                && let Some(finder) = crossed(bits, turns[at + 2].midpoint(turns[at + 3]), y, &runs)
            {
                note(found, finder);
            }
        }
    }
    found.sort_by_key(|finder| std::cmp::Reverse(finder.hits));
    found.truncate(KEPT_MAX);
}

/// Where the row turns from light to dark and back; ends with the end of the last dark run.
fn list_turns(row: &[u8], turns: &mut Vec<usize>) {
    turns.clear();
    let mut last = 0;
    for (x, &dark) in row.iter().enumerate() {
        if dark != last {
            turns.push(x);
            last = dark;
        }
    }
    if last != 0 {
        turns.push(row.len());
    }
}

fn looks_like_finder(runs: &Runs) -> bool {
    /// In modules: generous, since blur, glare and perspective all change widths.
    const TOLERANCE: f32 = 0.62;
    let sum: i32 = runs.iter().sum();
    if sum < 7 || runs.contains(&0) {
        return false;
    }
    let module = sum as f32 / 7.0;
    let narrow = |run: i32| (run as f32 - module).abs() < TOLERANCE * module;
    let wide = (runs[2] as f32 - 3.0 * module).abs() < 2.2 * TOLERANCE * module;
    wide && narrow(runs[0]) && narrow(runs[1]) && narrow(runs[3]) && narrow(runs[4])
}

/// Looks again down and then across from the middle of what a row showed.
fn crossed(bits: &Bits, x: usize, y: usize, runs: &Runs) -> Option<Finder> {
    let across: i32 = runs.iter().sum();
    let (dy, down) = cross(bits, x, y, (0, 1), across)?;
    if (down - across).abs() * 10 > across.max(down) * 7 {
        return None;
    }
    let middle_y = (y as f32 + dy).clamp(0.0, (bits.height - 1) as f32);
    let (dx, across) = cross(bits, x, middle_y as usize, (1, 0), across * 2)?;
    let middle = point(x as f32 + dx, middle_y);
    Some(Finder { middle, module: (down + across) as f32 / 14.0, hits: 1 })
}

/// The five runs through a place: how far their middle lies along `step`, and their length.
fn cross(bits: &Bits, x: usize, y: usize, step: (i32, i32), run_max: i32) -> Option<(f32, i32)> {
    let at = |k: i32| -> Option<bool> {
        let x = usize::try_from(x as i32 + step.0 * k).ok().filter(|&x| x < bits.width)?;
        let y = usize::try_from(y as i32 + step.1 * k).ok().filter(|&y| y < bits.height)?;
        Some(bits.is_dark(x, y))
    };
    if at(0) != Some(true) {
        return None;
    }
    let mut runs: Runs = [0; 5];
    let mut ends = [0; 2];
    for (end, (sign, order)) in ends.iter_mut().zip([(-1, [2, 1, 0]), (1, [2, 3, 4])]) {
        let mut k = if sign < 0 { 0 } else { 1 };
        for (index, run) in order.into_iter().enumerate() {
            let wanted = index != 1;
            while runs[run] <= run_max && at(k) == Some(wanted) {
                runs[run] += 1;
                k += sign;
            }
            // Only the outermost dark may end with the picture.
            if runs[run] > run_max || (index < 2 && at(k).is_none()) {
                return None;
            }
        }
        *end = k;
    }
    if !looks_like_finder(&runs) {
        return None;
    }
    let core_end = ends[1] - runs[4] - runs[3];
    Some((core_end as f32 - runs[2] as f32 / 2.0, runs.iter().sum()))
}

fn note(found: &mut Vec<Finder>, new: Finder) {
    let same = found.iter_mut().find(|known| {
        let away = known.middle.minus(new.middle);
        away.x.abs() < known.module * 1.5
            && away.y.abs() < known.module * 1.5
            && (known.module - new.module).abs() < known.module.max(new.module) * 0.5
    });
    if let Some(known) = same {
        let n = known.hits as f32;
        let mean = |old: f32, new: f32| (old * n + new) / (n + 1.0);
        known.middle.x = mean(known.middle.x, new.middle.x);
        known.middle.y = mean(known.middle.y, new.middle.y);
        known.module = mean(known.module, new.module);
        known.hits += 1;
    } else if found.len() < SEEN_MAX {
        found.push(new);
    }
}

impl Finder {
    /// Its module along a direction (of length 1), measured from edge to edge through the middle.
    pub(super) fn module_along(&self, bits: &Bits, direction: Point) -> Option<f32> {
        if self.hits == 0 {
            return None;
        }
        let one = self.reach(bits, direction)?;
        let other = self.reach(bits, direction.times(-1.0))?;
        Some((one + other) / 7.0)
    }

    /// From the middle to the outer edge: dark, light, dark.
    fn reach(&self, bits: &Bits, direction: Point) -> Option<f32> {
        const STEP: f32 = 0.25;
        let far = self.module * 9.0;
        let (mut turns, mut dark, mut away) = (0, true, 0.0);
        while away <= far {
            away += STEP;
            let place = self.middle.plus(direction.times(away));
            match bits.at(place.x, place.y) {
                Some(here) if here != dark => {
                    dark = here;
                    turns += 1;
                    if turns == 3 {
                        return Some(away);
                    }
                }
                Some(_) => {}
                // Cut off by the picture's edge within the outermost dark.
                None => return (turns == 2).then_some(away),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::binarize::Threshold;
    use crate::reader::canvas::Gray;
    use crate::testing::{code_frame, noise};

    fn finders(frame: &crate::frame::Frame) -> Vec<Finder> {
        let (width, height) = (frame.width() as usize, frame.height() as usize);
        let mut bits = Bits::default();
        bits.fill(Gray { width, height, pixels: frame.luma() }, Threshold::Otsu);
        let mut found = Vec::new();
        find(&bits, 1, &mut Vec::new(), &mut found);
        found
    }

    #[test]
    fn the_three_squares_of_a_code_are_the_surest() {
        let found = finders(&code_frame("FIND ME", 6));
        // Version 1 in a quiet zone of 4: middles at 3.5 and 17.5 modules.
        for (x, y) in [(7.5, 7.5), (21.5, 7.5), (7.5, 21.5)] {
            let wanted = point(x * 6.0, y * 6.0);
            let near = found[..3].iter().any(|finder| {
                finder.middle.distance(wanted) < 2.0 && (finder.module - 6.0).abs() < 0.5
            });
            assert!(near, "nothing at {wanted:?}: {found:?}");
        }
    }

    #[test]
    fn noise_has_a_bounded_number_of_finders() {
        assert!(finders(&noise(640, 480, 3)).len() <= KEPT_MAX);
    }
}
