//! Boxes of ends: how far all curves between them reach, and whether any may come into an area.

use super::Wire;
use super::swing::{SWING_MAX, Swing};
use crate::{MIN_HANDLE, Rect};

/// What the rounding of a curve's own numbers may amount to: in scene units, and as a share of
/// its width.
const SLACK: f64 = 1e-6;

/// A box in the four dimensions of ends: x0, y0, x1, y1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span {
    pub(super) low: [f32; 4],
    pub(super) high: [f32; 4],
}

impl Span {
    pub(super) const EMPTY: Self = Self {
        low: [f32::INFINITY; 4],
        high: [f32::NEG_INFINITY; 4],
    };

    pub(super) fn of(wire: &Wire) -> Self {
        Self {
            low: wire.ends,
            high: wire.ends,
        }
    }

    pub(super) fn with(&self, wire: &Wire) -> Self {
        self.union(&Self::of(wire))
    }

    pub(super) fn union(&self, other: &Self) -> Self {
        let axes = [0, 1, 2, 3];
        Self {
            low: axes.map(|axis| self.low[axis].min(other.low[axis])),
            high: axes.map(|axis| self.high[axis].max(other.high[axis])),
        }
    }

    /// The shortest and the longest handle, in scene units.
    fn handles(&self) -> [f64; 2] {
        let gap = |one: usize, other: usize| {
            let (low, high) = (self.low.map(f64::from), self.high.map(f64::from));
            let least = (low[other] - high[one])
                .max(low[one] - high[other])
                .max(0.0);
            let most = (high[other] - low[one])
                .abs()
                .max((high[one] - low[other]).abs());
            [least, most]
        };
        let (across, along) = (gap(0, 2), gap(1, 3));
        [0, 1].map(|i| {
            let length = (across[i] * across[i] + along[i] * along[i]).sqrt();
            (0.5 * across[i]).max((0.5 * length).min(MIN_HANDLE.into()))
        })
    }

    /// A rectangle around the curves: their bounds, where they all go to the right.
    pub(super) fn outer(&self) -> Rect {
        let Self { low, high } = self;
        let hull = Rect {
            min: [low[0].min(low[2]), low[1].min(low[3])],
            max: [high[0].max(high[2]), high[1].max(high[3])],
        };
        let swing = if self.is_to_the_right() {
            0.0
        } else {
            let rounding = SLACK * f64::from(hull.min[0].abs().max(hull.max[0].abs()));
            (self.handles()[1] * SWING_MAX + rounding + SLACK) as f32
        };
        // `WireCurve::bounds` rounds outward, too.
        Rect {
            min: [(hull.min[0] - swing).next_down(), hull.min[1].next_down()],
            max: [(hull.max[0] + swing).next_up(), hull.max[1].next_up()],
        }
    }

    /// Whether all handles are half of the width, so that x grows all along.
    fn is_to_the_right(&self) -> bool {
        f64::from(self.low[2]) - f64::from(self.high[0]) >= f64::from(2.0 * MIN_HANDLE)
    }
}

/// A rectangle that curves may come into.
#[derive(Clone, Copy, Debug)]
pub(super) struct Area {
    min: [f64; 2],
    max: [f64; 2],
}

impl Area {
    pub(super) fn new(rect: Rect) -> Self {
        let widen = |c: f32| SLACK + SLACK * f64::from(c).abs();
        Self {
            min: rect.min.map(|c| f64::from(c) - widen(c)),
            max: rect.max.map(|c| f64::from(c) + widen(c)),
        }
    }

    /// False only if no curve of the span comes into the area.
    pub(super) fn may_meet(&self, span: &Span) -> bool {
        let [x0_low, y0_low, x1_low, y1_low] = span.low.map(f64::from);
        let [x0_high, y0_high, x1_high, y1_high] = span.high.map(f64::from);
        let (mut from, mut to) = (0.0f64, 1.0f64);
        // Where the band is neither above nor below the area.
        for [start, end] in [
            [y0_low - self.max[1], y1_low - self.max[1]],
            [self.min[1] - y0_high, self.min[1] - y1_high],
        ] {
            match (start > 0.0, end > 0.0) {
                (true, true) => return false,
                (true, false) => from = from.max(start / (start - end)),
                (false, true) => to = to.min(start / (start - end)),
                (false, false) => {}
            }
        }
        // Not (from <= to): a NaN comes from what is endless, and may meet.
        if from > to {
            return false;
        }
        let slack = SLACK * (x1_high - x0_low).abs().max((x1_low - x0_high).abs());
        let lerp = |start: f64, end: f64, s: f64| start + (end - start) * s;
        let [left, right] = if span.is_to_the_right() {
            // x = lerp(x0, x1, s + ½·w), and that grows with s.
            let first = from + 0.5 * Swing::at(from).low;
            let last = to + 0.5 * Swing::at(to).high;
            [lerp(x0_low, x1_low, first), lerp(x0_high, x1_high, last)]
        } else {
            let swing = Swing::between(from, to);
            let [shortest, longest] = span.handles();
            let farthest = |swing: f64| (swing * shortest, swing * longest);
            let (low, high) = (farthest(swing.low), farthest(swing.high));
            let [start, end] = [from, to].map(|s| lerp(x0_low, x1_low, s));
            let left = start.min(end) + low.0.min(low.1);
            let [start, end] = [from, to].map(|s| lerp(x0_high, x1_high, s));
            [left, start.max(end) + high.0.max(high.1)]
        };
        // Not (<= and >=), for the same reason.
        !(left - slack > self.max[0] || right + slack < self.min[0])
    }
}
