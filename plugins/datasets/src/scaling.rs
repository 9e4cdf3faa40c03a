//! Mean and spread of a column, so that inputs arrive centred and of size one.

use crate::table::{Column, shape_size};

/// How the values of one column are standardised: `(value − mean) / scale`.
///
/// `mean = Σx / n` and `scale = √(Σ(x − mean)² / n)`, the population standard deviation, over the rows it was fitted
/// on (the training rows, so that nothing of the test leaks into the inputs). A constant column has scale 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scaling {
    /// The mean of the fitted values, in the column's unit.
    pub mean: f32,
    /// The standard deviation of the fitted values, in the column's unit; positive, 1 for a constant column.
    pub scale: f32,
}

impl Default for Scaling {
    /// Leaves values as they are.
    fn default() -> Self {
        Self {
            mean: 0.0,
            scale: 1.0,
        }
    }
}

impl Scaling {
    /// Fits the values of a scalar column at these rows; rows beyond the end count for nothing, and without any row
    /// the scaling changes nothing.
    pub fn fit(values: &[f32], rows: &[u32]) -> Self {
        Self::fit_sized(values, 1, rows)
    }

    /// Fits a column of any shape at these rows, all its elements together: the pixels of an image keep their
    /// brightness relative to each other.
    pub fn fit_column(column: &Column, rows: &[u32]) -> Self {
        match shape_size(&column.shape) {
            Some(size) => Self::fit_sized(&column.values, size, rows),
            None => Self::default(),
        }
    }

    fn fit_sized(values: &[f32], size: usize, rows: &[u32]) -> Self {
        let selected = || {
            rows.iter()
                .filter_map(move |&row| {
                    let start = (row as usize).checked_mul(size)?;
                    values.get(start..start.checked_add(size)?)
                })
                .flatten()
                .map(|&value| f64::from(value))
        };
        let count = selected().count() as f64;
        if count == 0.0 {
            return Self::default();
        }
        // Two passes in f64: the short formula, mean of squares less square of mean, cancels.
        let mean = selected().sum::<f64>() / count;
        let variance = selected().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
        let scale = variance.sqrt() as f32;
        Self {
            mean: mean as f32,
            scale: if scale > 0.0 && scale.is_finite() {
                scale
            } else {
                1.0
            },
        }
    }

    /// The standardised value; finite for every finite value.
    pub fn standardise(&self, value: f32) -> f32 {
        let scaled = (f64::from(value) - f64::from(self.mean)) / f64::from(self.scale);
        scaled.clamp(f64::from(f32::MIN), f64::from(f32::MAX)) as f32
    }

    /// The value that [`Scaling::standardise`] would have turned into this one.
    pub fn restore(&self, standardised: f32) -> f32 {
        let value = f64::from(standardised) * f64::from(self.scale) + f64::from(self.mean);
        value.clamp(f64::from(f32::MIN), f64::from(f32::MAX)) as f32
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::table::{ColumnId, ColumnSpec, Role};

    #[test]
    fn only_the_given_rows_count() {
        // Mean 5 and deviation 2: the textbook set 2 4 4 4 5 5 7 9.
        let values = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0, 1e9];
        let scaling = Scaling::fit(&values, &[0, 1, 2, 3, 4, 5, 6, 7, 99]);
        assert_eq!(
            scaling,
            Scaling {
                mean: 5.0,
                scale: 2.0
            }
        );
        assert_eq!(scaling.standardise(9.0), 2.0);
        assert_eq!(scaling.restore(2.0), 9.0);
    }

    #[test]
    fn a_constant_column_is_centred_and_not_divided() {
        let scaling = Scaling::fit(&[0.1; 1000], &(0..1000).collect::<Vec<_>>());
        assert_eq!(
            scaling,
            Scaling {
                mean: 0.1,
                scale: 1.0
            }
        );
    }

    #[test]
    fn no_rows_change_nothing() {
        assert_eq!(Scaling::fit(&[3.0], &[]), Scaling::default());
    }

    #[test]
    fn a_shaped_column_has_one_scaling_for_all_its_elements() {
        let mut spec = ColumnSpec::scalar(ColumnId(1), "pixels", Role::Input);
        spec.shape = vec![2];
        let column = spec.with_values(vec![0.0, 2.0, 0.0, 2.0, 8.0, 8.0]);
        assert_eq!(
            Scaling::fit_column(&column, &[0, 1]),
            Scaling {
                mean: 1.0,
                scale: 1.0
            }
        );
    }

    proptest! {
        #[test]
        fn finite_values_stay_finite(
            values in prop::collection::vec(prop::num::f32::NORMAL | prop::num::f32::SUBNORMAL, 1..20),
            other in prop::num::f32::NORMAL,
        ) {
            let rows: Vec<u32> = (0..values.len() as u32).collect();
            let scaling = Scaling::fit(&values, &rows);
            prop_assert!(scaling.mean.is_finite() && scaling.scale > 0.0);
            prop_assert!(scaling.standardise(other).is_finite());
            prop_assert!(scaling.restore(scaling.standardise(other)).is_finite());
        }
    }
}
