//! The one place that calls `matrixmultiply`, which picks its kernel by processor.

use super::Matrix;

/// `out += a · b`, with `out` row-major and of the right size.
#[expect(
    unsafe_code,
    reason = "matrixmultiply takes pointers; the caller has checked the sizes"
)]
pub(super) fn multiply_add(a: Matrix<'_>, b: Matrix<'_>, out: &mut [f32]) {
    // SAFETY: `row_major` and `transposed` are the only ways to make a `Matrix`,
    // and give rows · columns ≤ numbers.len() with strides under which every
    // (row, column) lies within `numbers`. `out` holds exactly rows · columns
    // numbers, is exclusively borrowed, and its elements do not alias.
    unsafe {
        matrixmultiply::sgemm(
            a.rows,
            a.columns,
            b.columns,
            1.0,
            a.numbers.as_ptr(),
            a.row_stride as isize,
            a.column_stride as isize,
            b.numbers.as_ptr(),
            b.row_stride as isize,
            b.column_stride as isize,
            1.0,
            out.as_mut_ptr(),
            b.columns as isize,
            1,
        );
    }
}
