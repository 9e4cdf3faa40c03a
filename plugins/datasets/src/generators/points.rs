//! Points of the plane in two classes, as TensorFlow Playground draws them.

use std::f64::consts::{PI, TAU};

use rand::Rng;

use super::{Demand, GeneratorError, between, normal, table};
use crate::table::{ColumnSpec, Table};

/// The most noise a set of points is drawn with: 50 %, where Playground's slider ends.
pub const MAX_POINT_NOISE: f64 = 0.5;

/// Half the side, or the radius, of the field that points lie in.
const REACH: f64 = 5.0;
/// How far the points of [`PointSet::Xor`] keep from the axes.
const PADDING: f64 = 0.3;
/// How often an arm of [`PointSet::Spiral`] goes around.
const TURNS: f64 = 1.75;

/// A set of points (x, y) of two classes: 1, Playground's +1, and 0, its −1.
///
/// The formulas are those of `src/dataset.ts` in TensorFlow Playground
/// (<https://github.com/tensorflow/playground>, as of 2c87f3d; Smilkov, Carter, Sculley, Viégas & Wattenberg 2017,
/// *Direct-Manipulation Visualization of Deep Neural Networks*, arXiv:1708.03788). Below, U(a, b) is uniform and ν the
/// noise, 0 to [`MAX_POINT_NOISE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PointSet {
    /// A disc of class 1 in a ring of class 0: r·(sin φ, cos φ), φ in U(0, 2π), r in U(0, 2.5) for one half of the
    /// points and U(3.5, 5) for the other. The class is 1 where the point, moved by ν·U(−5, 5) in x and in y, is
    /// less than 2.5 from the origin.
    Circle,
    /// The four quarters of a square, class 1 where x and y have the same sign: x and y in U(−5, 5), then 0.3
    /// further from 0. The class is that of the point moved by ν·U(−5, 5) in x and in y.
    Xor,
    /// Two clouds: normal around (2, 2) for class 1 and around (−2, −2) for class 0, the variance of x and of y each
    /// ½ + 7·ν.
    Gauss,
    /// Two arms wound around each other, 1¾ turns each: for the i-th of n points, r·(sin t, cos t) with r = 5·i/n and
    /// t = 1.75·2π·i/n, half a turn more for class 0; then moved by ν·U(−1, 1) in x and in y.
    Spiral,
}

impl PointSet {
    /// Every set, from the easiest to the hardest.
    pub const ALL: [Self; 4] = [Self::Gauss, Self::Circle, Self::Xor, Self::Spiral];

    /// A table of `rows` points (1 to [`MAX_GENERATED_ROWS`](super::MAX_GENERATED_ROWS)): the two inputs are x and y,
    /// the target the class, 0 or 1.
    ///
    /// Rows of the first half are those Playground gives class 1, and if there is one more, it is theirs; in the set
    /// of [`Self::Xor`] rows are in no order. Columns keep theirs.
    ///
    /// # Errors
    /// When there are not two inputs and one target, no or too many rows, or noise out of 0 to [`MAX_POINT_NOISE`].
    pub fn fill<R: Rng + ?Sized>(
        self,
        columns: &[ColumnSpec],
        rows: usize,
        noise: f64,
        rng: &mut R,
    ) -> Result<Table, GeneratorError> {
        let demand = Demand {
            inputs: 2,
            has_spare_inputs: false,
            most_noise: MAX_POINT_NOISE,
        };
        demand.check(columns, rows, noise)?;
        let firsts = rows.div_ceil(2);
        let mut inputs = Vec::with_capacity(2 * rows);
        let mut targets = Vec::with_capacity(rows);
        for row in 0..rows {
            let is_first_half = row < firsts;
            let along = if is_first_half {
                row as f64 / firsts as f64
            } else {
                (row - firsts) as f64 / (rows - firsts) as f64
            };
            let (point, is_one) = self.draw(is_first_half, along, noise, rng);
            inputs.extend(point.map(|number| number as f32));
            targets.push(f32::from(u8::from(is_one)));
        }
        table(columns, &inputs, targets)
    }

    /// A point of the first or second half, and whether its class is 1; `along` is how much of its half came before.
    fn draw<R: Rng + ?Sized>(
        self,
        is_first_half: bool,
        along: f64,
        noise: f64,
        rng: &mut R,
    ) -> ([f64; 2], bool) {
        match self {
            Self::Circle => {
                let [least, most] = if is_first_half {
                    [0.0, 0.5]
                } else {
                    [0.7, 1.0]
                };
                let radius = between(least * REACH, most * REACH, rng);
                let point = around(radius, between(0.0, TAU, rng));
                let [x, y] = moved(point, noise * REACH, rng);
                (point, libm::hypot(x, y) < 0.5 * REACH)
            }
            Self::Xor => {
                let mut apart = || {
                    let number = between(-REACH, REACH, rng);
                    number + if number > 0.0 { PADDING } else { -PADDING }
                };
                let point = [apart(), apart()];
                let [x, y] = moved(point, noise * REACH, rng);
                (point, x * y >= 0.0)
            }
            Self::Gauss => {
                let centre = if is_first_half { 2.0 } else { -2.0 };
                let deviation = (0.5 + 7.0 * noise).sqrt();
                let point = [(); 2].map(|()| centre + deviation * normal(rng));
                (point, is_first_half)
            }
            Self::Spiral => {
                let start = if is_first_half { 0.0 } else { PI };
                let point = around(REACH * along, TURNS * along * TAU + start);
                (moved(point, noise, rng), is_first_half)
            }
        }
    }
}

/// The point at this distance from the origin, at this angle from the y axis.
fn around(radius: f64, angle: f64) -> [f64; 2] {
    let (sin, cos) = libm::sincos(angle);
    [radius * sin, radius * cos]
}

/// The point, in each direction up to `most` further.
fn moved<R: Rng + ?Sized>(point: [f64; 2], most: f64, rng: &mut R) -> [f64; 2] {
    point.map(|number| number + most * between(-1.0, 1.0, rng))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{columns, rng};
    use super::*;

    /// (x, y, class) of each row.
    fn points(set: PointSet, rows: usize, noise: f64) -> Vec<[f64; 3]> {
        let table = set
            .fill(&columns(2), rows, noise, &mut rng())
            .expect("two inputs and a target");
        let row = |row| {
            let values = table.row(row).expect("the row is there").0;
            [0, 1, 2].map(|column| f64::from(values[column]))
        };
        (0..rows).map(row).collect()
    }

    fn mean(numbers: impl Iterator<Item = f64>) -> f64 {
        let (sum, count) = numbers.fold((0.0, 0.0), |(sum, count), number| {
            (sum + number, count + 1.0)
        });
        sum / count
    }

    #[test]
    fn a_circle_has_a_disc_and_a_ring_with_nothing_between() {
        let points = points(PointSet::Circle, 20_001, 0.0);
        let ones = points.iter().filter(|point| point[2] == 1.0).count();
        assert_eq!(ones, 10_001);
        for [x, y, class] in &points {
            let radius = x.hypot(*y);
            let ring = if *class == 1.0 {
                0.0..2.500_001
            } else {
                3.499_999..5.000_001
            };
            assert!(ring.contains(&radius), "{radius}, class {class}");
        }
        // The radius is uniform, not the area; so is the angle.
        let inner = points.iter().filter(|point| point[2] == 1.0);
        let radius = mean(inner.map(|[x, y, _]| x.hypot(*y)));
        assert!((radius - 1.25).abs() < 0.02, "{radius}");
        let right = mean(points.iter().map(|[x, _, _]| f64::from(*x > 0.0)));
        assert!((right - 0.5).abs() < 0.02, "{right}");
    }

    #[test]
    fn xor_clouds_keep_from_the_axes_and_are_one_where_the_signs_agree() {
        let points = points(PointSet::Xor, 20_000, 0.0);
        for [x, y, class] in &points {
            for number in [x, y] {
                assert!((0.3..=5.3).contains(&number.abs()), "{number}");
            }
            assert_eq!(*class == 1.0, (x > &0.0) == (y > &0.0));
        }
        let share = mean(points.iter().map(|point| point[2]));
        assert!((share - 0.5).abs() < 0.02, "{share}");
        let reach = mean(points.iter().map(|point| point[0].abs()));
        assert!((reach - 2.8).abs() < 0.05, "{reach}");
    }

    #[test]
    fn two_clouds_stand_at_2_and_minus_2_and_grow_with_noise() {
        for (noise, variance) in [(0.0, 0.5), (0.25, 2.25), (0.5, 4.0)] {
            let points = points(PointSet::Gauss, 40_000, noise);
            for (class, centre) in [(1.0, 2.0), (0.0, -2.0)] {
                for axis in [0, 1] {
                    let numbers = || points.iter().filter(|p| p[2] == class).map(|p| p[axis]);
                    let middle = mean(numbers());
                    assert!((middle - centre).abs() < 0.05, "{middle}");
                    let spread = mean(numbers().map(|x| (x - centre).powi(2)));
                    assert!((spread / variance - 1.0).abs() < 0.04, "{spread}");
                }
            }
        }
    }

    #[test]
    fn a_spiral_without_noise_is_the_curve_itself() {
        // Every quarter of an arm: a quarter of the radius and 1.75 · 2π / 4 of angle further.
        let points = points(PointSet::Spiral, 8, 0.0);
        let at = |row: usize, angle: f64, radius: f64, class| {
            let expected = [radius * angle.sin(), radius * angle.cos(), class];
            for (found, expected) in points[row].iter().zip(expected) {
                assert!(
                    (found - expected).abs() < 1e-6,
                    "row {row}: {found}, {expected}"
                );
            }
        };
        for quarter in 0..4 {
            let (angle, radius) = (0.875 * PI * quarter as f64, 1.25 * quarter as f64);
            at(quarter, angle, radius, 1.0);
            at(quarter + 4, angle + PI, radius, 0.0);
        }
    }

    #[test]
    fn noise_moves_the_points_of_a_spiral_and_the_classes_of_circle_and_xor() {
        let (still, moved) = (
            points(PointSet::Spiral, 1_000, 0.0),
            points(PointSet::Spiral, 1_000, 0.5),
        );
        let mut most: f64 = 0.0;
        for (still, moved) in still.iter().zip(&moved) {
            assert_eq!(still[2], moved[2]);
            for axis in [0, 1] {
                most = most.max((still[axis] - moved[axis]).abs());
            }
        }
        assert!((0.45..=0.500_001).contains(&most), "{most}");
        for set in [PointSet::Circle, PointSet::Xor] {
            let (clear, noisy) = (points(set, 1_000, 0.0), points(set, 1_000, 0.5));
            let mut wrong = 0;
            for (clear, noisy) in clear.iter().zip(&noisy) {
                assert_eq!(clear[..2], noisy[..2], "{set:?}: points stay");
                wrong += usize::from(clear[2] != noisy[2]);
            }
            assert!((50..400).contains(&wrong), "{set:?}: {wrong}");
        }
    }

    #[test]
    fn a_single_row_can_be_drawn_of_every_set() {
        for set in PointSet::ALL {
            assert_eq!(points(set, 1, 0.5).len(), 1);
        }
    }
}
