//! Sets that a published formula draws: what they share, and how they become tables.

mod friedman;
mod points;

use rand::Rng;
use thiserror::Error;

use crate::csv::MAX_CSV_VALUES;
use crate::table::{ColumnSpec, Role, Table, TableError, counted};

pub use friedman::{FRIEDMAN_INPUTS, MAX_FRIEDMAN_NOISE, friedman1, friedman1_table};
pub use points::{MAX_POINT_NOISE, PointSet};

/// The most rows that are drawn.
pub const MAX_GENERATED_ROWS: usize = 1_000_000;

/// Why a set could not be drawn.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum GeneratorError {
    /// The columns are not those the formula fills.
    #[error(
        "found {} and {}, expected {least_inputs} inputs{or_more} and 1 target",
        counted(*inputs, "input", "inputs"),
        counted(*targets, "target", "targets"),
        or_more = if *.has_spare_inputs { " or more" } else { "" }
    )]
    Columns {
        /// How many inputs there are, elements of shaped ones counted each.
        inputs: usize,
        /// How many targets there are, counted likewise.
        targets: usize,
        /// How many inputs the formula has.
        least_inputs: usize,
        /// Whether there may be more inputs, which say nothing of the target.
        has_spare_inputs: bool,
    },
    /// No row, or too many.
    #[error("found {found} rows, expected 1 to {MAX_GENERATED_ROWS}")]
    Rows {
        /// How many were asked for.
        found: usize,
    },
    /// The table would be too large.
    #[error("{rows} rows of {width} values are too many, expected at most {MAX_CSV_VALUES} values")]
    TooManyValues {
        /// How many rows were asked for.
        rows: usize,
        /// How many values each would have.
        width: usize,
    },
    /// The noise is out of its range.
    #[error("found noise {found}, expected a number from 0 to {most}")]
    Noise {
        /// What was asked for.
        found: f64,
        /// The most there may be.
        most: f64,
    },
    /// The columns do not make a table.
    #[error(transparent)]
    Table(#[from] TableError),
}

/// What a set asks of the columns and the noise it is drawn with.
struct Demand {
    /// How many inputs the formula has.
    inputs: usize,
    /// Whether there may be more.
    has_spare_inputs: bool,
    /// The most noise.
    most_noise: f64,
}

impl Demand {
    /// How many inputs there are, after everything that could go wrong is ruled out.
    fn check(
        &self,
        columns: &[ColumnSpec],
        rows: usize,
        noise: f64,
    ) -> Result<usize, GeneratorError> {
        let [mut inputs, mut targets] = [0_usize; 2];
        for column in columns {
            let count = match column.role {
                Role::Input => &mut inputs,
                Role::Target => &mut targets,
            };
            *count = count.saturating_add(column.size()?);
        }
        let are_inputs_right =
            inputs == self.inputs || (self.has_spare_inputs && inputs > self.inputs);
        if !are_inputs_right || targets != 1 {
            return Err(GeneratorError::Columns {
                inputs,
                targets,
                least_inputs: self.inputs,
                has_spare_inputs: self.has_spare_inputs,
            });
        }
        if !(1..=MAX_GENERATED_ROWS).contains(&rows) {
            return Err(GeneratorError::Rows { found: rows });
        }
        let width = inputs.saturating_add(targets);
        if rows.saturating_mul(width) > MAX_CSV_VALUES {
            return Err(GeneratorError::TooManyValues { rows, width });
        }
        if !(0.0..=self.most_noise).contains(&noise) {
            return Err(GeneratorError::Noise {
                found: noise,
                most: self.most_noise,
            });
        }
        Ok(inputs)
    }
}

/// The table of these columns, in their order: `inputs` is rows × elements of all inputs, row-major; `targets` has one
/// value a row.
fn table(
    columns: &[ColumnSpec],
    inputs: &[f32],
    targets: Vec<f32>,
) -> Result<Table, GeneratorError> {
    let width = inputs.len() / targets.len().max(1);
    let mut first = 0;
    let mut filled = Vec::with_capacity(columns.len());
    for column in columns {
        let values = match column.role {
            Role::Target => targets.clone(),
            Role::Input => {
                let range = first..first + column.size()?;
                first = range.end;
                let rows = inputs.chunks_exact(width);
                rows.flat_map(|row| &row[range.clone()]).copied().collect()
            }
        };
        filled.push(column.with_values(values));
    }
    Ok(Table::from_columns(filled)?)
}

/// A number in [0, 1): 32 random bits, scaled by a power of two.
fn unit<R: Rng + ?Sized>(rng: &mut R) -> f64 {
    f64::from(rng.next_u32()) / f64::from(1_u32 << 16) / f64::from(1_u32 << 16)
}

/// A number in [least, most).
fn between<R: Rng + ?Sized>(least: f64, most: f64, rng: &mut R) -> f64 {
    least + (most - least) * unit(rng)
}

/// A number of the standard normal distribution (Box & Muller 1958, *A Note on the Generation of Random Normal
/// Deviates*), with the functions of `libm`, which are the same to the bit on every machine.
fn normal<R: Rng + ?Sized>(rng: &mut R) -> f64 {
    // In (0, 1], so that the logarithm is finite.
    let radius = (-2.0 * libm::log(1.0 - unit(rng))).sqrt();
    radius * libm::cos(std::f64::consts::TAU * unit(rng))
}

#[cfg(test)]
pub(crate) mod tests {
    use rand::SeedableRng;
    use rand_pcg::Pcg32;

    use super::*;

    pub(super) fn rng() -> Pcg32 {
        Pcg32::seed_from_u64(7)
    }

    /// So many scalar inputs, then a target.
    pub(super) fn columns(inputs: u32) -> Vec<ColumnSpec> {
        crate::gates::tests::columns(inputs, 1)
    }

    #[test]
    fn drawn_normal_numbers_have_the_moments_and_the_tails_they_should() {
        let mut rng = rng();
        let drawn: Vec<f64> = (0..100_000).map(|_| normal(&mut rng)).collect();
        let mean = drawn.iter().sum::<f64>() / 1e5;
        let square = drawn.iter().map(|x| x * x).sum::<f64>() / 1e5;
        assert!(mean.abs() < 0.01, "{mean}");
        assert!((square - 1.0).abs() < 0.02, "{square}");
        let within = drawn.iter().filter(|x| x.abs() < 2.0).count() as f64 / 1e5;
        assert!((within - 0.9545).abs() < 0.003, "{within}");
    }

    #[test]
    fn columns_in_any_order_and_of_any_shape_get_their_elements() {
        let mut specs = columns(2);
        specs.rotate_right(1);
        let swapped = PointSet::Circle
            .fill(&specs, 10, 0.0, &mut rng())
            .expect("two inputs and a target");
        let mut shaped = columns(1);
        shaped[0].shape = vec![2];
        let together = PointSet::Circle
            .fill(&shaped, 10, 0.0, &mut rng())
            .expect("one input of two elements and a target");
        for row in 0..10 {
            let [target, x, y] = swapped.row(row).expect("there are ten").0[..] else {
                panic!("three values");
            };
            assert_eq!(together.row(row).expect("as many").0, [x, y, target]);
        }
    }

    #[test]
    fn what_cannot_be_drawn_is_told_with_what_was_found() {
        let told = |columns: &[ColumnSpec], rows, noise| {
            let drawn = PointSet::Spiral.fill(columns, rows, noise, &mut rng());
            drawn.expect_err("it is refused").to_string()
        };
        assert_eq!(
            told(&columns(3), 10, 0.0),
            "found 3 inputs and 1 target, expected 2 inputs and 1 target"
        );
        assert_eq!(
            told(&columns(2)[..2], 10, 0.0),
            "found 2 inputs and 0 targets, expected 2 inputs and 1 target"
        );
        assert_eq!(
            told(&columns(2), 0, 0.0),
            "found 0 rows, expected 1 to 1000000"
        );
        assert_eq!(
            told(&columns(2), 1_000_001, 0.0),
            "found 1000001 rows, expected 1 to 1000000"
        );
        for noise in [-0.1, 0.6, f64::INFINITY, f64::NAN] {
            let expected = format!("found noise {noise}, expected a number from 0 to 0.5");
            assert_eq!(told(&columns(2), 10, noise), expected);
        }
        let drawn = friedman1_table(&columns(4), 10, 1.0, &mut rng());
        assert_eq!(
            drawn.expect_err("it is refused").to_string(),
            "found 4 inputs and 1 target, expected 5 inputs or more and 1 target"
        );
        let mut wide = columns(1);
        wide[0].shape = vec![10_000];
        assert_eq!(
            friedman1_table(&wide, 1_000_000, 1.0, &mut rng()),
            Err(GeneratorError::TooManyValues {
                rows: 1_000_000,
                width: 10_001
            })
        );
    }
}
