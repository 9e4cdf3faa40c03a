//! What is made of measured numbers: pure, and tested in `tests/bench_figures.rs`.

/// A number with about three digits.
pub fn short(number: f64) -> String {
    let digits = match number {
        number if number >= 100.0 => 0,
        number if number >= 10.0 => 1,
        _ => 2,
    };
    format!("{number:.digits$}")
}

/// The slope of the line through points, on logarithmic scales, by least squares: the `p` of `y = c·xᵖ`.
/// All numbers are above 0. It is NaN for fewer than two different `x`.
pub fn exponent(points: &[(f64, f64)]) -> f64 {
    let points: Vec<(f64, f64)> = points.iter().map(|(x, y)| (x.ln(), y.ln())).collect();
    let count = points.len() as f64;
    let mean = |pick: fn(&(f64, f64)) -> f64| points.iter().map(pick).sum::<f64>() / count;
    let (x, y) = (mean(|it| it.0), mean(|it| it.1));
    let both: f64 = points.iter().map(|it| (it.0 - x) * (it.1 - y)).sum();
    let width: f64 = points.iter().map(|it| (it.0 - x).powi(2)).sum();
    both / width
}

/// Memory after so many steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    pub steps: f64,
    pub bytes: f64,
}

/// By how many bytes memory grew from the first reading after so many steps, at most; 0 when it shrank, and
/// `None` when nothing was read after it.
pub fn growth(readings: &[Reading], settled_after: f64) -> Option<f64> {
    let mut settled = readings.iter().filter(|it| it.steps >= settled_after);
    let first = settled.next()?.bytes;
    settled
        .map(|it| (it.bytes - first).max(0.0))
        .reduce(f64::max)
}
