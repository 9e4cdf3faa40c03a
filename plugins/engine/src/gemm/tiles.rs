//! The product of matrices in tiles whose sums stay in registers of four numbers: for WebAssembly.
//!
//! The compiler makes instructions for four numbers of the plain loops here. `matrixmultiply` has
//! a kernel for WebAssembly too; Chromium takes 1.3 to 1.6 times as long for it as for this.
//! With the fused multiply-add of relaxed SIMD, which not every browser has, a step of training
//! would take an eighth less: too little for a second program.

use std::ops::Range;

use super::Matrix;

/// Rows and columns of a tile: eight registers of sums, two of `b` and one of `a`, so that of the
/// sixteen none waits in memory. Chromium takes half as long again for tiles of 6 × 8.
const ROWS: usize = 4;
const COLUMNS: usize = 8;

/// Summands that are added up at a time, and columns that are copied at a time: 64 kB of `b`.
const DEPTH: usize = 256;
const WIDTH: usize = 8 * COLUMNS;

/// `out += a · b`, with `out` row-major; sizes fit.
///
/// As in Goto & van de Geijn 2008, "Anatomy of high-performance matrix multiplication": columns
/// of `b` and rows of `a` are first copied into strips, in the order in which tiles read them.
pub(super) fn multiply_add(a: Matrix<'_>, b: Matrix<'_>, out: &mut [f32]) {
    let deepest = DEPTH.min(a.columns);
    let strips = WIDTH.min(b.columns).div_ceil(COLUMNS);
    let mut of_a = vec![[0.0; ROWS]; deepest];
    let mut of_b = vec![[0.0; COLUMNS]; deepest * strips];
    for depth in parts(a.columns, DEPTH) {
        let of_a = &mut of_a[..depth.len()];
        for width in parts(b.columns, WIDTH) {
            let columns = || width.clone().step_by(COLUMNS);
            for (strip, column) in of_b.chunks_exact_mut(depth.len()).zip(columns()) {
                copy_rows(b.transposed(), column, &depth, strip);
            }
            for row in (0..a.rows).step_by(ROWS) {
                copy_rows(a, row, &depth, of_a);
                for (strip, column) in of_b.chunks_exact(depth.len()).zip(columns()) {
                    let rows = out[row * b.columns..].chunks_exact_mut(b.columns);
                    add_tile(&multiply(of_a, strip), column, rows);
                }
            }
        }
    }
}

/// `0..length` in parts of at most so many.
fn parts(length: usize, most: usize) -> impl Iterator<Item = Range<usize>> {
    let firsts = (0..length).step_by(most);
    firsts.map(move |first| first..length.min(first + most))
}

/// The product of two strips.
fn multiply(a: &[[f32; ROWS]], b: &[[f32; COLUMNS]]) -> [[f32; COLUMNS]; ROWS] {
    let mut sums = [[0.0; COLUMNS]; ROWS];
    for (a, b) in a.iter().zip(b) {
        for (sums, a) in sums.iter_mut().zip(a) {
            for (sum, b) in sums.iter_mut().zip(b) {
                *sum += a * b;
            }
        }
    }
    sums
}

/// Adds a tile to rows from this column on, as far as there are rows and columns.
fn add_tile<'a>(
    tile: &[[f32; COLUMNS]; ROWS],
    column: usize,
    rows: impl Iterator<Item = &'a mut [f32]>,
) {
    for (row, sums) in rows.zip(tile) {
        match row[column..].first_chunk_mut::<COLUMNS>() {
            Some(whole) => add(whole, sums),
            None => add(&mut row[column..], sums),
        }
    }
}

/// Short enough to be put where it is called, with the length that is known there.
#[inline(always)]
fn add(numbers: &mut [f32], sums: &[f32; COLUMNS]) {
    for (number, sum) in numbers.iter_mut().zip(sums) {
        *number += sum;
    }
}

/// Copies the columns `depth` of `N` rows, from this row on, one column after another; rows that
/// the matrix does not have are 0.
fn copy_rows<const N: usize>(
    matrix: Matrix<'_>,
    row: usize,
    depth: &Range<usize>,
    strip: &mut [[f32; N]],
) {
    let [down, right] = [matrix.row_stride, matrix.column_stride];
    let numbers = &matrix.numbers[row * down + depth.start * right..];
    let rows = N.min(matrix.rows - row);
    if rows == N && right == 1 {
        let row = |index: usize| &numbers[index * down..][..depth.len()];
        for four in 0..N / 4 {
            let rows = std::array::from_fn(|index| row(4 * four + index));
            copy_four(rows, 4 * four, strip);
        }
    } else if rows == N && down == 1 {
        for (side, column) in strip.iter_mut().zip(numbers.chunks(right)) {
            side.copy_from_slice(&column[..N]);
        }
    } else {
        for (column, side) in strip.iter_mut().enumerate() {
            let number = |index| match index < rows {
                true => numbers[index * down + column * right],
                false => 0.0,
            };
            *side = std::array::from_fn(number);
        }
    }
}

/// Copies four rows into a strip, beginning at this place of each side.
#[inline(always)]
fn copy_four<const N: usize>(rows: [&[f32]; 4], place: usize, strip: &mut [[f32; N]]) {
    let (blocks, rest) = strip.as_chunks_mut::<4>();
    let [a, b, c, d] = rows.map(<[f32]>::as_chunks::<4>);
    for ((((block, a), b), c), d) in blocks.iter_mut().zip(a.0).zip(b.0).zip(c.0).zip(d.0) {
        for (side, column) in block.iter_mut().zip(turned([*a, *b, *c, *d])) {
            side[place..place + 4].copy_from_slice(&column);
        }
    }
    let rows = [a.1, b.1, c.1, d.1];
    for (column, side) in rest.iter_mut().enumerate() {
        side[place..place + 4].copy_from_slice(&rows.map(|row| row[column]));
    }
}

/// Rows as columns. The compiler does not find these instructions by itself.
#[cfg(target_feature = "simd128")]
fn turned(rows: [[f32; 4]; 4]) -> [[f32; 4]; 4] {
    use core::arch::wasm32::{f32x4, f32x4_extract_lane as lane, i32x4_shuffle as pick};
    let [a, b, c, d] = rows.map(|[p, q, r, s]| f32x4(p, q, r, s));
    let [ab, cd] = [(a, b), (c, d)].map(|(upper, lower)| {
        [
            pick::<0, 4, 1, 5>(upper, lower),
            pick::<2, 6, 3, 7>(upper, lower),
        ]
    });
    [
        pick::<0, 1, 4, 5>(ab[0], cd[0]),
        pick::<2, 3, 6, 7>(ab[0], cd[0]),
        pick::<0, 1, 4, 5>(ab[1], cd[1]),
        pick::<2, 3, 6, 7>(ab[1], cd[1]),
    ]
    .map(|column| {
        [
            lane::<0>(column),
            lane::<1>(column),
            lane::<2>(column),
            lane::<3>(column),
        ]
    })
}

#[cfg(not(target_feature = "simd128"))]
fn turned(rows: [[f32; 4]; 4]) -> [[f32; 4]; 4] {
    std::array::from_fn(|column| rows.map(|row| row[column]))
}

#[cfg(test)]
mod tests {
    use network::random::{Purpose, stream, symmetric_unit};
    use proptest::prelude::*;

    use super::*;

    /// Lengths around every place where the work is cut.
    fn length(most: usize) -> impl Strategy<Value = usize> {
        prop_oneof![1..3_usize, 0..2 * WIDTH + 3, most - 1..most + 6]
    }

    /// The number of a matrix in this row and column.
    fn at(matrix: Matrix<'_>, row: usize, column: usize) -> f64 {
        f64::from(matrix.numbers[row * matrix.row_stride + column * matrix.column_stride])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn a_product_in_tiles_is_the_sum_of_products_whatever_the_sizes(
            rows in length(WIDTH),
            depth in length(DEPTH),
            columns in length(2 * WIDTH),
            is_turned: (bool, bool),
            seed: u64,
        ) {
            let mut rng = stream(seed, Purpose::Initial, 0);
            let mut numbers = |count| -> Vec<f32> {
                (0..count).map(|_| symmetric_unit(&mut rng)).collect()
            };
            let (a, b, before) = (
                numbers(rows * depth),
                numbers(depth * columns),
                numbers(rows * columns),
            );
            let matrix = |numbers, [rows, columns]: [usize; 2], is_turned| {
                let (rows, columns, row_stride, column_stride) = match is_turned {
                    true => (rows, columns, 1, rows),
                    false => (rows, columns, columns, 1),
                };
                Matrix { numbers, rows, columns, row_stride, column_stride }
            };
            let a = matrix(&a, [rows, depth], is_turned.0);
            let b = matrix(&b, [depth, columns], is_turned.1);
            let mut out = before.clone();
            multiply_add(a, b, &mut out);
            for (place, (found, before)) in out.iter().zip(before).enumerate() {
                let (row, column) = (place / columns, place % columns);
                let (mut sum, mut size) = (f64::from(before), f64::from(before.abs()));
                for step in 0..depth {
                    let product = at(a, row, step) * at(b, step, column);
                    sum += product;
                    size += product.abs();
                }
                // What `depth` products and as many sums may lose by rounding.
                let bound = (depth + 2) as f64 * f64::from(f32::EPSILON) * size;
                prop_assert!((f64::from(*found) - sum).abs() <= bound, "{row}, {column}");
            }
        }
    }
}
