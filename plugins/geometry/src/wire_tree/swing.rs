//! How far a curve swings beside the straight line between its ends, looked up in a table.

use std::sync::LazyLock;

/// The largest swing `w`, at `t = ½ − 1/√12`: 1/√12.
pub(super) const SWING_MAX: f64 = 0.288_675_134_594_813;

/// Where along `s` the swing is largest; it is least at 1 less this.
const SWING_MAX_AT: f64 = 0.115_099_820_540_249;

/// What the swing `w(s)` lies between, in handles.
#[derive(Clone, Copy, Debug)]
pub(super) struct Swing {
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Swing {
    /// At `s` in 0..=1.
    pub(super) fn at(s: f64) -> Self {
        let scaled = s * STEPS as f64;
        let step = (scaled as usize).min(STEPS - 1);
        let [start, end, slack] = TABLE[step].map(f64::from);
        let middle = start + (end - start) * (scaled - step as f64);
        Self {
            low: middle - slack,
            high: middle + slack,
        }
    }

    /// Anywhere from `from` to `to`, both in 0..=1.
    pub(super) fn between(from: f64, to: f64) -> Self {
        let (first, last) = (Self::at(from), Self::at(to));
        let passes = |s: f64| (from..=to).contains(&s);
        Self {
            low: if passes(1.0 - SWING_MAX_AT) {
                -SWING_MAX
            } else {
                first.low.min(last.low)
            },
            high: if passes(SWING_MAX_AT) {
                SWING_MAX
            } else {
                first.high.max(last.high)
            },
        }
    }
}

/// Parts of `s` in 0..=1 between which the swing is interpolated.
const STEPS: usize = 1024;

/// For each part the swing at its start, at its end, and how far the straight line between may err.
static TABLE: LazyLock<Box<[[f32; 3]; STEPS]>> = LazyLock::new(|| {
    let swing = |s: f64| {
        let t = 0.5 - ((1.0 - 2.0 * s).clamp(-1.0, 1.0).asin() / 3.0).sin();
        3.0 * t * (1.0 - t) * (1.0 - 2.0 * t)
    };
    Box::new(std::array::from_fn(|step| {
        let at = |share: f64| swing((step as f64 + share) / STEPS as f64);
        let (start, end) = (at(0.0), at(1.0));
        let samples = (1..32).map(|i| f64::from(i) / 32.0);
        let err = samples
            .map(|share| (start + (end - start) * share - at(share)).abs())
            .fold(0.0, f64::max);
        // The samples miss the largest error by less than a quarter of it.
        [start as f32, end as f32, (1.25 * err + 1e-6) as f32]
    }))
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_swing_lies_within_its_table() {
        for i in 0..=100_000 {
            let t = f64::from(i) / 100_000.0;
            let s = (3.0 - 2.0 * t) * t * t;
            let exact = 3.0 * t * (1.0 - t) * (1.0 - 2.0 * t);
            let swing = Swing::at(s);
            assert!(
                swing.low <= exact && exact <= swing.high,
                "{exact} at {s}: {swing:?}"
            );
            assert!(swing.high - swing.low < 0.04, "{swing:?}");
            let so_far = Swing::between(0.0, s);
            assert!(so_far.low <= exact && exact <= so_far.high && exact <= SWING_MAX);
        }
    }
}
