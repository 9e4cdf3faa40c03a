//! Friedman's first regression problem.

use std::f64::consts::PI;

use rand::Rng;

use super::{Demand, GeneratorError, normal, table, unit};
use crate::table::{ColumnSpec, Table};

/// How many inputs [`friedman1`] reads.
pub const FRIEDMAN_INPUTS: usize = 5;
/// The most noise [`friedman1_table`] is drawn with; the formula itself spans 0 to 30.
pub const MAX_FRIEDMAN_NOISE: f64 = 1_000.0;

/// 10·sin(π·x₁·x₂) + 20·(x₃ − ½)² + 10·x₄ + 5·x₅, for inputs in [0, 1]: 0 to 30.
///
/// J. H. Friedman 1991, *Multivariate Adaptive Regression Splines*, The Annals of Statistics 19(1): 1–67,
/// doi:10.1214/aos/1176347963; scikit-learn's `make_friedman1`.
#[must_use]
pub fn friedman1(x: [f64; FRIEDMAN_INPUTS]) -> f64 {
    10.0 * libm::sin(PI * x[0] * x[1]) + 20.0 * (x[2] - 0.5).powi(2) + 10.0 * x[3] + 5.0 * x[4]
}

/// A table of `rows` rows (1 to [`MAX_GENERATED_ROWS`](super::MAX_GENERATED_ROWS)): inputs uniform in [0, 1), the
/// target [`friedman1`] of the first five, and normal noise of this standard deviation added (Friedman takes 1).
///
/// Further inputs, if there are any, say nothing of the target; Friedman takes five of them. Columns keep their order.
///
/// # Errors
/// When there are not five inputs or more and one target, no or too many rows, or noise out of 0 to
/// [`MAX_FRIEDMAN_NOISE`].
pub fn friedman1_table<R: Rng + ?Sized>(
    columns: &[ColumnSpec],
    rows: usize,
    noise: f64,
    rng: &mut R,
) -> Result<Table, GeneratorError> {
    let demand = Demand {
        inputs: FRIEDMAN_INPUTS,
        has_spare_inputs: true,
        most_noise: MAX_FRIEDMAN_NOISE,
    };
    let width = demand.check(columns, rows, noise)?;
    let mut inputs = Vec::with_capacity(rows * width);
    let mut targets = Vec::with_capacity(rows);
    for _ in 0..rows {
        let start = inputs.len();
        inputs.extend((0..width).map(|_| unit(rng) as f32));
        // Of the inputs as the table has them.
        let read = std::array::from_fn(|place| f64::from(inputs[start + place]));
        targets.push((friedman1(read) + noise * normal(rng)) as f32);
    }
    table(columns, &inputs, targets)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{columns, rng};
    use super::*;
    use crate::table::ColumnId;

    #[test]
    fn the_formula_at_places_a_pencil_can_check() {
        for (x, expected) in [
            ([0.0, 0.0, 0.5, 0.0, 0.0], 0.0),
            ([1.0, 0.5, 0.5, 0.0, 0.0], 10.0),
            ([0.0, 0.0, 1.0, 0.0, 0.0], 5.0),
            ([0.0, 0.0, 0.5, 1.0, 0.0], 10.0),
            ([0.0, 0.0, 0.5, 0.0, 1.0], 5.0),
            ([0.5, 1.0, 0.0, 1.0, 1.0], 30.0),
        ] {
            assert!((friedman1(x) - expected).abs() < 1e-12, "{x:?}");
        }
    }

    #[test]
    fn without_noise_each_target_is_the_formula_of_its_first_five_inputs() {
        let table = friedman1_table(&columns(7), 500, 0.0, &mut rng()).expect("seven inputs");
        for row in 0..500 {
            let row = table.row(row).expect("there are 500").0;
            assert!(row[..7].iter().all(|x| (0.0..=1.0).contains(x)));
            let read = std::array::from_fn(|place| f64::from(row[place]));
            assert_eq!(row[7], friedman1(read) as f32);
        }
    }

    #[test]
    fn noise_has_the_deviation_that_was_asked_for() {
        let table = friedman1_table(&columns(5), 20_000, 2.0, &mut rng()).expect("five inputs");
        let value = |row, column| {
            let value = table.value(row, ColumnId(column), 0);
            f64::from(value.expect("it is filled"))
        };
        let square = (0..20_000).map(|row| {
            let read = std::array::from_fn(|place| value(row, place as u32));
            (value(row, 5) - friedman1(read)).powi(2)
        });
        let variance = square.sum::<f64>() / 20_000.0;
        assert!((variance - 4.0).abs() < 0.1, "{variance}");
    }
}
