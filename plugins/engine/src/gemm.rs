//! The product of matrices: by `matrixmultiply`, in the browser in tiles of our own.

#[cfg(not(target_family = "wasm"))]
mod native;
#[cfg(any(test, target_family = "wasm"))]
mod tiles;

#[cfg(not(target_family = "wasm"))]
use native as platform;
#[cfg(target_family = "wasm")]
use tiles as platform;

/// A matrix in borrowed numbers.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<'a> {
    numbers: &'a [f32],
    rows: usize,
    columns: usize,
    row_stride: usize,
    column_stride: usize,
}

impl<'a> Matrix<'a> {
    /// Rows of `columns` numbers one after another; numbers that do not fill a row
    /// are left out.
    pub(crate) fn row_major(numbers: &'a [f32], columns: usize) -> Self {
        Self {
            numbers,
            rows: numbers.len().checked_div(columns).unwrap_or(0),
            columns,
            row_stride: columns,
            column_stride: 1,
        }
    }

    /// Rows as columns.
    pub(crate) fn transposed(self) -> Self {
        Self {
            numbers: self.numbers,
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
        }
    }
}

/// `out += a · b`, with `out` row-major.
///
/// # Panics
/// When the sizes do not fit: the caller has them from one compiled program.
pub(crate) fn multiply_add(a: Matrix<'_>, b: Matrix<'_>, out: &mut [f32]) {
    assert_eq!(a.columns, b.rows, "inner sizes of a product");
    assert_eq!(out.len(), a.rows * b.columns, "size of a product");
    if out.is_empty() || a.columns == 0 {
        return;
    }
    platform::multiply_add(a, b, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_of_transposed_matrices_is_the_sum_of_products() {
        // aᵀ · b with a 3×2 and b 3×2.
        let a = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let b = [7.0, 8.0, 9.0, 10.0, 11.0, 12.0];
        let mut out = [0.5; 4];
        multiply_add(
            Matrix::row_major(&a, 2).transposed(),
            Matrix::row_major(&b, 2),
            &mut out,
        );
        assert_eq!(out, [89.5, 98.5, 116.5, 128.5]);
    }

    #[test]
    fn empty_matrices_change_nothing() {
        let mut out = [1.0; 2];
        multiply_add(
            Matrix::row_major(&[], 0).transposed(),
            Matrix::row_major(&[], 0),
            &mut [],
        );
        multiply_add(
            Matrix {
                rows: 1,
                ..Matrix::row_major(&[], 0)
            },
            Matrix {
                columns: 2,
                ..Matrix::row_major(&[], 1)
            },
            &mut out,
        );
        assert_eq!(out, [1.0; 2]);
    }
}
