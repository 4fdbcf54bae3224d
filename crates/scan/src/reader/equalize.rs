//! Learns from the modules whose color is known how the picture smeared each module into its
//! neighbours, and undoes it: defocus, motion in any direction, a grid a little off.

use super::layout::Layout;
use super::sample::Modules;

/// Modules around one that say something about it: 3 × 3 or 5 × 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    One,
    Two,
}

/// The most weights: 5 × 5 neighbours and a constant.
pub(super) const WEIGHTS_MAX: usize = 26;
/// Weights, and what they should come to.
pub(super) type Row = [f64; WEIGHTS_MAX + 1];

/// From darkness to how sure each module is dark: 1 as sure as the known dark ones, -1 light.
pub(super) fn equalize(darkness: &Modules, layout: &Layout, reach: Reach, to: &mut Modules) {
    let radius = match reach {
        Reach::One => 1,
        Reach::Two => 2,
    };
    let weights = (2 * radius + 1) * (2 * radius + 1) + 1;
    let first = learn(darkness, layout, radius, weights, None);
    // Known modules that contradict what was learned lie under glare or dirt.
    let second = first.and_then(|first| learn(darkness, layout, radius, weights, Some(&first)));
    let Some(learned) = second else {
        to.clone_from(darkness);
        return;
    };
    to.size = darkness.size;
    to.values.clear();
    for y in 0..darkness.size {
        for x in 0..darkness.size {
            let seen = neighbourhood(darkness, x, y, radius);
            to.values.push(dot(&seen, &learned, weights) as f32);
        }
    }
}

/// Least squares over the known modules, held back (ridge) where they say little.
fn learn(
    darkness: &Modules,
    layout: &Layout,
    radius: usize,
    weights: usize,
    before: Option<&Row>,
) -> Option<Row> {
    const HELD_BACK: f64 = 0.02;
    let mut rows = [[0f64; WEIGHTS_MAX + 1]; WEIGHTS_MAX];
    for known in &layout.known {
        let seen = neighbourhood(darkness, known.place.x, known.place.y, radius);
        let wanted = if known.dark { 1.0 } else { -1.0 };
        if before.is_some_and(|before| dot(&seen, before, weights) * wanted < 0.0) {
            continue;
        }
        for i in 0..weights {
            for j in 0..weights {
                rows[i][j] += seen[i] * seen[j];
            }
            rows[i][WEIGHTS_MAX] += seen[i] * wanted;
        }
    }
    let trace: f64 = (0..weights - 1).map(|i| rows[i][i]).sum();
    let ridge = HELD_BACK * trace / (weights - 1) as f64;
    for (i, row) in rows.iter_mut().enumerate().take(weights) {
        row[i] += ridge.max(1e-6);
    }
    solve(&mut rows, weights)
}

fn dot(a: &Row, b: &Row, weights: usize) -> f64 {
    a.iter().zip(b).take(weights).map(|(a, b)| a * b).sum()
}

/// The darkness around a module, then a 1; beyond the edge is paper like that at the edge.
fn neighbourhood(darkness: &Modules, x: usize, y: usize, radius: usize) -> Row {
    let mut seen = [0f64; WEIGHTS_MAX + 1];
    let last = darkness.size - 1;
    let mut next = 0;
    for row in y..=y + 2 * radius {
        let row = row.saturating_sub(radius).min(last);
        for column in x..=x + 2 * radius {
            let column = column.saturating_sub(radius).min(last);
            seen[next] = f64::from(darkness.values[row * darkness.size + column]);
            next += 1;
        }
    }
    seen[next] = 1.0;
    seen
}

/// Gauss–Jordan; the matrix is symmetric and positive, so it needs no pivots.
pub(super) fn solve(rows: &mut [Row; WEIGHTS_MAX], weights: usize) -> Option<Row> {
    for column in 0..weights {
        let pivot_row = rows[column];
        if pivot_row[column].abs() < 1e-12 {
            return None;
        }
        for (index, row) in rows.iter_mut().enumerate().take(weights) {
            if index != column {
                let factor = row[column] / pivot_row[column];
                for k in column..weights {
                    row[k] -= factor * pivot_row[k];
                }
                row[WEIGHTS_MAX] -= factor * pivot_row[WEIGHTS_MAX];
            }
        }
    }
    let mut learned = [0.0; WEIGHTS_MAX + 1];
    for i in 0..weights {
        learned[i] = rows[i][WEIGHTS_MAX] / rows[i][i];
    }
    learned.iter().all(|weight| weight.is_finite()).then_some(learned)
}
