//! The little curve of an activation function: what badges on neurons show, here and in pictures.

use network::Activation;

/// Points of a curve, from left to right.
pub const POINTS: usize = 15;

/// How many functions have a curve.
pub const CURVES: usize = Activation::ALL.len();

/// Half the width of a curve in a box from −1 to 1.
const HALF_WIDTH: f32 = 0.85;

/// Lowest and highest point of a curve in that box.
const HEIGHTS: [f32; 2] = [-0.6, 0.62];

/// Beyond this sum most functions have shown what they are; corners at −1, 0 and 1
/// fall on points.
const REACH: f64 = 7.0 / 3.0;

/// A curve in a box from −1 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curve {
    /// The heights of its points, evenly from left to right.
    pub heights: [f32; POINTS],
    /// The height of zero where the curve stands on it, as a sigmoid does.
    pub ground: Option<f32>,
}

impl Curve {
    /// The curve of an activation function by its own formula.
    #[must_use]
    pub fn of(activation: Activation) -> Self {
        let reach = match activation {
            // A whole wave.
            Activation::Sine => std::f64::consts::PI,
            _ => REACH,
        };
        let values: [f64; POINTS] = std::array::from_fn(|index| {
            let share = index as f64 / (POINTS - 1) as f64;
            activation.value(reach * (2.0 * share - 1.0))
        });
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let [bottom, top] = HEIGHTS;
        let height = |value: f64| {
            let share = (value - low) / (high - low).max(f64::MIN_POSITIVE);
            bottom + (top - bottom) * share as f32
        };
        let stands = matches!(
            activation,
            Activation::Sigmoid | Activation::Softplus | Activation::Gaussian | Activation::Step
        );
        Self {
            heights: values.map(height),
            // A little below, so that both are seen.
            ground: stands.then(|| height(0.0).min(bottom) - 0.18),
        }
    }

    /// Its points in the box, y up.
    pub fn points(&self) -> impl Iterator<Item = [f32; 2]> {
        let place = |(index, &height): (usize, &f32)| {
            let share = index as f32 / (POINTS - 1) as f32;
            [HALF_WIDTH * (2.0 * share - 1.0), height]
        };
        self.heights.iter().enumerate().map(place)
    }

    /// The line it stands on.
    #[must_use]
    pub fn ground_line(&self) -> Option<[[f32; 2]; 2]> {
        let ground = self.ground?;
        Some([[-HALF_WIDTH, ground], [HALF_WIDTH, ground]])
    }
}

/// The bars that stand for a share among several, in a box from −1 to 1.
pub const SHARES: [[[f32; 2]; 2]; 3] = [
    [[-0.58, -0.68], [-0.58, -0.08]],
    [[0.0, -0.68], [0.0, 0.58]],
    [[0.58, -0.68], [0.58, 0.18]],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_curve_fills_its_box_and_none_leaves_it() {
        for activation in Activation::ALL {
            let curve = Curve::of(activation);
            let low = curve.heights.iter().copied().fold(f32::INFINITY, f32::min);
            let high = curve.heights.iter().copied().fold(-1.0, f32::max);
            assert!((low - HEIGHTS[0]).abs() < 1e-6, "{activation:?}: {low}");
            assert!((high - HEIGHTS[1]).abs() < 1e-6, "{activation:?}: {high}");
            assert!(curve.ground.is_none_or(|ground| ground > -1.0));
        }
    }

    #[test]
    fn corners_fall_on_points() {
        let relu = Curve::of(Activation::Relu).heights;
        assert_eq!(relu[POINTS / 2], HEIGHTS[0]);
        assert!(relu[POINTS / 2 + 1] > HEIGHTS[0]);
        let hard = Curve::of(Activation::HardTanh).heights;
        assert_eq!(hard[4], HEIGHTS[0]);
        assert!(hard[5] > HEIGHTS[0]);
    }
}
